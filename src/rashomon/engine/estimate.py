"""How long a plan will take, learned from running one path of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from rashomon.engine.plan import Plan
from rashomon.engine.run import Engine
from rashomon.engine.store import Store
from rashomon.engine.walk import walk

__all__ = ["Estimate", "estimate"]

_START = 4.0
"""Seconds a worker needs to import its libraries."""


@dataclass(frozen=True)
class Estimate:
    """What running a plan will cost.

    Parameters
    ----------
    n_records
        Runs in the plan.
    n_reused
        Runs that the store already holds.
    steps
        Distinct steps that must run, by name.
    seconds
        Expected wall time; within a factor of about two.
    """

    n_records: int
    n_reused: int
    steps: Mapping[str, int]
    seconds: float

    def __add__(self, other: Estimate) -> Estimate:
        """Return the cost of both plans, one after the other."""
        names = dict.fromkeys([*self.steps, *other.steps])
        return Estimate(
            self.n_records + other.n_records,
            self.n_reused + other.n_reused,
            {name: self.steps.get(name, 0) + other.steps.get(name, 0) for name in names},
            self.seconds + other.seconds,
        )

    def __str__(self) -> str:
        steps = ", ".join(f"{count} {name}" for name, count in self.steps.items())
        reused = f", {self.n_reused} of them reused" if self.n_reused else ""
        return f"{self.n_records} runs{reused}; steps: {steps or 'none'}; about {_clock(self.seconds)}"


def _clock(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def estimate(plan: Plan, data: Mapping[str, Any], *, store: Store, engine: Engine) -> Estimate:
    """Run one path of each kind, and scale the median time of its steps by how often they have to run.

    Parameters
    ----------
    plan, data, engine
        As in `rashomon.engine.run`.
    store
        Keeps the records of the timed paths, so nothing is computed for nothing.
    """
    missing = [key for key, slots in plan.keep.items() if store.get(key, slots) is None]
    probes = {tuple(node.call.step.name for node in plan.path(key)): key for key in reversed(missing)}
    timings: dict[str, list[float]] = {}
    walk(plan, data, probes.values(), emit=store.put, timings=timings)
    seconds = {name: median(values) for name, values in timings.items()}
    left = plan.count_steps(set(missing) - set(probes.values()))
    work = sum(count * seconds.get(name, 0.0) for name, count in left.items())
    start = _START if engine.n_workers > 1 and left else 0.0
    return Estimate(len(plan), len(plan) - len(missing), plan.count_steps(missing), start + work / engine.n_workers)
