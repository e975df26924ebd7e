"""Receptor scores by chance: agreement beyond strata is 0, p values are valid, intervals cover, motifs exceed."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import binom

from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.score.receptor import (
    baseline,
    conditional_agreement,
    excess,
    group,
    half_sample_intervals,
    permuted_scores,
)
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention

pytestmark = pytest.mark.statistical

N_REPEATS = 400
FALSE_ALARM = 1e-4


def within(count, n, *, share):
    """Whether a count is one that binomial noise explains."""
    low, high = binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], n, share)
    return low <= count <= high


def confounded(rng, n=300):
    """Clusters and labels that both follow V, and know nothing of each other within V."""
    v = rng.integers(0, 6, n)
    follows = [np.where(rng.random(n) < 0.8, v, rng.integers(0, 6, n)) for _ in range(2)]
    return follows[0] * 10 + rng.integers(0, 10, n), follows[1], v


def test_independent_within_strata_gives_zero(record):
    """The mean over data sets is 0 within 4 standard errors (false alarm 6e-5), and p is at most 0.05 in a twentieth.

    Without the strata the same labels agree in nearly all data sets.
    """
    rng, n = np.random.default_rng(1), 2000
    beyond, plain = [], []
    for _ in range(n):
        labels, truth, v = confounded(rng)
        beyond.append(conditional_agreement(labels, truth, v, n_permutations=99, n_pairs=0, rng=rng))
        plain.append(conditional_agreement(labels, truth, v * 0, n_permutations=99, n_pairs=0, rng=rng))
    values = np.array([found.value for found in beyond])
    n_small = sum(found.p <= 0.05 for found in beyond)
    figures = {
        "mean": values.mean(),
        "standard_error": values.std() / np.sqrt(n),
        "share_p_below_0.05": n_small / n,
        "share_p_below_0.05_without_strata": sum(found.p <= 0.05 for found in plain) / n,
    }
    record("receptor_conditional_null", claim="agreement beyond strata is 0 by chance", seed=1, figures=figures)
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(n)
    assert within(n_small, n, share=0.05)
    assert figures["share_p_below_0.05_without_strata"] > 0.95


def test_a_truth_of_donors_gives_zero(record):
    """Clusters that follow donors and a truth drawn per donor: 0 on average, and p is valid, when donors are permuted.

    Permuting receptors calls nearly every such data set an agreement.
    """
    rng = np.random.default_rng(2)
    donors, single = [], []
    for _ in range(N_REPEATS):
        donor = np.repeat(np.arange(12), 25)
        truth = rng.permutation(np.repeat([0, 1], 6))[donor]
        labels = np.where(rng.random(300) < 0.3, donor, rng.integers(0, 12, 300))
        given = {"n_permutations": 99, "n_pairs": 0, "rng": rng}
        donors.append(conditional_agreement(labels, truth, donor * 0, blocks=donor, **given))
        single.append(conditional_agreement(labels, truth, donor * 0, **given))
    values = np.array([found.value for found in donors])
    n_small = sum(found.p <= 0.05 for found in donors)
    figures = {
        "mean": values.mean(),
        "share_p_below_0.05": n_small / N_REPEATS,
        "share_p_below_0.05_receptors_permuted": sum(found.p <= 0.05 for found in single) / N_REPEATS,
    }
    record("receptor_conditional_donor", claim="donors are permuted as a whole", seed=2, figures=figures)
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(N_REPEATS)
    assert within(n_small, N_REPEATS, share=0.05)
    assert figures["share_p_below_0.05_receptors_permuted"] > 0.5


def test_permutation_p_values_are_valid(record):
    """Purity of clusters that know nothing of the labels within strata: p is at most 0.05 in a twentieth."""
    rng = np.random.default_rng(3)
    n_small = 0
    for _ in range(N_REPEATS):
        labels, truth, v = confounded(rng)
        grouping = group(labels, sp.csr_matrix(np.eye(6, dtype=bool)[truth]))
        draws = permuted_scores(grouping, [purity], strata=v, n_permutations=99, rng=rng)
        n_small += baseline(purity(grouping.tally()), draws[:, 0]).p <= 0.05
    record(
        "receptor_permutation", claim="p values within strata are valid", seed=3,
        figures={"share_p_below_0.05": n_small / N_REPEATS},
    )  # fmt: skip
    # purity is discrete, so that ties make p larger: only the upper bound is a claim
    assert n_small <= binom.ppf(1 - FALSE_ALARM, N_REPEATS, 0.05)


def population(rng, n_units):
    """Clusters of one to six receptors with a purity of their own, drawn from an endless population."""
    size = rng.integers(1, 7, n_units)
    labels = np.repeat(np.arange(n_units), size)
    own, share = rng.integers(0, 4, n_units)[labels], rng.beta(4, 2, n_units)[labels]
    truth = np.where(rng.random(labels.size) < share, own, rng.integers(0, 4, labels.size))
    return labels, sp.csr_matrix(np.eye(4, dtype=bool)[truth])


def both(labels, sets):
    tally = group(labels, sets).tally()
    return [purity(tally), retention(tally)]


def test_intervals_cover(record):
    """Intervals from halves of the clusters cover the mean of the population in 91 to 98 % of the data sets."""
    rng = np.random.default_rng(4)
    expected = np.mean([both(*population(rng, 200)) for _ in range(4000)], axis=0)
    covered = np.zeros(2)
    for _ in range(N_REPEATS):
        labels, sets = population(rng, 200)
        found = half_sample_intervals(
            both(labels, sets), lambda half, sets=sets: both(half, sets), labels, n_pairs=60, rng=rng
        )
        covered += [each.low <= mean <= each.high for each, mean in zip(found, expected, strict=True)]
    purity_share, retention_share = covered / N_REPEATS
    record(
        "receptor_interval", claim="intervals from half-samples of clusters cover", seed=4,
        figures={"purity": purity_share, "retention": retention_share},
    )  # fmt: skip
    assert 0.91 <= purity_share <= 0.98
    assert 0.91 <= retention_share <= 0.98


def n_links(aa):
    """Pairs of junctions of one length that differ in at most one residue."""
    letters = aa.view(np.uint8).reshape(aa.size, -1)
    return int(np.count_nonzero(np.triu((letters[:, None] != letters).sum(axis=2) <= 1, k=1)))


def test_planted_motifs_exceed_the_background_and_unplanted_do_not(record):
    """Families around motifs give links that shuffled receptors lack; independent residues give no excess.

    Without families p is at most 0.05 in a twentieth of the data sets.
    """
    rng = np.random.default_rng(5)
    letters = np.frombuffer(b"AGNST", dtype=np.uint8)
    n, small, ratios = 120, 0, []
    for repeat in range(200):
        inner = rng.choice(letters, (n, 6))
        planted = repeat < 20
        if planted:
            inner[: n // 4] = inner[0]
            inner[np.arange(n // 4), rng.integers(0, 6, n // 4)] = rng.choice(letters, n // 4)
        aa = np.array([b"CAS" + bytes(text) + b"QYF" for text in inner])
        zero = np.zeros(n, dtype=int)
        background = [n_links(shuffle_within_strata(aa, zero, zero, rng=rng).aa) for _ in range(39)]
        found = excess(n_links(aa), np.array(background))
        if planted:
            ratios.append(found.ratio)
        else:
            small += found.p <= 0.05
    record(
        "receptor_excess", claim="excess over a matched background is motifs", seed=5,
        figures={"lowest_ratio_planted": min(ratios), "share_p_below_0.05": small / 180},
    )  # fmt: skip
    assert min(ratios) > 1.5
    assert small <= binom.ppf(1 - FALSE_ALARM, 180, 0.05)
