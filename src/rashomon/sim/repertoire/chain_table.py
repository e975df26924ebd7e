"""Tables of chains: recombination events, with the place of a planted motif."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from rashomon.sim.vdj import RecombinationModel, Recombinations

__all__ = ["EVENT", "chain_table", "events_of", "put_chains", "widened"]

EVENT = tuple(field.name for field in fields(Recombinations) if field.name != "model")
"""Columns of a recombination event, which tables of chains hold, beside ``start`` (place of the motif; -1: none)."""


def chain_table(chains: Recombinations) -> np.ndarray:
    """Return `chains` as a structured array with the columns `EVENT` and ``start``; none carries a motif.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> from rashomon.sim.vdj import recombination_model, recombine
    >>> chains = recombine(recombination_model("human", "TRB"), stream_key(1, "receptor"), np.arange(2))
    >>> chain_table(chains)["start"].tolist()
    [-1, -1]
    """
    columns = {name: getattr(chains, name) for name in EVENT}
    table = np.empty(len(chains), dtype=[(name, values.dtype) for name, values in columns.items()] + [("start", "i2")])
    for name, values in columns.items():
        table[name] = values
    table["start"] = -1
    return table


def events_of(model: RecombinationModel, chains: np.ndarray) -> Recombinations:
    """Return the events of a table of chains, the inverse of `chain_table`.

    Parameters
    ----------
    model
        That made them.
    chains
        From `chain_table`.
    """
    return Recombinations(model, *(chains[name] for name in EVENT))


def put_chains(chains: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return `chains` with `others` in `rows`, its columns as wide as the longest of both: no letter is cut off.

    Parameters
    ----------
    chains, others
        From `chain_table`.
    rows
        Where the others stand.
    """
    wide = chains.astype(np.promote_types(chains.dtype, others.dtype))
    wide[rows] = others
    return wide


def widened(model: RecombinationModel, chains: np.ndarray) -> np.ndarray:
    """Return `chains` with columns as wide as the longest junction of `model`: those of families may be longer.

    Parameters
    ----------
    model
        That made them.
    chains
        From `chain_table`.
    """
    width = {"junction": f"S{model.max_length}", "junction_aa": f"S{model.max_length // 3 + 1}"}
    return chains.astype([(name, width.get(name, chains.dtype[name])) for name in chains.dtype.names or ()])
