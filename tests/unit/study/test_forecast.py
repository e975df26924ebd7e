"""What is foretold is what is run."""

import sys

import pytest

from rashomon.core import UsageError
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, peak_bytes, slots_of
from rashomon.study.forecast import forecast, foresee, lines, multiverse_units, plan_multiverse, within_memory
from tests.planted import dataset, judged, options, planted_audit


def test_the_forecast_counts_what_is_run():
    """Runs of the multiverse, its scores and the repeats; costs are learned, and the records of the probes kept."""
    chosen = options(store=MemoryStore())
    multiverse = plan_multiverse(dataset(), judged(), options=chosen, entropy=0)
    executor = Executor(slots_of(dataset()), 0, chosen.store, chosen.engine)
    found = forecast(multiverse, dataset(), executor, options=chosen, entropy=0)
    labels, scored = multiverse_units(multiverse)
    assert found.multiverse.n_records == len(labels) + len(scored)
    assert found.whole.n_records == found.multiverse.n_records + found.repeats.n_records
    assert found.multiverse.n_reused + found.repeats.n_reused > 0
    assert found.whole.seconds > 0
    assert found.whole.spent > 0
    assert found.whole.memory == found.multiverse.memory > 0


def test_the_plan_is_that_of_the_audit():
    """The same multiverse as in the audit with the same root, fraction and all."""
    multiverse = plan_multiverse(dataset(), judged(), options=options(), entropy=0)
    assert list(multiverse) == list(planted_audit().multiverse)


def test_a_dry_run_says_everything():
    """The tree, what is not run and why, pipelines, time and memory."""
    said = foresee(dataset(), judged(), options=options())
    assert said[0].startswith("normalise: log CP10k*")
    assert any(line.startswith("not run: perturbation = subsample") for line in said)
    assert [line.partition(":")[0] for line in said[-3:]] == [
        "the multiverse", "repeats of one pipeline", "the whole audit",
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
    monkeypatch.setattr(sys.modules["rashomon.engine.run"], "n_cores", lambda: 8)
    multiverse, said = plan_multiverse(dataset(), judged(), options=options(), entropy=0), []
    each = peak_bytes(multiverse, dataset())
    wanted = options(engine=Engine(), memory_budget=int(2.5 * each), announce=said.append)
    assert within_memory(multiverse, dataset(), options=wanted).engine.n_workers == 2
    assert "2 of 8 cores" in said[0]
    assert said[0] in foresee(dataset(), judged(), options=wanted)
