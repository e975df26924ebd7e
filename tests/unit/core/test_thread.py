import os
import threading

import pytest

from rashomon.core.thread import THREADS, n_cores, n_threads, run_threads


def test_cores_are_those_this_process_may_use():
    """No more cores than the machine has, and at least one."""
    assert 1 <= n_cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(("given", "expected"), [("1", 1), ("100000", None), ("", None), ("0", None), ("x", None)])
def test_the_environment_limits_threads(given, expected, monkeypatch):
    """A number limits the threads; more than there are cores, or nonsense, leaves all cores."""
    monkeypatch.setenv(THREADS, given)
    assert n_threads() == (expected or n_cores())


@pytest.mark.parametrize("threads", [1, 2])
def test_every_item_is_worked_on(threads, monkeypatch):
    """Each item is worked on once, with one thread in this thread."""
    monkeypatch.setattr("rashomon.core.thread.n_threads", lambda: threads)
    seen = []
    run_threads(lambda item: seen.append((item, threading.current_thread() is threading.main_thread())), range(20))
    assert sorted(item for item, _ in seen) == list(range(20))
    assert {here for _, here in seen} == {threads == 1}


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_reaches_the_caller(threads, monkeypatch):
    """What `work` raises is raised."""
    monkeypatch.setattr("rashomon.core.thread.n_threads", lambda: threads)
    with pytest.raises(ZeroDivisionError):
        run_threads(lambda item: 1 // item, [1, 0])
