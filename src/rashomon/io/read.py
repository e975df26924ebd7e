"""Files in: every check on the way from a path to a data set.

What is worth knowing about the file itself (its digest, absent chunks) travels with the AnnData, in
``uns["rashomon"]["file"]``, so that it reaches the row log of every data set made from it, and the annotated copy.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashomon.core import InputError
from rashomon.core.slots import AIRR, EXPRESSION, NAMESPACE
from rashomon.dataset import Dataset
from rashomon.io.checksum import verify
from rashomon.io.container import identify
from rashomon.io.convert import from_anndata, from_labels
from rashomon.io.expression import Expected
from rashomon.io.isolate import Limits, checked_copy
from rashomon.io.label import read_labels_csv
from rashomon.io.layout import check_layout
from rashomon.io.matrix import BUDGET
from rashomon.io.origin import FILE, namespace
from rashomon.io.receptor.read import read_receptors
from rashomon.io.receptor.sniff import receptor_format
from rashomon.io.rule import refuse
from rashomon.io.sparse import check_all
from rashomon.truth import TruthSpec

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["anndata_of", "read", "read_adata", "read_cells"]


def read(  # noqa: PLR0913 - one argument per role of a column, all by keyword
    path: Path | str,
    *,
    truths: Iterable[str | TruthSpec] | Mapping[str, str] | None = None,
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
    use_rep: str | None = None,
    expect: Expected | None = None,
    with_expression: bool = True,
    memory_budget: int = BUDGET,
    allow_sparse_chunks: bool = False,
) -> Dataset:
    """Read a file as a data set, after checking everything that could mislead an analysis.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr``, ``.h5mu`` (modality ``gex``), a table of receptors (see `read_receptors`), or a
        ``.csv``/``.tsv`` of labels.
    truths, donor_key, batch_key, sample_key, condition_key, layer, use_rep, expect, with_expression
        See `from_anndata`. A table of labels has no layers and no embeddings.
    memory_budget
        Bytes; what would take more is refused from the header.
    allow_sparse_chunks
        Accept a zarr store in which pieces of the matrix are absent, because its writer left out those of zeros.

    Returns
    -------
    The data set; its `rows` note everything that was repaired or is worth knowing.

    Raises
    ------
    InputError
        When a rule of the door is broken, see `RULES`.
    UsageError
        When a truth is declared wrongly.
    """
    file = Path(path)
    keys = {"donor": donor_key, "batch": batch_key, "sample": sample_key, "condition": condition_key}
    if receptor_format(file) is not None:
        named: dict[str, Any] = {f"{role}_key": key for role, key in keys.items()}
        return read_receptors(file, truths=truths, memory_budget=memory_budget, **named)
    if identify(file) == "table":
        return from_labels(read_labels_csv(file), truths=truths, roles=keys, source=file.name)
    return from_anndata(
        _read(file, Limits(memory_budget, allow_sparse_chunks=allow_sparse_chunks)),
        truths=truths,
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        condition_key=condition_key,
        layer=layer,
        use_rep=use_rep,
        expect=expect,
        with_expression=with_expression,
        memory_budget=memory_budget,
        source=file.name,
    )


def read_adata(
    path: Path | str,
    *,
    memory_budget: int = BUDGET,
    allow_sparse_chunks: bool = False,
    seconds: float | None = None,
    modality: str = EXPRESSION,
) -> AnnData:
    """Read an AnnData after checking its container: links, filters, sizes, lengths.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr``, or ``.h5mu`` (modality ``gex``).
    memory_budget
        Bytes; what would take more is refused from the header.
    allow_sparse_chunks
        See `read`.
    seconds
        Time limit; by default a minute, and a second more per 2 MB of the file.
    modality
        Which one of a MuData.

    Returns
    -------
    The object as anndata reads it, with what is known of its file in ``uns["rashomon"]["file"]``. Its sparse matrices
    are sound; the values of the expression are checked when `from_anndata` turns it into a data set, and must not be
    used before.

    Raises
    ------
    InputError
        When a ``file.`` rule is broken, or ``matrix.sparse``, see `RULES`.
    """
    limits = Limits(memory_budget, seconds=seconds, allow_sparse_chunks=allow_sparse_chunks, modality=modality)
    return _read(Path(path), limits)


def read_cells(path: Path | str, *, memory_budget: int = BUDGET) -> AnnData | MuData:
    """Read the cells of a file with receptors: an AnnData, or ``airr`` of a MuData and, if it has one, ``gex``.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr`` or ``.h5mu``.
    memory_budget
        See `read_adata`.

    Raises
    ------
    InputError
        As `read_adata` does, for each modality.
    """
    file = Path(path)
    if file.suffix.lower() != ".h5mu":
        return read_adata(file, memory_budget=memory_budget)
    import mudata

    airr = read_adata(file, memory_budget=memory_budget, modality=AIRR)
    try:
        parts = {EXPRESSION: read_adata(file, memory_budget=memory_budget, modality=EXPRESSION), AIRR: airr}
    except InputError as error:
        if error.code != "file.modality":
            raise
        parts = {AIRR: airr}
    with warnings.catch_warnings():
        # mudata warns about names that modalities share, which is what pairs them
        warnings.simplefilter("ignore")
        whole = mudata.MuData(parts)
    # what the file says of itself is read with each modality: its truths, and whether it is simulated
    whole.uns[NAMESPACE] = airr.uns[NAMESPACE]
    return whole


def _read(file: Path, limits: Limits) -> AnnData:
    container = identify(file)
    if container == "table":
        raise refuse("file.format", f"{file.name} is a text table, not an AnnData", where=str(file))
    with checked_copy(file, container=container, limits=limits) as checked:
        verdict = verify(file, checked.digest)
        adata = anndata_of(checked.copy, name=file.name, budget=limits.budget)
    facts = {"name": file.name, "sha256": checked.digest, "notes_json": json.dumps([verdict, *checked.notes])}
    adata.uns[NAMESPACE] = {**namespace(adata.uns).get(NAMESPACE, {}), FILE: facts}
    return adata


def anndata_of(copy: Path, *, name: str, budget: int) -> AnnData:
    """Read the copy that `checked_copy` made of a file.

    Parameters
    ----------
    copy
        HDF5 file.
    name
        Name of the original, for messages.
    budget
        Memory budget in bytes, for dense matrices.

    Raises
    ------
    InputError
        ``file.layout``, ``file.unreadable``, ``matrix.budget`` or ``matrix.sparse``.
    """
    import anndata
    import h5py

    with _reading(name):
        with h5py.File(copy, "r") as root:
            check_layout(root, where=name, budget=budget)
        adata = anndata.read_h5ad(copy)
        check_all(adata, where=name)
    return adata


@contextmanager
def _reading(name: str) -> Iterator[None]:
    with warnings.catch_warnings():
        # repeated and numeric names are looked at, and reported, by the door itself
        warnings.filterwarnings("ignore", message="(Observation|Variable) names are not unique", category=UserWarning)
        warnings.filterwarnings("ignore", message="Transforming to str index")
        # receptors are checked before they are used
        warnings.filterwarnings("ignore", message="Support for Awkward Arrays is currently experimental")
        # files of anndata 0.7 are still common, and read correctly
        warnings.filterwarnings("ignore", message=".*was written without encoding metadata")
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # what h5py, zarr and anndata raise on a damaged file has no common class
            reason = " ".join([str(error), *getattr(error, "__notes__", [])]).strip() or type(error).__name__
            raise refuse("file.unreadable", f"{name} cannot be read: {reason}", where=name) from error
