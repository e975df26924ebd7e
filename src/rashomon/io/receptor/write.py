"""Receptors out: an AIRR Rearrangement table that validators accept, and that reads back to the same receptors."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from rashomon.core import UsageError, first_few, publish
from rashomon.dataset import LOCI, Dataset, Receptors
from rashomon.io.receptor.airr import AS_WRITTEN, COUNTS, REQUIRED
from rashomon.io.rule import refuse, remark
from rashomon.io.world import MARK, table_mark

__all__ = ["airr_columns", "write_airr"]

_EMPTY = ("sequence", "rev_comp", "sequence_alignment", "germline_alignment", "v_cigar", "d_cigar", "j_cigar")
"""Required columns about which receptors say nothing: those of the user, where there are any."""

_OURS = {*REQUIRED, *COUNTS, *AS_WRITTEN.values(), "cell_id", "locus", "c_call", "species", "cdr3_length"} - {*_EMPTY}
_DERIVED = re.compile(rf"({'|'.join(LOCI)})_(v_call|j_call|junction_aa)")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_BREAKS = re.compile(r"[\t\r\n\v\f\x00\x1c-\x1e\x85\u2028\u2029]")


def write_airr(dataset: Dataset, path: Path | str) -> tuple[str, ...]:
    """Write the receptors of a data set as an AIRR Rearrangement table; a file that stands there is replaced at once.

    Parameters
    ----------
    dataset
        With receptors. Its columns become columns of the table, in lower case with underscores; those that describe
        receptors are written from the receptors. Where rows have several chains, their names are the ``cell_id``.
        Simulated ones keep the mark of their world, in the column ``simulated_world``.
    path
        Usually ``.tsv`` or ``.airr.tsv``.

    Returns
    -------
    Notes: columns that were renamed, rows that have no chain and are not in the table.

    Raises
    ------
    InputError
        ``receptor.value`` where a value holds a tab or a line end, or two columns would get one name.
    UsageError
        When there are no receptors.
    StoreError
        When the file cannot be written.
    """
    columns, notes = airr_columns(dataset)
    for name, values in columns.items():
        _refuse_breaks(name, values)
    names = list(columns)
    with publish(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as handle:
        handle.write("\t".join(names) + "\n")
        for fields in zip(*columns.values(), strict=True):
            handle.write("\t".join(fields) + "\n")
    return notes


def airr_columns(dataset: Dataset) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return the columns of the AIRR table of a data set: all that the standard requires, empty where unknown.

    Parameters
    ----------
    dataset
        With receptors.

    Returns
    -------
    columns
        Objects (str) by name, one row per chain, in the order of the chains.
    notes
        See `write_airr`.

    Raises
    ------
    InputError
        ``receptor.value`` where two columns would get one name.
    UsageError
        When there are no receptors.
    """
    receptors = dataset.receptors
    if receptors is None:
        raise UsageError("there are no receptors", where=dataset.source, expected="a data set with receptors")
    names = dataset.obs_names.astype(object)
    # a row with two chains can only be put together again by its cell_id
    cells = dataset.item == "cell" or np.unique(receptors.obs).size < receptors.n_chains
    own = _own(receptors, names[receptors.obs], "umi_count" if cells else "duplicate_count")
    if cells:
        own["cell_id"] = names[receptors.obs]
    theirs, notes = _theirs(dataset.obs, dataset.source)
    n_bare = dataset.n_obs - np.unique(receptors.obs).size
    if n_bare:
        what = f"{n_bare:,} of {dataset.n_obs:,} rows have no chain and are not in the table"
        notes = (*notes, remark("receptor.without_chain", what, where=dataset.source))
    if dataset.world is not None:
        theirs[MARK] = np.full(dataset.n_obs, table_mark(dataset.world), dtype=object)
    return own | {name: values[receptors.obs] for name, values in theirs.items()}, notes


def _own(receptors: Receptors, owner: np.ndarray, count: str) -> dict[str, np.ndarray]:
    n = receptors.n_chains
    filled = {
        "sequence_id": _chain_names(receptors.obs, owner),
        "productive": np.array(["F", "T", ""], dtype=object)[receptors.productive],
        "v_call": receptors.v.texts, "d_call": receptors.d.texts, "j_call": receptors.j.texts,
        "junction": _text(receptors.junction), "junction_aa": _text(receptors.junction_aa),
    }  # fmt: skip
    columns = {name: filled.get(name, np.full(n, "", dtype=object)) for name in REQUIRED}
    number = ["" if np.isnan(value) else str(int(value)) for value in receptors.count]
    return columns | {
        "c_call": receptors.c.texts,
        "locus": np.array([*LOCI, ""], dtype=object)[receptors.locus],
        count: np.array(number, dtype=object),
        "species": np.full(n, receptors.species, dtype=object),
        AS_WRITTEN["v_call"]: receptors.v_raw.texts,
        AS_WRITTEN["j_call"]: receptors.j_raw.texts,
    }


def _chain_names(obs: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return the name of the row, with the number of the chain where the row has several."""
    number = pd.Series(obs).groupby(obs).cumcount().to_numpy()
    several = np.bincount(obs, minlength=1)[obs] > 1
    pairs = zip(owner, number, several, strict=True)
    return np.array([f"{name}_chain_{place + 1}" if more else name for name, place, more in pairs], dtype=object)


def _theirs(obs: pd.DataFrame, where: str) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    found: dict[str, np.ndarray] = {}
    renamed: dict[str, str] = {}
    for column in map(str, obs.columns):
        name = column if _NAME.fullmatch(column) else _snake(column)
        if name in _OURS or _DERIVED.fullmatch(column):
            continue
        if name in found:
            raise refuse("receptor.value", f"two columns would be named {name!r}", where=f"{where}, obs[{column!r}]")
        found[name] = np.array(["" if missing else str(value) for value, missing in _pairs(obs[column])], dtype=object)
        renamed |= {column: name} if name != column else {}
    listing = first_few(f"{old} -> {new}" for old, new in renamed.items())
    return found, (f"{where}: {len(renamed)} columns were renamed ({listing})",) if renamed else ()


def _pairs(values: pd.Series[str]) -> zip[tuple[object, bool]]:
    return zip(values, values.isna(), strict=True)


def _snake(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
    return plain if plain and not plain[0].isdigit() else f"x_{plain}"


def _text(values: np.ndarray) -> np.ndarray:
    return values.astype(str).astype(object)


def _refuse_breaks(name: str, values: np.ndarray) -> None:
    texts = pd.unique(values)
    wrong = next((text for text in texts if _BREAKS.search(text)), None)
    if wrong is not None:
        raise refuse("receptor.value", f"a value of {name} holds a tab or a line end: {wrong!r}", where=name)
