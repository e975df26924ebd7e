"""What is written down about one record beside its values: what ran, where, for how long, how often it was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Note"]


@dataclass(frozen=True)
class Note:
    """One line of the ledger.

    Parameters
    ----------
    key, parent
        Keys of the record's node and of the node above it.
    task
        Which part of the study asked for it: ``multiverse``, ``resamples``, ``nulls and twins``.
    step, params
        Name of the last step, and its parameters as JSON with sorted keys.
    status
        ``ok`` or ``failed``.
    reason, trace
        One line, and the whole traceback; empty where it did not fail.
    seconds
        Of the node's own step, by a monotonic clock.
    attempt
        How often it was tried, 1 or more.
    worker
        ``host:process`` that computed it.
    """

    key: str
    parent: str
    task: str
    step: str
    params: str
    status: Literal["ok", "failed"]
    reason: str = ""
    trace: str = ""
    seconds: float = 0.0
    attempt: int = 1
    worker: str = ""
