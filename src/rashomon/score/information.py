"""Agreement as shared information: AMI, NMI, homogeneity, completeness, V-measure, variation of information."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency
from rashomon.score.expectation import expected_information

__all__ = [
    "adjusted_information",
    "completeness",
    "homogeneity",
    "normalised_information",
    "v_measure",
    "variation_of_information",
]


def adjusted_information(table: Contingency) -> float:
    """Return the mutual information adjusted for chance, with the arithmetic mean of entropies (Vinh et al. 2010).

    Returns
    -------
    A number up to 1; 0 on average for independent labels; larger is better; symmetric. Equals
    ``sklearn.metrics.adjusted_mutual_info_score``.

    Notes
    -----
    ``(I - E[I]) / ((H(a) + H(b)) / 2 - E[I])`` with the exact expectation over labelings of the same cluster sizes.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> adjusted_information(tabulate(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])))
    1.0
    """
    in_a, in_b = _entropies(table)
    expected = expected_information(table)
    return _ratio(_information(table) - expected, (in_a + in_b) / 2 - expected)


def normalised_information(table: Contingency) -> float:
    """Return the mutual information divided by the arithmetic mean of entropies; not adjusted for chance.

    Returns
    -------
    A number in [0, 1]; grows with the number of clusters for independent labels; larger is better; symmetric. Equals
    ``sklearn.metrics.normalized_mutual_info_score``.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(normalised_information(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.8
    """
    in_a, in_b = _entropies(table)
    return _ratio(_information(table), (in_a + in_b) / 2)


def homogeneity(table: Contingency) -> float:
    """Return how far each cluster of `a` holds one class of the truth `b` (Rosenberg and Hirschberg 2007).

    Returns
    -------
    ``1 - H(b | a) / H(b)``, a number in [0, 1]; larger is better; not symmetric. Reached trivially by many small
    clusters.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> homogeneity(tabulate(np.array([0, 1, 2, 2]), np.array([0, 0, 1, 1])))
    1.0
    """
    return _ratio(_information(table), _entropies(table)[1])


def completeness(table: Contingency) -> float:
    """Return how far each class of the truth `b` lies in one cluster of `a` (Rosenberg and Hirschberg 2007).

    Returns
    -------
    ``1 - H(a | b) / H(a)``, a number in [0, 1]; larger is better; not symmetric. Reached trivially by one large cluster
    and a few strays.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> completeness(tabulate(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])))
    1.0
    """
    return _ratio(_information(table), _entropies(table)[0])


def v_measure(table: Contingency) -> float:
    """Return the harmonic mean of homogeneity and completeness, beta 1 (Rosenberg and Hirschberg 2007).

    Returns
    -------
    A number in [0, 1]; the same number as `normalised_information`, under the name by which some fields know it; not
    adjusted for chance; larger is better; symmetric. Equals ``sklearn.metrics.v_measure_score``.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(v_measure(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.8
    """
    return normalised_information(table)


def variation_of_information(table: Contingency) -> float:
    """Return the variation of information ``H(a | b) + H(b | a)`` in nats, not normalised (Meila 2007).

    Returns
    -------
    A number from 0, reached by equal labelings, to ``log(n)``, n the items compared; a distance (it obeys the triangle
    inequality); not adjusted for chance; smaller is better; symmetric.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> round(variation_of_information(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))), 4)
    0.3466
    """
    if not table.n_obs:
        return float("nan")
    some = table.count > 0
    count, times = table.count[some], table.times[some]
    # two conditional entropies: both are 0 for equal labelings, which a difference of entropies misses by rounding
    inside = np.log(count / table.row_size[table.row[some]]) + np.log(count / table.col_size[table.col[some]])
    return max(0.0, float(-np.dot(times * count, inside) / table.n_obs))


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _information(table: Contingency) -> float:
    some = table.count > 0
    count, times = table.count[some], table.times[some]
    chance = table.row_size[table.row[some]] * (table.col_size[table.col[some]] / table.n_obs)
    return max(0.0, float(np.dot(times * count, np.log(count / chance)) / table.n_obs))


def _entropies(table: Contingency) -> tuple[float, float]:
    a = _entropy(table.row_size, table.row_times, table.n_obs)
    return a, _entropy(table.col_size, table.col_times, table.n_obs)


def _entropy(size: np.ndarray, times: np.ndarray, n_obs: int) -> float:
    some = size > 0
    share = size[some] / n_obs
    return float(-np.dot(times[some] * share, np.log(share)))
