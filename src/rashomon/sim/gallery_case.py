"""Cases of the gallery: a small world that was drawn and embedded, and labelings of its cells, right and wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.kmeans import kmeans
from rashomon.core import child
from rashomon.encode.neighbour import neighbours
from rashomon.score.neighbour import predict_from_neighbours
from rashomon.sim.judge import cluster
from rashomon.sim.world import World

__all__ = ["LABELINGS", "Case", "carried_over", "draw_case", "half_runs", "reruns"]

_N_NEIGHBOURS = 15
_N_RERUNS = 6


@dataclass(frozen=True, eq=False)
class Case:
    """Cells of a small world, as the default pipeline sees them.

    Parameters
    ----------
    types, batch
        True type and batch of each cell, ``int32``, shape ``(n_cells,)``; batches are 0 where there is one.
    leiden
        Clusters of the default pipeline.
    view, graph
        Its components and its neighbour graph.
    seed
        Of everything that is drawn at random below.
    """

    types: np.ndarray
    batch: np.ndarray
    leiden: np.ndarray
    view: np.ndarray
    graph: sp.csr_matrix
    seed: int

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest neighbours of each cell, itself first, shape ``(n_cells, 16)``."""
        return neighbours(self.view, k=_N_NEIGHBOURS + 1)[0]

    def rng(self, name: str) -> np.random.Generator:
        """Return the random stream called `name`."""
        return child(self.seed, "gallery", name)

    def halves(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions of two complementary halves of the cells, by the random stream called `name`."""
        order, n = self.rng(name).permutation(self.types.size), self.types.size // 2
        return np.sort(order[:n]), np.sort(order[n:])

    def needed(self, needs: str) -> Mapping[str, Any]:
        """Return what a score needs beside labels, as a keyword."""
        return {} if needs == "labels" else {needs: getattr(self, needs)}


def draw_case(knobs: Mapping[str, Any], *, n_obs: int, seed: int) -> Case:
    """Return a case.

    Parameters
    ----------
    knobs
        Of the world.
    n_obs
        Number of cells.
    seed
        Of the draw and of the pipeline.
    """
    simulated = World("gallery", dict(knobs)).sample(n_obs, rng=seed)
    found = cluster(simulated, rng=seed)
    table = simulated.obs.iloc[found.rows]
    codes = {name: table[name].cat.codes.to_numpy(np.int32) for name in ("type", "batch") if name in table}
    nothing = np.zeros(len(table), dtype=np.int32)
    return Case(
        codes.get("type", nothing),
        codes.get("batch", nothing),
        found.labels[found.rows],
        found.view,
        found.graph,
        seed,
    )


def reruns(case: Case, *, k: int) -> np.ndarray:
    """Return k-means with `k` clusters on six samples of 80 % of the cells, shape ``(n_cells, 6)``; -2 where left out.

    Parameters
    ----------
    case
        Its components are clustered.
    k
        Number of clusters.
    """
    n = case.types.size
    table = np.full((n, _N_RERUNS), -2, dtype=np.int32)
    for j in range(_N_RERUNS):
        rows = np.sort(case.rng(f"rerun {j}").choice(n, round(0.8 * n), replace=False))
        table[rows, j] = kmeans(case.view[rows], k=k, seed=j)
    return table


def half_runs(case: Case, *, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return k-means of both halves of three splits, and beside it the clusters carried over from the other half.

    Parameters
    ----------
    case
        Its components are clustered.
    k
        Number of clusters.

    Returns
    -------
    Two tables of codes, shape ``(n_cells, 6)``; -2 for cells of the other half.
    """
    table = np.full((case.types.size, _N_RERUNS), -2, dtype=np.int32)
    predicted = table.copy()
    for split in range(_N_RERUNS // 2):
        halves = case.halves(f"split {split}")
        made = [kmeans(case.view[rows], k=k, seed=split) for rows in halves]
        for side in (0, 1):
            test, train = halves[side], halves[1 - side]
            table[test, 2 * split + side] = made[side]
            predicted[test, 2 * split + side] = carried_over(case.view, made[1 - side], train=train, test=test)
    return table, predicted


def carried_over(view: np.ndarray, labels: np.ndarray, *, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the clusters of some cells as their fifteen nearest neighbours among others predict them.

    Parameters
    ----------
    view
        Components of all cells.
    labels
        Codes of the cells `train`.
    train, test
        Positions of the cells that have labels, and of those that get them; quadratic in their numbers.
    """
    square = ((view[test][:, None] - view[train][None]) ** 2).sum(axis=2)
    nearest = np.argsort(square, axis=1, kind="stable")[:, :_N_NEIGHBOURS]
    return predict_from_neighbours(nearest, labels)


def _cut(case: Case, n: int) -> np.ndarray:
    """Cut every type into `n` at random."""
    return case.types * n + case.rng("cut").integers(0, n, case.types.size)


def _errors(case: Case, share: float) -> np.ndarray:
    """Move a share of the cells to a type drawn at random."""
    rng = case.rng("errors")
    wrong = rng.random(case.types.size) < share
    return np.where(wrong, rng.integers(0, int(case.types.max()) + 1, case.types.size), case.types)


def _debris(case: Case) -> np.ndarray:
    """Take twenty pairs of cells out of the types, each as a cluster of its own."""
    labels = case.types.copy()
    taken = case.rng("debris").choice(labels.size, 40, replace=False)
    labels[taken] = labels.max() + 1 + np.arange(40) // 2
    return labels


def _largest_cut(case: Case) -> np.ndarray:
    """Cut the largest type into four; all others are whole."""
    largest = np.bincount(case.types).argmax()
    parts = case.rng("largest").integers(0, 4, case.types.size)
    return np.where((case.types == largest) & (parts > 0), case.types.max() + parts, case.types)


def _rare_lost(case: Case) -> np.ndarray:
    """Put all types but the two largest into the largest."""
    order = np.argsort(-np.bincount(case.types), kind="stable")
    return np.where(case.types == order[1], 1, 0)


def _rare_joined(case: Case) -> np.ndarray:
    """Join the types of ten cells and fewer; all others are right."""
    sizes = np.bincount(case.types)
    rare = np.flatnonzero(sizes <= _RARE)
    return np.where(np.isin(case.types, rare), rare.min(initial=0), case.types)


def _largest_mixed(case: Case) -> np.ndarray:
    """Move 40 % of the cells of types above ten cells to another such type; the rare ones are right."""
    rng = case.rng("mixed")
    large = np.flatnonzero(np.bincount(case.types) > _RARE)
    moved = np.isin(case.types, large) & (rng.random(case.types.size) < _MIXED)
    return np.where(moved, rng.choice(large, case.types.size), case.types)


_RARE, _MIXED = 10, 0.4

LABELINGS: Mapping[str, Callable[[Case], np.ndarray]] = {
    "types": lambda case: case.types,
    "siblings joined": lambda case: case.types // 2,
    "lineages": lambda case: case.types // max(1, (int(case.types.max()) + 1) // 2),
    "every type cut in two": lambda case: _cut(case, 2),
    "every type cut in eight": lambda case: _cut(case, 8),
    "one cluster": lambda case: np.zeros_like(case.types),
    "150 random clusters": lambda case: case.rng("random").integers(0, 150, case.types.size),
    "random clusters": lambda case: case.rng("random").permutation(case.types),
    "a tenth wrong": lambda case: _errors(case, 0.1),
    "six in ten wrong": lambda case: _errors(case, 0.6),
    "types and debris": _debris,
    "largest type cut": _largest_cut,
    "rare types lost": _rare_lost,
    "rare types joined": _rare_joined,
    "large types mixed": _largest_mixed,
    "Leiden": lambda case: case.leiden,
}
"""Labelings by name."""
