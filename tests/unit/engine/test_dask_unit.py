"""A dask worker runs a unit and tells what became of it."""

from __future__ import annotations

import subprocess
import sys

from rashomon.engine import Call, DirectoryStore
from rashomon.engine.dask_unit import STOP, TIME_OUT, run_dask_unit
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import DATA, FAIL, toy_plan
from tests.unit.engine.trouble import NAP, text

PROGRAM = """
import sys
from rashomon.engine.dask_unit import run_dask_unit
run_dask_unit(sys.argv[1], sys.argv[1] + "/store", sys.argv[2:], time_limit=0.3)
"""


def test_records_are_written_and_told(tmp_path):
    """What is told is what stands in the store; a failed record has its traceback."""
    plan, keys = toy_plan()
    bad = plan.add([Call(FAIL)], keep=["y"])
    write_task(tmp_path, plan, DATA)
    told = run_dask_unit(str(tmp_path), str(tmp_path / "store"), [*keys[:2], bad])
    assert [row[:2] for row in told] == [(keys[0], "ok"), (keys[1], "ok"), (bad, "failed")]
    assert told[2][3].startswith("Traceback")
    assert DirectoryStore(tmp_path / "store").get(keys[0], plan.keep[keys[0]]).status == "ok"


def test_a_request_ends_the_unit_between_two_records(tmp_path):
    """With the file of a request nothing begins; without the folder of the task neither."""
    plan, keys = toy_plan()
    write_task(tmp_path / "task", plan, DATA)
    (tmp_path / "task" / STOP).touch()
    assert run_dask_unit(str(tmp_path / "task"), str(tmp_path / "store"), keys) == []


def test_a_step_beyond_the_limit_ends_the_process(tmp_path):
    """A worker cannot be killed from outside, so it ends itself, with a code of its own."""
    plan, _ = toy_plan()
    key = plan.add([Call(NAP, {"seconds": 60})], keep=["calls"])
    write_task(tmp_path, plan, DATA | {"folder": text(tmp_path)})
    ended = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path), key], check=False, timeout=60)
    assert ended.returncode == TIME_OUT
