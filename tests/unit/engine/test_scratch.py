"""Folders of runs are removed, also those of runs that were killed."""

from __future__ import annotations

import signal
import subprocess
import sys

from rashomon.engine.scratch import scratch, sweep

PROGRAM = """
import sys, time
from pathlib import Path
from rashomon.engine.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    print(folder.name, flush=True)
    time.sleep(99)
"""


def test_a_folder_is_there_and_gone(tmp_path):
    """Inside the block there is one empty-handed folder, private to the user; after it there is none."""
    with scratch(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_only_what_a_killed_process_left_is_swept(tmp_path):
    """The folder of a living process stays; after kill -9 the next run removes it, and nothing else."""
    (tmp_path / "other").mkdir()
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    name = program.stdout.readline().strip()
    assert sweep(tmp_path) == []
    assert (tmp_path / name).is_dir()
    program.send_signal(signal.SIGKILL)
    program.communicate()
    with scratch(tmp_path) as own:
        assert sorted(file.name for file in tmp_path.iterdir()) == sorted(["other", own.name])
