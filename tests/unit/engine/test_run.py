"""Running a plan: the same records for every engine, reuse, isolation of failures."""

from __future__ import annotations

import numpy as np
import pytest

from rashomon.core import Progress, UsageError
from rashomon.engine import Call, DirectoryStore, Engine, MemoryStore, Plan, run
from rashomon.engine.stop import Interrupted, Stop
from tests.unit.engine.toy import ADD, DATA, DIE, FAIL, ROOT, SUM, repeated, toy_plan

SERIAL = Engine("serial")


def test_values_are_those_of_the_functions():
    """A record holds what calling the functions one after the other gives."""
    plan, keys = toy_plan()
    found = run(plan, DATA, store=MemoryStore(), engine=SERIAL)
    expected = np.repeat(np.arange(6.0) + 1, 2)
    assert np.array_equal(found[keys[2]].slots["total"], np.cumsum(expected))
    assert np.array_equal(found[keys[3]].slots["root"], np.sqrt(expected))


@pytest.mark.parametrize("n_jobs", [1, 2, 3])
def test_processes_equal_serial(tmp_path, n_jobs):
    """Workers give the bytes that this process gives, for any number of them."""
    plan, keys = toy_plan()
    serial = run(plan, DATA, store=MemoryStore(), engine=SERIAL)
    parallel = run(plan, DATA, store=DirectoryStore(tmp_path), engine=Engine("processes", n_jobs))
    assert list(parallel) == list(serial) == keys
    for key in keys:
        for slot, value in serial[key].slots.items():
            assert value.tobytes() == parallel[key].slots[slot].tobytes()


def test_finished_records_are_reused(tmp_path):
    """A second run of a plan computes nothing; a larger plan computes only what is new."""
    plan, _ = toy_plan()
    store = DirectoryStore(tmp_path)
    run(plan, DATA, store=store, engine=SERIAL)
    assert run(plan, {}, store=store, engine=SERIAL).n_reused == len(plan)
    plan.add([Call(ADD), repeated(9), Call(SUM)], keep=["total"])
    assert run(plan, DATA, store=store, engine=SERIAL).n_reused == len(plan) - 1


def test_a_failing_step_fails_only_what_is_below_it():
    """One failure is a record with a reason; the others finish."""
    plan = Plan("toy", entropy=1)
    bad = plan.add([Call(FAIL), Call(ADD)], keep=["x"])
    good = plan.add([Call(ADD)], keep=["x"])
    found = run(plan, DATA, store=MemoryStore(), engine=SERIAL)
    assert found[good].status == "ok"
    assert list(found.failed) == [bad]
    assert found[bad].reason.startswith("fail: TypeError: ")


def test_failures_are_tried_again(tmp_path):
    """A failed record is not reused."""
    plan = Plan("toy", entropy=1)
    plan.add([Call(FAIL)], keep=["y"])
    store = DirectoryStore(tmp_path)
    for _ in range(2):
        assert run(plan, DATA, store=store, engine=SERIAL).n_reused == 0


def test_a_dying_worker_fails_its_records_and_nothing_else(tmp_path):
    """A step that kills its process is isolated after three attempts; the other records are there."""
    plan, keys = toy_plan()
    deadly = plan.add([Call(DIE)], keep=["y"])
    found = run(plan, DATA, store=DirectoryStore(tmp_path), engine=Engine("processes", 2))
    assert "3 attempts" in found[deadly].reason
    assert "exit code 3" in found[deadly].reason
    assert sum(found[key].status == "ok" for key in keys) == len(keys)


def test_progress_ends_at_the_total():
    """Events count up to the number of records."""
    events: list[Progress] = []
    plan, _ = toy_plan()
    run(plan, DATA, store=MemoryStore(), engine=Engine("serial", listener=events.append), task="toys")
    assert [event.done for event in events] == list(range(len(plan) + 1))
    assert {(event.task, event.total) for event in events} == {("toys", len(plan))}


def test_memory_store_takes_what_workers_wrote():
    """With workers and a store in memory, the records survive the scratch folder."""
    plan, keys = toy_plan()
    store = MemoryStore()
    run(plan, DATA, store=store, engine=Engine("processes", 2))
    assert all(store.get(key, plan.keep[key]) is not None for key in keys)


def test_unknown_engine_names_the_nearest():
    """A misspelt engine is refused with the right name."""
    with pytest.raises(UsageError, match="processes"):
        Engine("process")


class Ledger(MemoryStore):
    """A store that keeps the notes, and lacks those of records that it was given."""

    def __init__(self):
        super().__init__()
        self.notes = []

    def note(self, note):
        self.notes.append(note)

    def known(self, key):
        return key in {note.key for note in self.notes}


@pytest.mark.parametrize("engine", [SERIAL, Engine("processes", 2)], ids=lambda engine: engine.name)
def test_every_fresh_record_is_noted_once(engine):
    """One note for each record, failed ones with their traceback, all with worker, attempt and task."""
    plan, keys = toy_plan()
    bad = plan.add([Call(FAIL), Call(ROOT)], keep=["root"])
    store = Ledger()
    run(plan, DATA, store=store, engine=engine, task="toys")
    notes = {note.key: note for note in store.notes}
    assert len(store.notes) == len(notes) == len(plan)
    assert notes[bad].status == "failed"
    assert notes[bad].reason.startswith("fail: TypeError")
    assert notes[bad].trace.startswith("Traceback (most recent call last):")
    assert {(note.task, note.attempt, note.trace) for key, note in notes.items() if key != bad} == {("toys", 1, "")}
    assert all(note.worker.count(":") == 1 and note.seconds > 0 for key, note in notes.items() if key != bad)
    assert (notes[keys[0]].step, notes[keys[0]].parent) == ("sum", plan.nodes[keys[0]].parent)


def test_a_record_without_a_note_is_noted_when_it_is_found():
    """What a job of an array wrote gets its note in the next run, once, and is not computed again."""
    plan, keys = toy_plan()
    store = Ledger()
    run(plan, DATA, store=store, engine=SERIAL)
    store.notes = store.notes[1:]
    for _ in range(2):
        assert run(plan, {}, store=store, engine=SERIAL).n_reused == len(plan)
    assert sorted(note.key for note in store.notes) == sorted(keys)


def test_nothing_begins_after_a_request_to_stop():
    """A plan with work left is interrupted before it begins; one that is finished is returned."""
    plan, _ = toy_plan()
    store, stop = MemoryStore(), Stop()
    stop.ask()
    with pytest.raises(Interrupted, match="0 of 8 runs"):
        run(plan, DATA, store=store, engine=Engine("serial", stop=stop))
    run(plan, DATA, store=store, engine=SERIAL)
    assert len(run(plan, {}, store=store, engine=Engine("serial", stop=stop))) == 8


def test_a_partial_result_names_what_was_not_run():
    """Asked to stop after three of eight, a plan that may be partial returns three results and five reasons."""
    plan, _ = toy_plan()
    store, stop = MemoryStore(), Stop(partial=True)

    def ask(event):
        if event.done == 3:
            stop.ask()

    found = run(plan, DATA, store=store, engine=Engine("serial", listener=ask, stop=stop))
    assert [record.status for record in found.values()].count("ok") == 3
    assert set(found.failed.values()) == {"not run: stopped on request"}
    assert run(plan, DATA, store=store, engine=SERIAL).n_reused == 3


def test_progress_counts_failed_and_reused():
    """The last event of a second run: all done, three of them reused, one failed again."""
    plan = Plan("toy", entropy=1)
    for n in (1, 2, 3):
        plan.add([Call(ADD), repeated(n), Call(SUM)], keep=["total"])
    plan.add([Call(FAIL)], keep=["y"])
    events, store = [], MemoryStore()
    for _ in range(2):
        run(plan, DATA, store=store, engine=Engine("serial", listener=events.append))
    assert (events[-1].done, events[-1].reused, events[-1].failed) == (4, 3, 1)


def test_negative_jobs_are_refused():
    """n_jobs below 0 has no meaning."""
    with pytest.raises(UsageError, match="n_jobs is -1"):
        Engine("serial", -1)


def test_root_step_failure_reason_names_the_step():
    """The reason begins with the name of the step that failed, not of the record."""
    plan = Plan("toy", entropy=1)
    key = plan.add([Call(FAIL), Call(ROOT)], keep=["root"])
    assert run(plan, DATA, store=MemoryStore(), engine=SERIAL)[key].reason.startswith("fail:")
