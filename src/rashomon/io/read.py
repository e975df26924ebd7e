"""Files in: every check on the way from a path to a data set."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rashomon.core import InputError
from rashomon.dataset import Dataset
from rashomon.io.container import identify
from rashomon.io.convert import from_anndata, from_labels
from rashomon.io.expression import Expected
from rashomon.io.hdf5 import check_hdf5, open_hdf5
from rashomon.io.label import read_labels_csv
from rashomon.io.layout import check_layout, expression_node
from rashomon.io.matrix import BUDGET
from rashomon.io.rule import refuse
from rashomon.io.zarrstore import check_zarr
from rashomon.truth import TruthSpec

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["read", "read_adata"]


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
) -> Dataset:
    """Read a file as a data set, after checking everything that could mislead an analysis.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr``, ``.h5mu`` (modality ``gex``), or a ``.csv``/``.tsv`` of labels.
    truths, donor_key, batch_key, sample_key, condition_key, layer, use_rep, expect, with_expression
        See `from_anndata`. A table of labels has no layers and no embeddings.
    memory_budget
        Bytes; larger arrays are refused from the header.

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
    if identify(file) == "table":
        return from_labels(read_labels_csv(file), truths=truths, roles=keys, source=file.name)
    adata, notes = _read(file, memory_budget)
    dataset = from_anndata(
        adata,
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
    rows = dataset.rows
    for note in notes:
        rows = rows.note(note)
    return Dataset(
        dataset.obs, dataset.expression, dataset.views, dataset.truths, dataset.roles, rows=rows, source=dataset.source
    )


def read_adata(path: Path | str, *, memory_budget: int = BUDGET) -> AnnData:
    """Read an AnnData after checking its container: links, filters, sizes, lengths.

    Parameters
    ----------
    path
        ``.h5ad``, ``.zarr``, or ``.h5mu`` (modality ``gex``).
    memory_budget
        Bytes; larger arrays are refused from the header.

    Returns
    -------
    The object as anndata reads it. Its matrices are checked when `from_anndata` turns it into a data set, and must not
    be used before.

    Raises
    ------
    InputError
        When a ``file.`` rule is broken, see `RULES`.
    """
    return _read(Path(path), memory_budget)[0]


def _read(file: Path, budget: int) -> tuple[AnnData, tuple[str, ...]]:
    container = identify(file)
    if container == "zarr":
        return _read_zarr(file, budget)
    if container == "hdf5":
        return _read_hdf5(file, budget), ()
    raise refuse("file.format", f"{file.name} is a text table, not an AnnData", where=str(file))


def _read_hdf5(file: Path, budget: int) -> AnnData:
    import anndata

    with _reading(file), open_hdf5(file) as root:
        check_hdf5(root, budget=budget)
        node = expression_node(root, where=file.name)
        check_layout(node, where=file.name, budget=budget)
        return anndata.read_h5ad(file) if node is root else anndata.io.read_elem(node)


def _read_zarr(file: Path, budget: int) -> tuple[AnnData, tuple[str, ...]]:
    import anndata
    import zarr

    notes = check_zarr(file, budget=budget)
    with _reading(file):
        root = zarr.open_group(file, mode="r", use_consolidated=False)
        node = expression_node(root, where=file.name)
        check_layout(node, where=file.name, budget=budget)
        return (anndata.read_zarr(file) if node is root else anndata.io.read_elem(node)), notes


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    with warnings.catch_warnings():
        # repeated and numeric names are looked at, and reported, by the door itself
        warnings.filterwarnings("ignore", message="(Observation|Variable) names are not unique", category=UserWarning)
        warnings.filterwarnings("ignore", message="Transforming to str index")
        # files of anndata 0.7 are still common, and read correctly
        warnings.filterwarnings("ignore", message=".*was written without encoding metadata")
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # what h5py, zarr and anndata raise on a damaged file has no common class
            reason = " ".join([str(error), *getattr(error, "__notes__", [])]).strip() or type(error).__name__
            raise refuse("file.unreadable", f"{file.name} cannot be read: {reason}", where=str(file)) from error
