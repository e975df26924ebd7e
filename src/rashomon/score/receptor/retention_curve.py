"""Purity against retention over cutoffs: methods are compared where they keep equally many receptors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.item import same_length
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.guard import SEPARATION, first_guard
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention

__all__ = ["CurveArea", "common_range", "curve_area", "purity_retention_curve"]


class CurveArea(NamedTuple):
    """The mean purity over a range of retention; NaN, with a reason, where there is none."""

    area: float
    low: float
    high: float
    reason: str = ""


def purity_retention_curve(labelings: np.ndarray, sets: sp.csr_matrix, *, cutoffs: Sequence[float]) -> pd.DataFrame:
    """Return retention and purity of a nested family of clusterings.

    Parameters
    ----------
    labelings
        One column per cutoff, ``int32``, shape ``(n, n_cutoffs)``; ``-1`` unclustered, ``-2`` not observed.
    sets
        Labels of each receptor, boolean CSR, shape ``(n, n_classes)``.
    cutoffs
        Value of the cutoff of each column, from strict to lenient.

    Returns
    -------
    One row per cutoff, in order: ``cutoff``, ``retention``, ``purity``, ``n_clusters``, ``status``, ``reason``. Purity
    is NaN, with its reason, where a guard holds.

    Raises
    ------
    UsageError
        When columns and cutoffs differ in number, or retention falls from one cutoff to the next: the family is not
        nested.

    Examples
    --------
    >>> sets = sp.csr_matrix(np.eye(2, dtype=bool)[[0, 0, 0, 1, 1, 1]])
    >>> labelings = np.array([[0, 0, -1, 1, 1, -1], [0, 0, 1, 1, 1, -1]]).T
    >>> curve = purity_retention_curve(labelings, sets, cutoffs=[1, 2])
    >>> curve[["retention", "purity"]].round(2).values.tolist()
    [[0.67, 1.0], [0.83, 0.8]]
    """
    same_length(np.shape(labelings)[1], len(cutoffs), where="labelings and cutoffs")
    rows = []
    for cutoff, labels in zip(cutoffs, np.asarray(labelings).T, strict=True):
        tally = group(labels, sets).tally()
        reason = first_guard(SEPARATION, tally)
        value = float("nan") if reason else purity(tally)
        status = "undefined" if reason else "ok"
        rows.append((float(cutoff), retention(tally), value, tally.n_clusters, status, reason))
    curve = pd.DataFrame(rows, columns=["cutoff", "retention", "purity", "n_clusters", "status", "reason"])
    falls = np.flatnonzero(np.diff(curve["retention"]) < 0)
    if falls.size:
        raise UsageError(
            f"retention falls from cutoff {cutoffs[falls[0]]} to {cutoffs[falls[0] + 1]}",
            where="purity-retention curve",
            expected="a nested family: cutoffs from strict to lenient",
            fix="sort the cutoffs, or draw one curve per method",
        )
    return curve


def common_range(*curves: pd.DataFrame) -> tuple[float, float]:
    """Return the lowest and highest retention that all of the `curves` reach with a purity; NaN where one has none.

    Examples
    --------
    >>> a, b = (pd.DataFrame({"retention": r, "purity": [1.0, 0.5]}) for r in ([0.1, 0.5], [0.3, 0.9]))
    >>> common_range(a, b)
    (0.3, 0.5)
    """
    known = [curve.loc[curve["purity"].notna(), "retention"] for curve in curves]
    low, high = (np.array([getattr(each, end)() for each in known]) for end in ("min", "max"))
    return float(low.max()), float(high.min())


def curve_area(curve: pd.DataFrame, *, between: tuple[float, float] | None = None) -> CurveArea:
    """Return the area below a purity-retention curve, divided by the width of the range: the mean purity over it.

    Parameters
    ----------
    curve
        As `purity_retention_curve` makes it. Points with the same retention count with their mean purity.
    between
        Lowest and highest retention; `common_range` of the methods to be compared. None: the range of this curve.

    Returns
    -------
    The area, in [0, 1], by trapezoids, with purity interpolated at the ends of the range; larger is better. Its level
    by chance is that of the purity. NaN, with the reason, where the range is empty or beyond the curve.

    Examples
    --------
    >>> curve = pd.DataFrame({"retention": [0.2, 0.4, 0.6], "purity": [1.0, 0.8, 0.4]})
    >>> round(curve_area(curve).area, 3), round(curve_area(curve, between=(0.2, 0.4)).area, 3)
    (0.75, 0.9)
    """
    known = curve[curve["purity"].notna()].groupby("retention")["purity"].mean().sort_index()
    x, y = known.index.to_numpy(dtype=np.float64), known.to_numpy(dtype=np.float64)
    low, high = between if between is not None else (x.min(initial=np.inf), x.max(initial=-np.inf))
    if x.size < 2 or not low < high:
        reason = "no common range of retention" if x.size > 1 else "fewer than two points with a purity"
        return CurveArea(float("nan"), float(low), float(high), reason)
    if low < x[0] or high > x[-1]:
        return CurveArea(float("nan"), float(low), float(high), "the range is beyond the curve")
    inside = (x > low) & (x < high)
    at = np.concatenate([[low], x[inside], [high]])
    area = np.trapezoid(np.interp(at, x, y), at) / (high - low)
    return CurveArea(float(np.clip(area, y.min(), y.max())), float(low), float(high))
