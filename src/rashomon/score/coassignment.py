"""Co-assignment: how often runs put two items into one cluster, on given pairs, and how ambiguous that is."""

from __future__ import annotations

from math import log, sqrt
from typing import NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.score.block import RunCodes
from rashomon.score.item import check_codes
from rashomon.score.record import Unassigned
from rashomon.score.recovery import shuffle_observed
from rashomon.score.stability import StabilityResult

__all__ = ["CoAssignment", "ambiguous_share", "co_assignment"]


class CoAssignment(NamedTuple):
    """Share of runs that put the two items of a pair into one cluster, and the runs that observed both."""

    rate: np.ndarray
    n_runs: np.ndarray


def co_assignment(labels: np.ndarray, *, pairs: np.ndarray, unassigned: Unassigned = "singletons") -> CoAssignment:
    """Return how often runs put the two items of each pair into one cluster.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs, n_runs)``; ``-1`` unassigned, ``-2`` not observed.
    pairs
        Positions of two items, such as the edges of a neighbour graph, shape ``(n_pairs, 2)``.
    unassigned
        ``"singletons"``: an unassigned item is with nobody; ``"left_out"``: the run does not count for its pairs.

    Returns
    -------
    rate
        In [0, 1], shape ``(n_pairs,)``; NaN where no run observed both items.
    n_runs
        Runs that observed both, ``int64``, shape ``(n_pairs,)``.

    Raises
    ------
    UsageError
        When a pair names an item that does not exist.

    Examples
    --------
    >>> co_assignment(np.array([[0, 0], [0, 1], [1, -2]]), pairs=np.array([[0, 1], [0, 2]])).rate
    array([0.5, 0. ])
    """
    runs = RunCodes.of(labels, unassigned=unassigned)
    n_obs = runs.codes.shape[1]
    pairs = np.asarray(pairs)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or (pairs.size and not 0 <= pairs.min() <= pairs.max() < n_obs):
        raise UsageError(
            "pairs name items that do not exist", where="pairs", expected=f"(n_pairs, 2) in 0..{n_obs - 1}"
        )
    return _rates(runs, pairs)


def ambiguous_share(
    labels: np.ndarray,
    *,
    bounds: tuple[float, float] = (0.1, 0.9),
    n_pairs: int = 100_000,
    level: float = 0.95,
    unassigned: Unassigned = "singletons",
    rng: np.random.Generator,
) -> StabilityResult:
    """Return the proportion of ambiguous pairs (PAC): pairs of items that runs neither keep together nor apart.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs, n_runs)``.
    bounds
        A pair is ambiguous when its co-assignment rate is above the first and at most the second.
    n_pairs
        Pairs of different items, drawn independently and with replacement.
    level
        Coverage of the interval, in (0, 1).
    unassigned
        See `co_assignment`.
    rng
        Random numbers.

    Returns
    -------
    The share, in [0, 1], smaller is more stable. `low` and `high` hold the share over all pairs of items with at least
    the probability `level`, for these runs; `null` is the share when labels are permuted within runs. Many clusters
    alone give a low share, so only a share well below its null speaks for stability. `n_undefined` counts drawn pairs
    that no run observed together; without value when every run has one cluster or every item its own.

    Raises
    ------
    UsageError
        When the bounds are not ascending in [0, 1], or `level` is not between 0 and 1.

    Notes
    -----
    ``F(bounds[1]) - F(bounds[0])``, F the distribution of co-assignment rates (Senbabaoglu et al. 2014).
    Whether a drawn pair is ambiguous is one of m independent Bernoulli variables, so by Hoeffding's inequality the
    half-width is ``sqrt(log(2 / (1 - level)) / (2 m))``, that of the Dvoretzky-Kiefer-Wolfowitz band of F.

    Examples
    --------
    >>> labels = np.array([[0, 0], [0, 1], [1, 1], [1, 1]])
    >>> found = ambiguous_share(labels, rng=np.random.default_rng(0))
    >>> round(found.value, 2), round(found.high - found.low, 4)
    (0.5, 0.0086)
    """
    if not 0 <= bounds[0] < bounds[1] <= 1 or not 0 < level < 1 or n_pairs < 1:
        raise UsageError(
            f"bounds are {bounds}, level {level}, n_pairs {n_pairs}",
            where="ambiguous_share",
            expected="ascending bounds in [0, 1], a level between 0 and 1, at least one pair",
        )
    runs = RunCodes.of(labels, unassigned=unassigned)
    n_runs, n_obs = runs.codes.shape
    if n_obs < 2 or n_runs < 2:
        return StabilityResult(np.nan, 0, reason=f"{n_obs} items in {n_runs} runs: two of each are needed")
    if not _telling(runs):
        return StabilityResult(np.nan, 0, reason="every run has one cluster, or every item its own")
    first = rng.integers(n_obs, size=n_pairs)
    pairs = np.stack([first, (first + rng.integers(1, n_obs, size=n_pairs)) % n_obs], axis=1)
    value, n_defined = _share(runs, pairs, bounds)
    n_undefined = n_pairs - n_defined
    if not n_defined:
        return StabilityResult(np.nan, 0, n_undefined, reason="no run observed both items of a drawn pair")
    everybody = np.ones(n_obs, dtype=bool)
    columns = [check_codes(runs.labels[:, j], where=f"run {j}") for j in range(n_runs)]
    shuffled = np.stack([shuffle_observed(codes, everybody, rng=rng) for codes in columns], axis=1)
    null, _ = _share(RunCodes.of(shuffled, unassigned=unassigned), pairs, bounds)
    half = sqrt(log(2 / (1 - level)) / (2 * n_defined))
    low, high = max(0.0, value - half), min(1.0, value + half)
    return StabilityResult(value, n_defined, n_undefined, low, high, null)


def _share(runs: RunCodes, pairs: np.ndarray, bounds: tuple[float, float]) -> tuple[float, int]:
    """Return the share of ambiguous pairs among those that a run observed, and their number."""
    rate = _rates(runs, pairs).rate
    rate = rate[~np.isnan(rate)]
    return (float(((rate > bounds[0]) & (rate <= bounds[1])).mean()) if rate.size else np.nan), int(rate.size)


def _telling(runs: RunCodes) -> bool:
    """Whether a run has at least two clusters and one of them two items."""
    for codes, k in zip(runs.codes, runs.n_clusters.tolist(), strict=True):
        size = np.bincount(codes, minlength=k + 2)
        n_clusters, n_obs = k + size[k], size[: k + 1].sum()
        if 1 < n_clusters < n_obs:
            return True
    return False


def _rates(runs: RunCodes, pairs: np.ndarray) -> CoAssignment:
    # runs of an item side by side: each pair then reads two short stretches of memory
    together, seen = _meet(np.ascontiguousarray(runs.codes.T), runs.n_clusters, np.ascontiguousarray(pairs, np.int64))
    with np.errstate(invalid="ignore"):
        return CoAssignment(together / seen, seen)


@numba.njit(cache=True, nogil=True)
def _meet(codes: np.ndarray, n_clusters: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    together, seen = np.zeros(pairs.shape[0], np.int64), np.zeros(pairs.shape[0], np.int64)
    for p in range(pairs.shape[0]):
        a, b = codes[pairs[p, 0]], codes[pairs[p, 1]]
        n_together, n_seen = 0, 0
        for r in range(a.size):
            n_together += a[r] == b[r] and a[r] < n_clusters[r]
            n_seen += a[r] <= n_clusters[r] and b[r] <= n_clusters[r]
        together[p], seen[p] = n_together, n_seen
    return together, seen
