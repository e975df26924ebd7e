"""What a plan will cost in time and on disk, learned from running a few of its paths."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from rashomon.core.digest import digest_text
from rashomon.engine.plan import Node, Plan
from rashomon.engine.record import Record, record_size
from rashomon.engine.run import UNITS_PER_WORKER, Engine
from rashomon.engine.store import Store
from rashomon.engine.unit import split
from rashomon.engine.walk import walk

__all__ = ["Costs", "Estimate", "estimate"]

_START = 3.0
"""Seconds a worker needs to import its libraries and to load compiled code."""

_SHARED = 1.15
"""How much longer steps take while other workers compute too: they share memory and cache (measured with two)."""

_MOST_PROBES = 16
_LEAST_SHARE = 8
"""At most one in so many paths is run ahead."""

_REPEATS = frozenset({"seed", "keep"})
"""Parameters that tell repeats apart and change no cost."""


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
        Expected wall time of what is left after the probes.
    spent
        Seconds that the probes took; their results are kept.
    memory
        Expected peak of one process in bytes; 0 when nobody said.
    n_workers
        Processes that compute at once.
    disk
        Expected bytes of the records that are missing, in a store that keeps them in files; 0 when unknown.
    """

    n_records: int
    n_reused: int
    steps: Mapping[str, int]
    seconds: float
    spent: float = 0.0
    memory: int = 0
    n_workers: int = 1
    disk: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        """Return the cost of both plans, one after the other."""
        names = dict.fromkeys([*self.steps, *other.steps])
        return Estimate(
            self.n_records + other.n_records,
            self.n_reused + other.n_reused,
            {name: self.steps.get(name, 0) + other.steps.get(name, 0) for name in names},
            self.seconds + other.seconds,
            self.spent + other.spent,
            max(self.memory, other.memory),
            max(self.n_workers, other.n_workers),
            self.disk + other.disk,
        )

    def __str__(self) -> str:
        steps = ", ".join(f"{count} {name}" for name, count in self.steps.items())
        reused = f", {self.n_reused} of them reused" if self.n_reused else ""
        text = f"{self.n_records} runs{reused}; steps: {steps or 'none'}; about {_clock(self.seconds)}"
        if not self.memory:
            return text
        each = f" in each of {self.n_workers} processes" if self.n_workers > 1 else ""
        return f"{text}, {self.memory / 2**30:.1f} GiB{each}"

    @property
    def on_disk(self) -> list[str]:
        """One line about what a folder will hold; none when that is unknown."""
        size = f"{max(1, round(self.disk / 2**20)):,} MiB"
        return [f"on disk: about {size} of records, and the tables, figures and copies made of them"] * bool(self.disk)

    def with_memory(self, size: int) -> Estimate:
        """Return the estimate with the expected peak of one process."""
        return replace(self, memory=size)

    def after(self, spent: float) -> Estimate:
        """Return the estimate with the seconds that probes took."""
        return replace(self, spent=spent)


def _clock(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.1f} min"


Kinds = tuple[str, str, str, str]


@dataclass
class Costs:
    """Seconds of steps that were timed; the more a step resembles a timed one, the better it is known.

    The first call of a step also imports its libraries and loads compiled code; it is left out where there is another.

    Parameters
    ----------
    timed
        Seconds of each step, under what it is from the most to the least exact; filled by `learn`.
    sizes
        Bytes of the file of each record, likewise; filled by `weigh`.
    there
        Keys and slots of records that were found whole: large studies are estimated several times.
    """

    timed: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    there: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    _first: dict[str, float] = field(default_factory=dict, init=False)

    def learn(self, plan: Plan, timings: Mapping[str, float]) -> None:
        """Add the steps of `plan` that were timed, by the key of their node, in the order in which they ran."""
        kinds = _kinds(plan)
        for key, seconds in timings.items():
            name = plan.nodes[key].call.step.name
            if name not in self._first:
                self._first[name] = seconds
                continue
            for kind in kinds[key]:
                self.timed.setdefault(kind, []).append(seconds)

    def expected(self, plan: Plan) -> dict[str, float]:
        """Return what each node of `plan` is expected to take; 0 where nothing like it was timed."""
        return {key: self._seconds(plan.nodes[key], kinds) for key, kinds in _kinds(plan).items()}

    def weigh(self, plan: Plan, sizes: Mapping[str, int]) -> None:
        """Add what the records of some nodes of `plan` take on disk, in bytes by key."""
        kinds = _kinds(plan) if sizes else {}
        for key, size in sizes.items():
            for kind in kinds[key]:
                self.sizes.setdefault(kind, []).append(size)

    def size(self, plan: Plan, keys: Sequence[str]) -> int:
        """Return the bytes that the records of `keys` are expected to take; those unlike any that was weighed, 0."""
        kinds = _kinds(plan) if self.sizes and keys else {}
        known = [next((kind for kind in kinds[key] if kind in self.sizes), "") for key in keys if kinds]
        return round(sum(n * median(self.sizes[kind]) for kind, n in Counter(known).items() if kind))

    def _seconds(self, node: Node, kinds: Kinds) -> float:
        for kind in kinds:
            if kind in self.timed:
                return median(self.timed[kind])
        return self._first.get(node.call.step.name, 0.0)


def _kinds(plan: Plan) -> dict[str, Kinds]:
    """Return what each step is: with all that is above it, with the names above it, alone, by name."""
    found: dict[str, Kinds] = {}
    above, names = {plan.root_key: ""}, {plan.root_key: ""}
    for key, node in plan.nodes.items():
        own = json.dumps(_plain(node), sort_keys=True)
        above[key] = digest_text(above[node.parent], own)
        names[key] = f"{names[node.parent]}/{node.call.step.name}"
        found[key] = (above[key], f"{names[key]} {own}", own, node.call.step.name)
    return found


def _plain(node: Node) -> list[Any]:
    """Return a step with the parameters that change its cost."""
    call = node.call
    params = {} if call.step.stochastic else {n: v for n, v in call.params.items() if n not in _REPEATS}
    return [call.step.name, params]


def estimate(
    plan: Plan,
    data: Mapping[str, Any],
    *,
    store: Store,
    engine: Engine,
    costs: Costs | None = None,
    n_probes: int = _MOST_PROBES,
) -> Estimate:
    """Run a few paths that together hold every kind of step, and add up what the others will take.

    The work is dealt out to the workers as the engine does it, so what several of them repeat is counted as often.

    Parameters
    ----------
    plan, data, engine
        As in `rashomon.engine.run`.
    store
        Keeps the records of the timed paths, so nothing is computed for nothing.
    costs
        What is known already, from an earlier plan on the same data and store; the timed paths are added.
    n_probes
        Most paths to run; 0 relies on `costs` alone.
    """
    costs = costs if costs is not None else Costs()
    wanted = [record for record in plan.keep.items() if record not in costs.there]
    missing = [key for key, slots in wanted if store.get(key, slots) is None]
    absent = set(missing)
    costs.there |= {record for record in wanted if record[0] not in absent}
    probes = _probes(plan, missing, costs, n_probes)
    timings: dict[str, float] = {}
    sizes: dict[str, int] = {}

    def keep(key: str, record: Record) -> None:
        store.put(key, record)
        sizes[key] = record_size(record)
        if record.status == "ok":
            costs.there.add((key, plan.keep[key]))

    begun = time.perf_counter()
    walk(plan, data, probes, emit=keep, timings=timings)
    spent = time.perf_counter() - begun
    costs.learn(plan, timings)
    costs.weigh(plan, sizes)
    done = set(probes)
    left = [key for key in missing if key not in done]
    return Estimate(
        len(plan),
        len(plan) - len(missing),
        plan.count_steps(missing),
        _makespan(plan, left, costs, engine),
        spent,
        n_workers=engine.n_workers,
        disk=costs.size(plan, missing),
    )


def _probes(plan: Plan, missing: Sequence[str], costs: Costs, n_probes: int) -> list[str]:
    """Return paths that together hold every kind of step that nobody timed yet, the most telling first."""
    kinds = _kinds(plan)
    # the last step of a path by its parameters, the steps before it also by what is above them
    kept = {key: found[2:3] if key in plan.keep else found[1:3] for key, found in kinds.items()}
    unknown = {
        key: {kind for node in plan.path(key) for kind in kept[node.key]} - costs.timed.keys() for key in missing
    }
    most = min(n_probes, max(2, len(missing) // _LEAST_SHARE))
    chosen: list[str] = []
    while unknown and len(chosen) < most:
        best = max(unknown, key=lambda key: len(unknown[key]))
        news = unknown.pop(best)
        if not news:
            break
        chosen.append(best)
        unknown = {key: left - news for key, left in unknown.items()}
    return [*chosen, *_second_calls(plan, missing, chosen, most)] if chosen else []


def _second_calls(plan: Plan, missing: Sequence[str], chosen: Sequence[str], most: int) -> list[str]:
    """Return paths with another call of the steps that `chosen` calls once, those with the least to run first.

    The first call of a step may compile it, which says nothing of the others.
    """
    run = {node.key for key in chosen for node in plan.path(key)}
    calls = Counter(plan.nodes[key].call.step.name for key in run)
    once = {name for name, n in calls.items() if n == 1}
    fresh = {key: {node.key for node in plan.path(key)} - run for key in missing if key not in set(chosen)}
    found: list[str] = []
    while len(found) < most:
        gains = {key: {plan.nodes[node].call.step.name for node in nodes} & once for key, nodes in fresh.items()}
        able = [key for key in fresh if gains[key]]
        if not able:
            break
        best = min(able, key=lambda key: (len(fresh[key]) / len(gains[key]), len(fresh[key])))
        found.append(best)
        once -= gains[best]
        run = fresh.pop(best)
        fresh = {key: nodes - run for key, nodes in fresh.items()}
    return found


def _makespan(plan: Plan, left: Sequence[str], costs: Costs, engine: Engine) -> float:
    """Return when the last worker ends."""
    if not left:
        return 0.0
    expected = costs.expected(plan)
    if engine.n_workers == 1:
        return _work(plan, left, expected)
    free = [_START] * engine.n_workers
    for unit in split(plan, list(left), n_units=UNITS_PER_WORKER * engine.n_workers):
        free.sort()
        free[0] += _SHARED * _work(plan, unit, expected)
    return max(free)


def _work(plan: Plan, keys: Iterable[str], expected: Mapping[str, float]) -> float:
    return sum(expected[node.key] for nodes in plan.children(keys).values() for node in nodes)
