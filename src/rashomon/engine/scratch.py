"""Folders for what workers need while a plan runs; those that a killed process left behind are swept."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["scratch", "sweep"]

_PREFIX = ".rashomon-run-"
_NEW = ".rashomon-new-"
_ALIVE = "alive"


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """Yield a new folder below `parent`, and remove it after the block.

    Folders that processes of ours left there when they were killed are removed first; see `sweep`.

    Parameters
    ----------
    parent
        An existing folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent, scratch(Path(parent)) as folder:
    ...     folder.is_dir()
    True
    """
    sweep(parent)
    token = secrets.token_hex(6)
    new = parent / f"{_NEW}{token}"
    new.mkdir(mode=0o700)
    descriptor = os.open(new / _ALIVE, os.O_CREAT | os.O_RDWR, 0o600)
    with suppress(OSError):  # some file systems have no locks; nobody sweeps there
        _lock(descriptor)
    # only now does it have a name that is swept
    folder = new.rename(parent / f"{_PREFIX}{token}")
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> list[str]:
    """Remove folders of `scratch` below `parent` whose process is gone, and return their names.

    A process that lives holds a lock on a file inside; only folders of this user are looked at.

    Parameters
    ----------
    parent
        A folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent, scratch(Path(parent)):
    ...     sweep(Path(parent))
    []
    """
    removed = []
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid() or not _is_left(folder / _ALIVE):
                continue
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder.name)
    return removed


def _is_left(file: Path) -> bool:
    """Return whether nobody holds the lock."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        return _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
