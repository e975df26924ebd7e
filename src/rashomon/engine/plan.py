"""A plan: steps as a prefix tree, so that every distinct step runs once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from rashomon.core import Step, UsageError, child, digest_json

__all__ = ["Call", "Node", "Plan", "environment"]

_NUMERICS = (
    "harmonypy",
    "igraph",
    "leidenalg",
    "numba",
    "numpy",
    "pandas",
    "pynndescent",
    "scikit-learn",
    "scikit-misc",
    "scipy",
)
"""Libraries that can change a number; those of optional extras are left out where they are not installed."""


@cache
def environment() -> dict[str, str]:
    """Return the versions of the libraries that can change a number; part of every key."""
    found = {}
    for name in _NUMERICS:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@dataclass(frozen=True)
class Call:
    """A step with its parameters (JSON types only)."""

    step: Step
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """One distinct step of a plan.

    Parameters
    ----------
    key
        Digest of the step, its parameters and everything above it.
    parent
        Key of the node above, or the key of the root.
    call
        What is run.
    """

    key: str
    parent: str
    call: Call

    def rng(self, entropy: int) -> np.random.Generator | None:
        """Return the node's random stream, named by its step, parent and stream parameters; None if it needs none."""
        step, params = self.call.step, self.call.params
        if not step.stochastic:
            return None
        named = {name: params[name] for name in step.stream} if step.stream else dict(params)
        return child(entropy, step.name, self.parent, digest_json(named))


@dataclass
class Plan:
    """Paths of steps from one root, merged where they begin alike.

    Parameters
    ----------
    root
        Digest of the data the paths start from.
    entropy
        Root of all random streams; part of the key of stochastic steps and of everything below them.
    nodes
        All distinct steps by key, parents before children; filled by `add`.
    keep
        For each recorded node, the slots that are kept; filled by `add`.

    Examples
    --------
    >>> root = Step("root", "math:sqrt", reads=("x",), writes=("x",))
    >>> floor = Step("floor", "math:floor", reads=("x",), writes=("y",))
    >>> plan = Plan("data", entropy=1)
    >>> key = plan.add([Call(root), Call(floor)], keep=["y"])
    >>> same = plan.add([Call(root), Call(floor)], keep=["x"])
    >>> len(plan.nodes), key == same, plan.keep[key]
    (2, True, ('x', 'y'))
    """

    root: str
    entropy: int
    nodes: dict[str, Node] = field(default_factory=dict)
    keep: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root_key = digest_json({"root": self.root, "environment": environment()})

    def add(self, path: Sequence[Call], *, keep: Iterable[str]) -> str:
        """Add a path and record the slots `keep` of its last node; return that node's key.

        Raises
        ------
        UsageError
            When `path` is empty.
        """
        if not path:
            raise UsageError("a path needs at least one step", where="Plan.add")
        parent = self.root_key
        for call in path:
            parent = self._node(parent, call).key
        self.keep[parent] = tuple(sorted({*self.keep.get(parent, ()), *keep}))
        return parent

    def _node(self, parent: str, call: Call) -> Node:
        step = call.step
        identity: dict[str, Any] = {
            "parent": parent,
            "step": [step.name, step.function, step.version],
            "params": dict(call.params),
        }
        if step.stochastic:
            identity["entropy"] = self.entropy
        key = digest_json(identity)
        return self.nodes.setdefault(key, Node(key, parent, call))

    def path(self, key: str) -> list[Node]:
        """Return the nodes from the root to `key`."""
        nodes: list[Node] = []
        while key != self.root_key:
            nodes.append(self.nodes[key])
            key = nodes[-1].parent
        return nodes[::-1]

    def children(self, wanted: Iterable[str]) -> dict[str, list[Node]]:
        """Return, by parent, the nodes that lead to the records `wanted`; in the order in which they were added."""
        needed = {node.key for key in wanted for node in self.path(key)}
        tree: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.key in needed:
                tree.setdefault(node.parent, []).append(node)
        return tree

    def count_steps(self, wanted: Iterable[str] | None = None) -> dict[str, int]:
        """Return how often each step runs for the records `wanted` (all by default)."""
        counts: dict[str, int] = {}
        for nodes in self.children(self.keep if wanted is None else wanted).values():
            for node in nodes:
                counts[node.call.step.name] = counts.get(node.call.step.name, 0) + 1
        return counts

    def to_json(self) -> str:
        """Return the plan as text; `from_json` reads it back with equal keys."""
        nodes = [
            # a function of this process stays here; the engine refuses it before it writes a plan for others
            [node.key, asdict(replace(node.call.step, target=None)), dict(node.call.params), node.parent]
            for node in self.nodes.values()
        ]
        return json.dumps({"root": self.root, "entropy": self.entropy, "nodes": nodes, "keep": self.keep})

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read a plan written by `to_json`."""
        data = json.loads(text)
        plan = cls(data["root"], data["entropy"])
        for key, step, params, parent in data["nodes"]:
            plan.nodes[key] = Node(key, parent, Call(_step(step), params))
        plan.keep = {key: tuple(slots) for key, slots in data["keep"].items()}
        return plan

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys of the records."""
        return iter(self.keep)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.keep)


def _step(fields: dict[str, Any]) -> Step:
    listed = {name: tuple(fields[name]) for name in ("reads", "writes", "stream")}
    return Step(**{**fields, **listed})
