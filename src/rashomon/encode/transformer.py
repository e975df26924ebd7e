"""The exact neighbours as a scanpy transformer, so that a plain scanpy script can use the same neighbours."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["ExactNeighbours"]


class ExactNeighbours:
    """Exact neighbours for ``sc.pp.neighbors(transformer=ExactNeighbours(n_neighbors=15))``.

    The connectivities that scanpy then computes equal those of the steps ``neighbours`` and ``fuzzy_graph``. Follows
    the protocol ``scanpy.neighbors.KnnTransformerLike``.

    Parameters
    ----------
    n_neighbors
        Number of neighbours, the point itself included, as scanpy counts them.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [3.0]], dtype=np.float32)
    >>> ExactNeighbours(n_neighbors=2).fit_transform(points).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """

    def __init__(self, *, n_neighbors: int = 15) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, x: np.ndarray, y: None = None) -> ExactNeighbours:
        """Accept the points; nothing is learned before `transform`."""
        del x, y
        return self

    def transform(self, x: np.ndarray) -> sp.csr_matrix:
        """Return the distances of each point of `x` to its neighbours in `x`.

        Returns
        -------
        CSR ``float32``, shape ``(n_obs, n_obs)``, `n_neighbors` entries a row by increasing distance; the first is the
        point itself, with a stored 0.
        """
        from rashomon.encode.neighbour import neighbours

        indices, distances = neighbours(x, k=self.n_neighbors)
        starts = np.arange(0, indices.size + 1, self.n_neighbors, dtype=np.int32)
        return sp.csr_matrix((distances.ravel(), indices.ravel(), starts), shape=(len(indices), len(indices)))

    def fit_transform(self, x: np.ndarray, y: None = None) -> sp.csr_matrix:
        """Return ``fit(x).transform(x)``."""
        return self.fit(x, y).transform(x)

    def get_params(self, *, deep: bool = True) -> dict[str, int]:
        """Return the parameters by name."""
        del deep
        return {"n_neighbors": self.n_neighbors}

    def set_params(self, *, n_neighbors: int) -> ExactNeighbours:
        """Set the number of neighbours."""
        self.n_neighbors = n_neighbors
        return self
