"""Every split of a clustering, tested: the tree over its clusters, and the pairs one would think of merging."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from rashomon.core import UsageError
from rashomon.structure.component import whiten
from rashomon.structure.confounded import shared_cells
from rashomon.structure.direction import two_modes
from rashomon.structure.label_tree import LabelTree, label_tree, neighbouring_pairs
from rashomon.structure.loop import closed_loop
from rashomon.structure.residual import residuals
from rashomon.structure.split import Split, split_test
from rashomon.structure.split_power import CLEAR_GAP, cells_needed, seen_gap

__all__ = ["MAX_CELLS", "SPLIT_VERDICTS", "JudgedSplit", "JudgedTree", "split_significance"]

SPLIT_VERDICTS = ("separated", "not separated", "closed gradient", "gap elsewhere", "cannot tell")
"""What is said of a split: a gap lies along it; none does, though a clear one would have been seen; the sides are arcs
of a circle; there is a gap, but the labels cut across it; it could not be tested."""

MAX_CELLS = 20_000
"""Cells of a random part that is tested in place of larger data."""

_K, _K_TREE = 10, 20
"""Components in which a split is looked for; most components in which the tree is made."""

_N_GENES = 1000
_ENOUGH, _ENOUGH_SMALL = 3000, 150
"""Cells of a split that are tested where there are more, unless fewer than so many of the smaller side were left."""

_NEAR = 5
"""Nearest cells in which clusters touch."""

_MISCUT = 0.25
"""Share of the worse side on the other side of the gap from which on the labels cut across it (a convention)."""


@dataclass(frozen=True)
class JudgedSplit:
    """One split: what was tested, and what came of it.

    Parameters
    ----------
    left, right
        Codes of the clusters on either side.
    n_left, n_right
        Their cells.
    parent
        Place of the split above in the tree; -1 for the root and for pairs.
    n
        Cells that entered the test: a random part of many, of batches that have both sides.
    p, p_adjusted
        Of one mode between the sides; by Holm over all splits and pairs. NaN where nothing was tested.
    dip, overlap
        See `rashomon.structure.Split`.
    wrong
        Share of the cells of each cluster (left, then right) beyond the gap.
    contact
        The cluster of each side through which both touch: where most nearest neighbours lie across. None if they do
        not.
    seen_gap
        Distance of two groups of these sizes that would have been seen, in standard deviations within a group.
    n_needed
        Cells of both sides that a clear gap needs, where these were too few; 0 elsewhere.
    loop
        Whether the sides are joined by a circle.
    verdict
        One of `SPLIT_VERDICTS`.
    reason
        Why it cannot be told.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    n_left: int
    n_right: int
    parent: int = -1
    n: int = 0
    p: float = float("nan")
    p_adjusted: float = float("nan")
    dip: float = float("nan")
    overlap: float = float("nan")
    wrong: tuple[float, ...] = ()
    contact: tuple[int, int] | None = None
    seen_gap: float = float("nan")
    n_needed: int = 0
    loop: bool = False
    verdict: str = "cannot tell"
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them, NaN included."""
        return asdict(self)


@dataclass(frozen=True)
class JudgedTree:
    """All splits of a clustering.

    Parameters
    ----------
    nodes
        Splits of the tree, parents first.
    pairs
        Pairs of clusters: siblings, each cluster with its nearest, and those through which the sides of a node touch.
    clusters
        Codes that have cells.
    distance
        Between the centroids of the clusters, in whitened components, rows of floats.
    n_used, n_cells
        Cells that were used, a random part where there are many; and cells in clusters.
    """

    nodes: tuple[JudgedSplit, ...]
    pairs: tuple[JudgedSplit, ...]
    clusters: tuple[int, ...]
    distance: tuple[tuple[float, ...], ...]
    n_used: int
    n_cells: int


def split_significance(
    counts: sp.csr_matrix,
    labels: np.ndarray,
    *,
    batch: np.ndarray | None = None,
    alpha: float = 0.05,
    max_cells: int = MAX_CELLS,
    rng: np.random.Generator,
) -> JudgedTree:
    """Return for every split of a clustering whether a gap lies along it.

    The splits are the nodes of the tree of average linkage over the clusters' centroids, and pairs of neighbours.
    Residuals and genes are those of the cells of the split alone, so that what tells two sub-populations apart is
    chosen among them. See `rashomon.structure.split_test` for the test.

    Family-wise: p-values are adjusted by Holm over all splits and pairs, which holds however they depend. The tree is
    *not* left at the first split without a gap, as sc-SHC does with levels that shrink with the node: average linkage
    likes to split off one odd cluster first, and "no gap" there would merge all that lies below.

    Parameters
    ----------
    counts
        Raw counts, CSR, shape ``(n, n_genes)``.
    labels
        Codes of the clusters, shape ``(n,)``; cells below 0 take no part.
    batch
        Batch or donor of each cell, shape ``(n,)``: residuals are centred in each, and only those that have cells on
        both sides are used. None: one batch.
    alpha
        Family-wise error rate.
    max_cells
        See `MAX_CELLS`.
    rng
        Chooses cells, and divides them.

    Returns
    -------
    See `JudgedTree`; without splits where fewer than two clusters have cells.

    Raises
    ------
    UsageError
        When the shapes differ.
    """
    codes = np.asarray(labels)
    if codes.shape != (counts.shape[0],):
        raise UsageError(
            f"{codes.size} labels of {counts.shape[0]} cells", where="labels", expected="one label per cell"
        )
    inside = np.flatnonzero(codes >= 0)
    rows = inside if inside.size <= max_cells else np.sort(rng.choice(inside, max_cells, replace=False))
    data = _Data(counts, codes, None if batch is None else np.asarray(batch), rng)
    clusters = np.unique(codes[rows])
    if clusters.size < 2:
        return JudgedTree((), (), tuple(map(int, clusters)), ((0.0,),) * clusters.size, rows.size, inside.size)
    tree = _tree(data, rows, clusters.size)
    done = {(node.left, node.right): _tested(data, rows, node.left, node.right, alpha=alpha) for node in tree.nodes}
    touching = {split.contact for split in done.values() if split.contact is not None}
    neighbours = sorted({(min(pair), max(pair)) for pair in touching} | set(neighbouring_pairs(tree)))
    for a, b in neighbours:
        if ((a,), (b,)) not in done:
            done[(a,), (b,)] = _tested(data, rows, (a,), (b,), alpha=alpha)
    judged = dict(zip(done, _judged(list(done.values()), alpha), strict=True))
    nodes = [replace(judged[node.left, node.right], parent=node.parent) for node in tree.nodes]
    pairs = [judged[(a,), (b,)] for a, b in neighbours]
    apart = np.linalg.norm(tree.centroids[:, None] - tree.centroids[None], axis=2)
    distance = tuple(tuple(float(value) for value in row) for row in apart)
    return JudgedTree(tuple(nodes), tuple(pairs), tree.clusters, distance, rows.size, inside.size)


@dataclass(frozen=True, eq=False)
class _Data:
    counts: sp.csr_matrix
    codes: np.ndarray
    batch: np.ndarray | None
    rng: np.random.Generator

    def scores(self, rows: np.ndarray, k: int) -> np.ndarray | None:
        """Return whitened components of some cells; None where there are too few genes."""
        batch = None if self.batch is None else self.batch[rows]
        found = residuals(self.counts[rows], batch=batch, n_genes=_N_GENES)
        k = min(k, found.values.shape[1] - 1, rows.size // 5)
        return whiten(found, k) if k >= 1 else None


def _tree(data: _Data, rows: np.ndarray, n_clusters: int) -> LabelTree:
    scores = data.scores(rows, min(_K_TREE, max(4, n_clusters - 1)))
    if scores is None:
        # nothing varies: any tree is as good
        scores = np.zeros((rows.size, 1))
    return label_tree(scores, data.codes[rows])


def _tested(
    data: _Data, rows: np.ndarray, left: tuple[int, ...], right: tuple[int, ...], *, alpha: float
) -> JudgedSplit:
    codes = data.codes[rows]
    here = rows[np.isin(codes, (*left, *right))]
    side = np.isin(data.codes[here], right)
    found = JudgedSplit(left, right, int((~side).sum()), int(side.sum()))
    if data.batch is not None:
        shared = shared_cells(data.batch[here], side)
        if not shared.any():
            return replace(found, reason="no batch or donor has cells on both sides")
        here, side = here[shared], side[shared]
    kept = _part(side, data.rng)
    here, side = here[kept], side[kept]
    sizes = int((~side).sum()), int(side.sum())
    gap = seen_gap(*sizes, alpha=alpha)
    found = replace(found, n=here.size, seen_gap=gap, n_needed=_needed(sizes, gap, alpha))
    if np.isnan(gap):
        return replace(found, reason=_too_few(found))
    scores = data.scores(here, _K)
    if scores is None:
        return replace(found, reason="fewer than two genes vary")
    test = split_test(scores, side, rng=data.rng)
    if np.isnan(test.p):
        return replace(found, reason=_too_few(found))
    loop = test.p <= alpha and _loop(scores, test, data.rng)
    wrong = _wrong(test.projection, data.codes[here], side, (*left, *right))
    contact = _contact(scores, data.codes[here], side)
    return replace(found, p=test.p, dip=test.dip, overlap=test.overlap, loop=loop, wrong=wrong, contact=contact)


def _part(side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the cells that are tested: a part that is random, not balanced, or the labels would shape the density."""
    small = max(1, min(int(side.sum()), int((~side).sum())))
    n = max(_ENOUGH, int(np.ceil(side.size * _ENOUGH_SMALL / small)))
    return np.arange(side.size) if n >= side.size else np.sort(rng.choice(side.size, n, replace=False))


def _needed(sizes: tuple[int, int], gap: float, alpha: float) -> int:
    return 0 if gap <= CLEAR_GAP else cells_needed(min(sizes), max(sizes), alpha=alpha) or 0


def _too_few(found: JudgedSplit) -> str:
    more = f"; a clear gap needs about {found.n_needed:,}" if found.n_needed else ""
    return f"{found.n_left:,} and {found.n_right:,} cells are too few{more}"


def _loop(scores: np.ndarray, test: Split, rng: np.random.Generator) -> bool:
    if scores.shape[1] < 2:
        return False
    along = (test.projection - test.projection.mean()) / test.projection.std()
    low, high = two_modes(along)
    return bool(closed_loop(scores, along, low=low, high=high, rng=rng).found)


def _contact(scores: np.ndarray, codes: np.ndarray, side: np.ndarray) -> tuple[int, int] | None:
    """Return the two clusters, left and right, between which most cells have a near neighbour on the other side."""
    near = np.asarray(cKDTree(scores).query(scores, k=min(_NEAR + 1, side.size))[1])[:, 1:]
    of, to = np.repeat(np.arange(side.size), near.shape[1]), near.ravel()
    across = side[of] != side[to]
    if not across.any():
        return None
    ends = np.where(side[of], codes[to], codes[of])[across], np.where(side[of], codes[of], codes[to])[across]
    pairs, count = np.unique(np.stack(ends, axis=1), axis=0, return_counts=True)
    return int(pairs[count.argmax(), 0]), int(pairs[count.argmax(), 1])


def _wrong(along: np.ndarray, codes: np.ndarray, side: np.ndarray, clusters: tuple[int, ...]) -> tuple[float, ...]:
    beyond = (along > 0) != side
    return tuple(float(beyond[codes == code].mean()) if (codes == code).any() else 0.0 for code in clusters)


def _judged(tested: list[JudgedSplit], alpha: float) -> list[JudgedSplit]:
    adjusted = _holm(np.array([each.p for each in tested]))
    return [_verdict(replace(each, p_adjusted=float(p)), alpha) for each, p in zip(tested, adjusted, strict=True)]


def _holm(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted by Holm (1979); NaN stays and is not counted."""
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.size, np.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(known.size, 0, -1)))
    return adjusted


def _verdict(found: JudgedSplit, alpha: float) -> JudgedSplit:
    if np.isnan(found.p):
        return found
    if found.p_adjusted <= alpha:
        return _gap(found)
    if found.p > alpha and found.seen_gap <= CLEAR_GAP:
        return replace(found, verdict="not separated")
    alone = "a gap by this test alone, not after the correction for all tests"
    return replace(found, reason=alone if found.p <= alpha else _too_few(found))


def _gap(found: JudgedSplit) -> JudgedSplit:
    if found.loop:
        return replace(found, verdict="closed gradient", reason="a way round joins the sides")
    if found.overlap > _MISCUT:
        reason = f"there is a gap, and {100 * found.overlap:.0f} % of one side lie beyond it"
        return replace(found, verdict="gap elsewhere", reason=reason)
    return replace(found, verdict="separated")
