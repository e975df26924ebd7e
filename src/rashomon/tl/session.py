"""One session of a study: its folder is locked, its ledger open, its engine can be stopped; at the end it is sealed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rashomon import study
from rashomon.core import Listener, Progress, RashomonError, StoreError, Teller, lines, publish_text
from rashomon.engine import DirectoryStore, Engine, Interrupted, LedgerStore, MemoryStore, Stop, Store
from rashomon.engine.ledger import LEDGER
from rashomon.engine.lock import LOCK
from rashomon.study.directory import STUDY_FILE
from rashomon.study.seal import Origin, seal
from rashomon.study.seal.key import read_private
from rashomon.study.seal.manifest import MANIFEST, SIGNATURE, STATEMENT
from rashomon.study.spec import memory_bytes

__all__ = ["Occasion", "Session", "chosen_engine", "chosen_store", "session"]


@dataclass(frozen=True)
class Occasion:
    """What a study is run for: goes into its ledger and its seal.

    Parameters
    ----------
    command
        Words after ``rashomon``.
    inputs
        Files that are read.
    spec_text, spec_digest
        The study file, and the sha256 of what it says; empty for a single call.
    title
        One line for reports.
    key
        Private key to sign with.
    """

    command: Sequence[str] = ("audit",)
    inputs: Sequence[Path] = ()
    spec_text: str = ""
    spec_digest: str = ""
    title: str = ""
    key: Path | str | None = None


@dataclass(frozen=True)
class Session:
    """A study that is being run.

    Parameters
    ----------
    folder
        Of the study.
    store, engine
        To be used for everything that is run.
    """

    folder: Path
    store: LedgerStore
    engine: Engine


@contextmanager
def session(out: Path | str, occasion: Occasion, *, engine: Engine, announce: Teller) -> Iterator[Session]:
    """Open the folder of a study for writing, take Ctrl-C as a request to stop, and seal what was written.

    Parameters
    ----------
    out
        New or ours.
    occasion
        What it is run for.
    engine
        How; its listener also keeps the ledger informed.
    announce
        Receives remarks.

    Raises
    ------
    UsageError
        When the folder is not ours, or the key is none.
    StoreError
        When another process runs the study, or its folder cannot be written to; before anything is computed.
    """
    folder = study.check_directory(out)
    if occasion.key is not None:
        # a key that cannot be used is said before the work, not after it
        read_private(occasion.key)
    command = " ".join(occasion.command)
    # asked to stop, it still says what it has
    stop = Stop(announce, partial=True)
    with (
        stop.listening(),
        _nothing_left(folder),
        LedgerStore.open(folder, command=command, spec_digest=occasion.spec_digest, announce=announce) as store,
    ):
        for name in (SIGNATURE, STATEMENT, MANIFEST):
            # the seal of an earlier session speaks of other files from here on
            (folder / name).unlink(missing_ok=True)
        origin = Origin(("rashomon", *occasion.command), tuple(occasion.inputs), title=occasion.title)
        if occasion.spec_text:
            publish_text(folder / STUDY_FILE, occasion.spec_text)
        else:
            # what no file can say, the file of an earlier call does not say either
            (folder / STUDY_FILE).unlink(missing_ok=True)
        shown = engine.listener

        def listener(event: Progress) -> None:
            store.on_progress(event)
            shown(event)

        running = replace(engine, stop=stop, listener=listener, announce=announce)
        # nobody else can write between the last result and its seal
        store.at_end(partial(seal, folder, origin=origin, key=occasion.key))
        with _ended_early(stop):
            yield Session(folder, store, running)


@contextmanager
def _ended_early(stop: Stop) -> Iterator[None]:
    """Raise `Interrupted` at the end of a block that was asked to stop, whatever became of it."""
    try:
        yield
    except RashomonError as error:
        # too little was finished to say anything
        if stop.asked:
            raise Interrupted from error
        raise
    if stop.asked:
        raise Interrupted


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """Take away what was made in a folder for a study that was refused before anything was run."""
    ours = {LEDGER, LOCK, STUDY_FILE, study.ARTEFACTS}
    existed, before = folder.exists(), _names(folder)
    try:
        yield
    except Exception as error:
        if isinstance(error, StoreError) and error.code == "store.locked":
            # the folder is that of the process which holds the lock
            raise
        if not before & ours and _names(folder) - before <= ours and not _names(folder / study.ARTEFACTS):
            _remove(folder, _names(folder) - before)
            if folder.exists() and not existed:
                folder.rmdir()
        raise


def _names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


def _remove(folder: Path, names: set[str]) -> None:
    for path in map(folder.joinpath, names):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def chosen_engine(given: Engine | Mapping[str, Any] | None, *, n_jobs: int, progress: Listener | None) -> Engine:
    """Return the engine that a caller means.

    Parameters
    ----------
    given
        An engine, or its settings as a study file names them, or None: worker processes.
    n_jobs
        Worker processes, where an engine does not say; 1 is this process.
    progress
        Receives progress events; lines on standard error when None.
    """
    if isinstance(given, Engine):
        return given
    settings = dict(given or {})
    name = settings.pop("name", "serial" if n_jobs == 1 else "processes")
    if settings.get("memory") is not None:
        settings["memory"] = memory_bytes(settings["memory"])
    return Engine(name, n_jobs, progress or lines(), **settings)


def chosen_store(given: Path | str | Store | None) -> Store:
    """Return where records are kept: in a folder, in a store that is open, or in memory.

    Parameters
    ----------
    given
        A folder, a store, or None.
    """
    if given is None:
        return MemoryStore()
    return DirectoryStore(given) if isinstance(given, str | Path) else given
