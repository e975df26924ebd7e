"""Class switching along trees of clones: irreversible, in the order of the constant genes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numba
import numpy as np

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.limit.domain import checked
from rashomon.sim.lineage.clone_tree import CloneTrees
from rashomon.sim.stream import draw_bits, mix, stream_key, unit_keys

__all__ = ["CONSTANT_GENES", "switch_isotypes"]

CONSTANT_GENES: Mapping[str, Mapping[str, float]] = {
    "human": {
        "IGHM": 0.0, "IGHD": 0.0, "IGHG3": 0.08, "IGHG1": 0.38, "IGHA1": 0.3, "IGHG2": 0.12, "IGHG4": 0.02,
        "IGHE": 0.001, "IGHA2": 0.1,
    },
    "mouse": {
        "IGHM": 0.0, "IGHD": 0.0, "IGHG3": 0.1, "IGHG1": 0.35, "IGHG2B": 0.15, "IGHG2C": 0.2, "IGHE": 0.005,
        "IGHA": 0.2,
    },
}  # fmt: skip
"""Constant genes in their order on the chromosome, with how likely a switch goes there, relative to the others that are
still downstream: round numbers of ours, of the order of the subclasses in blood. IgD is made by splicing: no switch."""


def switch_isotypes(trees: CloneTrees, key: np.uint64, *, rate: float, species: str = "human") -> np.ndarray:
    """Return the constant gene of each cell of trees of clones.

    The unmutated ancestor is IgM. On a branch the class switches with probability 1 - exp(-rate x length), to one of
    the genes downstream of the present one, in proportion to their weights (`CONSTANT_GENES`): what lies
    between is cut out of the chromosome, so no cell goes back. The last gene stays.

    Parameters
    ----------
    trees
        From `rashomon.sim.lineage.clone_trees`.
    key
        From `rashomon.sim.stream.stream_key`.
    rate
        Switches per branch length, at least 0.
    species
        ``human`` or ``mouse``.

    Returns
    -------
    Positions in the constant genes of the species, ``int32``, a number per row of `trees`.

    Raises
    ------
    UsageError
        When the species is unknown or the rate negative.

    References
    ----------
    Horns et al. (2016), eLife 5:e16578 (switching along lineages follows the order of the genes).

    Examples
    --------
    >>> from rashomon.sim.lineage import clone_trees
    >>> from rashomon.sim.stream import stream_key
    >>> trees = clone_trees(np.array([6]), stream_key(1, "clone"))
    >>> names = list(CONSTANT_GENES["human"])
    >>> [names[code] for code in switch_isotypes(trees, stream_key(1, "isotype"), rate=0.5)]
    ['IGHM', 'IGHM', 'IGHM', 'IGHM', 'IGHA1', 'IGHM']
    """
    if species not in CONSTANT_GENES:
        raise UsageError(
            f"unknown species {species!r}", where="switch_isotypes", fix=did_you_mean(species, CONSTANT_GENES)
        )
    each = float(checked(rate, "rate", where="switch_isotypes"))
    isotype = np.zeros(trees.n_rows, dtype=np.int32)
    weights = np.array(list(CONSTANT_GENES[species].values()))
    keys = unit_keys(stream_key(int(key), "isotype"), trees.units)
    _switch((trees.clone, trees.parent, trees.node, trees.length), keys, each, np.cumsum(weights), isotype)
    return isotype


@numba.njit(cache=True, nogil=True)
def _switch(tree: Any, keys: Any, rate: float, total: np.ndarray, isotype: np.ndarray) -> None:
    clone, parent, node, length = tree
    last = total.size - 1
    for row in range(clone.size):
        now = isotype[parent[row]] if parent[row] >= 0 else 0
        isotype[row] = now
        key = mix(keys[clone[row]] ^ mix(np.uint64(node[row]) + np.uint64(1)))
        toss = (np.float64(np.int64(draw_bits(key, np.uint64(0)))) + 0.5) * 2.0**-53
        if now == last or toss >= -math.expm1(-rate * length[row]):
            continue
        place = (np.float64(np.int64(draw_bits(key, np.uint64(1)))) + 0.5) * 2.0**-53
        wanted = total[now] + place * (total[last] - total[now])
        while now < last and total[now] <= wanted:
            now += 1
        isotype[row] = now
