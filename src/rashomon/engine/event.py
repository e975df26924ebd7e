"""Progress of a plan: beside how far it is, what failed, what was reused, and how much memory its workers take."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.core import Progress

__all__ = ["RunProgress"]


@dataclass(frozen=True)
class RunProgress(Progress):
    """One event of a plan that runs; a listener for `Progress` understands it.

    Parameters
    ----------
    task, done, total
        As in `Progress`; a failed record is done, and so is a reused one.
    failed, reused
        How many of them failed, and how many were in the store.
    memory
        Bytes that the workers take; 0 where nobody looked.

    Examples
    --------
    >>> RunProgress("runs", 3, 10, reused=2).done
    3
    """

    failed: int = 0
    reused: int = 0
    memory: int = 0
