"""From counts of close pairs to likelihood ratios that fall with distance, probabilities, and their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, t
from sklearn.isotonic import isotonic_regression

__all__ = ["PairCounts", "chance_interval", "jackknife_interval", "likelihood_ratio", "posterior", "widest"]


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Pairs that share a label and pairs of the background, close ones and all, under several weightings of studies.

    Parameters
    ----------
    same, background
        Pairs at each cutoff, not cumulated, shape ``(n_weightings, n_cutoffs)``.
    n_same, n_background
        All such pairs, close or not, shape ``(n_weightings,)``.
    """

    same: np.ndarray
    n_same: np.ndarray
    background: np.ndarray
    n_background: np.ndarray


def likelihood_ratio(counts: PairCounts) -> tuple[np.ndarray, np.ndarray]:
    """Return how many times as often pairs that share a label are this close as pairs of the background.

    The ratio is made to fall with distance: with binomial counts at each distance, the isotonic fit to the share of
    same-label pairs is the monotone ratio of largest likelihood. To each distance one pair is added, split between the
    two kinds as all pairs are: where nothing was counted the ratio is 1, and it is never infinite.

    Parameters
    ----------
    counts
        One row for each weighting.

    Returns
    -------
    at, within
        Ratio at each distance, and within each cutoff, ``float64``, shape ``(n_weightings, n_cutoffs)``; both fall from
        left to right. NaN where there are no pairs of a kind.

    References
    ----------
    Robertson, Wright & Dykstra (1988), Order Restricted Statistical Inference, chapter 1. Zadrozny & Elkan (2002), KDD.

    Examples
    --------
    >>> counts = PairCounts(np.array([[9.0, 4.0]]), np.array([100.0]), np.array([[0.0, 9.0]]), np.array([9900.0]))
    >>> at, within = likelihood_ratio(counts)
    >>> np.round(at, 1).tolist(), np.round(within, 1).tolist()
    ([[901.0, 39.7]], [[901.0, 117.4]])
    """
    n_all = counts.n_same + counts.n_background
    there = (counts.n_same > 0) & (counts.n_background > 0)
    part = np.divide(counts.n_same, n_all, out=np.full(n_all.shape, np.nan), where=n_all > 0)[:, None]
    same, background = counts.same + part, counts.background + (1 - part)
    at = np.full(same.shape, np.nan)
    for row in np.flatnonzero(there):
        weight = same[row] + background[row]
        share = isotonic_regression(same[row] / weight, sample_weight=weight, increasing=False)
        at[row] = share / (1 - share) * counts.n_background[row] / counts.n_same[row]
    within = np.cumsum(at * background, axis=1) / np.cumsum(background, axis=1)
    return at, within


def posterior(ratio: np.ndarray, prevalence: np.ndarray | float) -> np.ndarray:
    """Return the probability that a pair shares a label, by Bayes' rule.

    Parameters
    ----------
    ratio
        Likelihood ratio, 0 or more; may be infinite.
    prevalence
        Share of the pairs, close or not, that share a label; in [0, 1], broadcast with `ratio`.

    Examples
    --------
    >>> posterior(np.array([0.0, 1.0, 99.0, np.inf]), 0.01).round(3).tolist()
    [0.0, 0.01, 0.5, 1.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = ratio * prevalence / (1 - np.asarray(prevalence))
        found: np.ndarray = np.where(np.isinf(odds), 1.0, odds / (1 + odds))
    return found


def jackknife_interval(
    estimate: np.ndarray, left_out: np.ndarray, share: np.ndarray, *, extra: np.ndarray | float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return 95 % intervals of ratios from leaving out each study in turn, on the scale of the logarithm.

    Parameters
    ----------
    estimate
        Ratio of all studies, above 0, shape ``(n_cutoffs,)``.
    left_out
        Ratio without each study, shape ``(n_studies, n_cutoffs)``.
    share
        What each study contributes to the evidence, 0 or more, shape ``(n_studies,)``; the degrees of freedom are the
        effective number of contributions (Kish) less one, at least one: ten studies of which one gives nearly all
        are not ten.
    extra
        Variance to be added, of a background with blocks of its own.

    Returns
    -------
    low, high
        Ends, shape ``(n_cutoffs,)``.

    Notes
    -----
    Pairs have two ends, so they are not independent, and studies are few and of very unequal size. In simulations with
    6, 12 and 25 studies and ratios known, this interval held the truth in 93 to 98 % of the data sets, also where a few
    studies gave most of the pairs; complementary halves of the studies did in 86 to 95 %, a bootstrap of studies with
    t quantiles in 83 to 97 %.

    References
    ----------
    Tukey (1958), Annals of Mathematical Statistics 29:614. Kish (1965), Survey Sampling. Snijders & Borgatti (1999),
    Connections 22:161, for the jackknife of pairs.
    """
    n = left_out.shape[0]
    logs = np.log(left_out)
    variance = (n - 1) / n * ((logs - logs.mean(axis=0)) ** 2).sum(axis=0) + extra
    effective = share.sum() ** 2 / (share**2).sum()
    half = t.ppf(0.975, max(effective - 1, 1)) * np.sqrt(variance)
    return estimate * np.exp(-half), estimate * np.exp(half)


def chance_interval(counts: PairCounts) -> tuple[np.ndarray, np.ndarray]:
    """Return 95 % intervals of the ratio within each cutoff from the chance of counting alone (Clopper-Pearson).

    Given how many close pairs there are of both kinds together, those that share a label are binomial. Pairs are taken
    as independent, so these are the narrowest intervals that can be true; they say what no resample can, that a
    background without a close pair may still have some.

    Parameters
    ----------
    counts
        The first row is used.

    Returns
    -------
    low, high
        Ends, shape ``(n_cutoffs,)``; `high` is infinite where the background has no close pair, `low` 0 where no close
        pair shares a label.

    Examples
    --------
    >>> counts = PairCounts(np.array([[5.0]]), np.array([100.0]), np.array([[0.0]]), np.array([1000.0]))
    >>> low, high = chance_interval(counts)
    >>> round(float(low[0]), 1), float(high[0])
    (9.2, inf)
    """
    same, background = np.cumsum(counts.same[0]), np.cumsum(counts.background[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(same > 0, beta.ppf(0.025, same, background + 1), 0.0)
        high = np.where(background > 0, beta.ppf(0.975, same + 1, background), 1.0)
        scale = counts.n_background[0] / counts.n_same[0]
        return low / (1 - low) * scale, high / (1 - high) * scale


def widest(*intervals: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest lower and the highest upper ends of `intervals`.

    Examples
    --------
    >>> low, high = widest((np.array([1.0]), np.array([2.0])), (np.array([0.5]), np.array([1.5])))
    >>> low.tolist(), high.tolist()
    ([0.5], [2.0])
    """
    lows, highs = zip(*intervals, strict=True)
    return np.minimum.reduce(lows), np.maximum.reduce(highs)
