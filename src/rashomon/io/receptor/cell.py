"""From chains to the rows of a data set: cells where a table names them, otherwise the rows of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.receptor.field import productive_of, rows_text
from rashomon.io.rule import refuse, remark

__all__ = ["SAMPLES", "as_rows", "called_only", "cells_of", "check_ids", "row_names", "sample_column"]

SAMPLES = ("sample_id", "repertoire_id", "sample", "library_id", "donor")
"""Columns that tell samples apart, the first that is there, unless the user names one."""

_CHAIN = re.compile(
    r"sequence(_.*)?|quality.*|rev_comp|productive|vj_in_frame|stop_codon|complete_vdj|full_length|locus|chain(_type)?"
    r"|junction.*|germline_alignment.*|n\d_.*|np\d.*|p\d[vdj]_.*|(fwr?|fr|cdr)\d.*|length|reads|umis|.*_count|high_confidence"
    r"|[vdjc]\d?_(call|gene|cigar|score|identity|support|sequence|germline|alignment|frameshift|exon).*|contig_.*"
    r"|raw_consensus_id|exact_subclonotype_id|umi_sequence|dominant|vdj_.*|full_contig.*|row_name",
    re.IGNORECASE,
)
"""Columns that describe a chain, not its cell: their values are in the receptors."""


def sample_column(columns: Mapping[str, object], key: str | None) -> str | None:
    """Return the column that tells samples apart; None where there is none.

    Parameters
    ----------
    columns
        The columns of the table.
    key
        The one that the user named.
    """
    return next((name for name in ((key,) if key else SAMPLES) if name in columns), None)


def called_only(
    columns: Mapping[str, np.ndarray], marks: tuple[str, ...], *, where: str
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return the rows that are not marked as belonging to no cell, and the note that counts the others.

    Parameters
    ----------
    columns
        Objects (str) by name, shape ``(n_chains,)``.
    marks
        Columns of true and false that must not be false; those that are absent are passed over.
    where
        The file.

    Raises
    ------
    InputError
        ``table.empty`` where no row is left, ``receptor.productive`` where a mark is neither true nor false.
    """
    there = [name for name in marks if name in columns]
    if not there:
        return dict(columns), ()
    kept = np.logical_and.reduce([productive_of(columns[name], column=name, where=where)[0] != 0 for name in there])
    if not kept.any():
        raise refuse("table.empty", "0 rearrangements: no contig belongs to a cell", where=where)
    if kept.all():
        return dict(columns), ()
    what = f"{int((~kept).sum()):,} of {kept.size:,} contigs are left out by {' and '.join(there)}"
    note = remark("receptor.not_cell", what, where=where)
    return {name: columns[name][kept] for name in columns}, (note,)


def check_ids(ids: np.ndarray, scopes: list[np.ndarray], *, where: str) -> tuple[str, ...]:
    """Refuse identifiers that occur twice in a scope; return the note that they repeat between scopes.

    Parameters
    ----------
    ids
        Objects (str), shape ``(n_chains,)``; empty where there is none.
    scopes
        Columns of the same shape in whose combinations each identifier must be unique: the sample, the cell.
    where
        The file.

    Raises
    ------
    InputError
        ``receptor.id`` with rows.
    """
    there = np.flatnonzero(ids != "")
    named = pd.DataFrame({"id": ids[there]} | {str(place): scope[there] for place, scope in enumerate(scopes)})
    twice = there[named.duplicated(keep="first").to_numpy()]
    if twice.size:
        what = (
            f"{twice.size} rows repeat the identifier of an earlier chain: {first_few(dict.fromkeys(ids[twice]), n=3)}"
        )
        raise refuse("receptor.id", what, where=f"{where}, {rows_text(twice)}")
    n_again = int(named["id"].duplicated().sum())
    what = f"{n_again:,} identifiers repeat between samples"
    return (remark("receptor.id_by_sample", what, where=where),) if n_again else ()


def row_names(ids: np.ndarray, *, first: int = 1) -> np.ndarray:
    """Return names of rows: the identifiers where they are unique, otherwise ``row 1``, ``row 2``, ...

    Parameters
    ----------
    ids
        Objects (str), shape ``(n_rows,)``.
    first
        Number of the first row.

    Examples
    --------
    >>> row_names(np.array(["a", ""], dtype=object)).tolist()
    ['row 1', 'row 2']
    """
    if (ids != "").all() and pd.Index(ids).is_unique:
        return ids
    return np.array([f"row {number}" for number in range(first, first + ids.size)], dtype=object)


def as_rows(columns: Mapping[str, np.ndarray], names: np.ndarray) -> pd.DataFrame:
    """Return columns of text as a table in which empty text is missing.

    Parameters
    ----------
    columns
        Objects (str) by name, shape ``(n_rows,)``.
    names
        Names of the rows.
    """
    data = {}
    for name, values in columns.items():
        data[name] = values.copy()
        data[name][values == ""] = None
    return pd.DataFrame(data, index=pd.Index(names, dtype=object), dtype=object)


def cells_of(
    columns: Mapping[str, np.ndarray], cells: np.ndarray, *, sample: str | None, said: bool, where: str
) -> tuple[np.ndarray, pd.DataFrame, tuple[str, ...]]:
    """Return the cell of each chain, and a table of the cells.

    Parameters
    ----------
    columns
        All columns of the table: objects (str) of shape ``(n_chains,)``.
    cells
        Name of the cell of each chain.
    sample
        Column that tells samples apart.
    said
        Whether the user named it: cells of different samples that share a barcode are then kept apart, and the sample
        becomes part of all names.
    where
        The file.

    Returns
    -------
    obs
        Row of each chain, ``int64``; cells are in the order of their first chain.
    table
        One row per cell: the columns that do not describe chains and have one value in every cell.
    notes
        Columns that were left out because they vary.

    Raises
    ------
    InputError
        ``receptor.cell_id`` where some chains have no cell, ``receptor.barcode`` where samples share barcodes.
    """
    missing = np.flatnonzero(cells == "")
    if missing.size:
        what = f"{missing.size} of {cells.size} rows have no cell_id"
        raise refuse("receptor.cell_id", what, where=f"{where}, {rows_text(missing)}")
    names = _named(columns, cells, sample=sample, said=said, where=where)
    obs, labels = pd.factorize(names)
    first = np.unique(obs, return_index=True)[1]
    kept: dict[str, np.ndarray] = {}
    varying = []
    for name in columns:
        if _CHAIN.fullmatch(name):
            continue
        values = columns[name]
        if (values == values[first][obs]).all():
            kept[name] = values[first]
        else:
            varying.append(name)
    what = f"columns with several values within a cell were left out: {first_few(varying, n=8)}"
    notes = (remark("receptor.varies", what, where=where),) if varying else ()
    return obs.astype(np.int64), as_rows(kept, np.asarray(labels, dtype=object)), notes


def _named(
    columns: Mapping[str, np.ndarray], cells: np.ndarray, *, sample: str | None, said: bool, where: str
) -> np.ndarray:
    if sample is None:
        return cells
    samples = columns[sample]
    pairs = pd.DataFrame({"cell": cells, "sample": samples}).drop_duplicates()
    shared = pairs["cell"][pairs["cell"].duplicated()].unique()
    if not len(shared):
        return cells
    if not said:
        what = f"{len(shared)} barcodes occur in several values of {sample}: {first_few(shared, n=3)}"
        raise refuse("receptor.barcode", what, where=where, fix=f"give sample_key={sample!r}")
    return np.asarray(samples + ":" + cells, dtype=object)
