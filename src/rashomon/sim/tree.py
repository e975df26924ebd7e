"""A tree of types: which groups belong together, level by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["Tree"]


@dataclass(frozen=True, eq=False)
class Tree:
    """Types as leaves of a tree.

    Parameters
    ----------
    leaves
        Names of the types.
    levels
        From the coarsest to the types themselves: names of the nodes, and the node of each type, shape ``(n_types,)``.

    Examples
    --------
    >>> tree = Tree.make({"lymphoid": ["T", "B"], "T": ["CD4", "CD8"]}, n_groups=1)
    >>> tree.leaves, [names for names, _ in tree.levels]
    (('CD4', 'CD8', 'B'), [('lymphoid',), ('T', 'B'), ('CD4', 'CD8', 'B')])
    """

    leaves: tuple[str, ...]
    levels: tuple[tuple[tuple[str, ...], np.ndarray], ...]

    @classmethod
    def make(cls, spec: Sequence[int] | Mapping[str, Sequence[str]], *, n_groups: int) -> Tree:
        """Build the tree that a knob describes.

        Parameters
        ----------
        spec
            Numbers of children per level (``[2, 3]``: two lineages of three types), or a mapping from each inner node
            to its children. Empty: no hierarchy.
        n_groups
            Number of types where `spec` is empty; otherwise ignored when it is 1.

        Raises
        ------
        UsageError
            When a node is its own ancestor or has two parents, or the leaves are not as many as `n_groups`.
        """
        paths = _named_paths(spec) if isinstance(spec, Mapping) else _counted_paths(spec or [n_groups])
        tree = cls(tuple(path[-1] for path in paths), _levels(paths))
        if spec and n_groups not in {1, len(tree.leaves)}:
            raise UsageError(
                f"the hierarchy has {len(tree.leaves)} types and n_groups is {n_groups}",
                where="hierarchy",
                expected="the same number, or no n_groups",
                fix="leave n_groups out",
                code="world.tree",
            )
        return tree

    @property
    def n_types(self) -> int:
        """Number of leaves."""
        return len(self.leaves)

    def siblings(self) -> np.ndarray:
        """Return which types share a parent, themselves excluded, shape ``(n_types, n_types)``; all, in a flat tree."""
        parent = self.levels[-2][1] if len(self.levels) > 1 else np.zeros(self.n_types, dtype=np.int64)
        together = parent[:, None] == parent[None, :]
        np.fill_diagonal(together, val=False)
        return np.asarray(together)


def _counted_paths(children: Sequence[int]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = [()]
    for depth, n in enumerate(children):
        stem = "type" if depth == len(children) - 1 else f"level{depth + 1}"
        longer = [(path, child) for path in paths for child in range(n)]
        paths = [(*path, f"{stem}_{place + 1}") for place, (path, _) in enumerate(longer)]
    return paths


def _named_paths(children: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    graph = nx.DiGraph()
    for parent, below in children.items():
        graph.add_edges_from((str(parent), str(child)) for child in below)
    twice = [
        child for below in children.values() for child in set(map(str, below)) if list(map(str, below)).count(child) > 1
    ]
    if twice:
        _refuse(f"these are written twice: {first_few(twice)}")
    if not nx.is_directed_acyclic_graph(graph):
        cycle = " > ".join(edge[0] for edge in nx.find_cycle(graph))
        _refuse(f"the hierarchy has a cycle: {cycle}")
    several = [node for node, n in graph.in_degree() if n > 1]
    if several:
        _refuse(f"these have more than one parent: {first_few(several)}")
    if not graph:
        _refuse("the hierarchy has no type")
    paths: list[tuple[str, ...]] = []
    for root in (node for node, n in graph.in_degree() if n == 0):
        _descend(graph, (root,), paths)
    return paths


def _descend(graph: Any, path: tuple[str, ...], paths: list[tuple[str, ...]]) -> None:
    below = list(graph.successors(path[-1]))
    if not below:
        paths.append(path)
    for child in below:
        _descend(graph, (*path, child), paths)


def _levels(paths: list[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], np.ndarray], ...]:
    """Return the node of each leaf at each depth; a leaf that is reached early stays itself below."""
    found = []
    for depth in range(max(map(len, paths))):
        names = [path[min(depth, len(path) - 1)] for path in paths]
        order = tuple(dict.fromkeys(names))
        found.append((order, np.array([order.index(name) for name in names])))
    return tuple(found)


def _refuse(what: str) -> None:
    raise UsageError(
        what,
        where="hierarchy",
        expected="a tree: every node has one parent and is not its own ancestor",
        fix="write each child once",
        code="world.tree",
    )
