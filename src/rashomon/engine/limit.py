"""How much memory and time a step may take, learned from the steps that ran before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.engine.plan import Plan
from rashomon.engine.process import available_memory

__all__ = ["Limits", "data_size"]

SHARE = 0.8
"""Of the available memory, what all workers together may take when nobody says."""

ALARM = 0.9
"""Of the memory allowed, where the largest worker is ended before the system ends one."""

LEAST_SECONDS = 600.0
TIMES = 10.0
"""A step may take so many times the median of its kind, and at least `LEAST_SECONDS`."""

UNKNOWN_SECONDS = 3600.0
"""What a step may take of whose kind none has finished yet."""

_LIBRARIES = 150 * 2**20
"""Bytes of a worker that has loaded its libraries and no data."""


class Limits:
    """What steps took so far, and what the next ones may take.

    Steps are of one kind when they and all steps above them have the same names; a step on a subsample is another
    kind than on all rows.

    Parameters
    ----------
    plan
        The steps.
    memory
        Bytes for all workers together; `SHARE` of what is available when None.
    time_limit
        Seconds that any one step may take; learned when None: ten times the median of its kind and at least ten
        minutes, an hour where none of its kind has finished.
    size
        Bytes of the data at the root.

    Examples
    --------
    >>> limits = Limits(Plan("data", entropy=1), memory=1000)
    >>> limits.ceiling, limits.seconds("")
    (900, 3600.0)
    """

    def __init__(
        self, plan: Plan, *, memory: int | None = None, time_limit: float | None = None, size: int = 0
    ) -> None:
        self.memory = memory if memory is not None else int(SHARE * available_memory())
        self.ceiling = int(ALARM * self.memory)
        self._time_limit = time_limit
        self._least = _LIBRARIES + 2 * size
        self._plan = plan
        self._kinds: dict[str, str] = {plan.root_key: ""}
        for key, node in plan.nodes.items():
            self._kinds[key] = f"{self._kinds[node.parent]}/{node.call.step.name}"
        self._seconds: dict[str, list[float]] = {}
        self._peaks: dict[str, int] = {}

    def learn(self, key: str, *, seconds: float | None = None, peak: int = 0) -> None:
        """Add what a step took.

        Parameters
        ----------
        key
            Of its node.
        seconds
            None when it did not finish.
        peak
            The most bytes that its process held.
        """
        kind = self._kinds[key]
        self._peaks[kind] = max(peak, self._peaks.get(kind, 0))
        if seconds is not None:
            self._seconds.setdefault(kind, []).append(seconds)

    def seconds(self, key: str) -> float:
        """Return how long the step `key` may take; for a worker that has not begun a step `key` is empty."""
        if not key:
            return UNKNOWN_SECONDS
        if self._time_limit is not None:
            return self._time_limit
        known = self._seconds.get(self._kinds[key])
        return max(LEAST_SECONDS, TIMES * median(known)) if known else UNKNOWN_SECONDS

    def kinds(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the kinds of all steps that lead to the records `keys`."""
        return frozenset(self._kinds[node.key] for key in keys for node in self._plan.path(key))

    def peak(self, kinds: frozenset[str]) -> int:
        """Return the bytes that steps of these `kinds` are expected to take; of all known ones where none is known."""
        known = [self._peaks[kind] for kind in kinds if kind in self._peaks] or list(self._peaks.values())
        return max([self._least, *known])

    def refusal(self, kinds: frozenset[str]) -> str:
        """Return why a unit with steps of these `kinds` cannot be started even alone; empty when it can."""
        worst = max(kinds, key=lambda kind: self._peaks.get(kind, 0), default="")
        peak = self._peaks.get(worst, 0)
        if peak <= self.ceiling:
            return ""
        name = worst.rpartition("/")[2]
        return f"not started: {name} took {_gib(peak)} before and {_gib(self.ceiling)} are allowed"


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


def data_size(data: Mapping[str, Any]) -> int:
    """Return the bytes of arrays and CSR matrices.

    Parameters
    ----------
    data
        Slots at the root of a plan.

    Examples
    --------
    >>> data_size({"x": np.zeros(3), "n": 2.0})
    32
    """
    return sum(_size(value) for value in data.values())


def _size(value: Any) -> int:
    if isinstance(value, sp.csr_matrix):
        return int(value.data.nbytes + value.indices.nbytes + value.indptr.nbytes)
    return int(np.asarray(value).nbytes)
