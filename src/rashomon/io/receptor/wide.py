"""Tables with one row per receptor, its chains side by side, and exports of VDJdb, in which pairs share a number."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from rashomon.io.receptor.cdr3 import is_cdr3
from rashomon.io.receptor.cell import as_rows, cells_of, check_ids, row_names
from rashomon.io.receptor.chain_table import ChainTable, Reading, blank
from rashomon.io.receptor.field import blanked, count_of, productive_of
from rashomon.io.receptor.role import Arm, arms_of, column_named, count_column, locus_named

__all__ = ["is_long", "is_wide", "read_long", "read_wide"]

_NAMES = ("sequence_id", "cell_id", "barcode")
"""Columns that may name the rows."""

_UNPAIRED = ("", "0")
"""Complexes of VDJdb without a partner."""


def is_wide(header: Collection[str]) -> bool:
    """Return whether columns describe one receptor per row: sequences, with V or J genes.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_wide(["cdr3_a_aa", "v_a_gene"]), is_wide(["CDR3", "V", "J", "Epitope"]), is_wide(["cdr3", "donor"])
    (True, True, False)
    """
    return bool(arms_of(header))


def is_long(header: Collection[str]) -> bool:
    """Return whether columns are those of an export of VDJdb: one chain per row, and the complex that it belongs to.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_long(["complex.id", "Gene", "CDR3", "V", "J"])
    True
    """
    arms = arms_of(header)
    one = len(arms) == 1 and not arms[0].locus and "chain" in arms[0].columns
    return one and column_named(header, ["complex_id"]) is not None


def read_wide(table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None) -> Reading:
    """Return the chains of a table with one row per receptor.

    Parameters
    ----------
    table
        Columns of text.
    where
        Name of the file.
    sample_key
        Not needed: every row is a receptor of its own.

    Returns
    -------
    The chains: alpha before beta in each row. The rows keep all columns.

    Raises
    ------
    InputError
        ``receptor.count``, ``receptor.negative``, ``receptor.productive``, ``receptor.id`` or ``receptor.mixed_cdr3``.
    """
    del sample_key
    arms = arms_of(table)
    n = next(iter(table.values())).size
    name = next((name for name in _NAMES if name in table), None)
    ids = blank(n) if name is None else table[name]
    notes = check_ids(table["sequence_id"], [], where=where) if "sequence_id" in table else ()
    chains, found = _stacked(table, arms, np.arange(n), n, where)
    return Reading(chains, as_rows(table, row_names(ids)), "row", (*notes, *found))


def read_long(table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None) -> Reading:
    """Return the chains of an export of VDJdb: rows that share a number of a complex are one receptor.

    Parameters
    ----------
    table
        Columns of text. The complex 0 means that a chain has no partner.
    where
        Name of the file.
    sample_key
        Not needed: numbers of complexes are unique.

    Returns
    -------
    The chains; a row of the data set is a complex, and keeps the columns that have one value in it.

    Raises
    ------
    InputError
        See `read_wide`.
    """
    del sample_key
    arms = arms_of(table)
    chain_columns = set(arms[0].columns.values())
    name = str(column_named(table, ["complex_id"]))
    complexes = table[name]
    numbers = np.array([f"row {row}" for row in range(1, complexes.size + 1)], dtype=object)
    owner = np.where(np.isin(complexes, _UNPAIRED), numbers, "complex " + complexes)
    columns = {key: table[key] for key in table if key not in chain_columns}
    obs, rows, notes = cells_of(columns, owner, sample=None, said=False, where=where)
    chains, found = _stacked(table, arms, obs, len(rows), where)
    return Reading(chains, rows, "row", (*notes, *found))


def _stacked(
    table: Mapping[str, np.ndarray], arms: tuple[Arm, ...], obs: np.ndarray, n_obs: int, where: str
) -> tuple[ChainTable, tuple[str, ...]]:
    n = obs.size
    count_name = count_column(table)
    count = np.full(n, np.nan) if count_name is None else count_of(table[count_name], column=count_name, where=where)
    notes: tuple[str, ...] = () if count_name is None else (f"{where}: counts of receptors are {count_name}",)
    productive = np.full(n, -1, dtype=np.int8)
    if "productive" in table:
        productive, found = productive_of(table["productive"], column="productive", where=where)
        notes += found
    parts = [{part: _cleaned(table, name, where) for part, name in arm.columns.items()} for arm in arms]
    notes += tuple(note for arm in parts for _, found in arm.values() for note in found)
    texts = [{part: arm[part][0] if part in arm else blank(n) for part in _PARTS} for arm in parts]
    there = np.concatenate([(arm["aa"] != "") | (arm["nt"] != "") for arm in texts])
    row = np.tile(np.arange(n), len(arms))
    # the chains of a row stay together, in the order of the arms
    order = np.argsort(row, kind="stable")
    order = order[there[order]]
    whole = {part: np.concatenate([arm[part] for arm in texts])[order] for part in _PARTS}
    locus = np.concatenate([np.full(n, arm.locus, dtype=object) for arm in arms])[order]
    stated = np.array([locus_named(text) for text in whole["chain"]], dtype=object)
    locus = np.where(locus == "", stated, locus)
    chains = ChainTable(
        obs=obs[row[order]].astype(np.int64), locus=locus, junction=whole["nt"], junction_aa=whole["aa"],
        v_call=whole["v"], d_call=whole["d"], j_call=whole["j"], c_call=whole["c"], count=count[row[order]],
        productive=productive[row[order]], sequence_id=blank(order.size), n_obs=n_obs, where=where,
        is_cdr3=is_cdr3(whole["aa"], whole["nt"], locus, where=where),
    )  # fmt: skip
    return chains, notes


_PARTS = ("aa", "nt", "v", "d", "j", "c", "chain")


def _cleaned(table: Mapping[str, np.ndarray], name: str, where: str) -> tuple[np.ndarray, tuple[str, ...]]:
    return blanked(table[name], column=name, where=where)
