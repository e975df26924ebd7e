"""The value at which Q is cut, for every pair of V and J that is asked for."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.selection.bound import MAX_CUT, rejection_bound
from rashomon.sim.selection.model import Selection
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import Level, RecombinationModel, recombine

__all__ = ["N_PILOT", "caps"]

N_PILOT = 4_000
"""Chains drawn for each pair of V and J that is asked for."""

_PAIRS = 64
"""Pairs drawn at once."""


def caps(
    model: RecombinationModel, selection: Selection, v: np.ndarray, j: np.ndarray, *, level: Level, n: int
) -> np.ndarray:
    """Return the logarithm of the cap of each unit, ``float64``, shape ``(n,)``.

    Where V and J are free it is the bound of the selection. A rare V would then wait for ever, and a favoured one be
    cut: so each pair has the bound of `N_PILOT` chains drawn for it alone, with a fixed key. Those cost about 0.01 s a
    pair. The bound is estimated: the share of the mass that it cuts is ``MAX_CUT`` in the pilot, and about 1 % at most
    in new chains.

    Parameters
    ----------
    model, selection, level
        See `rashomon.sim.selection.apply.select`.
    v, j
        Codes of each unit, -1 where free, shape ``(n,)``.
    n
        Number of units.

    Raises
    ------
    UsageError
        When there is not one code per unit.
    """
    for name, codes in (("v", v), ("j", j)):
        if codes.shape != (n,) or (n and codes.dtype.kind not in "iu"):
            raise UsageError(
                f"{name} has shape {codes.shape} and type {codes.dtype}",
                where=name,
                expected=f"one integer per unit, ({n},)",
                code="selection.codes",
            )
    pairs, of = np.unique(np.column_stack([v, j]).astype(np.int64), axis=0, return_inverse=True)
    found = np.full(pairs.shape[0], selection.bound)
    asked = np.flatnonzero((pairs >= 0).any(axis=1))
    key = stream_key(0, "selection", "cap")
    for first in range(0, asked.size, _PAIRS):
        rows = asked[first : first + _PAIRS]
        codes = np.repeat(pairs[rows], N_PILOT, axis=0)
        units = np.tile(np.arange(N_PILOT), rows.size)
        made = recombine(model, key, units, v=codes[:, 0], j=codes[:, 1], level=level)
        log_q = selection.log_q(made.junction_aa, made.v_genes(), made.j_genes()).reshape(rows.size, N_PILOT)
        found[rows] = [rejection_bound(each, max_cut=MAX_CUT)[0] for each in log_q]
    return found[of.ravel()]
