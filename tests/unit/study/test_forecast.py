"""What is foretold is what is run."""

import sys

import pytest

from rashomon.ask import Request
from rashomon.ask.standin import StandIn
from rashomon.core import UsageError
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, peak_bytes, slots_of
from rashomon.study import audit
from rashomon.study.forecast import forecast, foresee, lines, multiverse_units, plan_multiverse, within_memory
from rashomon.study.planned import plan_questions
from tests.planted import dataset, judged, options, planted_audit


def test_the_forecast_counts_what_is_run():
    """Runs of the multiverse, its scores and the repeats; costs are learned, and the records of the probes kept."""
    chosen = options(store=MemoryStore())
    multiverse = plan_multiverse(dataset(), judged(), options=chosen, entropy=0)
    executor = Executor(slots_of(dataset()), 0, chosen.store, chosen.engine)
    found = forecast(multiverse, dataset(), executor, options=chosen, entropy=0)
    labels, scored = multiverse_units(multiverse)
    assert found.multiverse.n_records == len(labels) + len(scored)
    assert found.whole.n_records == sum(each.n_records for each in (found.multiverse, found.repeats, found.beside))
    assert found.whole.seconds > found.multiverse.seconds + found.repeats.seconds + found.beside.seconds > 0
    assert found.multiverse.n_reused + found.repeats.n_reused > 0
    assert found.whole.seconds > 0
    assert found.whole.spent > 0
    assert found.whole.memory == found.multiverse.memory > 0


@pytest.mark.parametrize("labels", [pytest.param(judged(), marks=pytest.mark.statistical), None])  # slow
def test_what_is_announced_is_run(labels):
    """As many units as the engine reports for the multiverse, the repeats, the nulls and the twins, and no fewer."""
    told = {}
    listening = Engine("serial", listener=lambda event: told.update({event.task: event.total}))
    found = audit(dataset(), labels, options=options(engine=listening, store=MemoryStore(), n_replicates=2))
    assert {"multiverse", "resamples", "nulls and twins"} <= set(told)
    assert found.estimate.n_records == sum(told[name] for name in ("multiverse", "resamples", "nulls and twins"))


@pytest.mark.statistical  # plans hundreds of draws
def test_twins_of_a_larger_budget_are_announced():
    """Scores on trial, draws of the detectability map and draws of one population are counted, and take time."""
    chosen = options(store=MemoryStore(), budget="default", n_replicates=2, max_pipelines=30)
    multiverse = plan_multiverse(dataset(), judged(), options=chosen, entropy=0)
    name = multiverse.name(multiverse.default)
    request = Request(
        dataset(), judged(), 0, multiverse, standin=StandIn(multiverse.default, name, 1.0, declared=False),
        n_replicates=2, budget="default",
    )  # fmt: skip
    planned = plan_questions(request)
    assert {name for name, units in planned.beside.items() if len(units) > 2} >= {"which_score", "power"}
    executor = Executor(slots_of(dataset()), 0, chosen.store, chosen.engine)
    found = forecast(multiverse, dataset(), executor, options=chosen, entropy=0, judged=judged())
    assert found.repeats.n_records == len(executor.plan(planned.first)[0])
    assert found.beside.n_records == len(planned.executor(executor).plan(planned.second)[0]) > 100
    assert found.beside.seconds > 1


@pytest.mark.statistical
@pytest.mark.parametrize("budget", ["quick", "default"])
def test_the_announced_time_is_about_right(record, budget):
    """An audit takes between a third and three times of what was announced for it, nulls and twins included."""
    chosen = options(store=MemoryStore(), budget=budget, n_replicates=5)
    found = audit(dataset(), judged(), options=chosen)
    announced, took = found.estimate.seconds + found.estimate.spent, found.seconds
    figures = {"announced": announced, "took": took, "units": found.estimate.n_records}
    record(f"forecast_{budget}", claim="announced and real seconds of an audit", seed=0, figures=figures)
    assert 1 / 3 <= took / announced <= 3


def test_the_plan_is_that_of_the_audit():
    """The same multiverse as in the audit with the same root, fraction and all."""
    multiverse = plan_multiverse(dataset(), judged(), options=options(), entropy=0)
    assert list(multiverse) == list(planted_audit().multiverse)


def test_a_dry_run_says_everything():
    """The tree, what is not run and why, pipelines, time, memory and disk."""
    said = foresee(dataset(), judged(), options=options(store=MemoryStore()))
    assert said[0].startswith("normalise: log CP10k*")
    assert any(line.startswith("not run: perturbation = subsample") for line in said)
    assert [line.partition(":")[0] for line in said[-5:]] == [
        "the multiverse", "repeats of one pipeline", "nulls and twins", "on disk", "the whole audit",
    ]  # fmt: skip
    assert "GiB" in said[-1]
    with pytest.raises(UsageError, match="n_replicates is 1"):
        foresee(dataset(), judged(), options=options(n_replicates=1))


def test_rungs_that_cannot_be_made_are_listed():
    """Each perturbation that has no place or no data, with the reason."""
    multiverse = plan_multiverse(dataset(kind="lognormalised"), None, options=options(), entropy=0)
    said = lines(multiverse, dataset(kind="lognormalised"), options=options())
    assert "not run: perturbation = thinning, because the file holds no counts" in said


def test_too_much_memory_is_refused_before_work():
    """The size is named; within the budget nothing is said."""
    multiverse = plan_multiverse(dataset(), judged(), options=options(), entropy=0)
    with pytest.raises(UsageError, match="1 processes of"):
        within_memory(multiverse, dataset(), options=options(memory_budget=2**20))
    with pytest.raises(UsageError, match="3 processes of"):
        within_memory(multiverse, dataset(), options=options(engine=Engine(n_jobs=3), memory_budget=700 * 2**20))
    chosen = options()
    assert within_memory(multiverse, dataset(), options=chosen) is chosen


def test_all_cores_means_as_many_as_fit(monkeypatch):
    """With eight cores and memory for two processes, two are used, and it is said."""
    # by name, `rashomon.engine.run` is the function
    monkeypatch.setattr(sys.modules["rashomon.engine.engine"], "n_cores", lambda: 8)
    multiverse, said = plan_multiverse(dataset(), judged(), options=options(), entropy=0), []
    each = peak_bytes(multiverse, dataset())
    wanted = options(engine=Engine(), memory_budget=int(2.5 * each), announce=said.append)
    assert within_memory(multiverse, dataset(), options=wanted).engine.n_workers == 2
    assert "2 of 8 cores" in said[0]
    assert said[0] in foresee(dataset(), judged(), options=wanted)


def test_labels_that_do_not_fit_in_memory_are_refused_before_work():
    """Repeats of every pipeline are held in one table; the sentence says how large it would be, and what to change."""
    wanted = options(n_replicates=2, repeat_all=True, memory_budget=10_000, store=MemoryStore())
    multiverse = plan_multiverse(dataset(), judged(), options=wanted, entropy=0)
    executor = Executor(slots_of(dataset()), 0, wanted.store, wanted.engine)
    with pytest.raises(UsageError, match=r"labels of [\d,]+ runs of 96 cells need") as caught:
        forecast(multiverse, dataset(), executor, options=wanted, entropy=0)
    assert caught.value.where == "repeat_all"
