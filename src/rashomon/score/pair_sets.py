"""The pair sets index."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency
from rashomon.score.matching import match_clusters

__all__ = ["pair_sets_index"]


def pair_sets_index(table: Contingency) -> float:
    """Return the pair sets index (Rezaei and Fränti 2016, equation 18).

    How alike matched clusters are, each pair of clusters counted once whatever its size, less what clusters of these
    sizes would have by chance.

    Returns
    -------
    A number in [0, 1]; larger is better; symmetric. Equals
    ``genieclust.compare_partitions.pair_sets_index(simplified=False, clipped=True)``.

    Notes
    -----
    ``(S - E) / (max(K, L) - E)``, 0 where that is negative. S is the sum of ``c / max(|A|, |B|)`` over the best
    one-to-one matching, c the items that A and B share. E is the same sum for the clusters paired by rank of size, with
    ``c = |A| |B| / n``: it leaves out that the matching is chosen, so independent labelings lie a little above 0.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(pair_sets_index(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.3333
    """
    if not table.n_obs:
        return float("nan")
    larger = np.maximum(table.row_size[table.row], table.col_size[table.col])
    alike = table.count / np.maximum(larger, 1)
    found = float(np.dot(match_clusters(table, alike), alike))
    a, b = (_descending(*margin) for margin in ((table.row_size, table.row_times), (table.col_size, table.col_times)))
    n_both = min(a.size, b.size)
    # |A| |B| / n / max(|A|, |B|)
    expected = float(np.minimum(a[:n_both], b[:n_both]).sum() / table.n_obs)
    below = max(a.size, b.size) - expected
    return max(0.0, (found - expected) / below) if below > 0 else float("nan")


def _descending(size: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.sort(np.repeat(size, np.where(size > 0, times, 0)))[::-1]
