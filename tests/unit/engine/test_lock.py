"""One process writes to a study; a lock whose process is dead is taken over by itself."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import pytest

from rashomon.core import StoreError
from rashomon.engine import lock as module
from rashomon.engine.lock import LEASE, LOCK, Holder, StudyLock, alive, read_holder, running

HOLD = """
import sys, time
from rashomon.engine.lock import StudyLock
with StudyLock(sys.argv[1], command="other run"):
    print("held", flush=True)
    time.sleep(60)
"""
ELSEWHERE = Holder("node7", 4321, "another boot", "2026-01-01T00:00:00+00:00", "rashomon run", "00000000")


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def sign(folder, holder, *, age):
    """A lock file as a holder left it `age` seconds ago."""
    path = folder / LOCK
    path.write_text(json.dumps(asdict(holder)))
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_the_holder_is_named_and_the_lock_is_gone_afterwards(tmp_path):
    """While the lock is held its file names this process; afterwards there is no file."""
    with StudyLock(tmp_path, command="run") as lock:
        assert read_holder(tmp_path) == lock.holder == running(tmp_path)
        assert (lock.holder.pid, lock.holder.command, lock.takeover) == (os.getpid(), "run", "")
    assert list(tmp_path.iterdir()) == []


def test_f12_a_second_run_stops_within_a_second_and_names_the_first(tmp_path, other):
    """F12: who finds the study locked is told at once which process of which host runs it, and since when."""
    begun = time.monotonic()
    with pytest.raises(StoreError, match=rf"run by process {other.pid} on .* \(other run\), since 20") as caught:
        StudyLock(tmp_path).acquire()
    assert time.monotonic() - begun < 1
    assert (caught.value.code, caught.value.exit_code) == ("store.locked", 5)
    assert running(tmp_path).pid == other.pid


def test_two_locks_of_one_process_exclude_each_other(tmp_path):
    """The lock belongs to the object that took it, not to the process."""
    with StudyLock(tmp_path), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        StudyLock(tmp_path).acquire()
    with StudyLock(tmp_path):
        pass


def test_f13_a_killed_holder_on_this_machine_is_replaced_at_once(tmp_path, other):
    """F13: after kill -9 the next run takes over without waiting, and says from whom."""
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert read_holder(tmp_path).pid == other.pid
    assert running(tmp_path) is None
    with StudyLock(tmp_path) as lock:
        assert f"process {other.pid}" in lock.takeover
        assert "is dead" in lock.takeover


@pytest.mark.parametrize("age", [LEASE + 5, -LEASE - 5, 1e6])
def test_f13_another_machines_lock_lapses_with_its_heartbeat(tmp_path, age):
    """F13, F20: a heartbeat of another machine older than a minute, or ahead of a clock set back, counts no more."""
    sign(tmp_path, ELSEWHERE, age=age)
    assert running(tmp_path) is None
    with StudyLock(tmp_path) as lock:
        assert "process 4321 on node7 (rashomon run)" in lock.takeover


@pytest.mark.parametrize("age", [0, LEASE - 5, -LEASE + 5])
def test_another_machines_fresh_lock_is_respected(tmp_path, age):
    """A heartbeat of the last minute is that of a living process; the message says when it would lapse."""
    sign(tmp_path, ELSEWHERE, age=age)
    with pytest.raises(StoreError, match=r"process 4321 on node7") as caught:
        StudyLock(tmp_path).acquire()
    assert "lapses within" in caught.value.fix
    assert running(tmp_path) == ELSEWHERE


def test_a_machine_that_started_anew_counts_as_another(tmp_path):
    """After a reboot a process of the same number is not the holder."""
    sign(tmp_path, Holder(os.uname().nodename, os.getpid(), "boot before", "then", "", ""), age=LEASE + 1)
    with StudyLock(tmp_path) as lock:
        assert f"process {os.getpid()}" in lock.takeover


@pytest.mark.parametrize("text", ["", "{", '{"host": 1}', "\0" * 300])
def test_a_lock_file_without_a_name_is_free_once_nobody_holds_it(tmp_path, text):
    """A file that a holder did not come to sign keeps nobody out."""
    (tmp_path / LOCK).write_text(text)
    assert read_holder(tmp_path) is None
    with StudyLock(tmp_path):
        assert read_holder(tmp_path).pid == os.getpid()


def test_a_lost_lock_is_noticed_before_the_next_record(tmp_path):
    """A holder that slept through its lease finds the file of another, and does not remove it."""
    lock = StudyLock(tmp_path)
    lock.acquire()
    lock.verify()
    (tmp_path / LOCK).unlink()
    sign(tmp_path, ELSEWHERE, age=0)
    with pytest.raises(StoreError, match="another process took over") as caught:
        lock.verify()
    assert caught.value.code == "store.locked"
    lock.release()
    assert read_holder(tmp_path) == ELSEWHERE


def test_the_heartbeat_renews_the_file(tmp_path, monkeypatch):
    """The holder touches its file, in place."""
    monkeypatch.setattr(module, "BEAT", 0.02)
    with StudyLock(tmp_path):
        path = tmp_path / LOCK
        inode = path.stat().st_ino
        os.utime(path, (0, 0))
        for _ in range(200):
            time.sleep(0.02)
            if path.stat().st_mtime > 0:
                break
        assert time.time() - path.stat().st_mtime < 10
        assert path.stat().st_ino == inode


class TestWithoutLocksOfTheSystem:
    """F14: on file systems without flock the name in the file and its heartbeat decide."""

    @pytest.fixture(autouse=True)
    def no_flock(self, monkeypatch):
        """File system that has no flock."""

        def refuse(*_):
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(fcntl, "flock", refuse)

    def test_f14_taken_and_released(self, tmp_path):
        """F14: a free study can be locked, twice in a row."""
        for _ in range(2):
            with StudyLock(tmp_path) as lock:
                lock.verify()
                with pytest.raises(StoreError, match=f"process {os.getpid()}"):
                    StudyLock(tmp_path).acquire()
        assert list(tmp_path.iterdir()) == []

    def test_f14_a_dead_process_is_replaced(self, tmp_path):
        """F14: a process of this host that is gone keeps nobody out; one elsewhere does for a minute."""
        done = subprocess.Popen([sys.executable, "-c", ""])
        done.wait()
        sign(tmp_path, Holder(os.uname().nodename, done.pid, module._machine(), "then", "", ""), age=1)
        with StudyLock(tmp_path) as lock:
            assert f"process {done.pid}" in lock.takeover
        sign(tmp_path, ELSEWHERE, age=1)
        with pytest.raises(StoreError, match="node7"):
            StudyLock(tmp_path).acquire()

    def test_of_two_that_take_it_at_once_one_has_it(self, tmp_path, monkeypatch):
        """Who finds the name of another after a moment did not get the lock."""
        monkeypatch.setattr(module.time, "sleep", lambda _: sign_anew(tmp_path))

        def sign_anew(folder):
            (folder / LOCK).unlink()
            sign(folder, ELSEWHERE, age=0)

        with pytest.raises(StoreError, match="node7"):
            StudyLock(tmp_path).acquire()


def test_f08_a_folder_that_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    """F08: a read-only folder, a quota, or no inode left: refused with the folder, before anything is computed."""

    def refuse(*_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match="cannot lock the study: Disk quota exceeded") as caught:
        StudyLock(tmp_path).acquire()
    assert (caught.value.code, caught.value.where) == ("store.write", str(tmp_path))


def test_alive_tells_processes_that_are_gone():
    """Processes that run are alive, also those of others; one that has ended is not."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert [alive(os.getpid()), alive(1), alive(done.pid), alive(2**31 - 1)] == [True, True, False, False]
