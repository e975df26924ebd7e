import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError, child
from rashomon.sim import World
from rashomon.sim.effect import EFFECT_COLUMNS, effect
from rashomon.sim.judge import judge

KNOBS = {"n_groups": 3, "n_genes": 80, "n_markers": 12, "effect_size": 1.5, "depth": 400.0}
BATCHES = World("batches", {**KNOBS, "n_batches": 2, "batch_effect": 1.0}, n_obs=90)


@pytest.fixture(scope="module")
def table():
    """What turning off the batch effect does to two scores."""
    return effect(BATCHES, do={"batch_effect": 0}, score=["ari", "n_clusters"], n_pairs=4, rng=5)


def row(table, score, truth=""):
    """One row of the table."""
    return table.set_index(["score", "truth"]).loc[(score, truth)]


def test_turning_off_a_batch_effect_moves_agreement_from_batch_to_type(table):
    """With the effect, clusters follow the batch; without, the type: ARI with one falls, with the other rises."""
    batch, kind = row(table, "ari", "batch"), row(table, "ari", "type")
    assert batch["low"] > 0
    assert kind["high"] < 0
    assert abs(batch["without"]) < 0.1
    assert set(table["do"]) == {"batch_effect=0"}


def test_an_effect_is_the_mean_difference_within_pairs_with_students_interval(table):
    """Values are those of `judge` on both worlds at one seed per pair; the interval is that of scipy's t test."""
    seeds = [int(child(5, "pair", pair).integers(2**63)) for pair in range(4)]
    sides = [
        np.array([judge(w.sample(rng=s), scores=["ari"], truths=["type"], rng=s)["value"][0] for s in seeds])
        for w in (BATCHES, BATCHES.do(batch_effect=0))
    ]
    found = row(table, "ari", "type")
    interval = stats.ttest_1samp(sides[0] - sides[1], 0.0).confidence_interval(0.95)
    assert found["with_nuisance"] == pytest.approx(sides[0].mean())
    assert found["without"] == pytest.approx(sides[1].mean())
    assert found["effect"] == pytest.approx(found["with_nuisance"] - found["without"])
    assert (found["low"], found["high"]) == pytest.approx(tuple(interval))


def test_the_table_has_one_row_per_score_and_truth(table):
    """Scores of the clusters alone have one row, scores against truths one per declared truth."""
    assert list(table.columns) == list(EFFECT_COLUMNS)
    assert [(r.score, r.truth) for r in table.itertuples()] == [("ari", "type"), ("ari", "batch"), ("n_clusters", "")]
    assert set(table["n_pairs"]) == {4}
    assert set(table["status"]) == {"ok"}


def test_what_an_intervention_cannot_reach_has_exactly_no_effect():
    """Wrong names change no cell: agreement with the type is the same in every pair, with the annotation it falls."""
    world = World("names", {**KNOBS, "label_noise": 0.4}, n_obs=90)
    found = effect(world, do={"label_noise": 0.01}, truth=["type", "annotation"], n_pairs=3, rng=2)
    untouched = row(found, "ari", "type")
    assert (untouched["effect"], untouched["low"], untouched["high"]) == (0.0, 0.0, 0.0)
    assert row(found, "ari", "annotation")["high"] < 0


def test_a_truth_that_vanishes_has_no_effect_but_a_reason():
    """With one batch there is no batch to agree with: NaN, and the side on which it is missing is named."""
    found = effect(BATCHES, do={"n_batches": 1}, n_pairs=2, rng=1)
    gone = row(found, "ari", "batch")
    assert np.isnan(gone[["without", "effect", "low", "high"]].to_numpy(dtype=float)).all()
    assert (gone["status"], gone["n_pairs"]) == ("undefined", 0)
    assert gone["reason"] == (
        "after the intervention: undefined in 2 of 2 pairs (there is no such truth, or it has one class)"
    )
    assert gone["with_nuisance"] > 0.1
    assert row(found, "ari", "type")["status"] == "ok"


def test_a_truth_that_appears_is_reported_too():
    """Truths of both worlds are asked for: that of a nuisance which the intervention adds has no value before."""
    world = World("clean", KNOBS, n_obs=90)
    found = row(effect(world, do={"label_noise": 0.3}, n_pairs=2, rng=1), "ari", "annotation")
    assert np.isnan(found["with_nuisance"])
    assert found["without"] > 0
    assert found["reason"].startswith("as it is: undefined in 2 of 2 pairs")


def test_one_pair_has_an_effect_and_no_interval():
    """The effect of one pair is a number; its interval is NaN, with the reason."""
    found = row(effect(BATCHES, do={"batch_effect": 0}, truth="batch", n_pairs=1, rng=5), "ari", "batch")
    assert found["effect"] > 0
    assert np.isnan([found["low"], found["high"]]).all()
    assert (found["status"], found["reason"]) == ("ok", "one pair has no interval")


def test_more_pairs_keep_the_first_and_the_seed_decides():
    """Pair j depends on the seed and on j alone; each finished pair is told."""
    events = []
    first = effect(BATCHES, do={"batch_effect": 0}, truth="type", n_pairs=1, n_obs=60, rng=3)
    both = effect(BATCHES, do={"batch_effect": 0}, truth="type", n_pairs=2, n_obs=60, rng=3, listener=events.append)
    assert effect(BATCHES, do={"batch_effect": 0}, truth="type", n_pairs=1, n_obs=60, rng=3).equals(first)
    # the mean of two is between the first and the other
    other = 2 * both["effect"][0] - first["effect"][0]
    assert min(first["effect"][0], other) <= both["effect"][0] <= max(first["effect"][0], other)
    assert [(event.done, event.total) for event in events] == [(1, 2), (2, 2)]


def test_a_variable_can_be_set_as_well_as_a_knob_turned():
    """Putting all cells into one batch leaves no batch to agree with, and the words say what was done."""
    found = effect(BATCHES, do={"batch": "batch_2"}, truth="batch", n_pairs=1, n_obs=60, rng=0)
    assert found["do"].tolist() == ["batch=batch_2"]
    assert np.isnan(found["without"][0])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"do": {}}, "do is empty"),
        ({"score": []}, "score is empty"),
        ({"score": "arid"}, "there is no score 'arid'"),
        ({"truth": "typ"}, "the world has no truth 'typ'"),
        ({"score": "silhouette", "truth": "type"}, "silhouette is not compared with a truth"),
        ({"n_pairs": 0}, "n_pairs is 0"),
        ({"do": {"batch_efect": 0}}, "there is no node or knob 'batch_efect'"),
    ],
)
def test_what_cannot_be_measured_is_refused(asked, said):
    """Every error comes before the first draw, and the nearest name is given."""
    with pytest.raises(UsageError, match=said):
        effect(BATCHES, **{"do": {"batch_effect": 0}, "rng": 0, **asked})
