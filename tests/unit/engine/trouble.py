"""Steps that make trouble for whoever runs them: they end their process, hang, take memory or count their calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from rashomon.core import Step

HERE = "tests.unit.engine.trouble"
COUNT = Step("count", f"{HERE}:count_call", reads=("folder",), writes=("calls",))
ONCE = Step("once", f"{HERE}:die_once", reads=("folder",), writes=("calls",))
HANG = Step("hang", f"{HERE}:hang", reads=("folder",), writes=("calls",))
NAP = Step("nap", f"{HERE}:nap", reads=("folder",), writes=("calls",))
HOG = Step("hog", f"{HERE}:hog", reads=("folder",), writes=("calls",))


def text(path):
    """Return text as an array, which is what slots hold."""
    return np.array(str(path), dtype="U")


def count_call(folder, name=""):
    """Write a file for this call, and return how many there are."""
    where = Path(str(folder))
    (where / f"{name}-{time.monotonic_ns()}").touch()
    return np.array(calls(where, name))


def calls(folder, name=""):
    """Return how often `count_call` was called with this name."""
    return len(list(folder.glob(f"{name}-*")))


def die_once(folder, name="once"):
    """End the process as the system does when memory is short, but only the first time."""
    count_call(folder, name)
    if calls(Path(str(folder)), name) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return np.array(1)


def hang(folder, name="hang"):
    """Start a process in a session of its own that outlives this one, and never return."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    (Path(str(folder)) / f"{name}-{child.pid}").touch()
    while True:
        time.sleep(0.1)


def nap(folder, name="nap", seconds=0.3):
    """Take a while."""
    count_call(folder, name)
    time.sleep(seconds)
    return np.array(1)


def hog(folder, mebibytes=0, seconds=3.0):
    """Hold so much memory for a while."""
    held = np.ones(mebibytes * 2**17)
    time.sleep(seconds)
    return held[:1]


FAIL_HERE = Step("fail_here", f"{HERE}:fail_here", reads=("folder",), writes=("calls",))


def fail_here(folder):
    """Raise."""
    raise ValueError("no such luck")
