"""How many threads a kernel of ours may use; its result never depends on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["THREADS", "n_cores", "n_threads", "run_threads"]

THREADS = "RASHOMON_THREADS"
"""Environment variable that limits the threads of a process; the engine sets it for its workers."""

ItemT = TypeVar("ItemT")


def n_cores() -> int:
    """Return how many cores this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        return os.cpu_count() or 1


def n_threads() -> int:
    """Return how many threads a kernel of this process may use, at least 1.

    Examples
    --------
    >>> n_threads() >= 1
    True
    """
    allowed = os.environ.get(THREADS, "")
    return min(n_cores(), int(allowed)) if allowed.isdigit() and int(allowed) > 0 else n_cores()


def run_threads(work: Callable[[ItemT], object], items: Iterable[ItemT]) -> None:
    """Call `work` on every item, in as many threads as allowed; kernels release the lock, so they run side by side.

    Parameters
    ----------
    work
        Writes its result where no other item writes.
    items
        Parts of the work; all are handed out before the first error is raised again.

    Examples
    --------
    >>> done = []
    >>> run_threads(done.append, range(3))
    >>> sorted(done)
    [0, 1, 2]
    """
    threads = n_threads()
    if threads == 1:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work, item) for item in items]:
            future.result()
