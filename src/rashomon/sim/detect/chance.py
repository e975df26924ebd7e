"""The best F1 that chance gives: its exact law when the label of a group is permuted over the cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

__all__ = ["chance_f1"]

_ROUNDING = 1e-9
_NEGLIGIBLE = 1e-20


def chance_f1(sizes: np.ndarray, n_members: int, *, n_alone: int = 0, level: float = 0.95) -> float:
    """Return the quantile of the best F1 over clusters of a group whose label is permuted over all cells.

    Parameters
    ----------
    sizes
        Cells of each cluster, at least 1, shape ``(n_clusters,)``.
    n_members
        Cells of the group, between 1 and the number of cells.
    n_alone
        Further cells that are in no cluster, each a cluster of its own.
    level
        Probability, in (0, 1): the smallest value that the best F1 does not exceed with at least this probability.

    Notes
    -----
    The cells of the group that fall into each cluster follow the multivariate hypergeometric law, which is that of
    independent binomial counts given their sum. So P(best F1 <= t), the probability that no count exceeds its cap, is a
    coefficient of a product of truncated binomial laws: exact, without permutations.

    Examples
    --------
    >>> chance_f1(np.array([10]), 5)  # one cluster: the same whatever the label
    0.6666666666666666
    >>> round(chance_f1(np.array([50, 50]), 50), 3)
    0.6
    """
    # a cluster of one cell is a cell alone
    alone = int(n_alone + np.count_nonzero(sizes == 1))
    sizes = np.asarray(sizes[sizes > 1], dtype=np.int64)
    share = n_members / (int(sizes.sum()) + alone)
    if share == 1.0:
        # every label is the group's, so that nothing moves
        return float(max([*(2 * sizes / (n_members + sizes)), *([2 / (n_members + 1)] if alone else [])]))
    laws = [_law(int(size), share) for size in sizes]
    whole = float(binom.pmf(n_members, int(sizes.sum()) + alone, share))
    single = 2.0 / (n_members + 1)
    values = [2.0 * np.arange(min(int(size), n_members) + 1) / (n_members + size) for size in sizes]
    candidates = np.unique(np.concatenate([*values, [single] if alone else []]))

    def reached(value: float) -> bool:
        caps = np.floor(value * (n_members + sizes) / 2 + _ROUNDING).astype(int)
        parts = [(low, law[: max(cap - low + 1, 0)]) for (low, law), cap in zip(laws, caps, strict=True)]
        # cells alone are together one binomial count, and any of them that is of the group gives the same F1
        none = (0, np.asarray(binom.pmf([0], alone, share)))
        parts.append(_law(alone, share) if value >= single - _ROUNDING else none)
        return _coefficient(parts, n_members) / whole >= level - _ROUNDING

    below, at = -1, candidates.size - 1
    while at - below > 1:
        middle = (below + at) // 2
        below, at = (below, middle) if reached(float(candidates[middle])) else (middle, at)
    return float(candidates[at])


def _law(size: int, share: float) -> tuple[int, np.ndarray]:
    """Return the binomial law of the cells of the group in a cluster: its lowest likely count, and probabilities."""
    reach = 10.0 * np.sqrt(size * share * (1 - share)) + 30.0
    low, high = max(int(size * share - reach), 0), min(int(size * share + reach) + 1, size)
    return low, np.asarray(binom.pmf(np.arange(low, high + 1), size, share))


def _coefficient(parts: Sequence[tuple[int, np.ndarray]], total: int) -> float:
    """Return the probability that independent counts, each with its lowest value and probabilities, sum to `total`."""
    low, law = 0, np.ones(1)
    for start, values in parts:
        if not values.size or not law.size:
            return 0.0
        low, law = low + start, np.convolve(law, values)
        likely = np.flatnonzero(law > _NEGLIGIBLE)
        if not likely.size:
            return 0.0
        low, law = low + int(likely[0]), law[likely[0] : likely[-1] + 1]
    return float(law[total - low]) if 0 <= total - low < law.size else 0.0
