"""DBSCAN on stored distances."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.component import component
from rashomon.core import UsageError

__all__ = ["sparse_dbscan"]


def sparse_dbscan(distances: sp.csr_matrix, *, min_samples: int = 2) -> np.ndarray:
    """Return the density-based clusters of the links, with the cutoff of the distances as radius.

    An item with `min_samples` items within the cutoff, itself included, is a core; cores that are linked share a
    cluster; another item with a link to a core belongs to the first cluster that holds one; the rest is noise. Equal to
    ``sklearn.cluster.DBSCAN(metric="precomputed", eps=cutoff)``, its numbering included. With 2 it gives the connected
    components of two items and more. Time and memory grow with the stored pairs.

    Parameters
    ----------
    distances
        Stored pairs within a cutoff, CSR, shape ``(n_items, n_items)``, symmetric, no diagonal. Values are not looked
        at.
    min_samples
        1 or more.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first core; noise is -1.

    Raises
    ------
    UsageError
        When `min_samples` is out of range.

    References
    ----------
    Ester, Kriegel, Sander & Xu (1996), Proceedings of KDD, 226.

    Examples
    --------
    >>> path = sp.csr_matrix(np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=np.float32))
    >>> sparse_dbscan(path, min_samples=3).tolist()
    [0, 0, 0, -1]
    """
    if min_samples < 1:
        raise UsageError(
            f"min_samples is {min_samples}",
            where="sparse_dbscan(min_samples=)",
            expected="1 or more",
            fix="use min_samples=2",
        )
    n = distances.shape[0]
    core = np.diff(distances.indptr) + 1 >= min_samples
    labels = np.full(n, -1, dtype=np.int32)
    cores = np.flatnonzero(core)
    labels[cores] = component(distances[cores][:, cores])
    # a border item goes to the lowest cluster among the cores that it is linked to
    row = np.repeat(np.arange(n), np.diff(distances.indptr))
    border = ~core[row] & core[distances.indices]
    lowest = np.full(n, n, dtype=np.int64)
    np.minimum.at(lowest, row[border], labels[distances.indices[border]])
    reached = lowest < n
    labels[reached] = lowest[reached]
    return labels
