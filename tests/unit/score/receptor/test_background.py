import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.score.receptor.background import MIN_DEFINED, background_scores, beside_backgrounds
from rashomon.score.receptor.donor_spread import multi_donor_share
from rashomon.score.receptor.percolation import percolation
from rashomon.score.receptor.table import ScoreOptions, receptor_score_table

FEW = ScoreOptions(n_permutations=10, n_pairs=10)


def sample(rng, *, n=200, n_draws=12):
    """Labels, a third of which are unknown, donors, and clusters that know nothing of them."""
    codes = np.where(rng.random(n) < 1 / 3, -2, rng.integers(0, 3, n)).astype(np.int32)
    drawn = rng.integers(-1, 40, (n, n_draws)).astype(np.int32)
    return Truth("epitope", "biological", codes, tuple("ABC")), rng.integers(0, 5, n), drawn


def found(truth, donor, labels, drawn, rng):
    """Scores of a clustering beside those of backgrounds, by name."""
    table = receptor_score_table(labels, truth, donor=donor, options=FEW, rng=rng)
    return beside_backgrounds(table, background_scores(drawn, truth, donor=donor)).set_index("score")


def test_scores_are_counted_from_the_clusters_of_each_background(rng):
    """Retention and purity of labelled receptors by pandas, in each background; the others by their functions."""
    truth, donor, drawn = sample(rng)
    scores = background_scores(drawn, truth, donor=donor)
    known = truth.codes >= 0
    for labels, (_, row) in zip(drawn.T, scores.iterrows(), strict=True):
        counts = pd.crosstab(labels[known & (labels >= 0)], truth.codes[known & (labels >= 0)])
        counts = counts[counts.sum(axis=1) > 1]
        assert row["retention"] == pytest.approx(counts.to_numpy().sum() / known.sum())
        assert row["purity"] == pytest.approx(counts.max(axis=1).sum() / counts.to_numpy().sum())
        assert row["multi_donor_share"] == multi_donor_share(labels, donor)
        assert row["percolation"] == percolation(labels)


def test_a_score_without_clusters_is_undefined():
    """No cluster of two labelled receptors: retention is 0, and purity is no number."""
    truth = Truth("epitope", "biological", np.array([0, 1, -2, -2], dtype=np.int32), ("A", "B"))
    scores = background_scores(np.array([[-1, -1, 0, 0]]).T, truth)
    assert scores["retention"].tolist() == [0.0]
    assert scores["purity"].isna().all()
    assert "multi_donor_share" not in scores


def test_the_level_by_chance_is_that_of_the_backgrounds(rng):
    """Mean, 95 % range, p and excess are those of the draws; value and interval are taken over."""
    truth, donor, drawn = sample(rng)
    labels = np.where(truth.codes >= 0, truth.codes, -1).astype(np.int32)
    labels[:20] = -1
    rows, draws = found(truth, donor, labels, drawn, rng), background_scores(drawn, truth, donor=donor)
    table = receptor_score_table(labels, truth, donor=donor, options=FEW, rng=rng).set_index("score")
    assert rows["value"].equals(table.loc[rows.index, "value"])
    assert rows.loc["purity", "value"] == 1.0
    for score in ("retention", "purity", "macro_f1"):
        row = rows.loc[score]
        assert row["random_mean"] == pytest.approx(draws[score].mean())
        assert [row["random_low"], row["random_high"]] == pytest.approx(draws[score].quantile([0.025, 0.975]).tolist())
        assert row["excess"] == pytest.approx(row["value"] - draws[score].mean())
        assert row["excess_ratio"] == pytest.approx(row["value"] / draws[score].mean())
        assert row["n_backgrounds"] == 12
    assert rows.loc["purity", "p"] == pytest.approx(1 / 13)
    # the largest cluster is better where it is smaller
    assert rows.loc["percolation", "p"] == pytest.approx(1.0)
    assert not rows["reason"].str.contains("no baseline").any()


def test_too_few_backgrounds_with_a_purity_are_a_reason(rng):
    """Where most backgrounds have no cluster there is no level by chance; where some have none it is said."""
    truth, donor, drawn = sample(rng)
    labels = np.where(truth.codes >= 0, truth.codes, -1).astype(np.int32)
    for n_empty, told in ((7, "no baseline: 5 of 12 backgrounds have this score"), (6, "6 of 12 backgrounds")):
        emptied = drawn.copy()
        emptied[:, :n_empty] = -1
        rows = found(truth, donor, labels, emptied, rng)
        assert rows.loc["purity", "reason"].startswith(told)
        assert np.isnan(rows.loc["purity", "random_mean"]) == ((12 - n_empty) / 12 < MIN_DEFINED)
        assert rows.loc["purity", "n_backgrounds"] == (0 if n_empty == 7 else 6)
        assert rows.loc["retention", "n_backgrounds"] == 12


def test_no_backgrounds_at_all_are_the_given_reason(rng):
    """Without draws every row is there, with no level by chance, and says why."""
    truth, donor, drawn = sample(rng)
    table = receptor_score_table(drawn[:, 0], truth, donor=donor, options=FEW, rng=rng)
    rows = beside_backgrounds(table, background_scores(drawn[:, :0], truth, donor=donor), reason="no pipeline")
    assert len(rows) == len(table) - 1
    assert rows["random_mean"].isna().all()
    assert rows["reason"].str.startswith("no pipeline").all()


def test_an_undefined_score_keeps_its_reason(rng):
    """A clustering without clusters has no purity, whatever its backgrounds have."""
    truth, donor, drawn = sample(rng)
    rows = found(truth, donor, np.full(drawn.shape[0], -1), drawn, rng)
    assert rows.loc["purity", "reason"] == "no cluster has two labelled receptors"
    assert np.isnan(rows.loc["purity", "random_mean"])
    assert rows.loc["retention", "p"] == 1.0


def test_parts_of_other_receptors_are_refused(rng):
    """Backgrounds have a row per receptor."""
    truth, donor, drawn = sample(rng)
    with pytest.raises(UsageError, match="199 and 200 items"):
        background_scores(drawn[:-1], truth)
    with pytest.raises(UsageError, match="labelings have shape"):
        background_scores(drawn[:, 0], truth)
    with pytest.raises(UsageError, match="200 and 199 items"):
        background_scores(drawn, truth, donor=donor[:-1])
