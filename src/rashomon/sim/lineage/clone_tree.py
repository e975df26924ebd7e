"""Topology of clones: which cell of a clone descends from which, and how long the branches are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.sim.limit.domain import checked
from rashomon.sim.stream import draw_bits, stream_key, unit_keys

__all__ = ["TOPOLOGIES", "CloneTrees", "clone_trees"]

TOPOLOGIES = ("birth", "star", "coalescent")
"""Laws of the topology, see `clone_trees`."""


@dataclass(frozen=True, eq=False)
class CloneTrees:
    """Trees of clones: one row per cell, the cells of a clone side by side, parents before their children.

    Parameters
    ----------
    clone
        Position of the clone of each row, ``int64``, shape ``(n_rows,)``.
    parent
        Row of the parent; -1: the unmutated common ancestor of the clone, which has no row.
    node
        Number of the row within its clone: with the unit of the clone, the address of its random numbers.
    length
        Length of the branch from the parent, at least 0.
    depth
        Length of the path from the unmutated ancestor.
    member
        Whether the cell is one of those that were asked for; the others are ancestors that nobody observes.
    units
        Number of each clone in its world, shape ``(n_clones,)``.
    """

    clone: np.ndarray
    parent: np.ndarray
    node: np.ndarray
    length: np.ndarray
    depth: np.ndarray
    member: np.ndarray
    units: np.ndarray

    @property
    def n_rows(self) -> int:
        """Number of cells, ancestors included."""
        return int(self.clone.size)


def clone_trees(
    sizes: np.ndarray,
    key: np.uint64,
    *,
    units: np.ndarray | None = None,
    topology: str = "birth",
    trunk: float = 1.0,
) -> CloneTrees:
    """Draw the trees of clones of given sizes.

    The first row of a clone hangs at the unmutated ancestor by a branch of length `trunk`. Below it:

    - ``birth``: each further member is born by one of the members so far, all equally likely (random recursive tree);
      branches have length 1, all rows are members. The k-th member (from 1) has an expected depth of
      trunk + 1 + 1/2 + ... + 1/(k - 1). A larger clone continues a smaller one.
    - ``star``: the first row is an ancestor, and every member hangs at it by a branch of length 1.
    - ``coalescent``: Kingman's coalescent of the members; k lines meet after an exponential time of mean
      2 / (k (k - 1)), so that two members are 2 apart on average, and the first row is their last common ancestor.

    Parameters
    ----------
    sizes
        Members of each clone, integers of at least 1, shape ``(n_clones,)``.
    key
        From `rashomon.sim.stream.stream_key`.
    units
        Number of each clone in its world, distinct, at least 0; its place when None. A tree depends on the key, the
        unit and the size of its clone alone.
    topology
        One of `TOPOLOGIES`.
    trunk
        Length of the branch from the unmutated ancestor to the first row, at least 0.

    Returns
    -------
    One row per cell: members, and the ancestors that the topology needs.

    Raises
    ------
    UsageError
        When the topology is unknown, a size is below 1, or the numbers of units and sizes differ.

    References
    ----------
    Kingman (1982), Stochastic Processes and their Applications 13:235; Smythe and Mahmoud (1995), Theory of
    Probability and Mathematical Statistics 51:1 (recursive trees).

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> trees = clone_trees(np.array([3, 1]), stream_key(1, "clone"), topology="star")
    >>> trees.clone.tolist(), trees.parent.tolist(), trees.depth.tolist()
    ([0, 0, 0, 0, 1, 1], [-1, 0, 0, 0, -1, 4], [1.0, 2.0, 2.0, 2.0, 1.0, 2.0])
    """
    if topology not in TOPOLOGIES:
        raise UsageError(f"unknown topology {topology!r}", where="clone_trees", fix=did_you_mean(topology, TOPOLOGIES))
    n_members, numbers = _checked_sizes(sizes, units)
    length = float(checked(trunk, "trunk", where="clone_trees"))
    n_rows = {"birth": n_members, "star": n_members + 1, "coalescent": 2 * n_members - 1}[topology]
    start = np.concatenate([[0], np.cumsum(n_rows)]).astype(np.int64)
    clone = np.repeat(np.arange(n_members.size), n_rows)
    node = np.arange(start[-1]) - start[clone]
    parent, branch = np.full(start[-1], -1, dtype=np.int64), np.ones(start[-1])
    if topology == "star":
        parent[node > 0] = start[clone[node > 0]]
    else:
        keys = unit_keys(stream_key(int(key), "topology"), numbers)
        (_births if topology == "birth" else _coalesce)(keys, start, n_members, parent, branch)
    branch[node == 0] = length
    first = {"birth": np.zeros_like(n_members), "star": np.ones_like(n_members), "coalescent": n_members - 1}[topology]
    return CloneTrees(clone, parent, node, branch, _depth(parent, branch), node >= first[clone], numbers)


def _checked_sizes(sizes: np.ndarray, units: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    n_members = np.asarray(sizes)
    if n_members.ndim != 1 or n_members.dtype.kind not in "iu" or (n_members < 1).any():
        wrong = first_few(np.atleast_1d(n_members)[np.atleast_1d(n_members) < 1], n=3)
        raise UsageError(
            f"sizes of type {n_members.dtype}, shape {n_members.shape}" + (f", with {wrong}" if wrong else ""),
            where="clone_trees",
            expected="one integer of at least 1 per clone",
        )
    numbers = np.arange(n_members.size) if units is None else np.asarray(units)
    if numbers.shape != n_members.shape:
        raise UsageError(
            f"{numbers.size} units", where="clone_trees", expected=f"one for each of {n_members.size} clones"
        )
    return n_members.astype(np.int64), numbers.astype(np.int64)


@numba.njit(cache=True, nogil=True, inline="always")
def _uniform(key: Any, draw: int) -> Any:
    return (np.float64(np.int64(draw_bits(key, np.uint64(draw)))) + 0.5) * 2.0**-53


@numba.njit(cache=True, nogil=True)
def _births(keys: Any, start: Any, n_members: Any, parent: Any, branch: Any) -> None:
    for c in range(keys.size):
        for k in range(1, n_members[c]):
            parent[start[c] + k] = start[c] + np.int64(_uniform(keys[c], k) * k)
            branch[start[c] + k] = 1.0


@numba.njit(cache=True, nogil=True)
def _coalesce(keys: Any, start: Any, n_members: Any, parent: Any, branch: Any) -> None:
    for c in range(keys.size):
        n, first = n_members[c], start[c]
        lines = np.arange(n) + n - 1
        when = np.zeros(2 * n - 1)
        time = 0.0
        for k in range(n, 1, -1):
            time -= math.log(_uniform(keys[c], 3 * k)) * 2.0 / (k * (k - 1.0))
            ancestor = k - 2
            when[ancestor] = time
            # two different lines: the ancestor takes the place of the first, then the last line that of the second
            i = np.int64(_uniform(keys[c], 3 * k + 1) * k)
            j = np.int64(_uniform(keys[c], 3 * k + 2) * (k - 1))
            j += j >= i
            for place in (i, j):
                parent[first + lines[place]] = first + ancestor
                branch[first + lines[place]] = time - when[lines[place]]
            lines[i] = ancestor
            lines[j] = lines[k - 1]


@numba.njit(cache=True, nogil=True)
def _depth(parent: np.ndarray, branch: np.ndarray) -> np.ndarray:
    depth = branch.copy()
    for row in range(parent.size):
        if parent[row] >= 0:
            depth[row] += depth[parent[row]]
    return depth
