import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.score.receptor.conditional import conditional_agreement
from rashomon.score.receptor.record import RECEPTOR_SCORES
from rashomon.score.receptor.table import RECEPTOR_SCORE_COLUMNS, ScoreOptions, receptor_score_table

FEW = ScoreOptions(n_permutations=40, n_pairs=20)


def planted(rng, *, n=400, noise=0.2):
    """Labels in clusters of four that mostly share an epitope, a fifth unclustered, eight donors, three V genes."""
    labels = np.arange(n) // 4
    epitope = rng.integers(0, 5, n // 4 + 1)[labels]
    epitope = np.where(rng.random(n) < noise, rng.integers(0, 5, n), epitope).astype(np.int32)
    labels = np.where(rng.random(n) < 0.2, -1, labels).astype(np.int32)
    truth = Truth("epitope", "biological", epitope, tuple("ABCDE"))
    return labels, truth, rng.integers(0, 8, n), rng.integers(0, 3, n)


def table(labels, truth, rng, **given):
    return receptor_score_table(labels, truth, options=given.pop("options", FEW), rng=rng, **given).set_index("score")


def test_every_score_has_one_row_with_the_declared_columns(rng):
    """The columns are stable, and the rows are the registry in its order."""
    labels, truth, donor, v = planted(rng)
    found = receptor_score_table(labels, truth, donor=donor, strata=v, options=FEW, rng=rng)
    assert list(found.columns) == list(RECEPTOR_SCORE_COLUMNS)
    assert found["score"].tolist() == list(RECEPTOR_SCORES)
    assert (found["status"] == "ok").all()
    assert (found["level"] == "receptor").all()
    assert found["value"].between(0, 1).all()


def test_planted_labels_beat_chance_and_intervals_hold_values(rng):
    """Purity and its like lie above their baselines; intervals hold the value and keep to the range."""
    labels, truth, donor, v = planted(rng)
    found = table(labels, truth, rng, donor=donor, strata=v)
    better = ["purity", "purity_90", "consistency_clustered", "macro_f1", "conditional_agreement"]
    assert (found.loc[better, "value"] > found.loc[better, "random_high"]).all()
    assert found.loc[better, "p"].tolist() == pytest.approx([1 / 41] * 5)
    some = found[[record.interval for record in RECEPTOR_SCORES.values()]]
    assert ((some["low"] <= some["value"]) & (some["value"] <= some["high"])).all()
    assert some["high"].max() <= 1
    assert found.loc["conditional_agreement", "random_mean"] == pytest.approx(0.0, abs=1e-9)


def test_retention_is_read_beside_a_matched_background(rng):
    """Without background there is no level by chance, and it is said; with one it is its mean."""
    labels, truth, *_ = planted(rng)
    alone = table(labels, truth, rng).loc["retention"]
    assert np.isnan(alone["random_mean"])
    assert alone["reason"] == "no baseline: no matched background is given"
    beside = table(labels, truth, rng, background=np.array([0.2, 0.4])).loc["retention"]
    assert beside[["random_mean", "p", "reason"]].tolist() == [pytest.approx(0.3), pytest.approx(1 / 3), ""]
    assert (alone["n_backgrounds"], beside["n_backgrounds"]) == (0, 2)
    assert beside["excess"] == pytest.approx(beside["value"] - 0.3)
    assert beside["excess_ratio"] == pytest.approx(beside["value"] / 0.3)
    assert np.isnan(alone["excess"])


def test_only_retention_has_an_excess_over_a_background(rng):
    """What is held against permuted labels has none; a background without any has no ratio, and it is said."""
    labels, truth, donor, v = planted(rng)
    found = table(labels, truth, rng, donor=donor, strata=v, background=np.array([0.0, 0.0]))
    assert found.index[found["excess"].notna()].tolist() == ["retention"]
    assert found.loc["retention", "reason"] == "no ratio: every background has none"
    assert (found.drop("retention")["n_backgrounds"] == 0).all()


def test_absent_donors_and_strata_are_reasons(rng):
    """Scores of donors and agreement beyond strata are undefined without them; the others are not."""
    labels, truth, *_ = planted(rng)
    found = table(labels, truth, rng)
    undefined = found[found["status"] == "undefined"]
    assert undefined["reason"].to_dict() == {
        "conditional_agreement": "no strata are given",
        "multi_donor_share": "no donors are declared",
        "cross_donor_pairs": "no donors are declared",
    }
    assert undefined["value"].isna().all()


@pytest.mark.parametrize(
    ("labels", "flag", "reason"),
    [
        (np.arange(60), "", "no cluster has two labelled receptors"),
        (np.full(60, -1), "", "no cluster has two labelled receptors"),
        (
            np.zeros(60, dtype=int),
            "percolates: one giant cluster holds 100 % of the receptors",
            "one cluster holds every labelled receptor",
        ),
    ],
)
def test_degenerate_clusterings_have_reasons_and_flags(labels, flag, reason, rng):
    """Singletons, noise and one giant have no purity, but a retention, and the giant is flagged."""
    truth = Truth("epitope", "biological", np.repeat([0, 1], 30).astype(np.int32), ("A", "B"))
    found = table(labels, truth, rng, strata=np.zeros(60, dtype=int))
    assert set(found["flag"]) == {flag}
    assert set(found.loc["purity":"conditional_agreement", "reason"]) == {reason}
    assert found.loc["retention", "value"] == float(bool(flag))


def test_coverage_counts_labelled_receptors(rng):
    """Half of the receptors are labelled; donors are known for a quarter."""
    labels, truth, donor, _ = planted(rng)
    codes = np.where(np.arange(400) % 2, truth.codes, -2).astype(np.int32)
    half = Truth("epitope", "biological", codes, truth.categories)
    found = table(labels, half, rng, donor=np.where(np.arange(400) % 4, -1, donor))
    assert found.loc["purity", ["n_items", "coverage"]].tolist() == [200, 0.5]
    assert found.loc["multi_donor_share", ["n_items", "coverage"]].tolist() == [100, 0.25]


def test_several_labels_reach_the_scores(rng):
    """A receptor with two labels is right under either."""
    sets = sp.csr_matrix(np.array([[1, 1], [1, 0], [0, 1], [1, 1]] * 10, dtype=bool))
    codes = np.where(np.diff(sets.indptr) > 1, -1, 0).astype(np.int32)
    truth = Truth("epitope", "biological", codes, ("A", "B"), sets=sets)
    found = table(np.arange(40) // 2, truth, rng)
    assert found.loc["purity", "value"] == 1.0
    assert found.loc["purity", "n_items"] == 40


def test_intervals_over_donors_need_donors(rng):
    """With few donors there is a reason; without any it is an error."""
    labels, truth, donor, v = planted(rng)
    options = ScoreOptions(n_permutations=10, n_pairs=10, unit="donor")
    few = table(labels, truth, rng, donor=donor % 5, options=options)
    assert few.loc["purity", "reason"] == "no interval: 5 blocks (donors), fewer than 6"
    many = table(labels, truth, rng, donor=donor, strata=v, options=options)
    assert many.loc["purity", "reason"] == ""
    with pytest.raises(UsageError, match="no donors to halve"):
        table(labels, truth, rng, options=options)


def test_agreement_beyond_strata_is_that_of_its_function(rng):
    """The row holds the value of `conditional_agreement`."""
    labels, truth, _, v = planted(rng)
    found = table(labels, truth, rng, strata=v)
    alone = conditional_agreement(labels, truth.codes, v, n_permutations=40, n_pairs=0, rng=rng)
    assert found.loc["conditional_agreement", "value"] == pytest.approx(alone.value, abs=0.05)


def test_no_half_samples_no_intervals(rng):
    """Zero pairs leave the intervals out, with the reason."""
    labels, truth, *_ = planted(rng)
    found = table(labels, truth, rng, options=ScoreOptions(n_permutations=5, n_pairs=0))
    assert found["low"].isna().all()
    assert found.loc["purity", "reason"] == "no interval: no half-samples asked for"


def test_same_generator_same_table():
    """Equal random numbers give equal tables, bit by bit."""
    labels, truth, donor, v = planted(np.random.default_rng(0))
    first, second = (table(labels, truth, np.random.default_rng(5), donor=donor, strata=v) for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize(("option", "value"), [("level", "cell"), ("unit", "receptor")])
def test_unknown_options_are_refused(option, value):
    """The known ones are listed."""
    with pytest.raises(UsageError, match=f"unknown {option} '{value}'"):
        ScoreOptions(**{option: value})


def test_parts_of_other_receptors_are_refused(rng):
    """Labels, truth, donors and strata speak about the same receptors."""
    labels, truth, donor, _ = planted(rng)
    with pytest.raises(UsageError, match="400 and 399 items"):
        table(labels, truth, rng, donor=donor[:-1])
