"""How much memory one process of a multiverse needs, from sizes alone."""

from __future__ import annotations

from rashomon.dataset import Dataset
from rashomon.multiverse.multiverse import Multiverse

__all__ = ["dense_bytes", "peak_bytes"]

_LIBRARIES = 250 * 2**20
"""What a process holds before it has data."""

_STORED = 3
"""Sparse matrices at once: the data, the filtered and the normalised."""

_EDGE_BYTES = 150
"""Bytes per cell and neighbour: two directions of an edge in a sparse matrix, and as a pair and a weight for igraph."""


def dense_bytes(multiverse: Multiverse, dataset: Dataset) -> int:
    """Return the size of the largest dense matrix of genes that one worker makes; 0 when none is made.

    Scaled genes and residuals are dense, in double precision as scanpy has them, for as many genes as are chosen.

    Parameters
    ----------
    multiverse
        The choices.
    dataset
        Number of cells and genes.
    """
    if dataset.expression is None or "n_genes" not in {choice.name for choice in multiverse.choices}:
        return 0
    n_vars = dataset.expression.n_vars
    n_genes = max(level if isinstance(level, int) else n_vars for level in multiverse["n_genes"].levels)
    return 8 * dataset.n_obs * min(n_genes, n_vars)


def peak_bytes(multiverse: Multiverse, dataset: Dataset) -> int:
    """Return about how much memory one process takes at its peak, libraries included.

    The data, and the larger of two moments: the components (the dense genes and their covariance) and the graph
    (neighbours, weights and edges). Beside them every process holds its libraries.

    Parameters
    ----------
    multiverse
        The choices.
    dataset
        Number of cells, genes and stored values.
    """
    n_obs = dataset.n_obs
    expression = dataset.expression
    stored = 0 if expression is None else 12 * int(expression.x.nnz)
    dense = dense_bytes(multiverse, dataset)
    n_genes = dense // (8 * n_obs) if n_obs else 0
    k = max((int(level) for level in _levels(multiverse, "n_neighbours")), default=0)
    components = dense + 3 * 8 * n_genes**2
    graph = n_obs * k * _EDGE_BYTES
    return _LIBRARIES + _STORED * stored + max(components, graph)


def _levels(multiverse: Multiverse, name: str) -> tuple[float, ...]:
    found = (choice for choice in multiverse.choices if choice.name == name)
    return tuple(float(level) for choice in found for level in choice.levels)
