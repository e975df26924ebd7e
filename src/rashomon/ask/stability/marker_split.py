"""Counts that the labels have not seen: the other half of the molecules that a thinned copy was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.ask.structure.match import RECOVERED, match_clusters
from rashomon.core import digest_slots
from rashomon.core.labels import MISSING
from rashomon.dataset import Expression
from rashomon.engine import Plan
from rashomon.multiverse.unit import slots_of

__all__ = ["SCALE", "THINNED", "Split", "held_out_splits", "linear_values", "same_counts"]

SCALE = 1e4
"""Total count to which every cell is scaled before genes are compared."""

THINNED = "thinning"
"""Perturbation whose replicates leave half of the molecules out."""


@dataclass(frozen=True, eq=False)
class Split:
    """One test of the judged clusters: what is compared, and which cells stand for each cluster.

    Parameters
    ----------
    rows
        Positions of the cells that take part, shape ``(n_cells,)``.
    values
        What is compared, on a linear scale: CSR, shape ``(n_cells, n_genes)``.
    members
        1 where a cell stands for a judged cluster, CSR, shape ``(n_cells, n_clusters)``; empty columns where none do.
    """

    rows: np.ndarray
    values: sp.csr_matrix
    members: sp.csr_matrix


def linear_values(expression: Expression) -> sp.csr_matrix:
    """Return the matrix on a linear scale: counts per 10,000, or the values whose logarithm the file holds."""
    if expression.kind == "lognormalised":
        x = expression.x
        return sp.csr_matrix((np.expm1(x.data), x.indices, x.indptr), shape=x.shape)
    return _per_cell(expression.x)


def same_counts(request: Request, values: sp.csr_matrix) -> Split:
    """Return the test of the judged clusters on `values` of all cells, the numbers that the labels may come from."""
    codes = request.judged.codes
    rows = np.flatnonzero(codes > MISSING)
    k = len(request.judged.categories)
    members = np.stack([codes[rows] == code for code in range(k)], axis=1)
    return Split(rows, values[rows] if rows.size < codes.size else values, sp.csr_matrix(members.astype(np.float64)))


def held_out_splits(request: Request, finished: Sequence[Finished], *, n: int) -> tuple[list[Split], str]:
    """Return up to `n` tests on molecules that took no part in the labels, and why there are none.

    A replicate of question 2 clusters a copy that kept half of the molecules. The same random stream makes that copy
    again here, and what is left of the counts is compared between the clusters *of that replicate*. A judged cluster is
    represented by the one with the largest Jaccard index, over all resolutions, if that is 0.5 or more.

    Parameters
    ----------
    request
        What is asked about.
    finished
        Finished units of question 2.
    n
        How many replicates to use, at most.
    """
    expression = request.dataset.expression
    entries = [
        entry
        for entry in finished
        if entry.unit.facts["perturbation"] == THINNED
        and entry.unit.facts["replicate"] < n
        and entry.record.status == "ok"
    ]
    if expression is None or not entries:
        return [], "no copy with half of the counts was clustered"
    slots = slots_of(request.dataset, use_rep=request.use_rep)
    plan = Plan(digest_slots(slots), request.entropy)
    groups: dict[int, list[Finished]] = {}
    for entry in entries:
        # an equal key means the same data, seed and steps; only then is the complement independent of the labels
        if plan.add(entry.unit.path, keep=()) != entry.key:
            return [], "the halved counts behind the finished runs cannot be made again"
        groups.setdefault(entry.unit.facts["replicate"], []).append(entry)
    splits = []
    for group in groups.values():
        node = plan.path(group[0].key)[0]
        kept = node.call.step.run(slots, node.call.params, node.rng(request.entropy))["x"]
        splits.append(_split(request, sp.csr_matrix(expression.x - kept), group))
    return splits, ""


def _split(request: Request, left_out: sp.csr_matrix, group: Sequence[Finished]) -> Split:
    judged, k = request.judged.codes, len(request.judged.categories)
    left_out.eliminate_zeros()
    rows = np.sort(group[0].record.slots["rows"])
    best, members = np.full(k, RECOVERED), np.zeros((judged.size, k))
    for entry in group:
        labels = np.full(judged.size, MISSING, dtype=np.int32)
        labels[entry.record.slots["rows"]] = entry.record.slots["labels"]
        matches = match_clusters(judged, labels, n_clusters=k)
        for code, jaccard, found in zip(matches["cluster"], matches["jaccard"], matches["found"], strict=True):
            if jaccard >= best[code]:
                # above what was found so far: among equals the first resolution stays
                best[code] = np.nextafter(jaccard, 2.0)
                members[:, code] = labels == found
    return Split(rows, _per_cell(left_out)[rows], sp.csr_matrix(members[rows]))


def _per_cell(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Return counts scaled to the same total in every cell; cells without counts stay empty."""
    totals = counts @ np.ones(counts.shape[1])
    factors = np.repeat(SCALE / np.where(totals > 0, totals, 1.0), np.diff(counts.indptr))
    return sp.csr_matrix((counts.data * factors, counts.indices, counts.indptr), shape=counts.shape)
