"""The Fowlkes-Mallows index."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency

__all__ = ["fowlkes_mallows"]


def fowlkes_mallows(table: Contingency) -> float:
    """Return the Fowlkes-Mallows index (Fowlkes and Mallows 1983).

    The geometric mean of precision and recall over pairs of items: of the pairs together in one labeling, how many are
    together in the other. Large clusters hold most pairs, so they decide.

    Returns
    -------
    A number in [0, 1]; not corrected for chance; larger is better; symmetric; NaN when one labeling has no two items
    together. Equals ``sklearn.metrics.fowlkes_mallows_score`` elsewhere.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(fowlkes_mallows(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.7071
    """
    both = int(np.dot(table.times, table.count * table.count)) - table.n_obs
    in_a = int(np.dot(table.row_times, table.row_size * table.row_size)) - table.n_obs
    in_b = int(np.dot(table.col_times, table.col_size * table.col_size)) - table.n_obs
    # two roots: the product of two pair counts can leave 64 bits
    return float(both / np.sqrt(in_a) / np.sqrt(in_b)) if in_a and in_b else float("nan")
