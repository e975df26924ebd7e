"""The store of a study: records as files, a ledger that acknowledges them, and the lock of the one writer."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rashomon.core import Progress, StoreError, Teller, digest_file, silent
from rashomon.engine.ledger import LEDGER, Known, Ledger, Session
from rashomon.engine.ledger_file import translated
from rashomon.engine.lock import StudyLock
from rashomon.engine.note import Note
from rashomon.engine.orphan import sweep
from rashomon.engine.plan import environment
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore

__all__ = ["RECORDS", "LedgerStore"]

RECORDS = "artefacts"
"""Folder of the records in the folder of the study."""


class LedgerStore(DirectoryStore):
    """Records in the folder of a study, each acknowledged in its ledger; made by `open`, a context manager.

    Attributes
    ----------
    folder
        The study.
    session
        Number of this session in the ledger.
    previous
        Row of the session before it; None for the first. Its ``spec_digest`` tells whether the spec was edited.
    n_known
        Records that the ledger held when it was opened.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> folder = tempfile.mkdtemp()
    >>> with LedgerStore.open(folder, command="run", spec_digest="") as store:
    ...     store.put("k", Record({"labels": np.zeros(3)}))
    ...     store.note(Note("k", "", "runs", "leiden", "{}", "ok"))
    >>> with LedgerStore.open(folder, command="run", spec_digest="") as store:
    ...     store.n_known, store.previous["outcome"]
    (1, 'finished')
    """

    def __init__(self, folder: Path, lock: StudyLock, ledger: Ledger) -> None:
        super().__init__(folder / RECORDS)
        self.folder = folder
        self.session = 0
        self.previous: dict[str, Any] | None = None
        self._lock, self._ledger = lock, ledger
        self._known: dict[str, Known] = ledger.known()
        self.n_known = len(self._known)
        self._due: set[str] = set()
        self._reused: set[str] = set()
        self._expected: dict[str, int] = {}
        self._last: Callable[[], object] | None = None

    @classmethod
    def open(cls, folder: Path | str, *, command: str, spec_digest: str, announce: Teller = silent) -> LedgerStore:
        """Lock a study, check its ledger, and remove what killed processes left half written.

        Parameters
        ----------
        folder
            The study; made when absent.
        command
            What runs, for the ledger and for who finds the study locked.
        spec_digest
            sha256 of the resolved spec.
        announce
            Receives a sentence when a dead lock is taken over, or files are swept.

        Raises
        ------
        StoreError
            When another process runs the study (code ``store.locked``), its ledger is damaged (``store.ledger``), or
            the folder cannot be written to (``store.write``): all before anything is computed.
        """
        lock = StudyLock(folder, command=command)
        lock.acquire()
        # closed in the opposite order, unless all of it succeeds
        with ExitStack() as opened, translated(lock.folder):
            opened.callback(lock.release)
            ledger = Ledger(lock.folder / LEDGER, locking=_has_locks(lock.folder))
            opened.callback(ledger.close)
            ledger.check()
            store = cls(lock.folder, lock, ledger)
            store._begin(command, spec_digest, announce)
            opened.pop_all()
        return store

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        """Return a finished record that holds `slots` and is the one that was acknowledged, or None.

        A file that is damaged is set aside; one that is damaged or gone is an event in the ledger.
        """
        acknowledged = self._known.get(key)
        # a record that is computed again has another file than the ledger says, until it is noted
        settled = acknowledged is not None and acknowledged.status == "ok" and key not in self._due
        n_damaged = len(self.damaged)
        if acknowledged is not None and settled and acknowledged.sha256:
            self._compare(key, acknowledged.sha256)
        record = super().get(key, slots)
        for name in self.damaged[n_damaged:]:
            self._tell("damaged", f"{name} did not match its digest; it was set aside and is computed again", key)
        if record is None:
            self._due.add(key)
        elif key not in self._due:
            self._reused.add(key)
        return record

    def note(self, note: Note) -> None:
        """Acknowledge a record: when this returns, no kill and no loss of power takes it away.

        Parameters
        ----------
        note
            How it came about; without a worker it was found as a file, and counts as no attempt of this session.

        Raises
        ------
        StoreError
            When the ledger cannot be written to, or another process took over the lock meanwhile.
        """
        self._lock.verify()
        file = self.file(note.key)
        there = file.exists()
        size, sha256 = (file.stat().st_size, digest_file(file)) if there else (0, "")
        tried = note if note.worker else replace(note, attempt=0)
        self._ledger.add(tried, session=self.session, size=size, sha256=sha256)
        self._known[note.key] = Known(note.status, sha256, note.step)
        self._due.discard(note.key)

    def known(self, key: str) -> bool:
        """Return whether the ledger says how the record `key` came about."""
        # a record to which an estimate added slots is another file than the ledger says
        return key in self._known and bool(self._known[key].step) and key not in self._due

    def on_progress(self, event: Progress) -> None:
        """Write down how many records a task has, so that `rashomon status` can say what is left; a listener.

        Parameters
        ----------
        event
            Of the engine; written when a task begins.
        """
        if self._expected.get(event.task) != event.total:
            self._expected[event.task] = event.total
            self._ledger.expect(event.task, session=self.session, total=event.total, found=event.done)

    @property
    def n_reused(self) -> int:
        """How many acknowledged or found records were used again in this session."""
        return len(self._reused)

    def at_end(self, act: Callable[[], object]) -> None:
        """Call `act` when the session has ended well: the ledger is closed by then, and the study is still locked.

        Parameters
        ----------
        act
            Takes nothing; seals the study, for example. Its errors are raised by `close`.
        """
        self._last = act

    def close(self, outcome: str = "finished") -> None:
        """Write down how the session ended, and give the lock back.

        Parameters
        ----------
        outcome
            ``finished``, ``interrupted``, or a sentence.
        """
        try:
            self._lock.verify()
            self._ledger.end(self.session, outcome=outcome, n_reused=self.n_reused)
            self._ledger.close()
            if self._last is not None and outcome == "finished":
                self._last()
        finally:
            self._ledger.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.close()
            return
        # what ended the session matters more than that its end cannot be written down
        with suppress(StoreError):
            self.close("interrupted" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}")

    def _begin(self, command: str, spec_digest: str, announce: Teller) -> None:
        sessions = self._ledger.rows("session")
        self.previous = sessions[-1] if sessions else None
        versions = {
            "rashomon": version("rashomon"),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
        }
        text = json.dumps(versions | environment(), sort_keys=True)
        self.session = self._ledger.begin(Session(platform.node(), os.getpid(), text, spec_digest, command))
        if self._lock.takeover:
            self._tell("takeover", self._lock.takeover)
            announce(self._lock.takeover)
        swept = sweep(self.folder, dead=self._local(sessions))
        if swept:
            said = f"removed {len(swept)} temporary files that killed processes left"
            self._tell("swept", f"{said}: {', '.join(swept)}")
            announce(said)

    def _local(self, sessions: list[dict[str, Any]]) -> set[int]:
        """Return the processes that ran on this machine: coordinators, and workers that finished a record."""
        here = platform.node()
        named = [f"{row['host']}:{row['pid']}" for row in sessions] + self._ledger.workers()
        pairs = (name.rpartition(":") for name in named)
        return {int(pid) for host, _, pid in pairs if host == here and pid.isdigit()}

    def _compare(self, key: str, sha256: str) -> None:
        """Set a file aside that is not the one that was acknowledged, even where its values still fit their digest."""
        file = self.file(key)
        if not file.exists():
            self._tell("missing", f"{file.name} is gone; it is computed again", key)
        elif digest_file(file) != sha256:
            file.replace(file.with_suffix(".damaged"))
            self.damaged.append(file.name)

    def _tell(self, kind: str, text: str, key: str = "") -> None:
        self._ledger.tell(kind, text, session=self.session, key=key)


def _has_locks(folder: Path) -> bool:
    """Return whether the file system of a folder has the byte-range locks that SQLite needs."""
    probe = folder / f".probe.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    descriptor = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
        probe.unlink()
    return True
