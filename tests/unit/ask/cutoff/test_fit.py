import numpy as np
import pytest
import scipy.sparse as sp
from rapidfuzz.distance import Hamming
from rapidfuzz.process import cdist

from rashomon.ask.cutoff.calibration import CALIBRATION_COLUMNS, Background
from rashomon.ask.cutoff.close_pair import ClosePairs
from rashomon.ask.cutoff.fit import calibrate
from rashomon.ask.cutoff.labelled_receptor import LabelledReceptors
from rashomon.core import UsageError

CUTOFFS = np.arange(4)
CODE = list("ADEGST")


def pairs_of(sequences):
    """All pairs within three substitutions, by brute force."""
    d = cdist(sequences, sequences, scorer=Hamming.distance, dtype=np.int64)
    i, j = np.nonzero(np.triu(d <= 3, 1))
    return ClosePairs(i, j, d[i, j].astype(float))


def world(rng, *, n_studies=8, n=320, motif=0.5):
    """Receptors of four labels: a share carries the sequence of its label with a substitution or two."""
    labels, study = rng.integers(0, 4, n), rng.integers(0, n_studies, n)
    letters = rng.choice(CODE, (n, 9))
    centres = rng.choice(CODE, (4, 9))
    some = rng.random(n) < motif
    letters[some] = centres[labels[some]]
    for row in np.flatnonzero(some):
        letters[row, rng.integers(0, 9, 2)] = rng.choice(CODE, 2)
    shuffled = [rng.permuted(letters, axis=0) for _ in range(3)]
    sets = sp.csr_matrix((np.ones(n, dtype=bool), (np.arange(n), labels)), shape=(n, 4))
    receptors = LabelledReceptors.choose(sets, study)
    texts = ["".join(row) for row in letters]
    draws = tuple(pairs_of(["".join(row) for row in each]) for each in shuffled)
    return receptors, labels, study, texts, {"matched": Background(draws)}


@pytest.fixture
def given(rng):
    """Eight studies, four labels with motifs."""
    return world(rng)


def test_every_count_and_rate_is_that_of_brute_force(given):
    """Over all pairs of different studies, each looked at."""
    receptors, labels, study, texts, backgrounds = given
    table = calibrate(receptors, pairs_of(texts), backgrounds, cutoffs=CUTOFFS).table.set_index("cutoff")
    assert ["cutoff", *table.columns] == list(CALIBRATION_COLUMNS)
    i, j = np.triu_indices(labels.size, 1)
    i, j = (each[study[i] != study[j]] for each in (i, j))
    d = np.array([Hamming.distance(texts[a], texts[b]) for a, b in zip(i, j, strict=True)])
    same = labels[i] == labels[j]
    for cutoff in CUTOFFS:
        row, near = table.loc[cutoff], d <= cutoff
        assert (row["n_pairs"], row["n_same"]) == (near.sum(), (near & same).sum())
        assert row["same_rate"] == pytest.approx(near[same].mean())
        assert row["different_rate"] == pytest.approx(near[~same].mean())
        assert row["macro_rate"] == pytest.approx(np.mean([near[same & (labels[i] == k)].mean() for k in range(4)]))
        ends = [(near & same & ((study[i] == s) | (study[j] == s))).sum() for s in range(8)]
        assert row["studies"] == np.count_nonzero(ends)
        if near[same].any():
            assert row["largest_study"] == pytest.approx(max(ends) / (near & same).sum())
            of_label = np.bincount(labels[i][near & same])
            assert row["largest_label"] == pytest.approx(of_label.max() / of_label.sum())


def test_the_background_is_the_one_that_was_asked_for(given):
    """Its rate is over all its pairs of different studies; the ratio is that of the rates, where they fall."""
    receptors, _, study, texts, backgrounds = given
    pairs = pairs_of(texts)
    n_cross = sum(a != b for k, a in enumerate(study) for b in study[:k])
    for against in ("matched", "different"):
        found = calibrate(receptors, pairs, backgrounds, cutoffs=CUTOFFS, against=against)
        row = found.table.iloc[-1]
        assert row["background_rate"] == row[f"{against}_rate"]
        assert row["lr"] == pytest.approx(row["same_rate"] / row["background_rate"], rel=0.1)
        assert row["lr_low"] < row["lr"] < row["lr_high"]
        assert found.against == against
        assert np.isnan(row["blood_rate"])
    draws = backgrounds["matched"].draws
    close = sum((study[draw.i] != study[draw.j]).sum() for draw in draws)
    assert found.table["matched_rate"].iloc[-1] == pytest.approx(close / (3 * n_cross))


def test_a_pool_is_compared_between_its_own_donors(given, rng):
    """Pairs of one donor are not counted; its donors widen the interval."""
    receptors, _, _, texts, backgrounds = given
    pool = ["".join(row) for row in rng.choice(CODE, (200, 9))]
    donor, near = rng.integers(0, 5, 200), pairs_of(pool)
    backgrounds = {**backgrounds, "blood": Background((near,), donor)}
    found = calibrate(receptors, pairs_of(texts), backgrounds, cutoffs=CUTOFFS, against="blood")
    cross = (donor[:, None] != donor[None, :])[np.triu_indices(200, 1)].sum()
    expected = (donor[near.i] != donor[near.j]).sum() / cross
    assert found.table["blood_rate"].iloc[-1] == pytest.approx(expected)
    one = {"blood": Background((near,), np.arange(200))}
    sure = calibrate(receptors, pairs_of(texts), one, cutoffs=CUTOFFS, against="blood").table.iloc[-1]
    row = found.table.iloc[-1]
    assert np.log(row["lr_high"] / row["lr_low"]) > np.log(sure["lr_high"] / sure["lr_low"])


def test_the_prevalence_is_that_of_all_pairs_unless_it_is_stated(given):
    """It moves P, not the ratio."""
    receptors, labels, study, texts, backgrounds = given
    pairs = pairs_of(texts)
    free = calibrate(receptors, pairs, backgrounds, cutoffs=CUTOFFS)
    i, j = np.triu_indices(labels.size, 1)
    cross = study[i] != study[j]
    assert free.prevalence == pytest.approx((labels[i] == labels[j])[cross].mean())
    stated = calibrate(receptors, pairs, backgrounds, cutoffs=CUTOFFS, prevalence=0.001)
    np.testing.assert_array_equal(stated.table["lr"], free.table["lr"])
    odds = stated.table["p_low"] / (1 - stated.table["p_low"])
    np.testing.assert_allclose(odds, stated.table["lr_low"] * 0.001 / 0.999)
    assert (stated.table["p_same"] < free.table["p_same"]).all()


def test_few_studies_give_numbers_without_intervals(rng):
    """Five studies: estimates, a note, and no recommendation."""
    receptors, _, _, texts, backgrounds = world(rng, n_studies=5)
    found = calibrate(receptors, pairs_of(texts), backgrounds, cutoffs=CUTOFFS)
    assert found.table["lr"].notna().all()
    assert found.table[["lr_low", "lr_high", "p_low", "p_high"]].isna().all(axis=None)
    assert found.recommend(0.01) is None
    assert "5 studies give no interval; 6 would" in found.notes


def test_evidence_of_one_study_is_refused(rng):
    """Between two studies every pair has an end in both."""
    receptors, _, _, texts, backgrounds = world(rng, n_studies=2)
    with pytest.raises(UsageError, match="one study gives 100% of the close pairs that share a label") as caught:
        calibrate(receptors, pairs_of(texts), backgrounds, cutoffs=CUTOFFS)
    assert caught.value.code == "calibrate.one_study"


def test_nothing_close_is_refused(given):
    """No same-label pair within the largest cutoff teaches nothing."""
    receptors, _, _, texts, backgrounds = given
    far = pairs_of(texts)
    with pytest.raises(UsageError, match="no close pair") as caught:
        calibrate(receptors, far.take(far.d > 9), backgrounds, cutoffs=CUTOFFS)
    assert caught.value.code == "calibrate.no_pairs"


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"cutoffs": np.array([1, 0])}, "cutoffs do not ascend"),
        ({"cutoffs": np.array([-1, 0])}, "cutoffs do not ascend"),
        ({"cutoffs": np.array([])}, "cutoffs do not ascend"),
        ({"against": "blood"}, "no background 'blood'"),
        ({"prevalence": 1.0}, "prevalence is 1"),
        ({"prevalence": 0.0}, "prevalence is 0"),
    ],
)
def test_refuses_wrong_arguments(given, wrong, match):
    """Each with its value."""
    receptors, _, _, texts, backgrounds = given
    with pytest.raises(UsageError, match=match):
        calibrate(receptors, pairs_of(texts), backgrounds, **{"cutoffs": CUTOFFS, **wrong})


def test_refuses_an_unknown_background(given):
    """The nearest name is said."""
    receptors, _, _, texts, backgrounds = given
    with pytest.raises(UsageError, match="unknown background 'bloot'") as caught:
        calibrate(receptors, pairs_of(texts), {"bloot": backgrounds["matched"]}, cutoffs=CUTOFFS)
    assert "blood" in caught.value.fix


def test_predictions_that_miss_are_said(given):
    """A background that is close as often as anything makes P too low where it can be looked at."""
    receptors, _, _, texts, backgrounds = given
    pairs = pairs_of(texts)
    near = Background((ClosePairs(pairs.i, pairs.j, pairs.d),) * 3)
    found = calibrate(receptors, pairs, {"matched": near}, cutoffs=CUTOFFS)
    assert any("P was too low by 0." in note for note in found.notes)
    honest = calibrate(receptors, pairs, backgrounds, cutoffs=CUTOFFS, against="different")
    assert not any("left out of the fit" in note for note in honest.notes)
