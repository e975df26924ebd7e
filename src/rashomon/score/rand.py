"""The adjusted Rand index."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency

__all__ = ["adjusted_rand"]


def adjusted_rand(table: Contingency) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985).

    Agreement over pairs of items, with the expectation for independent labelings of the same cluster sizes removed.
    Large clusters hold most pairs, so they decide; compare with AMI or element-centric similarity.

    Returns
    -------
    A number in [-0.5, 1]; 0 for independent labels; larger is better; symmetric. Equals
    ``sklearn.metrics.adjusted_rand_score``.

    Notes
    -----
    The counts of pairs are integers and exact, so the value does not depend on the order of items or clusters.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(adjusted_rand(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.5714
    """
    # Python integers: products of pair counts leave 64 bits at about 60,000 items
    both = int(np.dot(table.times, table.count * table.count)) - table.n_obs
    in_a = int(np.dot(table.row_times, table.row_size * table.row_size)) - table.n_obs
    in_b = int(np.dot(table.col_times, table.col_size * table.col_size)) - table.n_obs
    pairs = table.n_obs * (table.n_obs - 1)
    above, below = 2 * (pairs * both - in_a * in_b), pairs * (in_a + in_b) - 2 * in_a * in_b
    return above / below if below else float("nan")
