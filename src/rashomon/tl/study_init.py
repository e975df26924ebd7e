"""A study file to begin with, from the user's data: their columns are read, their matrix is not."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from rashomon import io
from rashomon.core import InputError, UsageError, publish_text
from rashomon.core.slots import AIRR, EXPRESSION, NAMESPACE
from rashomon.dataset import Dataset
from rashomon.io.isolate import Limits, checked_copy
from rashomon.io.layout import check_layout
from rashomon.multiverse import refuse_excluded
from rashomon.study.spec.column import ColumnSummary, FileSummary
from rashomon.study.spec.template import spec_template
from rashomon.truth import declared

__all__ = ["init_spec", "summarise_file"]

_EXAMPLES = 3


def init_spec(file: Path | str, *, out: Path | str) -> Path:
    """Write a commented study of a file: ``rashomon init``.

    Parameters
    ----------
    file
        As in `rashomon.tl.audit_file`.
    out
        The study file, ending in ``.yaml`` or ``.yml``; nothing may stand there yet. The data are named by their path
        from its folder.

    Returns
    -------
    The file that was written.

    Raises
    ------
    InputError
        When the data cannot be read.
    UsageError
        ``spec.output`` when the name is another, or a file stands there already.
    """
    target = Path(out)
    wrong = "" if target.suffix.lower() in {".yaml", ".yml"} else "its name does not end in .yaml"
    wrong = wrong or (f"{target.name} exists already" if target.exists() else "")
    if wrong:
        raise UsageError(
            f"the study file cannot be written: {wrong}",
            where=str(target),
            expected="a new file whose name ends in .yaml",
            fix="choose another name with -o",
            code="spec.output",
        )
    named = os.path.relpath(Path(file).resolve(), target.resolve().parent)
    publish_text(target, spec_template(summarise_file(file, named=Path(named).as_posix())))
    return target


def summarise_file(file: Path | str, *, named: str = "") -> FileSummary:
    """Return what a file holds: its columns, the names of its matrices and embeddings, what it declares.

    Parameters
    ----------
    file
        As in `rashomon.tl.audit_file`.
    named
        How the study file will name it; its name by default.

    Returns
    -------
    The summary. Of an AnnData the table of the cells is loaded, and no matrix.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    path = Path(file)
    name = named or path.name
    if io.receptor_format(path) is not None:
        dataset = io.read_receptors(path)
        return FileSummary(name, dataset.n_obs, dataset.item, _columns(dataset.obs))
    if io.identify(path) == "table":
        labels = io.read_labels_csv(path)
        return FileSummary(name, len(labels), "label", _columns(labels))
    if path.suffix.lower() != ".h5mu":
        return _of_cells(path, name, modality=EXPRESSION)
    found = [summary for each in (EXPRESSION, AIRR) if (summary := _modality(path, name, each)) is not None]
    if not found:
        # neither is there: the door says so
        return _of_cells(path, name, modality=EXPRESSION)
    return replace(found[0], receptors=any(summary.receptors for summary in found))


def _modality(path: Path, name: str, modality: str) -> FileSummary | None:
    try:
        return _of_cells(path, name, modality=modality)
    except InputError as error:
        if error.code != "file.modality":
            raise
        return None


def _of_cells(path: Path, name: str, *, modality: str) -> FileSummary:
    import h5py
    from anndata.io import read_elem

    # a copy that another process checked: what is read here was written by a healthy library
    limits = Limits(io.BUDGET, modality=modality)
    with checked_copy(path, container=io.identify(path), limits=limits) as checked, warnings.catch_warnings():
        # names are looked at, and reported, when the data are read
        warnings.filterwarnings("ignore", message=".*was written without encoding metadata")
        with h5py.File(checked.copy, "r") as root:
            check_layout(root, where=path.name, budget=io.BUDGET)
            obs = _element(root, "obs", read_elem, path.name)
            layers, embeddings = (tuple(map(str, root.get(slot, ()))) for slot in ("layers", "obsm"))
            own = f"uns/{NAMESPACE}/truths"
            truths = _element(root, own, read_elem, path.name) if own in root else {}
    return FileSummary(
        name,
        len(obs),
        columns=_columns(obs),
        layers=layers,
        embeddings=tuple(key for key in embeddings if key != AIRR and _is_defensible(key)),
        declared=_declared({NAMESPACE: {"truths": truths}}),
        receptors=AIRR in embeddings or modality == AIRR,
    )


def _element(root: Any, name: str, read: Any, where: str) -> Any:
    try:
        return read(root[name])
    except Exception as error:  # what anndata raises on a damaged table has no common class
        raise io.refuse("file.unreadable", f"{name} of {where} cannot be read: {error}", where=where) from error


def _declared(uns: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{spec.column}={spec.kind}" + (f":{spec.derived_from}" if spec.derived_from is not None else "")
        for spec in declared(uns).values()
    )


def _is_defensible(embedding: str) -> bool:
    try:
        refuse_excluded("use_rep", embedding, dataset=Dataset(pd.DataFrame()))
    except UsageError:
        return False
    return True


def _columns(obs: pd.DataFrame) -> tuple[ColumnSummary, ...]:
    return tuple(_column(str(name), obs[name]) for name in obs.columns if obs.columns.tolist().count(name) == 1)


def _column(name: str, values: pd.Series) -> ColumnSummary:
    there = values.dropna()
    numeric = pd.api.types.is_numeric_dtype(there) and not pd.api.types.is_bool_dtype(there)
    # whole numbers may be clusters; others are measurements
    measured = numeric and not bool((there == there.round()).all())
    # a cell of a table may hold anything, also a list
    classes = pd.Index(there.astype(str).unique())
    examples = tuple(str(each) for each in classes[:_EXAMPLES])
    return ColumnSummary(name, len(classes), int(values.isna().sum()), measured, examples)
