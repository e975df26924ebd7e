"""Intervals of the calibration of a cutoff hold the true ratio, and labels that mean nothing have a ratio of 1."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.stats import binom

from rashomon.ask.cutoff.calibration import Background
from rashomon.ask.cutoff.close_pair import ClosePairs
from rashomon.ask.cutoff.fit import calibrate
from rashomon.ask.cutoff.labelled_receptor import LabelledReceptors
from rashomon.core import UsageError

CUTOFFS = np.arange(4)
BY_CHANCE = np.array([2e-4, 3e-4, 6e-4, 1e-3])
"""Chance of each distance between receptors that share nothing."""
BY_MOTIF = np.array([0.15, 0.15, 0.2, 0.2])
"""Chance of each distance between two receptors with the motif of one label."""
N_DATA_SETS = 200


def drawn(rng, chances, size):
    """A distance for each pair; 4 is beyond the largest cutoff."""
    return np.searchsorted(np.cumsum(chances), rng.random(size))


def data_set(rng, *, n_studies, spread, n_labels=6, motif=True):
    """Labelled receptors of unequal studies; in each its own share carries the motif of the label (mean one half)."""
    median = max(30, 360 // n_studies)
    size = np.maximum(3, (median * rng.lognormal(0, spread, n_studies)).astype(int))
    study = np.repeat(np.arange(n_studies), size)
    labels = rng.permutation(np.arange(study.size) % n_labels)
    carries = rng.random(study.size) < (rng.beta(2, 2, n_studies)[study] if motif else 0.0)
    i, j = np.triu_indices(study.size, 1)
    both = (labels[i] == labels[j]) & carries[i] & carries[j]
    d = np.where(both, drawn(rng, BY_MOTIF, i.size), drawn(rng, BY_CHANCE, i.size))
    draws = []
    for _ in range(3):
        shuffled = drawn(rng, BY_CHANCE, i.size)
        draws.append(ClosePairs(i, j, shuffled.astype(float)).take(shuffled < 4))
    pairs = ClosePairs(i, j, d.astype(float)).take(d < 4)
    return labels, study, pairs, {"matched": Background(tuple(draws))}


def fitted(labels, study, pairs, backgrounds, **options):
    """A calibration; None where one study gives too much of the evidence, which is refused."""
    sets = sp.csr_matrix((np.ones(labels.size, dtype=bool), (np.arange(labels.size), labels)))
    try:
        receptors = LabelledReceptors.choose(sets, study)
        assert receptors.kept.size == labels.size
        return calibrate(receptors, pairs, backgrounds, cutoffs=CUTOFFS, **options)
    except UsageError as error:
        if error.code != "calibrate.one_study":
            raise
        return None


def least(n, rate=0.95, alpha=1e-3):
    """Covered data sets of `n` below which a rate of at least `rate` is not to be believed, over four cutoffs."""
    return binom.ppf(alpha / CUTOFFS.size, n, rate) / n


@pytest.mark.statistical
@pytest.mark.parametrize(("n_studies", "spread"), [(6, 0.75), (12, 0.75), (12, 1.5), (25, 0.75), (25, 1.5)])
def test_intervals_hold_the_true_ratio(n_studies, spread, record):
    """In 200 data sets, less those refused: no fewer at every cutoff than a rate of 93 % makes likely (alarms: 0.1 %).

    Studies differ in size (factors of 2 or 4.5 are one standard deviation) and in the share of their receptors that
    carry a motif, which is a half in the mean: two receptors of a label and of different studies share the motif with
    probability 1/4. The probability at a prevalence of 1 % follows from the ratio, so it is held as often.
    """
    truth = np.cumsum(0.25 * BY_MOTIF + 0.75 * BY_CHANCE) / np.cumsum(BY_CHANCE)
    p_true = truth * 0.01 / (truth * 0.01 + 0.99)
    held, n, width = np.zeros((2, CUTOFFS.size)), 0, []
    for k in range(N_DATA_SETS):
        rng = np.random.default_rng([411, n_studies, int(10 * spread), k])
        found = fitted(*data_set(rng, n_studies=n_studies, spread=spread), prevalence=0.01)
        if found is None:
            continue
        table = found.table
        held[0] += table["lr_low"].le(truth) & table["lr_high"].ge(truth)
        held[1] += table["p_low"].le(p_true) & table["p_high"].ge(p_true)
        width.append(np.log(table["lr_high"] / table["lr_low"]).median())
        n += 1
    figures = {
        "n_data_sets": n,
        "n_refused": N_DATA_SETS - n,
        "n_studies": n_studies,
        "sd_of_log_size": spread,
        "coverage": (held[0] / n).round(3).tolist(),
        "median_width_of_log_ratio": round(float(np.median(width)), 2),
    }
    claim = "95 % intervals of the likelihood ratio of a cutoff hold the true one"
    record(f"calibration_{n_studies}_{spread:g}", claim=claim, seed=411, figures=figures)
    np.testing.assert_array_equal(held[0], held[1])
    assert n > N_DATA_SETS / 4
    assert (held[0] / n >= least(n, 0.93)).all(), figures


@pytest.mark.statistical
@pytest.mark.parametrize("kind", ["labels shuffled", "no motifs"])
def test_labels_that_mean_nothing_have_a_ratio_of_one(kind, record):
    """In 200 data sets of 12 studies, less those refused: 1 is held as often as a rate of 95 % makes likely.

    Labels shuffled over receptors with motifs are compared with the pairs that share none, receptors without motifs
    with the background; false alarms of the test: 0.1 %.
    """
    held, n = np.zeros(CUTOFFS.size), 0
    for k in range(N_DATA_SETS):
        rng = np.random.default_rng([412, k])
        labels, study, pairs, backgrounds = data_set(rng, n_studies=12, spread=0.75, motif=kind == "labels shuffled")
        against = "matched"
        if kind == "labels shuffled":
            labels, against = rng.permutation(labels), "different"
        found = fitted(labels, study, pairs, backgrounds, against=against)
        if found is not None:
            held += found.table["lr_low"].le(1) & found.table["lr_high"].ge(1)
            n += 1
    figures = {"n_data_sets": n, "coverage_of_1": (held / n).round(3).tolist()}
    record(f"calibration_null_{kind.replace(' ', '_')}", claim="a ratio of 1 is held", seed=412, figures=figures)
    assert n > N_DATA_SETS / 2
    assert (held / n >= least(n)).all(), figures


@pytest.mark.statistical
def test_studies_that_were_left_out_are_predicted(record):
    """Over 100 data sets of 25 studies, predicted and observed probabilities differ by at most 0.08 in each range."""
    tables = []
    for k in range(100):
        rng = np.random.default_rng([413, k])
        tables.append(fitted(*data_set(rng, n_studies=25, spread=0.75, n_labels=20)).held_out)
    whole = pd.concat(tables).fillna(0.0)
    for name in ("predicted", "observed"):
        whole[name] *= whole["n_pairs"]
    sums = whole.groupby("above")[["predicted", "observed", "n_pairs"]].sum()
    sums = sums[sums["n_pairs"] >= 2000]
    error = (sums["predicted"] - sums["observed"]) / sums["n_pairs"]
    figures = {f"above {above:g}": round(float(value), 3) for above, value in error.items()}
    record("calibration_held_out", claim="predicted less observed probability", seed=413, figures=figures)
    assert len(error) >= 3
    assert error.abs().max() <= 0.08, figures
