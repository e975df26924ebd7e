"""Silhouette width: exact, in tiles, per item and on average."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.score.item import clusters, same_length
from rashomon.score.record import Unassigned

__all__ = ["mean_silhouette", "silhouette_items"]

# rows per tile: fixed, because sums in another order would differ in the last digits
_TILE = 256
# below this share of the squared norms a squared distance has lost too many digits and is computed directly
_CANCELLED = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-5}


def mean_silhouette(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the mean silhouette width (Rousseeuw 1987), Euclidean.

    How much closer items are to their own cluster than to the next one. Favours round clusters of similar size, and is
    comparable between labelings of one view only.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``.
    view
        Coordinates, shape ``(n_obs, n_dims)``.
    unassigned
        ``"singletons"``: unassigned items are clusters of one item, with width 0; ``"left_out"``.

    Returns
    -------
    A number in [-1, 1]; larger is better; NaN with one cluster, or when every item is its own. Equals
    ``sklearn.metrics.silhouette_score``.

    Examples
    --------
    >>> round(mean_silhouette(np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [9.0], [10.0]])), 4)
    0.8885
    """
    width = silhouette_items(labels, view, unassigned=unassigned)
    some = ~np.isnan(width)
    return float(width[some].mean()) if some.any() else float("nan")


def silhouette_items(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> np.ndarray:
    """Return the silhouette width of every item.

    Parameters
    ----------
    labels, view, unassigned
        See `mean_silhouette`.

    Returns
    -------
    ``float64`` in [-1, 1], shape ``(n_obs,)``: 0 in clusters of one item; NaN for items that are left out, and for all
    items when there is one cluster or every item is its own.

    Raises
    ------
    UsageError
        When the view has another number of rows, or holds NaN or infinity.

    Notes
    -----
    Distances come from products of tiles, in the type of the view (``float32``, anything else in ``float64``) and are
    summed in ``float64``. Pairs so close that the product loses digits are computed directly. Memory: 256 distances
    per item.

    Examples
    --------
    >>> silhouette_items(np.array([0, 0, 1, -2]), np.array([[0.0], [1.0], [9.0], [10.0]])).round(3)
    array([0.889, 0.875, 0.   ,   nan])
    """
    items, cluster = clusters(labels, unassigned=unassigned)
    _check_view(view, np.asarray(labels).size)
    width = np.full(view.shape[0], np.nan)
    size = np.bincount(cluster)
    if size.size < 2 or size.size == items.size:
        return width
    order = np.argsort(cluster, kind="stable")
    dtype = np.dtype(np.float32 if view.dtype == np.float32 else np.float64)
    # centred: distances stay, and the products lose fewer digits
    x = view[items[order]].astype(np.float64)
    x = np.ascontiguousarray(x - x.mean(axis=0), dtype=dtype)
    squared = np.einsum("ij,ij->i", x, x, dtype=np.float64)
    bound = np.append(0, np.cumsum(size))
    for start in range(0, items.size, _TILE):
        tile = slice(start, start + _TILE)
        width[items[order[tile]]] = _widths(x[tile] @ x.T, x, squared, bound, start, _CANCELLED[dtype])
    return width


def _check_view(view: np.ndarray, n_obs: int) -> None:
    if view.ndim != 2:
        raise UsageError(f"view has {view.ndim} dimensions", where="view", expected="(n_obs, n_dims)")
    same_length(n_obs, view.shape[0], where="labels and view")
    bad = np.flatnonzero(~np.isfinite(view).all(axis=1))
    if bad.size:
        raise UsageError(
            f"view holds NaN or infinity in {bad.size} rows",
            where=f"rows {first_few(bad.tolist())}",
            expected="finite coordinates",
            fix="label these rows -2, or repair the view",
        )


@numba.njit(cache=True, nogil=True)
def _widths(
    product: np.ndarray, x: np.ndarray, squared: np.ndarray, bound: np.ndarray, start: int, cancelled: float
) -> np.ndarray:
    """Return the widths of the rows of one tile; items are sorted by cluster and `bound` says where clusters begin."""
    width = np.zeros(product.shape[0])
    for r in range(product.shape[0]):
        i = start + r
        within, nearest, alone = 0.0, np.inf, False
        for c in range(bound.size - 1):
            total = 0.0
            for j in range(bound[c], bound[c + 1]):
                scale = squared[i] + squared[j]
                apart = scale - 2.0 * product[r, j]
                if apart <= cancelled * scale:
                    apart = 0.0
                    for d in range(x.shape[1]):
                        apart += (float(x[i, d]) - float(x[j, d])) ** 2
                total += np.sqrt(apart)
            size = bound[c + 1] - bound[c]
            if bound[c] <= i < bound[c + 1]:
                alone = size == 1
                within = total / max(size - 1, 1)
            else:
                nearest = min(nearest, total / size)
        larger = max(within, nearest)
        if not alone and larger > 0.0:
            width[r] = (nearest - within) / larger
    return width
