"""How much of the receptors one chain of links holds: whether single linkage may be used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rashomon.cluster import CLUSTERERS
from rashomon.encode import STEPS

__all__ = ["MOST", "largest_share"]

MOST = 0.1
"""Share of the receptors that the largest component may hold before it is called chained (a convention)."""


def largest_share(slots: Mapping[str, np.ndarray], *, chain: str, metric: str, cutoff: int = 1) -> float:
    """Return the share of the items in the largest connected component of the graph of close sequences.

    Parameters
    ----------
    slots
        The root of a plan on receptors, see `rashomon.multiverse.slots_of`.
    chain
        See `rashomon.encode.receptor_chain.select_chains`.
    metric
        ``hamming`` or ``levenshtein``.
    cutoff
        Largest distance of linked sequences.

    Returns
    -------
    In [0, 1]; 0 where there is nothing to link.
    """
    state: dict[str, np.ndarray] = dict(slots)
    state |= STEPS["select_chains"].run(state, {"chain": chain})
    if not state["items"].size:
        return 0.0
    state |= STEPS["sequence_distance"].run(state, {"metric": metric, "cutoff": cutoff})
    labels = CLUSTERERS["component"].run(state, {})["labels"]
    return float(np.bincount(labels[labels >= 0]).max(initial=0) / labels.size)
