"""Silhouette width: per item, on average, and for many labelings of one view at once, with an error where sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.score.record import Unassigned
from rashomon.score.width import widths

__all__ = [
    "MAX_EXACT",
    "N_ANCHORS",
    "Silhouettes",
    "estimate_silhouettes",
    "mean_silhouette",
    "silhouette_items",
    "silhouettes",
]

MAX_EXACT = 20_000
"""Items up to which plans compute the exact mean: 400 million distances, about a second on one core."""

N_ANCHORS = 4_000
"""Items whose widths are computed above `MAX_EXACT`.

Widths of cells have a standard deviation of about 0.2, so the mean of 4,000 has a standard error of about 0.003, less
than differences between settings that anyone would act on. At 100,000 items this costs what 20,000 cost exactly.
"""

_NORMAL = 1.959964
"""0.975 quantile of the normal distribution."""


def mean_silhouette(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the mean silhouette width (Rousseeuw 1987), Euclidean, exact for any number of items.

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
    return float(silhouettes(view, np.asarray(labels)[:, None], unassigned=unassigned).value[0])


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
        When the view has another number of rows, or holds NaN or infinity. See `rashomon.score.width.widths`.

    Examples
    --------
    >>> silhouette_items(np.array([0, 0, 1, -2]), np.array([[0.0], [1.0], [9.0], [10.0]])).round(3)
    array([0.889, 0.875, 0.   ,   nan])
    """
    return widths(view, np.asarray(labels)[:, None], unassigned=unassigned)[:, 0]


@dataclass(frozen=True, eq=False)
class Silhouettes:
    """Mean silhouette widths of several labelings of one view; one entry per labeling, NaN where undefined.

    Parameters
    ----------
    value
        Mean width, in [-1, 1].
    error
        Standard error of the mean; 0 where it is exact.
    low, high
        Ends of the 95 % interval, in [-1, 1]; NaN where the mean is exact.
    n_items
        Items whose widths were computed.
    """

    value: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_items: np.ndarray


def silhouettes(
    view: np.ndarray,
    table: np.ndarray,
    *,
    unassigned: Unassigned = "singletons",
    n_anchors: int | None = None,
    rng: np.random.Generator | None = None,
) -> Silhouettes:
    """Return the mean silhouette width of several labelings of one view; their distances are computed once.

    Parameters
    ----------
    view
        Coordinates, shape ``(n_obs, n_dims)``.
    table
        Codes, shape ``(n_obs, n_labelings)``.
    unassigned
        See `mean_silhouette`.
    n_anchors
        Number of items, drawn without replacement and the same for all labelings, over which the mean is taken; None,
        or as many as there are: all. The width of each is exact, so the mean has no bias.
    rng
        Draws the anchors; needed with `n_anchors` only.

    Raises
    ------
    UsageError
        When anchors are to be drawn without `rng`, or fewer than two.

    Notes
    -----
    The standard error is that of a simple random sample from a finite population, ``s sqrt((1 - m/n) / m)``; the
    interval is the value plus and minus 1.96 of it.

    Examples
    --------
    >>> view, table = np.array([[0.0], [1.0], [9.0], [10.0]]), np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> silhouettes(view, table).value.round(3)
    array([ 0.889, -0.444])
    """
    table = np.asarray(table)
    n_obs = table.shape[0]
    sampled = n_anchors is not None and n_anchors < n_obs
    anchors = _anchors(n_obs, n_anchors, rng) if sampled and n_anchors is not None else None
    found = widths(view, table, anchors=anchors, unassigned=unassigned)
    n_items = (~np.isnan(found)).sum(axis=0)
    # no item: 0 / 0 is the NaN that is wanted
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.nansum(found, axis=0) / n_items
        if anchors is None:
            nothing = np.full(value.size, np.nan)
            return Silhouettes(value, np.where(n_items > 0, 0.0, np.nan), nothing, nothing, n_items)
        spread = np.sqrt(np.nansum(np.square(found - value), axis=0) / (n_items - 1))
        error = spread * np.sqrt((1 - anchors.size / n_obs) / n_items)
    low, high = (np.clip(value + side * _NORMAL * error, -1.0, 1.0) for side in (-1, 1))
    return Silhouettes(value, error, low, high, n_items)


def _anchors(n_obs: int, n_anchors: int, rng: np.random.Generator | None) -> np.ndarray:
    if n_anchors < 2:
        raise UsageError(f"n_anchors is {n_anchors}", where="silhouettes", expected="2 or more")
    if rng is None:
        raise UsageError("anchors are drawn and no rng is given", where="silhouettes", fix="pass rng=")
    return np.sort(rng.choice(n_obs, size=n_anchors, replace=False))


def estimate_silhouettes(
    view: np.ndarray, table: np.ndarray, *, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean silhouette widths with their intervals: exact up to `MAX_EXACT` items, from `N_ANCHORS` above.

    Parameters
    ----------
    view, table
        See `silhouettes`.
    rng
        Draws the anchors; not used when the mean is exact.

    Returns
    -------
    Value, low and high, each of shape ``(n_labelings,)``; low and high are NaN where the value is exact or undefined.

    Examples
    --------
    >>> view = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> value, low, high = estimate_silhouettes(view, np.array([[0], [0], [1], [1]]), rng=np.random.default_rng(0))
    >>> value.round(3), low
    (array([0.889]), array([nan]))
    """
    exact = view.shape[0] <= MAX_EXACT
    found = silhouettes(view, table, n_anchors=None if exact else N_ANCHORS, rng=rng)
    return found.value, found.low, found.high
