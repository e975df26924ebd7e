"""What a column of labels must satisfy before anything is compared with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from rashomon.core import did_you_mean, first_few
from rashomon.core.labels import MISSING, UNASSIGNED, encode_labels
from rashomon.core.slots import RESERVED_LABELS
from rashomon.truth.rule import LABEL_RULES

__all__ = ["check_labels", "label_column"]

_RULES = {rule.name: rule for rule in LABEL_RULES}

_ALONE = 0.9
"""Share of the labelled rows with a class of their own above which text identifies rows (a convention)."""

_MANY = 10
"""Fractions with more distinct values than this are measurements."""


def label_column(obs: pd.DataFrame, name: str, *, where: str = "obs") -> pd.Series[Any]:
    """Return a column of labels.

    Parameters
    ----------
    obs
        Table with one row per item.
    name
        Name of the column.
    where
        Name of the table, for messages.

    Raises
    ------
    InputError
        ``label.absent`` when there is no such column, ``label.repeated`` when there are two.
    """
    known = [str(column) for column in obs.columns]
    if name not in known:
        raise _RULES["label.absent"].broken(
            f"there is no column {name!r}",
            where=where,
            expected=f"one of {len(known)} columns: {first_few(known, n=30)}" if known else "a table with columns",
            fix=did_you_mean(name, known),
        )
    if known.count(name) > 1:
        raise _RULES["label.repeated"].broken(f"{known.count(name)} columns are named {name!r}", where=where)
    column: pd.Series[Any] = obs.iloc[:, known.index(name)]
    return column.rename(name)


def check_labels(
    values: pd.Series[Any],
    *,
    where: str,
    one_class: Literal["refuse", "note"] = "refuse",
    unassigned: Iterable[str] = RESERVED_LABELS,
) -> tuple[str, ...]:
    """Refuse labels that no partition can be compared with; return what is worth noting about the others.

    Parameters
    ----------
    values
        Labels, shape ``(n_obs,)``.
    where
        Place of the labels, for messages.
    one_class
        What becomes of a column with one class: technical columns may have one, truths may not.
    unassigned
        Words that mean "no class", in any case.

    Returns
    -------
    Notes: how many rows carry no label, how many carry a word that means "no class".

    Raises
    ------
    InputError
        ``label.all_missing``, ``label.numeric``, ``label.one_class`` or ``label.all_unique``.

    Examples
    --------
    >>> check_labels(pd.Series(["T", "B", "T", "B", None], name="cell_type"), where="obs['cell_type']")
    ("obs['cell_type']: 1 of 5 rows carry no label and take no part in comparisons with it",)
    """
    codes, categories = encode_labels(values, unassigned=unassigned)
    n_labelled, n_missing, n_free = ((codes >= 0).sum(), (codes == MISSING).sum(), (codes == UNASSIGNED).sum())
    if n_labelled == 0:
        raise _RULES["label.all_missing"].broken(
            f"none of {codes.size} rows carries a class: {n_missing} are missing, {n_free} say 'no class'", where=where
        )
    _refuse_measurements(values, where)
    notes = []
    if len(categories) == 1:
        notes.append(f"{where}: all labelled rows are {categories[0]!r}, so nothing can be compared across it")
    if len(categories) == 1 and one_class == "refuse":
        raise _RULES["label.one_class"].broken(f"all {n_labelled} labelled rows are {categories[0]!r}", where=where)
    if _identifies(values, codes):
        raise _RULES["label.all_unique"].broken(
            f"{len(categories)} classes for {n_labelled} labelled rows: {first_few(categories, n=3)}", where=where
        )
    if n_missing:
        notes.append(
            f"{where}: {n_missing} of {codes.size} rows carry no label and take no part in comparisons with it"
        )
    if n_free:
        notes.append(f"{where}: {n_free} of {codes.size} rows say 'no class' (such as unknown or doublets)")
    return tuple(notes)


def _identifies(values: pd.Series[Any], codes: np.ndarray) -> bool:
    """Whether the column names rows or measures them: nearly all text, or most numbers, occur once."""
    size = np.bincount(codes[codes >= 0])
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return bool(size.size > size.sum() / 2)
    return bool((size == 1).sum() > _ALONE * size.sum())


def _refuse_measurements(values: pd.Series[Any], where: str) -> None:
    if not pd.api.types.is_float_dtype(values.dtype):
        return
    numbers = values.dropna().to_numpy(dtype=np.float64)
    fractions, distinct = numbers[numbers != np.floor(numbers)], np.unique(numbers)
    if fractions.size and distinct.size > _MANY:
        raise _RULES["label.numeric"].broken(
            f"{distinct.size} different numbers between {distinct[0]:.4g} and {distinct[-1]:.4g}", where=where
        )
