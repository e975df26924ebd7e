"""How often steps ended their worker, and which records are given up for it."""

from __future__ import annotations

from collections.abc import Iterable

from rashomon.engine.finished import Finished
from rashomon.engine.plan import Plan

__all__ = ["MOST_ATTEMPTS", "Attempts"]

MOST_ATTEMPTS = 3
"""A step that ended its worker so often is given up, and every record below it."""


class Attempts:
    """The steps during which workers ended.

    The step a worker was at is blamed, not the unit: what stands beside it in the tree goes on, and what stands below
    it shares its fate after `MOST_ATTEMPTS`.

    Parameters
    ----------
    plan
        The steps.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._causes: dict[str, list[str]] = {}
        self._last: dict[str, str] = {}

    def blame(self, node: str, cause: str, *, worker: str = "") -> bool:
        """Write down that a `worker` ended at the step `node`, and `cause`; return whether the step is given up now."""
        causes = self._causes.setdefault(node, [])
        causes.append(cause)
        self._last[node] = worker
        return len(causes) >= MOST_ATTEMPTS

    def count(self, key: str) -> int:
        """Return how often the record `key` has been tried, the next or running attempt included."""
        return 1 + sum(len(self._causes.get(node.key, ())) for node in self._plan.path(key))

    def split(self, keys: Iterable[str], node: str) -> list[list[str]]:
        """Return `keys` as units: those below the step `node`, and the others; empty ones are left out."""
        below: list[str] = []
        beside: list[str] = []
        for key in keys:
            (below if any(each.key == node for each in self._plan.path(key)) else beside).append(key)
        return [unit for unit in (beside, below) if unit]

    def given_up(self, key: str) -> Finished | None:
        """Return the failure of a record at or below a step that was given up; None for others.

        Parameters
        ----------
        key
            Of the record.
        """
        for node in self._plan.path(key):
            causes = self._causes.get(node.key, [])
            if len(causes) >= MOST_ATTEMPTS:
                step = node.call.step.name
                reason = f"{step}: the worker process ended in each of {len(causes)} attempts ({causes[-1]})"
                trace = "\n".join(f"attempt {i}: {step}: {cause}" for i, cause in enumerate(causes, 1))
                return Finished(key, "failed", reason, trace, len(causes), self._last[node.key])
        return None
