"""The lock of a study: one process writes, and a lock whose process is dead is taken over by itself."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from rashomon.core import StoreError

__all__ = ["BEAT", "LEASE", "LOCK", "Holder", "StudyLock", "alive", "read_holder", "running"]

LOCK = "lock"
"""Name of the file in the folder of the study."""

BEAT = 10.0
"""Seconds between two heartbeats."""

LEASE = 60.0
"""Seconds after its last heartbeat from which the lock of another machine counts as that of a dead process."""

_SETTLE = 0.2
"""Where the file system has no locks, the last one to write its name wins, and looks again after so many seconds."""

_ATTEMPTS = 20
_NO_FLOCK = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK}


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Parameters
    ----------
    host, pid, machine
        Name of the host, number of the process, and what tells this start of this machine from others.
    since
        Wall time at which it was taken, ISO 8601 with the offset.
    command
        What runs.
    token
        Random; tells two holders apart.
    """

    host: str
    pid: int
    machine: str
    since: str
    command: str = ""
    token: str = ""

    def __str__(self) -> str:
        what = f" ({self.command})" if self.command else ""
        return f"process {self.pid} on {self.host}{what}, since {self.since}"


@cache
def _machine() -> str:
    # the boot id is the same in all containers of one kernel, whose locks see each other, and new after a reboot
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    return socket.gethostname()


def read_holder(folder: Path | str) -> Holder | None:
    """Return who says in the lock file of `folder` that it holds the study; None without one that can be read.

    It may be dead: see `StudyLock`. Readers of a study need no lock.
    """
    try:
        said = json.loads((Path(folder) / LOCK).read_bytes())
        return Holder(**{name: said[name] for name in Holder.__dataclass_fields__})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running(folder: Path | str) -> Holder | None:
    """Return who runs the study in `folder`, as far as a reader can see; None when nobody does.

    A process of this machine must be there, and the last heartbeat no older than a minute by this machine's clock.
    """
    holder = read_holder(folder)
    if holder is None:
        return None
    try:
        age = time.time() - (Path(folder) / LOCK).stat().st_mtime
    except FileNotFoundError:
        return None
    here = holder.machine == _machine() and holder.host == socket.gethostname()
    return None if abs(age) > LEASE or (here and not alive(holder.pid)) else holder


class StudyLock:
    """The right to write to a study, as a context manager.

    A lock of the operating system (``flock``) decides on one machine: it ends with its process. Between machines, and
    where a file system has no such locks, the heartbeat decides: the holder touches the file every 10 s, and after
    60 s without that another may take over. Ages are differences of two times of the same file system, so clocks of
    machines may differ; a heartbeat that lies more than 60 s ahead was made before that clock was set back, and counts
    as old. A holder that slept through its lease finds out before it writes the next record, see `verify`.

    Parameters
    ----------
    folder
        The study; made when absent.
    command
        What runs, for the message that a second process shows.

    Attributes
    ----------
    takeover
        Whose dead lock was taken over, in a sentence; empty when there was none.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with StudyLock(folder):
    ...     read_holder(folder).pid == os.getpid()
    True
    >>> read_holder(folder) is None
    True
    """

    def __init__(self, folder: Path | str, *, command: str = "") -> None:
        self.folder = Path(folder)
        self.path = self.folder / LOCK
        self.takeover = ""
        self.holder = Holder(
            socket.gethostname(),
            os.getpid(),
            _machine(),
            _now(),
            command,
            secrets.token_hex(4),
        )
        self._descriptor = -1
        self._ended = threading.Event()

    def acquire(self) -> None:
        """Take the lock at once, or say at once who holds it.

        Raises
        ------
        StoreError
            When another process holds it (code ``store.locked``), or the folder cannot be written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for _ in range(_ATTEMPTS):
                if self._take():
                    break
                time.sleep(0.01)
            else:
                raise _locked(read_holder(self.folder), self.path, wait=0.0)
        except OSError as error:
            raise StoreError(
                f"cannot lock the study: {error.strerror or error}",
                where=str(self.folder),
                expected="a folder that this user may write to",
                fix="choose another folder; reading the study needs no lock",
                code="store.write",
            ) from error
        threading.Thread(target=self._beat, name="rashomon lock", daemon=True).start()

    def release(self) -> None:
        """Give the lock back; a lock that another process took over meanwhile stays."""
        self._ended.set()
        if self._descriptor < 0:
            return
        with suppress(OSError):
            if self._holds():
                self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1

    def verify(self) -> None:
        """Check that the lock is still ours.

        Raises
        ------
        StoreError
            When it was taken over: this process was silent for longer than the lease, as after a machine slept.
        """
        if self._descriptor < 0 or not self._holds():
            raise StoreError(
                "another process took over the lock of this study",
                where=str(self.path),
                expected=f"this process, which held it since {self.holder.since}",
                fix="let the other one finish: every record that was acknowledged is kept",
                code="store.locked",
            )

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def _take(self) -> bool:
        """Try once; False when the file changed under our hands."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            locked = _flock(descriptor)
            if not _same(descriptor, self.path):
                return False
            found, size = read_holder(self.folder), os.fstat(descriptor).st_size
            wait = _wait(found, _age(descriptor, self.folder) if size else 0.0, locked=locked, empty=not size)
            if wait is not None:
                raise _locked(found, self.path, wait=wait)
            if size:
                self.takeover = f"took over the lock of {found or 'a process that left no name'}, which is dead"
            if locked:
                self._write(descriptor)
                self._descriptor, descriptor = descriptor, -1
                return True
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        return self._replace(settle=locked is None)

    def _replace(self, *, settle: bool) -> bool:
        """Put a lock file of our own in the place of one that we cannot lock."""
        temporary = self.path.with_name(f".{LOCK}.{self.holder.pid}-{self.holder.token}.tmp")
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        _flock(descriptor)
        self._write(descriptor)
        temporary.replace(self.path)
        time.sleep(_SETTLE if settle else 0.0)
        self._descriptor = descriptor
        if self._holds():
            return True
        os.close(descriptor)
        self._descriptor = -1
        return False

    def _write(self, descriptor: int) -> None:
        # in place, in one write: a new file would not carry the lock of the operating system
        text = json.dumps(asdict(self.holder) | {"heartbeat": _now()})
        os.ftruncate(descriptor, os.pwrite(descriptor, text.encode(), 0))

    def _holds(self) -> bool:
        return _same(self._descriptor, self.path)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            # a full disk or a server that is away: the lease runs on, and the next beat may do better
            with suppress(OSError):
                if not self._holds():
                    return
                self._write(self._descriptor)


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def _flock(descriptor: int) -> bool | None:
    """Return whether we have the lock of the operating system now; None where there are none."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_FLOCK:
            return None
        raise
    return True


def _same(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _age(descriptor: int, folder: Path) -> float:
    """Return seconds since the last heartbeat, by the clock of the file system."""
    probe = folder / f".{LOCK}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    probe.touch()
    try:
        return probe.stat().st_mtime - os.fstat(descriptor).st_mtime
    finally:
        probe.unlink()


def _wait(found: Holder | None, age: float, *, locked: bool | None, empty: bool) -> float | None:
    """Return after how many seconds at most another may take over; None: now."""
    old = abs(age) > LEASE
    if empty:
        # just made, by us or by one who has the lock and will sign it in a moment
        return LEASE if locked is False else None
    if found is None:
        return None if locked or old else LEASE - age
    if found.machine == _machine() and locked is not None:
        return None if locked else 0.0
    dead = locked is None and found.host == socket.gethostname() and not alive(found.pid)
    return None if old or dead else LEASE - age


def alive(pid: int) -> bool:
    """Return whether a process with the number `pid` runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _locked(found: Holder | None, path: Path, *, wait: float) -> StoreError:
    who = str(found) if found else "a process that has not signed it yet"
    after = f"; if that process is dead, the lock lapses within {max(1, round(wait))} s" if wait else ""
    return StoreError(
        f"this study is being run by {who}",
        where=str(path),
        expected="one run at a time",
        fix=f"wait until it ends; `rashomon status` shows how far it is{after}",
        code="store.locked",
    )
