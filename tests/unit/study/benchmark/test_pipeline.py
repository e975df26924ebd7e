"""Pipelines: one multiverse for all data sets, named by what differs."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.pack import pack_world
from rashomon.sim.world_step import Sample, dataset_of
from rashomon.study.benchmark.pipeline import Methods, named_pipelines, plan_methods
from tests.small_benchmark import small_plan


@pytest.fixture(scope="module")
def plan():
    """The plan of the small benchmark."""
    return small_plan()


PLAIN = {"normalise": ["log CP10k"], "n_genes": ["all"], "scale": ["none"], "n_pcs": [10], "integrate": ["none"]}


@pytest.fixture(scope="module")
def dataset(plan):
    """The first data set of the fixed point."""
    return dataset_of(pack_world(plan.world), Sample(1, 70, {}))


def planned(dataset, **changed):
    """Return the names and pipelines of some methods."""
    multiverse, pipelines = plan_methods(Methods(**changed), dataset, rng=np.random.default_rng(0))
    return named_pipelines(multiverse, pipelines)


def test_names_say_what_differs(dataset):
    """A choice with one level is in no name."""
    found = planned(dataset, multiverse={**PLAIN, "resolution": [0.5, 1.0], "seed": [0]})
    assert list(found) == ["resolution=0.5", "resolution=1.0"]
    assert found["resolution=0.5"]["n_pcs"] == 10


def test_settings_that_are_given_are_those_that_run(dataset):
    """They are completed by defaults, in their order, and no other combination is run."""
    found = planned(dataset, pipelines=[{"n_pcs": 12, "resolution": 1.0}, {"n_pcs": 10, "resolution": 0.5}])
    assert [(each["n_pcs"], each["resolution"]) for each in found.values()] == [(12, 1.0), (10, 0.5)]
    assert len({each["clusterer"] for each in found.values()}) == 1


def test_a_function_of_the_user_stands_beside_the_others(dataset, tmp_path, monkeypatch):
    """It is found by module and name, and is one more pipeline; one may also be set for it alone."""
    (tmp_path / "own_method.py").write_text("def halves(view):\n    return (view[:, 0] > 0).astype(int)\n")
    monkeypatch.syspath_prepend(tmp_path)
    one_seed = {**PLAIN, "resolution": [1.0], "seed": [0]}
    found = planned(dataset, multiverse=one_seed, clusterers=["own_method:halves", "kmeans"])
    assert {each["clusterer"] for each in found.values()} == {"leiden", "halves", "kmeans"}
    alone = planned(dataset, pipelines=[{"clusterer": "halves"}], clusterers=["own_method:halves"])
    assert [each["clusterer"] for each in alone.values()] == ["halves"]


def test_levels_beside_settings_are_refused(dataset):
    """Nothing that is asked for is ignored."""
    with pytest.raises(UsageError, match="beside levels"):
        planned(dataset, multiverse={"n_pcs": [10]}, pipelines=[{"n_pcs": 10}])
    with pytest.raises(UsageError, match="n_pxs"):
        planned(dataset, multiverse={"n_pxs": [10]})
