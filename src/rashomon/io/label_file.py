"""Labels that another tool wrote: Seurat, CellTypist and their kin; cells are matched by barcode, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import Teller, UsageError, did_you_mean, first_few, say
from rashomon.io.barcode import LEAST, composed_names, renamed
from rashomon.io.label import NOTES, align_labels, read_labels_csv

__all__ = ["CONFIDENCE", "LABEL", "read_labels"]

LABEL, CONFIDENCE = "label", "confidence"
"""Columns that a table of probabilities becomes."""

_NO_CLASS = "unknown"
"""Read as "no class" everywhere, see `rashomon.core.slots.RESERVED_LABELS`."""

_MISSING = ("NA",)
"""What R writes for a missing value."""


def read_labels(
    path: Path | str,
    obs_names: Sequence[str] | pd.Index | np.ndarray,
    *,
    columns: Sequence[str] = (),
    confidence: str | None = None,
    min_confidence: float = 0.5,
    announce: Teller = say,
) -> pd.DataFrame:
    r"""Read labels that another tool wrote as text, in the order of the cells.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv`` or ``.txt``; the first column names the cells. ``meta.data`` of Seurat, ``predicted_labels``
        or ``probability_matrix`` of CellTypist, or any other.
    obs_names
        Names of the cells, ``adata.obs_names``.
    columns
        Those to read; all by default.
    confidence
        Column of the table that says how sure the tool is of the labels in `columns`, such as ``conf_score``.
    min_confidence
        Cells below it get the label ``unknown``, which means "no class" to every tool here; in [0, 1]. Used with
        `confidence`, and for a table of probabilities.
    announce
        Receives how many cells were matched, and how.

    Returns
    -------
    One row per cell, text, None where it has no value (``NA`` is none). A table of which every column holds
    probabilities has two columns: ``label``, the class with the largest one (``unknown`` below `min_confidence`, and
    where two are equal), and ``confidence``, that probability.

    Raises
    ------
    InputError
        A ``table.`` rule; ``table.overlap`` when fewer than half of the cells are found, also by removing suffixes or
        prefixes of barcodes. A renaming that makes two cells equal is never applied.
    UsageError
        When a column does not exist, or holds no confidence.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "meta.csv"
    >>> _ = file.write_text('"","seurat_clusters"\n"AAAC-1","0"\n"AAAG-1",NA\n')
    >>> read_labels(file, ["AAAC", "AAAG"], announce=lambda line: None)["seurat_clusters"].tolist()
    ['0', None]
    """
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"min_confidence is {min_confidence}", where="read_labels", expected="a number in [0, 1]")
    file, cells = Path(path), pd.Index([str(name) for name in obs_names])
    table = read_labels_csv(file)
    notes = [*table.attrs.get(NOTES, ())]
    matched, found = _matched(table, cells)
    notes += found
    empty = matched.isin(_MISSING)
    if empty.to_numpy().any():
        notes.append(f"labels: {int(empty.to_numpy().sum()):,} values NA are missing")
    matched = matched.astype(object).where(~empty & matched.notna(), None)
    probabilities = _probabilities(matched)
    if probabilities is not None and not columns and confidence is None:
        matched, more = _most_probable(probabilities, min_confidence)
        notes += more
    else:
        matched, more = _chosen(matched, columns, confidence, min_confidence, where=file.name)
        notes += more
    for line in notes:
        announce(line)
    return matched.set_axis(pd.Index(obs_names), axis="index")


def _matched(table: pd.DataFrame, cells: pd.Index) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of the cells, by name or by barcode, and how many there are."""
    known, rows = composed_names(cells, table.index)
    notes, share = [], float(known.isin(rows).mean()) if len(known) else 0.0
    if share < LEAST and not known.has_duplicates:
        other = renamed(known, rows)
        if other is not None:
            known, rows, text = other
            notes.append(f"labels: cells are matched by {text}, on both sides")
    table = table.set_axis(rows, axis="index")
    table.attrs = {}
    # refuses, with the renaming that would help, where too few cells are found
    matched, said = align_labels(table, known.to_numpy())
    if not any("cells (" in line for line in said):
        said = (f"labels: {len(known)} of {len(known)} cells (100%) are in the table", *said)
    return matched, [*notes, *said]


def _chosen(
    table: pd.DataFrame, columns: Sequence[str], confidence: str | None, least: float, *, where: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns that were asked for, without labels of too little confidence."""
    for name in (*columns, *(() if confidence is None else (confidence,))):
        if name not in table:
            raise UsageError(f"there is no column {name!r}", where=where, fix=did_you_mean(name, map(str, table)))
    chosen = table[list(columns)].copy() if columns else table
    if confidence is None:
        return chosen, []
    if not columns:
        raise UsageError(
            f"{confidence!r} is the confidence of no column", where=where, fix="name the labels with columns="
        )
    sure = pd.to_numeric(table[confidence], errors="coerce")
    wrong = table[confidence][sure.isna() & table[confidence].notna()]
    if len(wrong):
        raise UsageError(
            f"{len(wrong)} values of {confidence!r} are no numbers ({first_few(wrong, n=3)})", where=where,
            expected="a confidence in [0, 1]",
        )  # fmt: skip
    # without a confidence nothing is known of the label either
    low = ~(sure >= least).to_numpy()
    for name in columns:
        chosen[name] = chosen[name].where(~(low & chosen[name].notna().to_numpy()), _NO_CLASS)
    return chosen, [_low_note(int(low.sum()), len(low), least)]


def _probabilities(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return a table of probabilities as numbers; None where a column is something else."""
    if table.shape[1] < 2:
        return None
    numbers = table.apply(pd.to_numeric, errors="coerce")
    fine = (numbers.isna() & table.isna()) | ((numbers >= 0) & (numbers <= 1))
    broken = ((numbers > 0) & (numbers < 1)).to_numpy().any()
    return numbers if fine.to_numpy().all() and broken else None


def _most_probable(table: pd.DataFrame, least: float) -> tuple[pd.DataFrame, list[str]]:
    values = table.to_numpy(dtype=np.float64, na_value=np.nan)
    there = ~np.isnan(values).all(axis=1)
    filled = np.where(np.isnan(values), -np.inf, values)
    best = filled.max(axis=1)
    tied = (filled == best[:, None]).sum(axis=1) > 1
    low = there & ((best < least) | tied)
    names: Any = np.array([str(name) for name in table], dtype=object)[filled.argmax(axis=1)]
    names[low], names[~there] = _NO_CLASS, None
    found = pd.DataFrame({LABEL: names, CONFIDENCE: np.where(there, best, np.nan)}, index=table.index)
    return found, [_low_note(int(low.sum()), int(there.sum()), least)]


def _low_note(n_low: int, n: int, least: float) -> str:
    return f"labels: {n_low:,} of {n:,} cells have a confidence below {least:g}, or two equal ones: {_NO_CLASS!r}"
