"""A request to stop is heard once and twice, and handlers are given back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from rashomon.engine import stop as module
from rashomon.engine.stop import Interrupted, Stop


def test_once_is_asked_and_twice_is_at_once():
    """The first Ctrl-C asks and is said; the second raises where the main thread is."""
    said = []
    stop = Stop(said.append)
    with stop.listening():
        os.kill(os.getpid(), signal.SIGINT)
        assert (stop.asked, stop.at_once) == (True, False)
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGINT)
    assert stop.at_once
    assert said == ["stopping when the runs in progress are finished; Ctrl-C again stops at once"]


def test_handlers_are_given_back():
    """After the block Ctrl-C is a KeyboardInterrupt again, and SIGTERM what it was."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Stop().listening():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_another_thread_changes_nothing():
    """Outside the main thread, where Python hears no signals, the block runs and installs nothing."""
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with Stop().listening() as stop:
            seen.append((signal.getsignal(signal.SIGINT), stop.asked))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(before, False)]


def test_sigterm_ends_after_the_grace(monkeypatch):
    """One SIGTERM asks; when the grace is over, waiting ends as if it had come twice."""
    monkeypatch.setattr(module, "GRACE", 0.3)
    stop = Stop()
    begun = time.monotonic()
    with stop.listening(), pytest.raises(Interrupted):
        os.kill(os.getpid(), signal.SIGTERM)
        assert (stop.asked, stop.at_once) == (True, False)
        time.sleep(30)
    assert 0.25 < time.monotonic() - begun < 20


def test_an_interruption_ends_a_program_like_ctrl_c():
    """It is a KeyboardInterrupt, which no `except Exception` swallows, with the exit code of the convention."""
    assert issubclass(Interrupted, KeyboardInterrupt)
    assert not issubclass(Interrupted, Exception)
    assert Interrupted.exit_code == 130
    with pytest.raises(Interrupted, match="3 of 10 runs are recorded"):
        _asked().check(done=3, total=10)


def _asked():
    stop = Stop()
    stop.ask()
    return stop


PROGRAM = """
import sys
from rashomon.engine import Call, DirectoryStore, Engine, Plan, run
from rashomon.engine.stop import Interrupted, Stop
from tests.unit.engine.trouble import NAP, text
plan = Plan("toy", entropy=1)
for n in range(40):
    plan.add([Call(NAP, {"seconds": 0.4 + n / 1000})], keep=["calls"])
stop = Stop()
try:
    with stop.listening():
        run(plan, {"folder": text(sys.argv[1])}, store=DirectoryStore(sys.argv[1] + "/store"),
            engine=Engine(sys.argv[2], 2, stop=stop))
except Interrupted as error:
    print(error.done, error.total)
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("name", ["serial", "processes"])
def test_a_program_that_is_asked_records_what_it_was_at(tmp_path, name):
    """After SIGTERM the runs in progress are recorded, each that began, and the program ends with 130."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), name], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    while len(list(tmp_path.glob("nap-*"))) < 3:
        time.sleep(0.02)
    program.send_signal(signal.SIGTERM)
    said, _ = program.communicate(timeout=60)
    done, total = map(int, said.split())
    assert program.returncode == 130
    assert total == 40
    assert 3 <= done < 40
    assert done == len(list(tmp_path.glob("nap-*"))) == len(list((tmp_path / "store").rglob("*.parquet")))
