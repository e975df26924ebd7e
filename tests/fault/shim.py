"""Makes one call fail, or kills the process at it: the Nth flush, rename or commit. Lives in the tests, not in src."""

import errno
import os
import signal
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

KINDS = ("fsync", "replace", "commit")


@dataclass
class Fault:
    """What happens at which call.

    Parameters
    ----------
    kind
        Which call: ``fsync``, ``replace`` (rename) or ``commit`` (of SQLite).
    number
        The Nth of them; 0: none, calls are only counted.
    act
        ``before`` and ``after`` kill the process around the call, ``half`` kills it with half of the file written,
        the name of an error code (``ENOSPC``) makes the call fail.
    """

    kind: str = ""
    number: int = 0
    act: str = ""
    counts: dict = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def call(self, kind, real, *args):
        """Make the call, unless it is the one."""
        self.counts[kind] += 1
        if kind != self.kind or self.counts[kind] != self.number:
            return real(*args)
        if self.act == "after":
            real(*args)
        if self.act == "half" and kind == "replace":
            os.truncate(args[0], Path(args[0]).stat().st_size // 2)
        if self.act in {"before", "after", "half"}:
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "commit":
            raise full_disk()
        raise OSError(getattr(errno, self.act), os.strerror(getattr(errno, self.act)))


def full_disk():
    """The error of SQLite on a full disk."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@contextmanager
def installed(fault):
    """Calls go through the fault while the block runs."""
    connect, fsync, replace = sqlite3.connect, os.fsync, os.replace

    class Connection(sqlite3.Connection):
        def execute(self, sql, *args):
            if sql == "COMMIT":
                return fault.call("commit", super().execute, sql)
            return super().execute(sql, *args)

    with (
        mock.patch("sqlite3.connect", lambda *args, **options: connect(*args, **options, factory=Connection)),
        mock.patch("os.fsync", lambda descriptor: fault.call("fsync", fsync, descriptor)),
        mock.patch("os.replace", lambda *names, **options: fault.call("replace", replace, *names)),
    ):
        yield fault
