import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rashomon.io import isolate, read
from rashomon.io.isolate import Limits, _death, checked_copy
from tests.sample import N_OBS, good_file, refused

BUDGET = 2**30


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


def copied(path, **limits):
    with checked_copy(path, container="hdf5", limits=Limits(BUDGET, **limits)) as checked:
        return checked


def test_the_copy_is_there_inside_the_block_and_gone_after_it(h5ad):
    """Nothing is left in the folder for temporary files."""
    with checked_copy(h5ad, container="hdf5", limits=Limits(BUDGET)) as checked:
        assert checked.copy.is_file()
        assert len(checked.digest) == 64
    assert not checked.copy.parent.exists()


def test_a_file_that_is_held_is_refused(h5ad):
    """After waiting for as long as it was told; once it is free, it is read."""
    with h5ad.open("r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with refused("file.locked", what="good.h5ad is still held by another program after 0.3 s", where="good.h5ad"):
            copied(h5ad, patience=0.3)
    assert read(h5ad).n_obs == N_OBS


def test_a_file_that_takes_too_long_is_refused(h5ad):
    """Its process is ended, and the next file is read by another."""
    with h5ad.open("r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with refused("file.hang", what="reading good.h5ad was stopped after 0.5 s", where="good.h5ad"):
            copied(h5ad, seconds=0.5)
    assert read(h5ad).n_obs == N_OBS


@pytest.mark.parametrize(
    ("ended", "code", "what"),
    [
        ("signal 11", "file.crash", "ended with signal 11"),
        ("exit 1", "file.crash", "ended with exit 1"),
        ("signal 9", "file.memory", "the system ended the process that read a.h5ad"),
        ("time", "file.hang", "was stopped after 3 s"),
    ],
)
def test_each_way_to_end_has_its_code(ended, code, what):
    """A crash, too much memory, too much time."""
    with refused(code, what=what, where="a.h5ad"):
        raise _death(ended, Path("a.h5ad"), 3.0)


def test_a_crash_while_reading_is_an_error_and_no_more(h5ad, monkeypatch):
    """A child that dies by a signal in the middle of a file leaves no answer; the parent lives and reads on."""
    monkeypatch.setattr(isolate, "_answer", lambda path: None)
    monkeypatch.setattr(isolate._SERVER, "ask", lambda request: "signal 11")
    with refused("file.crash", what="the process that read good.h5ad ended with signal 11", where="good.h5ad"):
        read(h5ad)
    monkeypatch.undo()
    assert read(h5ad).n_obs == N_OBS


def test_a_server_that_was_killed_is_started_again(h5ad):
    """Whoever ends it, the next file is read."""
    process = isolate._SERVER.start()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert read(h5ad).n_obs == N_OBS
    assert isolate._SERVER.start().pid != process.pid


def test_an_interrupted_request_does_not_answer_the_next_one(h5ad, monkeypatch):
    """Its server is given up."""
    process = isolate._SERVER.start()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(isolate._Server, "_exchange", interrupted)
    with pytest.raises(KeyboardInterrupt):
        copied(h5ad)
    monkeypatch.undo()
    assert process.poll() is not None
    assert read(h5ad).n_obs == N_OBS


def test_the_server_ends_with_the_process_that_started_it(h5ad):
    """Nothing is left running, and nothing is printed."""
    program = "import sys; from rashomon.io import read, isolate; read(sys.argv[1]); print(isolate._SERVER.start().pid)"
    done = subprocess.run([sys.executable, "-c", program, str(h5ad)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_a_relative_path_is_one_of_this_process(h5ad, monkeypatch):
    """The server was started elsewhere."""
    read(h5ad)
    monkeypatch.chdir(h5ad.parent)
    assert read("good.h5ad").n_obs == N_OBS


def test_no_scratch_is_left_by_a_refusal(h5ad, tmp_path, monkeypatch):
    """The folder is removed on every way out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    h5ad.write_bytes(h5ad.read_bytes()[:5000])
    with refused("file.truncated", what="good.h5ad has 5,000 bytes", where="good.h5ad"):
        read(h5ad)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_process_that_the_system_ends_ran_out_of_memory(h5ad, monkeypatch):
    """Nobody else sends signal 9."""
    monkeypatch.setattr(isolate, "_answer", lambda path: None)
    monkeypatch.setattr(isolate._SERVER, "ask", lambda request: "signal 9")
    with refused("file.memory", what="the system ended the process that read good.h5ad", where="good.h5ad"):
        read(h5ad)


def test_modules_beside_the_data_are_not_imported(h5ad):
    """A folder may hold a file named as a library is; standing there must not run it."""
    h5ad.with_name("numpy.py").write_text("raise SystemExit('imported')")
    # as the installed command starts: without the current folder on the path
    program = "import sys; from rashomon.io import read; print(read(sys.argv[1]).n_obs)"
    command = [sys.executable, "-P", "-c", program, "good.h5ad"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=h5ad.parent)
    assert done.stdout == f"{N_OBS}\n"
