"""The record of a score: believed only where it beats the default, and never praised for luck."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, spearmanr

from rashomon.ask.which_score.outcome import Trial
from rashomon.ask.which_score.track import (
    EVERY,
    RESOLUTION,
    TRACK_COLUMNS,
    best_of_many,
    deciding,
    pick,
    rank_correlation,
    share_interval,
    track,
    trust,
)

GOOD = np.array([0.2, 0.5, 0.9, 0.6])


def trial(agreement=GOOD, *, replicate=0, strength=1.0, settings=None, **scores):
    """A twin with known agreement, the same on every half."""
    agreement = np.asarray(agreement, dtype=float)
    settings = np.array(settings or ["a"] * agreement.size, dtype=object)
    return Trial("type", strength, replicate, settings, np.tile(agreement, (20, 1)), agreement, scores)


def table(n=12, *, scores, agreement=GOOD, settings=None):
    """The record over `n` equal twins."""
    made = [trial(agreement, replicate=r, settings=settings, **scores) for r in range(n)]
    return track(made, scores=list(scores))


def test_the_best_of_pure_noise_is_corrected_to_its_mean():
    """Twenty pipelines of equal worth: the best looks good, and the corrected value does not."""
    rng = np.random.default_rng(0)
    draws = rng.normal(0.5, 0.1, (2000, 20))
    assert draws.max(axis=1).mean() > 0.65
    assert best_of_many(draws) == pytest.approx(0.5, abs=0.01)


def test_a_truly_best_pipeline_keeps_its_score():
    """Where one is far better, nothing is taken off; undefined pipelines take no part."""
    draws = np.tile([0.2, 0.9, np.nan], (10, 1))
    assert best_of_many(draws) == pytest.approx(0.9)
    assert np.isnan(best_of_many(np.full((4, 2), np.nan)))


@given(st.integers(0, 100))
def test_the_correction_never_adds(seed):
    """The corrected value is at most the mean of the largest scores."""
    draws = np.random.default_rng(seed).random((10, 6))
    assert best_of_many(draws) <= draws.max(axis=1).mean() + 1e-12


@given(st.integers(0, 200))
def test_rank_correlation_is_that_of_scipy(seed):
    """Spearman's, ties included."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 5, 9).astype(float), rng.random(9)
    expected = spearmanr(a, b).statistic if np.ptp(a) else np.nan
    assert rank_correlation(a, b) == pytest.approx(expected, nan_ok=True)


def test_rank_correlation_needs_three_pipelines():
    """Two points always lie on a line, and a constant has no order."""
    assert np.isnan(rank_correlation(np.array([1.0, 2.0, np.nan]), np.array([1.0, 2.0, 3.0])))
    assert np.isnan(rank_correlation(np.ones(4), np.arange(4.0)))


@pytest.mark.parametrize(("k", "n"), [(0, 5), (3, 10), (10, 10), (19, 20)])
def test_the_interval_of_a_share_is_that_of_scipy(k, n):
    """Clopper and Pearson."""
    expected = binomtest(k, n).proportion_ci(method="exact")
    assert share_interval(k, n) == pytest.approx((expected.low, expected.high))


def test_a_pick_is_judged_against_the_best_of_all():
    """A pick within 0.05 of the best hits; what it loses is measured on the other half."""
    halves = np.tile(GOOD, (20, 1))
    assert pick(GOOD, GOOD, halves).hit
    far = pick(-GOOD, GOOD, halves)
    assert not far.hit
    assert far.regret == pytest.approx(0.7)
    assert far.correlation == pytest.approx(-1.0)
    # without a value for the best one, it cannot pick it
    blind = pick(np.array([1.0, 2.0, np.nan, 3.0]), GOOD, halves)
    assert blind.regret == pytest.approx(0.3)
    nothing = pick(np.full(4, np.nan), GOOD, halves)
    assert not nothing.hit
    assert np.isnan(nothing.regret)


def test_believed_only_above_the_default():
    """A score that always picks the best is believed where the default is poor, not where it is as good."""
    rows = table(scores={"silhouette": GOOD, "dbcv": -GOOD, "davies_bouldin": -GOOD}).set_index("score")
    assert rows.loc["silhouette", ["verdict", "hit", "default_hit", "regret"]].tolist() == ["believe", 1.0, 0.0, 0.0]
    # smaller is better
    assert rows.loc["davies_bouldin", "verdict"] == "believe"
    assert rows.loc["dbcv", ["verdict", "why"]].tolist() == ["do not believe", "its pick loses 0.70 of agreement"]
    assert rows["chance_hit"].iloc[0] == 0.25
    default = table(scores={"silhouette": GOOD[::-1]}, agreement=GOOD[::-1] * [1, 1, 1, 1])
    assert default["verdict"].tolist() == ["believe"]
    first_best = np.array([0.9, 0.2, 0.3])
    assert table(scores={"silhouette": first_best}, agreement=first_best)["why"].tolist() == [
        "the default pipeline does as well without it"
    ]


def test_flat_agreement_does_not_matter():
    """Where all pipelines agree with the truth to within 0.05, no score is praised or blamed."""
    flat = np.array([0.80, 0.82, 0.84])
    rows = table(scores={"silhouette": flat, "dbcv": -flat, "ecc": np.full(3, np.nan)}, agreement=flat)
    assert rows["verdict"].tolist() == ["no matter"] * 3


def test_few_twins_cannot_tell():
    """Hits in two of two may be luck; an interval that straddles is no verdict; scores without values say so."""
    assert table(2, scores={"silhouette": GOOD})["why"].tolist() == ["fewer than 5 twins were drawn"]
    assert trust((0.3, 0.9), default_hit=0.3, regret=0.0, agreement_range=1.0, n_draws=9) == (
        "cannot tell",
        "9 twins are too few: 0.30 to 0.90 against 0.40 needed",
    )
    assert table(scores={"ecc": np.array([1.0, np.nan, np.nan, np.nan])})["why"].tolist() == [
        "the score has a value for 25 % of the pipelines"
    ]
    assert trust((0.3, 0.55), default_hit=0.5, regret=0.0, agreement_range=1.0, n_draws=9)[1] == (
        "it is no better than the default pipeline"
    )


def test_resolutions_and_pipelines_are_told_apart():
    """A score may pick the resolution and mislead between settings; columns are those that are explained."""
    settings = ["a", "a", "b", "b"]
    values, agreement = np.array([0.1, 0.2, 0.9, 0.8]), np.array([0.3, 0.9, 0.2, 0.1])
    rows = table(scores={"silhouette": values}, agreement=agreement, settings=settings).set_index("among")
    assert list(rows.index) == [RESOLUTION, EVERY]
    assert rows["hit"].tolist() == [1.0, 0.0]
    assert rows["n_pipelines"].tolist() == [2, 4]
    assert [*rows.reset_index()][:2] == ["among", "truth"]
    assert set(rows.reset_index()) == set(TRACK_COLUMNS)
    assert list(track([])) == list(TRACK_COLUMNS)


def test_the_fitted_strength_decides():
    """Rows of other strengths and of other choices are in the table, and decide nothing."""
    made = [trial(strength=s, replicate=r, silhouette=GOOD) for s in (1.0, 0.5) for r in range(3)]
    rows = track(made, scores=["silhouette"])
    assert rows["strength"].tolist() == [1.0, 0.5]
    assert deciding(rows, truth="type")["strength"].tolist() == [1.0]
    assert deciding(rows, truth="other").empty
