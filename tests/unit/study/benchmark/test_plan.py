"""The plan: every data set is drawn once, its seed is shared over settings, and pipelines stand below it."""

import pytest

from rashomon.core import UsageError
from rashomon.multiverse import Executor
from rashomon.study.benchmark.sweep import FIXED
from tests.small_benchmark import make_plan, small_plan


@pytest.fixture(scope="module")
def plan():
    """The plan of the small benchmark."""
    return small_plan()


def test_a_data_set_is_drawn_once_for_all_pipelines(plan):
    """Labels, scores, truths and the common view of a data set share the step that draws it."""
    labels = plan.label_units()
    tree, _ = Executor(plan.data, 1).plan([*plan.sample_units(), *labels, *plan.score_units(labels)])
    counts = tree.count_steps()
    assert counts["sample_world"] == counts["world_oracle"] == len(plan.draws) == 9
    assert counts["score_run"] == len(labels) == 9 * 4
    assert counts["kmeans"] == 9 * 2


def test_settings_share_the_random_numbers_of_a_seed(plan):
    """The number that seeds a world is that of its replicate, whatever the setting."""
    seeds = {draw.seed: set() for draw in plan.draws}
    for draw in plan.draws:
        seeds[draw.seed].add(draw.sample.seed)
    assert all(len(each) == 1 for each in seeds.values())
    assert len(set.union(*seeds.values())) == 3
    assert [draw.point.name for draw in plan.draws[:3]] == [FIXED] * 3


def test_scores_on_the_own_view_are_those_whose_input_is_made(plan):
    """k-means makes no graph, so that modularity has no value there; the common view has everything."""
    names = {name: [plan.alone[j] for j in own] for name, own in zip(plan.pipelines, plan.own_scores, strict=True)}
    assert all(("modularity" in own) == ("leiden" in name) for name, own in names.items())
    assert all("silhouette" in own for own in names.values())
    (unit, *_) = plan.reference_units([0])
    assert unit.path[-1].params["on_view"] == plan.alone


def test_what_will_run_is_said_first(plan):
    """World, settings, data sets, runs, scores and truths."""
    lines = plan.lines()
    assert "two" in lines[0]
    assert "3 settings x 3 seeds = 9 data sets" in lines[1]
    assert "4 pipelines on each: 36 runs, 7 scores" in lines[4]
    assert lines[5] == "truths: type, batch"


def test_all_truths_of_the_world_by_default_mechanisms_first():
    """The first truth decides for scores without one, and is no technical one."""
    assert make_plan(truths=None).truths[0] == "type"
    assert set(make_plan(truths=None).truths) >= {"type", "batch"}
    with pytest.raises(UsageError, match="no truth 'colour'"):
        make_plan(truths=("colour",))


def test_without_controls_no_random_labels_are_scored():
    """Fewer labelings are scored, and nothing else changes."""
    assert make_plan(controls=False).n_negative == 0
