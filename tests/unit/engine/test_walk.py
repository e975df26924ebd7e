"""The walk runs each distinct step once."""

from __future__ import annotations

import numpy as np

from rashomon.engine import Record
from rashomon.engine.walk import walk
from tests.unit.engine.toy import DATA, toy_plan


def test_each_distinct_step_runs_once():
    """The walk runs as many steps as the plan has nodes."""
    plan, keys = toy_plan()
    timings: dict[str, float] = {}
    walk(plan, DATA, keys, emit=lambda key, record: None, timings=timings)
    assert timings.keys() == plan.nodes.keys()
    assert min(timings.values()) > 0


def test_only_wanted_records_are_emitted():
    """Asking for two records gives these two."""
    plan, keys = toy_plan()
    seen: dict[str, Record] = {}
    walk(plan, DATA, keys[4:6], emit=seen.__setitem__)
    assert list(seen) == keys[4:6]


def test_inputs_are_left_alone():
    """The data at the root are the same after a walk."""
    plan, keys = toy_plan()
    before = DATA["x"].copy()
    walk(plan, DATA, keys, emit=lambda key, record: None)
    assert np.array_equal(DATA["x"], before)
