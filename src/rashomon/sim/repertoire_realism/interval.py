"""How far candidates are from people, relative to how far people are from each other; with intervals over people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

__all__ = ["MIN_DONORS", "Ratio", "distance_ratio"]

MIN_DONORS = 6
"""People below which there is no interval over people."""

_N_RESAMPLES = 4_000


@dataclass(frozen=True)
class Ratio:
    """Distance to real repertoires, relative to the distance between them.

    Parameters
    ----------
    value
        Mean distance of the candidate to a real repertoire.
    reference
        Mean distance between two real repertoires.
    ratio
        One by the other, chance subtracted from both. 1: as far from a person as another person is. A candidate with
        the law of the population and no person of its own is nearer, down to about 0.7 where people differ by more than
        chance; NaN where undefined.
    low, high
        95 % interval of the ratio over people; NaN with fewer than `MIN_DONORS`.
    """

    value: float
    reference: float
    ratio: float
    low: float = np.nan
    high: float = np.nan


def distance_ratio(to_real: np.ndarray, between: np.ndarray, *, chance: float, rng: np.random.Generator) -> Ratio:
    """Compare distances to people with distances between people.

    Parameters
    ----------
    to_real
        Distance of the candidate to each real repertoire, shape ``(n_donors,)``.
    between
        Distances between real repertoires, symmetric, shape ``(n_donors, n_donors)``; the diagonal is not read.
    chance
        The distance where nothing tells two repertoires apart.
    rng
        Draws people.

    Returns
    -------
    The interval is that of a bootstrap over people, with replacement; pairs of a person with itself are left out, and
    the quantiles are moved outwards for the small number of people (expanded percentiles, Hesterberg 2015, The American
    Statistician 69:371).

    Examples
    --------
    >>> gaps = 1.0 - np.eye(6)
    >>> distance_ratio(np.full(6, 2.0), gaps, chance=0.0, rng=np.random.default_rng(0))
    Ratio(value=2.0, reference=1.0, ratio=2.0, low=2.0, high=2.0)
    """
    n = to_real.size
    gaps = between - chance
    np.fill_diagonal(gaps, 0.0)
    value, reference = float(to_real.mean()), float(gaps.sum() / (n * (n - 1)))
    ratio = (value - chance) / reference if reference > 0 else np.nan
    low = high = np.nan
    if n >= MIN_DONORS and np.isfinite(ratio):
        weights = rng.multinomial(n, np.full(n, 1 / n), size=_N_RESAMPLES)
        weights = weights[(weights > 0).sum(axis=1) > 1]
        n_pairs = n**2 - (weights**2).sum(axis=1)
        drawn = np.einsum("bi,ij,bj->b", weights, gaps, weights) / n_pairs
        ratios = np.divide(weights @ (to_real - chance) / n, drawn, out=np.full(drawn.size, np.inf), where=drawn > 0)
        tail = norm.cdf(np.sqrt(n / (n - 1)) * t.ppf(0.025, n - 1))
        low, high = (float(edge) for edge in np.quantile(ratios, [tail, 1 - tail], method="closest_observation"))
    return Ratio(value, reference + chance, ratio, low, high)
