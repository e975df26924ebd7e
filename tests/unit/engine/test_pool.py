"""A pool feeds every unit to a worker and ends, whatever the workers do."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from rashomon.core import RashomonError
from rashomon.engine import Call, DirectoryStore, Engine, Plan
from rashomon.engine.limit import Limits
from rashomon.engine.pool import Pool
from rashomon.engine.stop import Interrupted, Stop
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import ADD, DATA, DIE, SUM, repeated, toy_plan
from tests.unit.engine.trouble import HANG, HOG, NAP, ONCE, calls, text


class Run:
    """A pool on a plan, with everything it told."""

    def __init__(self, folder, plan, *, n_jobs=2, data=None, memory=2**34, time_limit=None, stop=None):
        self.told, self.said = [], []
        self.store = DirectoryStore(folder / "store")
        write_task(folder / "task", plan, DATA | (data or {}))
        self.pool = Pool(
            plan,
            folder / "task",
            self.store,
            engine=Engine("processes", n_jobs, stop=stop or Stop(), announce=self.said.append),
            limits=Limits(plan, memory=memory, time_limit=time_limit),
            on_record=lambda finished, memory: self.told.append(finished),
        )

    @property
    def statuses(self):
        return {finished.key: finished.status for finished in self.told}


def test_more_jobs_than_units(tmp_path):
    """A pool larger than the work ends, and every record is told once."""
    plan, keys = toy_plan()
    run = Run(tmp_path, plan, n_jobs=8)
    run.pool.run([keys])
    assert sorted(finished.key for finished in run.told) == sorted(keys)
    assert set(run.statuses.values()) == {"ok"}
    assert {finished.attempt for finished in run.told} == {1}


def test_a_deadly_record_takes_no_other_of_its_unit(tmp_path):
    """In a unit of nine the first always kills its worker: the other eight finish, it fails after three attempts."""
    plan, keys = toy_plan()
    deadly = plan.add([Call(ADD), Call(DIE)], keep=["y"])
    first = next(iter(plan.nodes))
    plan.nodes = {first: plan.nodes[first], deadly: plan.nodes[deadly], **plan.nodes}
    run = Run(tmp_path, plan)
    run.pool.run([[deadly, *keys]])
    (failed,) = [finished for finished in run.told if finished.status == "failed"]
    assert (failed.key, failed.attempt) == (deadly, 3)
    assert failed.reason == "die: the worker process ended in each of 3 attempts (exit code 3)"
    assert failed.trace.splitlines() == [f"attempt {i}: die: exit code 3" for i in (1, 2, 3)]
    assert run.statuses | {deadly: "ok"} == dict.fromkeys([*keys, deadly], "ok")
    assert {f.attempt for f in run.told if f.key != deadly} == {1}


def test_what_is_below_a_deadly_step_fails_with_it(tmp_path):
    """Six records below a step that kills its worker cost three workers, not eighteen; units elsewhere finish."""
    plan, keys = toy_plan()
    below = [plan.add([Call(ADD), Call(DIE), repeated(n), Call(SUM)], keep=["total"]) for n in range(1, 7)]
    run = Run(tmp_path, plan)
    run.pool.run([below[:3], below[3:], keys])
    assert {key for key, status in run.statuses.items() if status == "failed"} == set(below)
    assert len(run.said) <= 4  # two workers may be at the step at the same time


def test_a_worker_killed_once_costs_one_attempt(tmp_path):
    """A record whose worker is killed once is computed by the next, and its note says so."""
    plan = Plan("toy", entropy=1)
    key = plan.add([Call(ONCE)], keep=["calls"])
    run = Run(tmp_path, plan, data={"folder": text(tmp_path)})
    run.pool.run([[key]])
    ((told),) = run.told
    assert (told.status, told.attempt, calls(tmp_path, "once")) == ("ok", 2, 2)
    assert run.said == ["a worker ended (killed by SIGKILL); its runs are tried again"]


def gone(process):
    """Whether a process has ended; the children of killed processes may wait for somebody to collect them."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_hanging_step_is_ended_with_all_it_started(tmp_path, monkeypatch):
    """A step beyond its time limit is ended, also the process that it put into a session of its own; others finish."""
    monkeypatch.setattr("rashomon.engine.attempt.MOST_ATTEMPTS", 1)
    plan, keys = toy_plan()
    hanging = plan.add([Call(HANG)], keep=["calls"])
    run = Run(tmp_path, plan, data={"folder": text(tmp_path)}, time_limit=4.0)
    run.pool.run([[hanging], keys])
    (failed,) = [finished for finished in run.told if finished.status == "failed"]
    assert failed.key == hanging
    assert "longer than the time limit of 4 s" in failed.reason
    children = [int(file.name.partition("-")[2]) for file in tmp_path.glob("hang-*")]
    assert len(children) == 1
    time.sleep(0.2)
    assert all(map(gone, children))


def test_too_much_memory_halves_the_workers_and_refuses_what_cannot_fit(tmp_path):
    """Near the budget the largest worker is ended and fewer go on; a step that is too large alone is not started."""
    plan = Plan("toy", entropy=1)
    large = plan.add([Call(HOG, {"mebibytes": 1500})], keep=["calls"])
    small = [plan.add([Call(ADD), Call(HOG, {"mebibytes": 1, "seconds": s})], keep=["calls"]) for s in (0.1, 0.2)]
    run = Run(tmp_path, plan, n_jobs=2, data={"folder": text(tmp_path)}, memory=2**30)
    run.pool.run([[large], small])
    assert run.statuses == {large: "failed"} | dict.fromkeys(small, "ok")
    (failed,) = [finished for finished in run.told if finished.status == "failed"]
    assert failed.reason.startswith("not started: hog took ")
    assert failed.reason.endswith("and 0.90 GiB are allowed")
    assert any("1 in place of 2 go on" in line for line in run.said) or len(run.said) == 1


def test_one_request_finishes_the_run_in_progress(tmp_path):
    """After a request to stop, the run in progress is recorded and nothing new begins."""
    plan = Plan("toy", entropy=1)
    keys = [plan.add([Call(NAP, {"seconds": 2.0 + n / 100})], keep=["calls"]) for n in range(4)]
    stop = Stop()
    run = Run(tmp_path, plan, n_jobs=1, data={"folder": text(tmp_path)}, stop=stop)
    asked = threading.Thread(target=lambda: (wait_for(tmp_path, "nap"), stop.ask()))
    asked.start()
    run.pool.run([keys])
    asked.join()
    assert [finished.status for finished in run.told] == ["ok"]
    assert calls(tmp_path, "nap") == 1


def test_two_requests_end_the_workers_at_once(tmp_path):
    """The second request does not wait for a step of ten minutes."""
    plan = Plan("toy", entropy=1)
    keys = [plan.add([Call(NAP, {"seconds": 600})], keep=["calls"])]
    stop = Stop()
    run = Run(tmp_path, plan, n_jobs=1, data={"folder": text(tmp_path)}, stop=stop)
    asked = threading.Thread(target=lambda: (wait_for(tmp_path, "nap"), stop.ask(), stop.ask()))
    asked.start()
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        run.pool.run([keys])
    asked.join()
    assert time.monotonic() - begun < 60
    assert run.told == []


def wait_for(folder, name):
    """Wait until a step has begun."""
    while not calls(folder, name):
        time.sleep(0.02)


def test_workers_that_cannot_start_are_an_error(tmp_path):
    """Without a task to read, three workers in a row end before their first step, and nobody waits for a fourth."""
    plan, keys = toy_plan()
    run = Run(tmp_path, plan)
    (tmp_path / "task" / "plan.json").unlink()
    with pytest.raises(RashomonError, match="worker processes end before their first step"):
        run.pool.run([keys])


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("subprocess.Popen", BlockingIOError(11, "Resource temporarily unavailable")),
        ("threading.Thread.start", RuntimeError("can't start new thread")),
    ],
)
def test_a_worker_that_cannot_be_started_is_said(tmp_path, monkeypatch, where, error):
    """Where processes or threads are limited: one error with a way out, and no record says that a step failed."""

    def refuse(*args, **named):
        raise error

    plan, keys = toy_plan()
    run = Run(tmp_path, plan)
    monkeypatch.setattr(where, refuse)
    with pytest.raises(RashomonError, match="cannot be started") as caught:
        run.pool.run([keys])
    assert (caught.value.code, run.told) == ("engine.start", [])
    assert "n_jobs" in caught.value.fix
