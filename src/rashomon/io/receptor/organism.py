"""The species that a column of the table says, and the rows of one of them."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd

from rashomon.io.receptor.chain_table import ChainTable, Reading
from rashomon.io.receptor.role import column_named
from rashomon.io.rule import refuse, remark

__all__ = ["of_species"]

_COLUMNS = ("species", "organism")
_WORDS = {"human": ("homo", "human"), "mouse": ("mus", "mouse")}


def of_species(reading: Reading, species: str | None) -> tuple[Reading, str | None, list[str]]:
    """Return the rows of one species, by a column of the table that says it.

    Parameters
    ----------
    reading
        All rows.
    species
        ``human`` or ``mouse``; None: the one that the column says.

    Returns
    -------
    reading
        Rows of that species, and those that say none.
    species
        As given, or as the column says; None where neither does.
    dropped
        Names of the rows that were left out.

    Raises
    ------
    InputError
        ``receptor.mixed_species`` where the column says several and none was asked for, or not the one that was.
    """
    name = column_named(map(str, reading.obs.columns), _COLUMNS)
    if name is None or species not in {None, *_WORDS}:
        # an unknown species is refused where genes are looked up
        return reading, species, []
    values = reading.obs[name].fillna("")
    codes, texts = pd.factorize(values)
    said = np.array([_species(str(text)) for text in texts], dtype=object)
    counts = values[values != ""].value_counts()
    listing = ", ".join(f"{text} {n:,}" for text, n in counts.items())
    where = f"{reading.chains.where}, {name}"
    kinds = sorted(set(said) - {""})
    if species is None and (len(kinds) > 1 or kinds not in ([], ["human"], ["mouse"])):
        raise refuse("receptor.mixed_species", f"the rows are of several or unknown species: {listing}", where=where)
    wanted = species or (kinds[0] if kinds else None)
    kept = ((said == wanted) | (said == ""))[codes]
    if kinds and not kept.any():
        raise refuse("receptor.mixed_species", f"no row is of {wanted}: {listing}", where=where)
    dropped = reading.obs.index[~kept].astype(str).tolist()
    if not dropped:
        return reading, wanted, []
    what = f"{len(dropped):,} of {kept.size:,} rows are of other species than {wanted}, and were left out ({listing})"
    note = remark("receptor.other_species", what, where=where)
    chains = _taken(reading.chains, kept)
    return replace(reading, chains=chains, obs=reading.obs[kept], notes=(*reading.notes, note)), wanted, dropped


def _species(text: str) -> str:
    word = text.strip().lower()
    return next((name for name, starts in _WORDS.items() if word.startswith(starts)), word)


def _taken(chains: ChainTable, rows: np.ndarray) -> ChainTable:
    """Return the chains of some rows; `rows` is a mask of shape ``(n_obs,)``."""
    there = rows[chains.obs]
    arrays = {each.name: getattr(chains, each.name) for each in fields(chains)}
    taken = {name: values[there] for name, values in arrays.items() if isinstance(values, np.ndarray)}
    taken["obs"] = (np.cumsum(rows) - 1)[taken["obs"]]
    return replace(chains, n_obs=int(rows.sum()), **taken)
