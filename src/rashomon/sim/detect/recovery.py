"""Recovery of a planted group: whether one cluster is that group, and more so than by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.core.labels import UNASSIGNED
from rashomon.score.contingency import tabulate
from rashomon.sim.detect.chance import chance_f1

__all__ = ["Recovery", "recovery"]


@dataclass(frozen=True)
class Recovery:
    """How well the best-matching cluster matches a planted group.

    Parameters
    ----------
    f1
        F1 of the best-matching cluster, in [0, 1]: 2 * shared / (cells of the group + cells of the cluster).
    complement_f1
        F1 of the cells outside that cluster with the cells outside the group.
    null_f1
        What `f1` does not exceed with the probability asked for (95 %) when the label of the group is permuted.
    recovered
        Whether the group is found; False where that is undefined.
    cluster
        Code of the best-matching cluster, the lowest among equals; -1: a cell without a cluster, or undefined.
    prevalence
        Share of the group among the cells compared.
    reason
        Why the numbers are NaN; else empty.
    """

    f1: float
    complement_f1: float
    null_f1: float
    recovered: bool
    cluster: int
    prevalence: float
    reason: str = ""


def recovery(found: np.ndarray, truth_member: np.ndarray, *, min_f1: float = 0.8, level: float = 0.95) -> Recovery:
    """Return whether a planted group is found by a clustering, and how well its best-matching cluster matches it.

    It is recovered when the best F1 over clusters is at least `min_f1` and above what a permuted label gives, and, for
    a group of more than half of the cells, the cells outside the cluster also match those outside the group: one giant
    cluster would pass otherwise. The complement of the cluster is compared, not the best cluster of the complement: a
    common type is found beside three others just as well as beside one.

    Parameters
    ----------
    found
        Codes of clusters, shape ``(n_cells,)``; cells with ``-2`` take no part, with ``-1`` each is a cluster of its
        own.
    truth_member
        Whether a cell belongs to the group; boolean, shape ``(n_cells,)``.
    min_f1
        Smallest F1 of a group that is recovered, in [0, 1].
    level
        Quantile of F1 under permutation that must be exceeded, in (0, 1); its law is exact, see
        `rashomon.sim.detect.chance.chance_f1`.

    Raises
    ------
    UsageError
        When `truth_member` is not boolean or of another length, or a threshold lies outside its range.

    Examples
    --------
    >>> member = np.repeat([True, False], [30, 70])
    >>> recovery(np.repeat([0, 1], [33, 67]), member).recovered, recovery(np.zeros(100, int), ~member).recovered
    (True, False)
    """
    _check(truth_member, min_f1, level)
    table = tabulate(found, truth_member.astype(np.int32))
    n, in_group = table.n_obs, table.col == 1
    members = int(table.totals[in_group].sum())
    if members in {0, n}:
        return _undefined(members, n)
    hits = np.zeros(table.row_size.size, dtype=np.int64)
    hits[table.row[in_group]] = table.count[in_group]
    # the last row is a cell without a cluster: its size is 1, and it stands for all of them
    f1 = 2.0 * hits / (members + table.row_size)
    best = int(np.argmax(f1))
    size, hit = int(table.row_size[best]), int(hits[best])
    outside = 2.0 * (n - members - size + hit) / (2 * n - members - size)
    clusters = table.row_size[:-1]
    alone = int(table.row_times[-1]) if table.row_size[-1] else 0
    null = chance_f1(clusters[clusters > 0], members, n_alone=alone, level=level)
    passed = f1[best] >= min_f1 and f1[best] > null and (2 * members <= n or outside >= min_f1)
    code = best if best < clusters.size else UNASSIGNED
    return Recovery(float(f1[best]), outside, null, bool(passed), code, members / n)


def _undefined(members: int, n: int) -> Recovery:
    reason = (
        "no cell is compared" if n == 0 else "no cell of the group" if members == 0 else "no cell outside the group"
    )
    none = math.nan
    share = members / n if n else none
    return Recovery(none, none, none, recovered=False, cluster=UNASSIGNED, prevalence=share, reason=reason)


def _check(member: np.ndarray, min_f1: float, level: float) -> None:
    if member.dtype != np.bool_:
        raise UsageError(
            f"truth_member is of type {member.dtype}", where="recovery", expected="True or False for each cell"
        )
    if not 0.0 <= min_f1 <= 1.0:
        raise UsageError(f"min_f1 is {min_f1}", where="recovery", expected="a number in [0, 1]", fix="use min_f1=0.8")
    if not 0.0 < level < 1.0:
        raise UsageError(f"level is {level}", where="recovery", expected="a number in (0, 1)", fix="use level=0.95")
