"""AIRR Rearrangement tables: one row per chain, with the names of the standard; with a cell_id, of cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from rashomon.core import first_few
from rashomon.io.receptor.cell import as_rows, cells_of, check_ids, row_names, sample_column
from rashomon.io.receptor.chain_table import ChainTable, Reading, blank
from rashomon.io.receptor.field import blanked, count_of, productive_of
from rashomon.io.rule import remark

__all__ = ["AS_WRITTEN", "COUNTS", "GENES", "REQUIRED", "is_airr", "read_airr"]

REQUIRED = (
    "sequence_id", "sequence", "rev_comp", "productive", "v_call", "d_call", "j_call", "sequence_alignment",
    "germline_alignment", "junction", "junction_aa", "v_cigar", "d_cigar", "j_cigar",
)  # fmt: skip
"""Columns that the standard requires; each may be empty."""

COUNTS = ("umi_count", "duplicate_count", "consensus_count")
"""Counts in the order in which one is taken: molecules, copies, reads. They are never mixed."""

GENES = ("v_call", "d_call", "j_call", "c_call")

AS_WRITTEN = {"v_call": "v_call_as_written", "j_call": "j_call_as_written"}
"""Columns of tables that rashomon wrote: names of genes before their repair, which is then made again."""

_FIELDS = (*GENES, "locus", "junction", "junction_aa", "productive", "cell_id", *COUNTS)
_GERMLINE = ("germline_set_ref", "germline_database", "germline_set")


def is_airr(header: Collection[str]) -> bool:
    """Return whether columns are those of an AIRR table: a junction and a V call.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_airr(["v_call", "junction_aa"]), is_airr(["v_gene", "cdr3"])
    (True, False)
    """
    return "v_call" in header and bool({"junction", "junction_aa"} & set(header))


def read_airr(
    table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None, compliant: bool = True
) -> Reading:
    """Return the chains of an AIRR table.

    Parameters
    ----------
    table
        Columns of text, of one length.
    where
        Name of the file.
    sample_key
        Column that tells samples apart, where cells of several samples share barcodes.
    compliant
        Whether to say which columns the standard misses; False for other formats under the same names.

    Returns
    -------
    The chains. With a ``cell_id`` the rows are cells, otherwise they are the rows of the table, with all its columns.

    Raises
    ------
    InputError
        ``receptor.cell_id``, ``receptor.barcode``, ``receptor.id``, ``receptor.productive``, ``receptor.count`` or
        ``receptor.negative``.
    """
    fields, notes = _fields(table, where)
    sample = sample_column(table, sample_key)
    ids = table.get("sequence_id", blank(fields["v_call"].size))
    scopes = [] if sample is None else [table[sample]]
    cells = fields["cell_id"]
    of_cells = bool((cells != "").any())
    notes += check_ids(ids, [*scopes, cells] if of_cells else scopes, where=where)
    if of_cells:
        columns = {name: table[name] for name in table if name != "cell_id"}
        obs, rows, found = cells_of(columns, cells, sample=sample, said=sample_key is not None, where=where)
    else:
        obs, rows, found = np.arange(ids.size), as_rows(table, row_names(ids)), ()
        notes += (f"{where}: no cell_id, so that each row is a rearrangement of its own (bulk)",)
    chains, more = _chains(fields, ids, obs, len(rows), where)
    notes += (*found, *more, *_germline(table, where), *(_missing(table, where) if compliant else ()))
    return Reading(chains, rows, "cell" if of_cells else "row", notes)


def _fields(table: Mapping[str, np.ndarray], where: str) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    n = next(iter(table.values())).size
    fields: dict[str, np.ndarray] = {}
    notes: tuple[str, ...] = ()
    for name in _FIELDS:
        source = AS_WRITTEN.get(name, name)
        column = source if source in table else name
        fields[name], found = blanked(table.get(column, blank(n)), column=column, where=where)
        notes += found
    return fields, notes


def _chains(
    fields: Mapping[str, np.ndarray], ids: np.ndarray, obs: np.ndarray, n_obs: int, where: str
) -> tuple[ChainTable, tuple[str, ...]]:
    productive, notes = productive_of(fields["productive"], column="productive", where=where)
    used = next((name for name in COUNTS if (fields[name] != "").any()), "")
    counts = np.full(obs.size, np.nan)
    for name in COUNTS:
        # all of them are checked: a fraction in any column says that columns have moved
        found = count_of(fields[name], column=name, where=where)
        counts = found if name == used else counts
    notes += (f"{where}: counts of chains are {used}",) if used else ()
    chains = ChainTable(
        obs=obs.astype(np.int64), locus=fields["locus"], junction=fields["junction"], junction_aa=fields["junction_aa"],
        v_call=fields["v_call"], d_call=fields["d_call"], j_call=fields["j_call"], c_call=fields["c_call"],
        count=counts, productive=productive, sequence_id=ids, is_cdr3=False, where=where, n_obs=n_obs,
    )  # fmt: skip
    return chains, notes


def _missing(table: Mapping[str, np.ndarray], where: str) -> tuple[str, ...]:
    missing = [name for name in REQUIRED if name not in table]
    what = f"{len(missing)} required columns are missing: {first_few(missing, n=14)}"
    return (remark("receptor.compliance", what, where=where),) if missing else ()


def _germline(table: Mapping[str, np.ndarray], where: str) -> tuple[str, ...]:
    name = next((name for name in _GERMLINE if name in table), None)
    sets = sorted(set(table[name]) - {""}) if name is not None else []
    what = f"{name} names {len(sets)} germline sets: {first_few(sets, n=3)}"
    return (remark("receptor.germline", what, where=where),) if len(sets) > 1 else ()
