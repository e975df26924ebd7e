"""Depth-first execution of a part of a plan; memory holds one path."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from threadpoolctl import threadpool_limits

from rashomon.engine.plan import Node, Plan
from rashomon.engine.record import Record

__all__ = ["Emit", "Watch", "walk"]

Emit = Callable[[str, Record], None]


def _ignore(node: Node) -> None:
    del node


def _never() -> bool:
    return False


@dataclass
class Watch:
    """What someone beside the walk sees and says.

    Parameters
    ----------
    begin
        Called with each node before its step runs.
    stopped
        Asked whenever a record is finished; when true, the walk ends there.
    traces
        The tracebacks of failed records by key; there before the record is emitted.
    """

    begin: Callable[[Node], None] = _ignore
    stopped: Callable[[], bool] = _never
    traces: dict[str, str] = field(default_factory=dict)


def walk(
    plan: Plan,
    data: Mapping[str, Any],
    wanted: Iterable[str],
    *,
    emit: Emit,
    timings: dict[str, float] | None = None,
    watch: Watch | None = None,
) -> None:
    """Run every step that leads to the records `wanted`, each once, and hand finished records to `emit`.

    Numeric libraries run with one thread, because another thread count changes the last bits of a PCA. A step that
    raises fails the records below it, with the reason, and nothing else.

    Parameters
    ----------
    plan
        The tree of steps.
    data
        Slots at the root.
    wanted
        Keys of records.
    emit
        Called once per record, in the order of the walk.
    timings
        When given, the seconds of every step that ran are added under the key of its node.
    watch
        Sees each step begin, may end the walk between two records, and takes tracebacks.
    """
    path = _Path(plan, set(wanted), emit, timings if timings is not None else {}, watch or Watch())
    with threadpool_limits(limits=1):
        for node in path.tree.get(plan.root_key, ()):
            path.visit(node, data)


class _Path:
    """The path from the root to where the walk is; its length bounds the memory."""

    def __init__(self, plan: Plan, goals: set[str], emit: Emit, timings: dict[str, float], watch: Watch) -> None:
        self.plan, self.goals, self.timings, self.watch = plan, goals, timings, watch
        self.tree = plan.children(goals)
        self._emit = emit
        # nothing is under way: ending the walk here loses no work
        self._between = True

    def visit(self, node: Node, state: Mapping[str, Any]) -> None:
        """Run a step, then everything below it."""
        if self._between and self.watch.stopped():
            return
        self._between = False
        self.watch.begin(node)
        begun = time.perf_counter()
        call = node.call
        try:
            written = call.step.run(state, call.params, node.rng(self.plan.entropy))
        except Exception as error:  # noqa: BLE001 - one failing step must not end the others; it becomes a row
            self.fail(node, _reason(node, error), "".join(traceback.format_exception(error)))
            return
        seconds = time.perf_counter() - begun
        self.timings[node.key] = seconds
        below = {**state, **written}
        if node.key in self.goals:
            self.emit(node, Record({slot: below[slot] for slot in self.plan.keep[node.key]}, seconds))
        for next_node in self.tree.get(node.key, ()):
            self.visit(next_node, below)

    def emit(self, node: Node, record: Record) -> None:
        """Hand out a finished record."""
        self._emit(node.key, record)
        self._between = True

    def fail(self, node: Node, reason: str, trace: str) -> None:
        """Fail every record at and below a node."""
        if node.key in self.goals:
            self.watch.traces[node.key] = trace
            self.emit(node, Record(status="failed", reason=reason))
        for next_node in self.tree.get(node.key, ()):
            self.fail(next_node, reason, trace)


def _reason(node: Node, error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = str(error).splitlines()[0] if str(error) else "no message"
    return f"{node.call.step.name}: {type(error).__name__}: {text} ({place.name})"
