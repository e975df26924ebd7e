"""Two labellings that the tested splits allow: a recommended and a conservative one, each with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from rashomon.structure.judged_tree import JudgedSplit, JudgedTree

__all__ = ["LABELLINGS", "Labelling", "labelling"]

LABELLINGS = {
    "recommended": ("not separated",),
    "conservative": ("not separated", "closed gradient", "gap elsewhere", "cannot tell"),
}
"""Verdicts at which clusters are merged: where no gap was found though a clear one would have been; or wherever none is
proven."""

_MISPLACED = 0.25
"""Share of a cluster beyond the gap from which on the gap does not set it apart."""


@dataclass(frozen=True)
class Labelling:
    """Which clusters are one.

    Parameters
    ----------
    group
        For each cluster, the lowest code of those it is merged with.
    because
        For each cluster, the split that merged it, or the one by which it stays apart from its nearest; None where it
        is the only cluster.
    """

    group: Mapping[int, int]
    because: Mapping[int, JudgedSplit | None]

    def codes(self, labels: np.ndarray) -> np.ndarray:
        """Return the code of the group of each cell; codes below 0 stay.

        Parameters
        ----------
        labels
            Codes of the clusters, shape ``(n,)``.
        """
        table = np.arange(int(labels.max(initial=-1)) + 1)
        for cluster, group in self.group.items():
            table[cluster] = group
        return np.where(labels >= 0, table[np.maximum(labels, 0)], labels) if table.size else labels.copy()


def labelling(tree: JudgedTree, *, merged: Sequence[str], none_at_all: bool = False) -> Labelling:
    """Return the clusters with those merged between which the splits have a verdict in `merged`.

    From the leaves up: where a split of the tree has such a verdict, the groups through which its two sides touch
    become one; then each pair of neighbours with such a verdict does. Groups between whose clusters a gap is proven
    stay apart: neither an odd cluster without a gap to its neighbours nor one that straddles a gap merges all others.

    Parameters
    ----------
    tree
        From `rashomon.structure.split_significance`.
    merged
        Verdicts; see `LABELLINGS`.
    none_at_all
        There is no structure in the data at all: all clusters are one.

    Examples
    --------
    >>> split = JudgedSplit((0,), (1,), 50, 50, verdict="not separated")
    >>> tree = JudgedTree((split,), (split,), (0, 1), ((0.0, 1.0), (1.0, 0.0)), 100, 100)
    >>> {**labelling(tree, merged=LABELLINGS["recommended"]).group}
    {0: 0, 1: 0}
    """
    group = {code: code for code in tree.clusters}
    because: dict[int, JudgedSplit | None] = dict.fromkeys(tree.clusters)
    for a, b, split in _joined(tree, merged, none_at_all=none_at_all):
        old, new = max(group[a], group[b]), min(group[a], group[b])
        if old != new and (none_at_all or not _proven(tree, group, old, new)):
            because |= {code: because[code] or split for code in (a, b)}
            group = {code: new if of == old else of for code, of in group.items()}
    kept = {code: because[code] or _nearest_split(tree, code, group) for code in tree.clusters}
    return Labelling(group, kept)


def _joined(tree: JudgedTree, merged: Sequence[str], *, none_at_all: bool) -> Iterator[tuple[int, int, JudgedSplit]]:
    """Yield the clusters that touch, with the split that finds no gap: nodes from the leaves up, then pairs."""
    for node in reversed(tree.nodes):
        if none_at_all or node.verdict in merged:
            yield *(node.contact or _nearest(tree, node)), node
    for pair in tree.pairs:
        if pair.verdict in merged:
            yield pair.left[0], pair.right[0], pair


def _proven(tree: JudgedTree, group: Mapping[int, int], old: int, new: int) -> bool:
    """Return whether a gap is proven between any two clusters of two groups, which are then not joined by a third."""
    sides = ([code for code, of in group.items() if of == one] for one in (old, new))
    return any(_apart(tree, a, b) for a, b in product(*sides))


def _nearest(tree: JudgedTree, node: JudgedSplit) -> tuple[int, int]:
    left, right = ([tree.clusters.index(code) for code in side] for side in (node.left, node.right))
    near = np.array(tree.distance)[np.ix_(left, right)]
    a, b = np.unravel_index(int(near.argmin()), near.shape)
    return node.left[int(a)], node.right[int(b)]


def _apart(tree: JudgedTree, a: int, b: int) -> bool:
    """Return whether a gap is proven between two clusters, or at the split above, with both on their sides of it."""
    if any({a, b} == {pair.left[0], pair.right[0]} and pair.verdict == "separated" for pair in tree.pairs):
        return True
    for node in tree.nodes:
        sides = [next((k for k, side in enumerate((node.left, node.right)) if code in side), None) for code in (a, b)]
        if None not in sides and sides[0] != sides[1]:
            wrong = dict(zip((*node.left, *node.right), node.wrong, strict=False))
            return node.verdict == "separated" and max(wrong.get(a, 0.0), wrong.get(b, 0.0)) < _MISPLACED
    return False


def _nearest_split(tree: JudgedTree, code: int, group: Mapping[int, int]) -> JudgedSplit | None:
    """Return the test that keeps a cluster from its nearest cluster of another group: of the pair, or of the tree."""
    row = dict(zip(tree.clusters, tree.distance[tree.clusters.index(code)], strict=True))
    others = sorted((other for other in tree.clusters if group[other] != group[code]), key=row.__getitem__)
    if not others:
        return None
    pair = (min(code, others[0]), max(code, others[0]))
    found = next((each for each in tree.pairs if (each.left[0], each.right[0]) == pair), None)
    above = next(node for node in tree.nodes if (code in node.left) != (others[0] in node.left) and _holds(node, pair))
    # the pair is the closer question; where it could not be told, the split above it is what is known
    return found if found is not None and found.verdict != "cannot tell" else above


def _holds(node: JudgedSplit, pair: tuple[int, int]) -> bool:
    return all(code in node.left or code in node.right for code in pair)
