"""Temporary files that a killed process left in a study: found by their names, removed once nobody can need them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rashomon.engine.lock import LEASE, alive

__all__ = ["sweep"]

_TEMPORARY = re.compile(r"\..+\.(?P<pid>\d{1,10})-[0-9a-f]{8}\.tmp(\.[\w-]+)?")
"""How `rashomon.core.publish` and the lock name them."""


def sweep(folder: Path, *, dead: set[int]) -> list[str]:
    """Remove the temporary files of dead processes below `folder`, and return their names.

    Only files with names that we give; links are not followed. A process that runs on this machine keeps its files.
    One that does not may be a worker on another machine, so its files go when nobody wrote to them for a minute.

    Parameters
    ----------
    folder
        A study that this process has locked.
    dead
        Processes known to have run on this machine, whose files go at once if they are gone.
    """
    removed = []
    for file, pid in _temporary(folder):
        if alive(pid):
            continue
        with suppress(FileNotFoundError):
            if pid in dead or abs(time.time() - file.stat().st_mtime) > LEASE:
                file.unlink()
                removed.append(file.name)
    return removed


def _temporary(folder: Path) -> Iterator[tuple[Path, int]]:
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            found = _TEMPORARY.fullmatch(name)
            if found:
                yield Path(place) / name, int(found["pid"])
