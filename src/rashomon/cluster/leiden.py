"""Leiden community detection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rashomon.core import UsageError, igraph_random_state

if TYPE_CHECKING:
    import igraph

__all__ = ["leiden"]


def leiden(graph: igraph.Graph, *, resolution: float = 1.0, seed: int = 0, n_iterations: int = 2) -> np.ndarray:
    """Return the Leiden communities of a weighted graph, by modularity.

    Equal to ``sc.tl.leiden(flavor="igraph", directed=False, resolution=, random_state=seed, n_iterations=)`` on the
    same graph (see `to_igraph`).

    Parameters
    ----------
    graph
        Undirected graph with the edge attribute ``weight``.
    resolution
        Above 0; larger gives more and smaller communities.
    seed
        Seed of scanpy's generator, from 0 to ``2**32 - 1``.
    n_iterations
        At least 1; negative iterates until nothing changes.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; communities 0, 1, ... as igraph numbers them.

    Raises
    ------
    UsageError
        When `resolution` or `n_iterations` is out of range.

    Notes
    -----
    igraph has one random generator per process: not to be called from two threads at once.
    """
    if not resolution > 0 or n_iterations == 0:
        raise UsageError(
            f"resolution is {resolution}, n_iterations is {n_iterations}",
            where="leiden",
            expected="a resolution above 0, and n_iterations 1 or more (negative: until nothing changes)",
            fix="use resolution=1 and n_iterations=2",
        )
    with igraph_random_state(seed):
        found = graph.community_leiden(
            objective_function="modularity",
            weights="weight",
            resolution=resolution,
            beta=0.01,
            n_iterations=n_iterations,
        )
    return np.array(found.membership, dtype=np.int32)
