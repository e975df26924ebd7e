"""Intervals of receptor scores: half-samples of clusters, or of donors, with the clustering kept as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rashomon.core.labels import MISSING
from rashomon.score.halfsample import HalfSampleInterval, interval_around
from rashomon.score.item import check_codes, same_length
from rashomon.score.split import count_units, half_splits, too_few

__all__ = ["cluster_units", "half_labelings", "half_sample_intervals"]

LabelFunction = Callable[[np.ndarray], Sequence[float]]


def cluster_units(labels: np.ndarray) -> np.ndarray:
    """Return the unit of each receptor for half-samples: its cluster, or itself where it is unclustered.

    Receptors of a cluster are no independent observations: halving single receptors would take pairs apart, and a
    quarter of the pairs would carry the interval.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed: no unit.

    Returns
    -------
    ``int32`` codes, shape ``(n,)``; ``-1`` for receptors that are not observed.

    Examples
    --------
    >>> cluster_units(np.array([4, 4, -1, -2, -1])).tolist()
    [4, 4, 5, -1, 6]
    """
    codes = check_codes(labels, where="labels")
    alone = codes == -1
    unit = np.where(codes == MISSING, -1, codes)
    unit[alone] = int(codes.max(initial=-1)) + 1 + np.arange(int(alone.sum()))
    return unit.astype(np.int32)


def half_labelings(
    labels: np.ndarray, units: np.ndarray, *, n_pairs: int = 100, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield the labeling on complementary half-samples of units; what is not drawn is not observed (``-2``).

    Parameters
    ----------
    labels
        Shape ``(n,)``.
    units
        Unit of each receptor, shape ``(n,)``; negative: never drawn.
    n_pairs
        Pairs of halves.
    rng
        Random numbers.

    Examples
    --------
    >>> halves = half_labelings(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), n_pairs=1, rng=np.random.default_rng(0))
    >>> sorted(half.tolist() for half in halves)
    [[-2, -2, 1, 1], [0, 0, -2, -2]]
    """
    codes = check_codes(labels, where="labels")
    for split in half_splits(codes.size, n_pairs=n_pairs, blocks=units, rng=rng):
        for half in (0, 1):
            yield np.where(split == half, codes, MISSING).astype(np.int32)


def half_sample_intervals(
    values: Sequence[float],
    function: LabelFunction,
    labels: np.ndarray,
    *,
    donor: np.ndarray | None = None,
    n_pairs: int = 100,
    rng: np.random.Generator,
) -> list[HalfSampleInterval]:
    """Return 95 % intervals of scores of one clustering, all from the same half-samples.

    Estimand: the score on as many other clusters and unclustered receptors of the same population; with `donor`, on as
    many other donors. Nothing is clustered again, so the choice of the method is no part of it.

    Parameters
    ----------
    values
        The scores on everything, in the order in which `function` returns them.
    function
        From a labeling, shape ``(n,)``, to the scores.
    labels
        The clustering, shape ``(n,)``.
    donor
        Halve donors, which takes clusters apart that several donors share: the intervals are then too wide rather than
        too narrow. Fewer than six give none. None: halve clusters.
    n_pairs
        Pairs of half-samples.
    rng
        Random numbers.

    Returns
    -------
    One interval per score; NaN with a reason where there is none. See `interval_around`.

    Examples
    --------
    >>> from rashomon.score.receptor.percolation import percolation_clustered
    >>> share = lambda labels: [float(np.mean(labels[labels > -2] >= 0))]
    >>> labels = np.where(np.arange(400) < 200, np.arange(400) // 2, -1)
    >>> found = half_sample_intervals([0.5], share, labels, rng=np.random.default_rng(0))
    >>> bool(0.4 < found[0].low < 0.5 < found[0].high < 0.6)
    True
    """
    codes = check_codes(labels, where="labels")
    units = cluster_units(codes) if donor is None else check_codes(donor, where="donor")
    same_length(codes.size, units.size, where="receptors and their units")
    # units without an observed receptor would make halves unequal
    units = np.where(codes > MISSING, units, -1).astype(np.int32)
    observed = codes > MISSING
    n_units = count_units(observed, blocks=units)
    reason = "no interval: fewer than two clusters and receptors" if n_units < 2 else ""
    reason = too_few(observed, blocks=units) if donor is not None else reason
    if reason:
        return [HalfSampleInterval(np.nan, np.nan, np.empty(0), reason) for _ in values]
    draws = np.array([function(half) for half in half_labelings(codes, units, n_pairs=n_pairs, rng=rng)])
    return [interval_around(value, draws[:, k], n_units=n_units) for k, value in enumerate(values)]
