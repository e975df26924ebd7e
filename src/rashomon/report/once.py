"""What several figures of one audit ask for, computed once: two formats and the words beside them need the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from rashomon.study import Audit

__all__ = ["once"]

_T = TypeVar("_T")


def once(compute: Callable[[Audit], _T]) -> Callable[[Audit], _T]:
    """Let a function of an audit keep its result as long as the audit lives; who receives it must not change it.

    Parameters
    ----------
    compute
        Depends on nothing but the audit.
    """
    kept: WeakKeyDictionary[Audit, _T] = WeakKeyDictionary()

    @wraps(compute)
    def remembered(audit: Audit) -> _T:
        if audit not in kept:
            kept[audit] = compute(audit)
        return kept[audit]

    return remembered
