"""What the system says about processes, compared with psutil where that is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from rashomon.engine import process as module
from rashomon.engine.process import available_memory, exit_word, kill_tree, step_peak, tree_memory

PARENT = """
import subprocess, sys, time
held = bytearray(50_000_000)
CHILD = "import time; held = bytearray(90_000_000); print(1, flush=True); time.sleep(99)"
child = subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(99)
"""


@pytest.fixture
def family():
    """A process that holds 50 MB and its child, in another session, that holds 90 MB."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True)
    child = int(parent.stdout.readline())
    yield parent, child
    kill_tree(parent.pid)
    parent.wait()
    parent.stdout.close()


def test_memory_of_a_tree_holds_its_children(family):
    """Parent and child hold more than 140 MB, and not twice as much; the slow way finds the same family."""
    parent, child = family
    found = tree_memory([parent.pid])[parent.pid]
    assert 140e6 < found < 280e6
    assert set(module._descendants(parent.pid)) == {parent.pid, child}


def test_a_tree_is_ended_with_those_who_left_the_session(family):
    """The child in a session of its own ends with its parent, and nothing is left to measure."""
    parent, child = family
    kill_tree(parent.pid)
    assert parent.wait() == -signal.SIGKILL
    until = time.monotonic() + 10
    while tree_memory([child])[child] and time.monotonic() < until:
        time.sleep(0.02)
    assert tree_memory([parent.pid, child]) == {parent.pid: 0, child: 0}


def test_available_memory_is_what_the_system_says():
    """It is positive and no more than the machine has."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < available_memory() <= total


def test_a_control_group_limits_what_is_available(tmp_path):
    """With a limit of 1000, 700 in use and 200 of them cached files, 500 are left; without a limit nobody knows."""
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 200\n")
    assert module._left_in_group(tmp_path) == 500
    (tmp_path / "memory.max").write_text("max\n")
    assert module._left_in_group(tmp_path) is None


def test_the_peak_begins_again_with_each_look():
    """100 MB that were held and given back are in the first look and, on Linux, not in the next."""
    step_peak()
    base = step_peak()
    held = bytearray(100_000_000)
    del held
    first, second = step_peak(), step_peak()
    assert first - base > 90e6
    assert sys.platform != "linux" or first - second > 90e6


def test_exits_are_said_in_words():
    """A code is a code, and a signal has its name."""
    assert [exit_word(code) for code in (0, 3, -9, -11)] == [
        "exit code 0",
        "exit code 3",
        "killed by SIGKILL",
        "killed by SIGSEGV",
    ]
