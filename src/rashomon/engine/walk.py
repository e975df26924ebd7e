"""Depth-first execution of a part of a plan; memory holds one path."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from rashomon.engine.plan import Node, Plan
from rashomon.engine.record import Record

__all__ = ["Emit", "walk"]

Emit = Callable[[str, Record], None]


def walk(
    plan: Plan,
    data: Mapping[str, Any],
    wanted: Iterable[str],
    *,
    emit: Emit,
    timings: dict[str, list[float]] | None = None,
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
        When given, the seconds of every step that ran are added under the step's name.
    """
    goals = set(wanted)
    tree = plan.children(goals)

    def visit(node: Node, state: Mapping[str, Any]) -> None:
        begun = time.perf_counter()
        call = node.call
        try:
            written = call.step.run(state, call.params, node.rng(plan.entropy))
        except Exception as error:  # noqa: BLE001 - one failing step must not end the others; it becomes a row
            fail(node, _reason(node, error))
            return
        seconds = time.perf_counter() - begun
        if timings is not None:
            timings.setdefault(call.step.name, []).append(seconds)
        below = {**state, **written}
        if node.key in goals:
            emit(node.key, Record({slot: below[slot] for slot in plan.keep[node.key]}, seconds))
        for next_node in tree.get(node.key, ()):
            visit(next_node, below)

    def fail(node: Node, reason: str) -> None:
        if node.key in goals:
            emit(node.key, Record(status="failed", reason=reason))
        for next_node in tree.get(node.key, ()):
            fail(next_node, reason)

    with threadpool_limits(limits=1):
        for node in tree.get(plan.root_key, ()):
            visit(node, data)


def _reason(node: Node, error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = str(error).splitlines()[0] if str(error) else "no message"
    return f"{node.call.step.name}: {type(error).__name__}: {text} ({place.name})"
