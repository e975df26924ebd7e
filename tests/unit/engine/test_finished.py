"""A note says what ran, where and how often."""

from __future__ import annotations

import json
import os
import platform

from rashomon.engine import Record
from rashomon.engine.finished import Finished, note_of, worker_name
from tests.unit.engine.toy import toy_plan


def test_a_note_holds_the_step_and_how_it_ended():
    """Step, parameters as JSON with sorted keys, parent, task, and the facts of record and engine."""
    plan, keys = toy_plan()
    key = plan.nodes[keys[0]].parent
    record = Record(status="failed", reason="no", seconds=1.5)
    note = note_of(plan, Finished(key, "failed", "no", "Traceback", 3, "host:7"), record, task="resamples")
    assert (note.key, note.parent, note.task, note.step) == (key, plan.nodes[key].parent, "resamples", "repeat")
    assert json.loads(note.params) == {"repeats": 1}
    assert (note.status, note.reason, note.trace) == ("failed", "no", "Traceback")
    assert (note.seconds, note.attempt, note.worker) == (1.5, 3, "host:7")


def test_a_worker_is_named_by_host_and_process():
    """Without a number it is this process."""
    assert worker_name() == f"{platform.node()}:{os.getpid()}"
