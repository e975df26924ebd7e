"""A feeder owns one worker from its start to its end."""

from __future__ import annotations

import queue

from rashomon.engine import DirectoryStore
from rashomon.engine.feeder import Feeder, worker_environment
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import DATA, toy_plan


def test_a_feeder_passes_on_every_answer_and_the_end(tmp_path):
    """Units go in one after the other; steps, records and 'done' come out, and the return code is last."""
    plan, keys = toy_plan()
    write_task(tmp_path / "task", plan, DATA)
    answers = queue.SimpleQueue()
    feeder = Feeder(tmp_path / "task", tmp_path / "store", answers)
    words = []
    for unit in (keys[:2], keys[2:3]):
        feeder.give(unit)
        while not words or words[-1][0] != "done":
            words.append(answers.get(timeout=60).words)
        words.append(("fed",))
    feeder.kill()
    words.append(answers.get(timeout=60).words)
    assert [each[1] for each in words if each[0] == "record"] == keys[:3]
    assert [each[0] for each in words].count("start") == 4 + 3
    assert words[-1][0] == "end"
    assert words[-1][1] in {0, -9}
    assert DirectoryStore(tmp_path / "store").file(keys[2]).exists()


def test_workers_have_one_thread_and_our_modules():
    """Every library that takes threads is told one; the path holds this interpreter's folders in order."""
    environment = worker_environment()
    assert {environment[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")} == {"1"}
    assert environment["RASHOMON_THREADS"] == "1"
