"""Predictions for studies that took no part in the fit, beside what was observed there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.ask.cutoff.curve import PairCounts, likelihood_ratio, posterior

__all__ = ["HELD_OUT_COLUMNS", "held_out_table"]

HELD_OUT_COLUMNS = {
    "above": "lower end of the predicted probability",
    "up_to": "upper end",
    "predicted": "mean predicted probability that a pair shares a label",
    "observed": "share of these pairs that do; NaN where there are none",
    "n_pairs": "pairs, each with one end in a study that was left out of the fit",
    "n_studies": "studies with such pairs",
}
"""Columns of the table of predictions, and what they mean."""

_EDGES = np.array([0.0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0])


def held_out_table(counts: PairCounts, different: np.ndarray, n_different: np.ndarray) -> pd.DataFrame:
    """Return predicted and observed probabilities of the pairs of each study, fitted without that study.

    The ratio is learned from the pairs of all other studies. The probability follows at the share of same-label pairs
    among all pairs of the study that was left out: the ratio is what is tested, not that share.

    Parameters
    ----------
    counts
        First row: all studies. The others: without each study in turn.
    different
        Pairs that share no label at each cutoff, weighted as `counts`, shape ``(1 + n_studies, n_cutoffs)``.
    n_different
        All such pairs, shape ``(1 + n_studies,)``.

    Returns
    -------
    One row per range of the predicted probability, with `HELD_OUT_COLUMNS`. A pair is in two studies, so it is
    predicted twice and counted twice.
    """
    fitted = PairCounts(counts.same[1:], counts.n_same[1:], counts.background[1:], counts.n_background[1:])
    at, _ = likelihood_ratio(fitted)
    held = counts.same[0] - counts.same[1:], different[0] - different[1:]
    n_held = counts.n_same[0] - counts.n_same[1:], n_different[0] - n_different[1:]
    total = n_held[0] + n_held[1]
    prevalence = np.divide(n_held[0], total, out=np.zeros(total.shape), where=total > 0)
    predicted, pairs = posterior(at, prevalence[:, None]), held[0] + held[1]
    used = (pairs > 0) & np.isfinite(predicted)
    row = np.clip(np.searchsorted(_EDGES, predicted[used], side="left") - 1, 0, _EDGES.size - 2)
    n, of = _EDGES.size - 1, np.nonzero(used)[0]

    def add(values: np.ndarray) -> np.ndarray:
        return np.bincount(row, weights=values, minlength=n)

    n_pairs, n_same = add(pairs[used]), add(held[0][used])
    means = [
        np.divide(each, n_pairs, out=np.full(n, np.nan), where=n_pairs > 0)
        for each in (add((predicted * pairs)[used]), n_same)
    ]
    studies = [np.unique(of[row == place]).size for place in range(n)]
    values = (_EDGES[:-1], _EDGES[1:], *means, n_pairs.round().astype(np.int64), np.array(studies, dtype=np.int64))
    return pd.DataFrame(dict(zip(HELD_OUT_COLUMNS, values, strict=True)))
