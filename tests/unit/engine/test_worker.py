"""A worker is a process of its own that speaks a small protocol."""

from __future__ import annotations

import json
import subprocess
import sys

from rashomon.engine import DirectoryStore
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import DATA, toy_plan


def test_worker_speaks_the_protocol(tmp_path):
    """A worker says which step begins, answers a unit with its records and 'done', and ends with its input."""
    plan, keys = toy_plan()
    write_task(tmp_path / "task", plan, DATA)
    command = [sys.executable, "-m", "rashomon.engine.worker", str(tmp_path / "task"), str(tmp_path / "store")]
    answer = subprocess.run(command, input=f"{keys[0]}\n", text=True, capture_output=True, check=True)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    path = [node.key for node in plan.path(keys[0])]
    assert [words[:2] for words in lines[:-2]] == [["start", key] for key in path]
    assert lines[-2] == ["record", keys[0], "ok", "", ""]
    assert lines[-1][0] == "done"
    assert all(words[-1] > 2**20 for words in lines if words[0] != "record")
    assert DirectoryStore(tmp_path / "store").file(keys[0]).exists()
