"""Tables of receptors in: from a file, or a data frame, to a data set with receptors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from rashomon.core import RowLog
from rashomon.dataset import Dataset, Receptors
from rashomon.io.convert import Truths, checked_table, refuse_few, with_labels
from rashomon.io.matrix import BUDGET
from rashomon.io.receptor.chain_table import Reading
from rashomon.io.receptor.derived import derived_columns, multichain
from rashomon.io.receptor.organism import of_species
from rashomon.io.receptor.repair import receptors_of
from rashomon.io.receptor.sniff import CLONOTYPES, FORMATS, table_format
from rashomon.io.receptor.table import RawTable, read_text_table, table_of_frame
from rashomon.io.receptor.tenx import read_tenx_json
from rashomon.io.rule import refuse, remark
from rashomon.io.within import rows_within
from rashomon.io.world import MARK, marked_table, world_notes
from rashomon.truth import specs

__all__ = ["read_receptors", "receptors_from_frame"]


Within = Mapping[str, str | Sequence[str]] | None

_MOST_MARKS = 100
"""Distinct values of the column of marks that are looked at."""


def read_receptors(  # noqa: PLR0913 - one argument per role of a column, all by keyword
    path: Path | str,
    *,
    truths: Truths = None,
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    species: str | None = None,
    complete_end: bool = False,
    within: Within = None,
    memory_budget: int = BUDGET,
) -> Dataset:
    """Read a table of receptors as a data set, after checking everything that could mislead an analysis.

    Parameters
    ----------
    path
        Text separated by tabs, commas or semicolons, plain or packed with gzip: AIRR Rearrangement, 10x contig
        annotations (also ``.json``), BD Rhapsody contigs, Change-O, VDJdb, or one row per receptor; see `FORMATS`.
    truths, donor_key, batch_key, sample_key, condition_key
        See `from_anndata`; columns of the table, or those of `derived_columns`. Where cells of several samples share
        barcodes, `sample_key` keeps them apart.
    species
        ``human`` or ``mouse``: rows of others are left out where a column says them. None: read from that column, or
        from the names of the genes.
    complete_end
        Add the last residue to junctions that miss nothing else.
    within
        Keep only the rows with these values, before anything else is looked at: ``{"species": "HomoSapiens"}``.
    memory_budget
        Bytes; a larger table is refused.

    Returns
    -------
    The data set: a row is a cell where the table has cells, otherwise a row of the table. Its `rows` note everything
    that was repaired or is worth knowing.

    Raises
    ------
    InputError
        When a rule of the door is broken, see `RULES`.
    UsageError
        When a truth is declared wrongly, or the species is unknown.
    """
    file = Path(path)
    packed = file.name.lower().removesuffix(".gz")
    read = read_tenx_json if packed.endswith(".json") else read_text_table
    keys = {"donor": donor_key, "batch": batch_key, "sample": sample_key, "condition": condition_key}
    table = _part(read(file, memory_budget=memory_budget), within)
    return _dataset(table, truths=truths, keys=keys, species=species, complete_end=complete_end)


def receptors_from_frame(
    frame: pd.DataFrame,
    *,
    truths: Truths = None,
    roles: Mapping[str, str | None] | None = None,
    species: str | None = None,
    complete_end: bool = False,
    within: Within = None,
    source: str = "table",
) -> Dataset:
    """Make a data set from a data frame of receptors, with the checks that a file goes through.

    Parameters
    ----------
    frame
        Columns as a file of one of the `FORMATS` would have them; the index is not read, the frame is not changed.
    truths
        See `read_receptors`.
    roles
        Column of each role: ``donor``, ``batch``, ``sample``, ``condition``.
    species, complete_end, within
        See `read_receptors`.
    source
        Name for messages.

    Raises
    ------
    InputError
        When a rule of the door is broken, see `RULES`.
    UsageError
        When a truth is declared wrongly, or the species is unknown.

    Examples
    --------
    >>> frame = pd.DataFrame({"v_call": ["TRBV9", "TRBV28"] * 5, "junction_aa": ["CASSVGGTEAFF"] * 10})
    >>> dataset = receptors_from_frame(frame, truths=["v_call"])
    >>> dataset.item, dataset.n_obs, dataset.receptors.loci
    ('row', 10, ('TRB',))
    """
    table = _part(table_of_frame(frame, source=source), within)
    return _dataset(table, truths=truths, keys=roles or {}, species=species, complete_end=complete_end)


def _part(table: RawTable, within: Within) -> RawTable:
    if not within:
        return table
    columns = {name: pd.Series(table[name], dtype=object).replace("", None) for name in within if name in table}
    kept = rows_within(pd.DataFrame(columns), within, source=table.where)
    said = "; ".join(f"{name}={value}" for name, value in within.items())
    return table.take(kept, note=f"{table.where}: {int(kept.sum()):,} of {table.n_rows:,} rows are within {said}")


def _dataset(
    table: RawTable, *, truths: Truths, keys: Mapping[str, str | None], species: str | None, complete_end: bool
) -> Dataset:
    wanted = specs(truths)
    reading, species, dropped = of_species(_reading(table, keys.get("sample")), species)
    obs, notes = checked_table(reading.obs)
    notes = (*table.notes, *reading.notes, *notes, *refuse_few(len(obs), None, table.where))
    receptors, repairs = receptors_of(reading.chains, species=species, complete_end=complete_end)
    if not (receptors.junction_aa != b"").any():
        raise refuse("receptor.none", f"{receptors.n_chains:,} chains, none with a junction", where=table.where)
    notes += (*repairs, *_doublets(receptors, len(obs), reading))
    for name, values in derived_columns(receptors, len(obs), taken=set(obs.columns)).items():
        obs[name] = values
    rows = RowLog(len(obs), notes=notes)
    marks = obs.pop(MARK) if MARK in obs else pd.Series(dtype=object)
    world = marked_table([str(mark) for mark in marks.dropna().unique()[:_MOST_MARKS]])
    rows = replace(rows, notes=(*world_notes(world), *rows.notes))
    dataset = Dataset(obs, rows=rows, source=table.where, receptors=receptors, item=reading.item, world=world)
    dataset = with_labels(dataset, wanted, keys)
    log = RowLog(len(obs) + len(dropped)).drop(table.where, "of another species", dropped)
    return replace(dataset, rows=replace(log, notes=dataset.rows.notes))


def _reading(table: RawTable, sample_key: str | None) -> Reading:
    name = table_format(table)
    if name == CLONOTYPES:
        raise refuse("receptor.clonotypes", f"{table.where} lists clonotypes", where=table.where)
    if name is None:
        columns = ", ".join(list(table)[:8])
        raise refuse("receptor.format", f"no format of receptors has these columns: {columns}", where=table.where)
    reading: Reading = FORMATS[name].read(table, where=table.where, sample_key=sample_key)
    how = f"{table.where}: {FORMATS[name].summary}"
    return replace(reading, notes=(how, *reading.notes))


def _doublets(receptors: Receptors, n_obs: int, reading: Reading) -> tuple[str, ...]:
    if reading.item != "cell":
        return ()
    parts = [f"{n:,} with a third {arm.upper()} chain" for arm, n in multichain(receptors, n_obs).items() if n]
    what = f"of {n_obs:,} cells, {' and '.join(parts)}"
    return (remark("receptor.multichain", what, where=reading.chains.where),) if parts else ()
