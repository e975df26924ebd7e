"""Clusters by nuisance: areas, standardised differences and permutation p-values against what others compute."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import adjusted_mutual_info_score, roc_auc_score

from rashomon.ask import Request
from rashomon.ask.confounding.nuisance import NUISANCES, Score, quartiles
from rashomon.ask.confounding.nuisance_table import (
    NUISANCE_COLUMNS,
    OVERALL_COLUMNS,
    fold_auc,
    nuisance_table,
    overall_table,
)
from rashomon.dataset import Roles
from tests.planted import N_OBS, dataset, donor_role, groups, judged, technical

VALUES = groups() + np.random.default_rng(0).normal(0, 1, N_OBS)
LANE = technical(np.where(groups() == 2, 1, np.arange(N_OBS) % 2), name="lane")


def score_of(values, place=0):
    """A nuisance with these values."""
    return Score(NUISANCES[place], np.asarray(values, dtype=float), "made", np.empty(0, dtype=np.int64))


def ask(codes=None, *, roles=None):
    """What is asked about labels."""
    return Request(dataset(expression=False, roles=roles or Roles()), judged(codes), 0)


def test_the_area_is_scikit_learns():
    """In one fold the area of a cluster is the ROC AUC of the quantity, whichever direction it has."""
    fold = np.zeros(N_OBS, dtype=int)
    both = fold_auc(VALUES, groups(), np.arange(N_OBS) % 2)
    for code in range(3):
        area = roc_auc_score(groups() == code, VALUES)
        parts = [roc_auc_score(groups()[i::2] == code, VALUES[i::2]) for i in (0, 1)]
        n = [(groups()[i::2] == code).sum() for i in (0, 1)]
        # cluster 1 lies between the others: its direction may differ between the folds
        if code != 1:
            assert abs(both[code]) == pytest.approx(np.average(np.maximum(parts, 1 - np.array(parts)), weights=n))
            assert np.sign(both[code]) == (1 if area > 0.5 else -1)
    assert fold_auc(VALUES, groups(), fold).shape == (3,)


def test_chance_has_an_area_of_a_half():
    """On cells held out, noise tells nothing."""
    rng = np.random.default_rng(3)
    areas = [abs(fold_auc(rng.random(N_OBS), groups(), rng.permutation(N_OBS) % 5)) for _ in range(50)]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.03)


def test_without_strata_the_p_is_that_of_mann_and_whitney():
    """The normal limit of the permutations is the two-sided rank sum test without continuity correction."""
    table = nuisance_table(ask(), [score_of(VALUES)], [])
    for code in range(3):
        mine = groups() == code
        expected = mannwhitneyu(VALUES[mine], VALUES[~mine], use_continuity=False, method="asymptotic").pvalue
        assert table["p"][code] == pytest.approx(expected, rel=1e-6)
        assert table["median"][code] == np.median(VALUES[mine])
        assert table["median_others"][code] == np.median(VALUES[~mine])
    assert list(table) == list(NUISANCE_COLUMNS)
    assert table["difference"].iloc[0] < -0.5 < 0.5 < table["difference"].iloc[2]


def test_what_donors_explain_is_no_evidence():
    """Where depth differs between donors only, and donors between clusters, p within donors is not small."""
    rng = np.random.default_rng(4)
    donor = np.where(rng.random(N_OBS) < 0.8, groups(), rng.integers(0, 3, N_OBS)).astype(np.int32)
    values = 5 * donor + rng.normal(0, 1, N_OBS)
    alone = nuisance_table(ask(), [score_of(values)], [])
    within = nuisance_table(ask(roles=Roles(donor=donor_role(donor, n=3))), [score_of(values)], [])
    assert (alone["p"].iloc[[0, 2]] < 1e-4).all()
    assert (within["p"] > 0.01).all()


def test_a_cluster_of_one_lane_is_pure_beyond_chance():
    """The share beyond chance is 1 for a pure cluster and about 0 for a mixed one."""
    table = nuisance_table(ask(roles=Roles(batch=LANE)), [], [LANE]).set_index("cluster")
    assert table.loc["2", ["class", "class_share", "beyond_chance"]].tolist() == ["lane1", 1.0, 1.0]
    assert table.loc["2", "cv_auc"] == pytest.approx(roc_auc_score(groups() == 2, LANE.codes), abs=0.03)
    assert abs(table.loc["0", "beyond_chance"]) < 0.3
    assert table["median"].isna().all()


def test_small_clusters_are_left_out():
    """Nothing is said of fewer than ten cells."""
    codes = np.where(np.arange(N_OBS) < 9, 1, 0).astype(np.int32)
    assert nuisance_table(ask(codes), [score_of(VALUES)], [LANE])["cluster"].unique().tolist() == ["0"]


def test_the_overall_table_frees_each_from_the_others():
    """A copy of another quantity says nothing beyond it; the agreement is scikit-learn's AMI with its quartiles."""
    rng = np.random.default_rng(5)
    other = rng.random(N_OBS)
    scores = [score_of(VALUES), score_of(2 * VALUES, 1), score_of(other, 2)]
    table = overall_table(ask(), scores)
    assert list(table) == list(OVERALL_COLUMNS)
    expected = adjusted_mutual_info_score(groups(), quartiles(scores[0]).codes)
    assert table["ami"].iloc[:2].tolist() == pytest.approx([expected] * 2)
    alone = overall_table(ask(), [scores[0], scores[2]])
    assert alone["ami_beyond"].iloc[0] > 0.2
    assert not (table["ami_beyond"].iloc[:2] > 0.1).any()
    ranks = pd.Series(VALUES).rank()
    between = 1 - ranks.groupby(groups()).transform(lambda part: part - part.mean()).var() / ranks.var()
    assert table["between_clusters"].iloc[0] == pytest.approx(between)
