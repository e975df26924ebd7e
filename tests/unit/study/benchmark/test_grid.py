"""The grid: every value of a benchmark in its place, failed cells with their reason."""

import numpy as np
import pytest

from rashomon.engine import Record
from rashomon.multiverse import Executor
from rashomon.score import score
from rashomon.sim.world_step import BAYES, TRUTHS
from rashomon.study.benchmark.grid import NO_INPUT, OWN, REFERENCE, Results, fill
from tests.small_benchmark import make_grid, small_plan


@pytest.fixture(scope="module")
def plan():
    """The plan of the small benchmark."""
    return small_plan()


@pytest.fixture(scope="module")
def results(plan):
    """Records of the small benchmark, without the common view."""
    executor, labels = Executor(plan.data, 5), plan.label_units()
    samples, scored = plan.sample_units(), plan.score_units(labels)
    records = executor.run([*samples, *labels, *scored], task="test")
    n, m = len(samples), len(labels)
    return Results(records[:n], records[n : n + m], records[n + m :], [])


def place(grid, score_name, *, truth="", view=""):
    """Return the position of a column."""
    return next(j for j, c in enumerate(grid.columns) if (c.score, c.truth, c.view) == (score_name, truth, view))


def test_values_stand_where_their_setting_seed_and_pipeline_are(plan, results):
    """The cell of a run is the score of its labels against the truth of its data set."""
    grid = fill(plan, results)
    for point, seed, run in ((0, 0, 0), (2, 1, 3)):
        data_set = point * 3 + seed
        labels = results.labels[data_set * 4 + run].slots
        truth = results.samples[data_set].slots[TRUTHS][0][labels["rows"]]
        expected = score("ari", labels["labels"], truth).value
        assert grid.value[point, seed, run, place(grid, "ari", truth="type")] == pytest.approx(expected)


def test_pipelines_are_ranked_by_what_can_be_attained(plan, results):
    """Agreement is with the oracle's labels where there is an oracle, else with the truth."""
    grid = fill(plan, results)
    labels, sample = results.labels[0].slots, results.samples[0].slots
    by_oracle = score("ami", labels["labels"], sample[BAYES][0][labels["rows"]]).value
    by_truth = score("ami", labels["labels"], sample[TRUTHS][1][labels["rows"]]).value
    assert grid.tracked[0, 0, 0, place(grid, "homogeneity", truth="type")] == pytest.approx(by_oracle)
    assert grid.tracked[0, 0, 0, place(grid, "homogeneity", truth="batch")] == pytest.approx(by_truth)


def test_the_ceiling_is_the_ami_of_the_oracle_with_the_truth(plan, results):
    """As computed from labels by hand, also for scores without a truth; a truth without an oracle has none."""
    grid, slots = fill(plan, results), results.samples[1].slots
    expected = score("ami", slots[BAYES][0], slots[TRUTHS][0]).value
    assert grid.ceiling.shape == (3, 3, len(grid.columns))
    assert 0 < expected <= 1
    for j in (place(grid, "homogeneity", truth="type"), place(grid, "silhouette", view=OWN)):
        assert grid.ceiling[0, 1, j] == pytest.approx(expected)
    assert np.isnan(grid.ceiling[..., place(grid, "ari", truth="batch")]).all()


def test_there_is_nothing_to_know_of_a_truth_with_one_class(plan, results):
    """The AMI of one class with itself is undefined, and nobody can do better than chance; a failed data set is NaN."""
    slots = results.samples[0].slots
    one = Record({**slots, TRUTHS: np.zeros_like(slots[TRUTHS]), BAYES: np.zeros_like(slots[BAYES])})
    samples = [one, Record(status="failed", reason="it broke"), *results.samples[2:]]
    ceiling = fill(plan, Results(samples, results.labels, results.scores, [])).ceiling
    assert (ceiling[0, 0] == 0.0).all()
    assert np.isnan(ceiling[0, 1]).all()


def test_what_has_no_value_has_a_reason(plan, results):
    """Own views without a graph, and a common view that was not run."""
    grid = fill(plan, results)
    kmeans = next(j for j, name in enumerate(plan.pipelines) if "kmeans" in name)
    assert (grid.reason[:, :, kmeans, place(grid, "modularity", view=OWN)] == NO_INPUT).all()
    assert set(grid.reason[..., place(grid, "silhouette", view=REFERENCE)].ravel()) == {"there is no common view"}
    assert ((grid.reason == "") == np.isfinite(grid.value)).all()


def test_failed_records_are_cells_with_their_reason(plan, results):
    """A failed run, a failed score and a failed data set each take their own cells only."""
    failed = Record(status="failed", reason="it broke")
    labels, scores, samples = list(results.labels), list(results.scores), list(results.samples)
    labels[0] = scores[0] = failed
    scores[5] = failed
    samples[2] = failed
    grid = fill(plan, Results(samples, labels, scores, []))
    assert np.isnan(grid.value[0, 0, 0]).all()
    assert (grid.reason[0, 0, 0] == "it broke").all()
    assert (grid.reason[0, 1, 1] == "it broke").all()
    j = place(grid, "ari", truth="type")
    assert np.isfinite(grid.value[0, 2, :, j]).all()
    assert np.isnan(grid.positive[0, 2, :, j]).all()
    assert np.isfinite(grid.value[1:, :, :, j]).all()


def test_a_gain_is_better_when_larger():
    """Of scores that are better when small, the sign is turned."""
    assert make_grid(0.2, negative=0.7, direction=-1).gain(np.array(0.2)).ravel()[0] == pytest.approx(0.5)
