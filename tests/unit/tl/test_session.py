"""One session of a study: locked, stoppable, sealed at its end, and gone where it was refused."""

import signal
import time
from pathlib import Path

import pytest

from rashomon.core import InputError, StoreError, UsageError, silent
from rashomon.engine import DirectoryStore, Engine, Interrupted, MemoryStore
from rashomon.engine.event import RunProgress
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.lock import LOCK, StudyLock
from rashomon.study.directory import STUDY_FILE
from rashomon.study.seal import keygen, verify
from rashomon.study.seal.manifest import MANIFEST, SIGNATURE, STATEMENT
from rashomon.tl.session import Occasion, chosen_engine, chosen_store, session

SERIAL = Engine("serial")
TEXT = "rashomon: 1\ndata: {file: a.csv}\n"
SEALED = {LEDGER, MANIFEST, STATEMENT, "ro-crate-metadata.json"}


def opened(folder, *, occasion=Occasion(spec_text=TEXT), engine=SERIAL, announce=silent):
    """A session in a folder of a test."""
    return session(folder, occasion, engine=engine, announce=announce)


def names(folder):
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


def test_what_was_written_is_sealed(tmp_path):
    """The study file stands there as it was given; the seal holds; nobody holds the lock afterwards."""
    folder = tmp_path / "study"
    with opened(folder) as running:
        assert (folder / LOCK).exists()
        assert running.store.folder == running.folder == folder
    assert (folder / STUDY_FILE).read_text(encoding="utf-8") == TEXT
    assert names(folder) >= SEALED
    assert LOCK not in names(folder)
    assert verify(folder).exit_code == 0


def test_progress_is_shown_and_kept(tmp_path):
    """The listener of the engine hears every event, and the ledger knows how many records a task has."""
    heard = []
    with opened(tmp_path / "study", engine=Engine("serial", listener=heard.append)) as running:
        running.engine.listener(RunProgress("runs", 1, 7))
    assert [(event.done, event.total) for event in heard] == [(1, 7)]
    with Ledger(tmp_path / "study" / LEDGER, readonly=True) as ledger:
        assert [(row["name"], row["total"]) for row in ledger.rows("task")] == [("runs", 7)]


def test_a_refused_input_leaves_no_folder(tmp_path):
    """Where nothing was run, what was made for it is gone; a folder that was there stays, and its files too."""
    with pytest.raises(InputError, match="no such column"), opened(tmp_path / "new"):
        raise InputError("no such column")
    assert not (tmp_path / "new").exists()
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError), opened(tmp_path / "there"):
        raise InputError("no such column")
    assert (tmp_path / "there").is_dir()
    assert names(tmp_path / "there") == set()


def test_the_seal_is_written_before_the_lock_is_given_back(tmp_path, monkeypatch):
    """Nobody else can write between the last result and its seal; a seal that fails gives the lock back, too."""
    seen = []

    def watched(folder, **_):
        seen.append((folder / LOCK).exists())
        raise StoreError("full")

    monkeypatch.setattr("rashomon.tl.session.seal", watched)
    with pytest.raises(StoreError, match="full"), opened(tmp_path / "study"):
        pass
    assert seen == [True]
    assert not (tmp_path / "study" / LOCK).exists()


def test_finished_records_are_kept_whatever_comes_after_them(tmp_path):
    """A folder in which something was run, or something else was written, is not removed."""
    with pytest.raises(InputError), opened(tmp_path / "records") as running:
        (running.store.file("k").parent).mkdir(parents=True)
        raise InputError("later")
    assert (tmp_path / "records" / LEDGER).exists()
    with pytest.raises(InputError), opened(tmp_path / "notes") as running:
        (running.folder / "notes.txt").write_text("mine")
        raise InputError("later")
    assert (tmp_path / "notes" / "notes.txt").read_text() == "mine"


def test_a_second_session_is_refused_at_once(tmp_path):
    """Within a second, with the code of the rule and the name of the first; the first does not notice."""
    with opened(tmp_path / "study") as running:
        (running.folder / "notes.txt").write_text("mine")
        begun, before = time.monotonic(), names(tmp_path / "study")
        with pytest.raises(StoreError, match="being run by process") as caught, opened(tmp_path / "study"):
            pytest.fail("two sessions on one study")
        assert (caught.value.code, caught.value.exit_code) == ("store.locked", 5)
        assert time.monotonic() - begun < 1
        assert names(tmp_path / "study") == before
    assert verify(tmp_path / "study").exit_code == 0


def test_who_is_refused_removes_nothing_of_who_holds_the_lock(tmp_path, monkeypatch):
    """The folder that appears between the look and the lock is that of another process."""
    folder, looked, exists = tmp_path / "study", [], Path.exists

    def late(path):
        """The folder is made by another process right after the first look at it."""
        looked.append(path)
        return looked.count(folder) != 2 and exists(path)

    with StudyLock(folder):
        monkeypatch.setattr(Path, "exists", late)
        with pytest.raises(StoreError, match="being run by"), opened(folder):
            pytest.fail("two sessions on one study")
        monkeypatch.undo()
        assert names(folder) == {LOCK}


def test_a_foreign_folder_is_refused_before_anything_is_written(tmp_path):
    """A folder with other things in it stays as it was."""
    (tmp_path / "chapter.tex").write_text("mine")
    with pytest.raises(UsageError, match="not a study of ours"), opened(tmp_path):
        pytest.fail("it was opened")
    assert names(tmp_path) == {"chapter.tex"}


def test_ctrl_c_ends_it_unsealed(tmp_path):
    """Once: the work goes on to its end, then it is interrupted; the ledger says so, and no seal stands there."""
    told = []
    with pytest.raises(Interrupted), opened(tmp_path / "study", announce=told.append) as running:
        signal.raise_signal(signal.SIGINT)
        (running.folder / "partial.txt").write_text("what is known")
    assert told == ["stopping when the runs in progress are finished; Ctrl-C again stops at once"]
    assert not names(tmp_path / "study") & {MANIFEST, STATEMENT, SIGNATURE}
    assert "partial.txt" in names(tmp_path / "study")
    with Ledger(tmp_path / "study" / LEDGER, readonly=True) as ledger:
        assert ledger.rows("session")[-1]["outcome"] == "interrupted"


def test_too_little_for_a_report_is_an_interruption(tmp_path):
    """An error that comes of stopping early is no error of the user; one that comes by itself is."""
    with pytest.raises(Interrupted) as caught, opened(tmp_path / "study"):
        signal.raise_signal(signal.SIGINT)
        raise UsageError("every pipeline failed")
    assert isinstance(caught.value.__cause__, UsageError)
    with pytest.raises(UsageError, match="every pipeline failed"), opened(tmp_path / "other"):
        raise UsageError("every pipeline failed")


def test_the_seal_of_an_earlier_session_goes_first(tmp_path):
    """While a study is run again nothing vouches for it; the next end seals it anew."""
    pair = keygen(tmp_path / "key")
    with opened(tmp_path / "study", occasion=Occasion(key=pair.private)):
        pass
    assert verify(tmp_path / "study", key=pair.public).exit_code == 0
    with pytest.raises(Interrupted), opened(tmp_path / "study"):
        assert not names(tmp_path / "study") & {MANIFEST, STATEMENT, SIGNATURE}
        signal.raise_signal(signal.SIGINT)
    assert verify(tmp_path / "study").exit_code == 5
    with opened(tmp_path / "study"):
        pass
    assert verify(tmp_path / "study").exit_code == 0
    assert SIGNATURE not in names(tmp_path / "study")


def test_a_key_is_read_before_the_work(tmp_path):
    """One that is none is refused at once, and leaves no folder."""
    (tmp_path / "key").write_text("hello")
    with (
        pytest.raises(UsageError, match="private") as caught,
        opened(tmp_path / "study", occasion=Occasion(key=tmp_path / "key")),
    ):
        pytest.fail("it was opened")
    assert caught.value.code == "sign.key"
    assert not (tmp_path / "study").exists()


def test_a_study_file_of_another_call_does_not_stay(tmp_path):
    """What cannot be said in a file leaves none, so that nobody takes the old one for it."""
    with opened(tmp_path / "study"):
        pass
    with opened(tmp_path / "study", occasion=Occasion()):
        pass
    assert STUDY_FILE not in names(tmp_path / "study")


def test_an_engine_is_chosen_by_what_is_said():
    """An engine stays; settings are taken over, memory with its unit; one job is this process."""
    assert chosen_engine(SERIAL, n_jobs=4, progress=None) is SERIAL
    assert chosen_engine(None, n_jobs=1, progress=silent).name == "serial"
    found = chosen_engine(None, n_jobs=0, progress=silent)
    assert (found.name, found.n_jobs, found.listener) == ("processes", 0, silent)
    settings = {"name": "processes", "memory": "2 GiB", "time_limit": 60.0}
    found = chosen_engine(settings, n_jobs=2, progress=silent)
    assert (found.name, found.n_jobs, found.memory, found.time_limit) == ("processes", 2, 2 * 2**30, 60.0)
    assert settings["memory"] == "2 GiB"
    with pytest.raises(UsageError, match="unknown engine 'dusk'"):
        chosen_engine({"name": "dusk"}, n_jobs=1, progress=silent)


def test_a_store_is_chosen_by_what_is_said(tmp_path):
    """A folder, an open store, or memory."""
    assert isinstance(chosen_store(None), MemoryStore)
    assert chosen_store(str(tmp_path)).path == tmp_path
    store = DirectoryStore(tmp_path)
    assert chosen_store(store) is store
