"""Is there a gap between two sides? A direction is learnt on one half of the cells, and its dip taken on the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rashomon.core import UsageError
from rashomon.structure.dip import dip
from rashomon.structure.reference import dip_p

__all__ = ["MIN_SIDE", "RATIO", "Split", "split_test"]

MIN_SIDE = 8
"""Cells that the smaller side must have in each half."""

_ROUNDS = 10
"""How often the learning half is clustered again, at most."""

RATIO = 1.0
"""Cells of the larger side per cell of the smaller in the part of the direction that is tested."""

_SAME = 0.9
"""Correlation of the directions of both halves from which on they are one, and all cells are tested together."""

_AGREE = 0.75
"""Share of each side that must stay when the learning half is clustered again; else its labels are used as they are."""

_RIDGE = 1e-3
"""Added to the diagonal of the covariance within the sides; the whitened components have variance 1."""


class Split(NamedTuple):
    """What the test of one split found.

    Parameters
    ----------
    p
        Of one mode between the sides, in (0, 1]; small where cells between the sides are rarer than one mode allows.
        NaN where nothing could be tested.
    dip
        Median over the divisions; of the half with the larger one where the halves are tested apart.
    n
        Cells whose dip was taken, median over the divisions.
    overlap
        Share of the cells on the wrong side of the cut, of the worse side, median over the divisions: 0 where the
        labels cut along the gap, .5 where they have nothing to do with it.
    projection
        Position of every cell along the direction, mean over the divisions, shape ``(n,)``: 0 at the cut, the side that
        is True above it. NaN where nothing was tested.
    """

    p: float
    dip: float
    n: int
    overlap: float
    projection: np.ndarray


class _Axis(NamedTuple):
    """A direction that was learnt: positions of all cells (mean 0, variance 1), the cut, where the test starts."""

    along: np.ndarray
    cut: float
    start: float


class _Division(NamedTuple):
    p: float
    dip: float
    n: int
    overlap: float
    projection: np.ndarray


def split_test(scores: np.ndarray, sides: np.ndarray, *, rng: np.random.Generator, n_splits: int = 4) -> Split:
    """Return whether cells between two sides are rarer than in any population with one mode.

    The cells are halved. On one half the sides are clustered again (two normal groups of equal covariance, started at
    the labels), which gives a direction; the cells of the other half are placed along it. Both halves play both parts.
    The dip is compared with that of uniform values (`rashomon.structure.dip_p`, one column), the worst case of one
    mode: where both halves teach the same direction (correlation .9), one dip of all cells, each placed by the other
    half; else one dip per half, p twice the smaller. p is twice the lower median over `n_splits` divisions, which is
    valid however they depend (Rueger 1978) and does not hang on one lucky division. A direction that was learnt on
    other cells owes them nothing, so labels made from the same data are judged like any others.

    Where one side is much smaller, its dip would drown: only the part of the direction is tested that holds the smaller
    side and as many of the nearest cells of the larger. A piece of a density with one mode has one mode.

    Parameters
    ----------
    scores
        Whitened principal components of the cells of both sides, shape ``(n, k)``.
    sides
        True on one side, shape ``(n,)``.
    rng
        Divides the cells.
    n_splits
        Divisions into halves.

    Returns
    -------
    See `Split`; p is NaN with fewer than 16 cells on one side.

    Raises
    ------
    UsageError
        When the shapes differ.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.normal(size=(400, 3))
    >>> gap = scores + 6 * np.outer(np.arange(400) < 200, [1, 0, 0])
    >>> cut = [split_test(x, x[:, 0] > np.median(x[:, 0]), rng=rng).p for x in (scores, gap)]
    >>> cut[0] > 0.5, cut[1] < 0.01
    (True, True)
    """
    if sides.shape != (scores.shape[0],):
        raise UsageError(
            f"{sides.shape[0]} sides of {scores.shape[0]} cells", where="split_test", expected="one per cell"
        )
    divisions = [_divided(scores, sides, _half(sides, rng)) for _ in range(n_splits)]
    tested = [each for each in divisions if each is not None]
    if not tested:
        return Split(np.nan, np.nan, 0, np.nan, np.full(sides.size, np.nan))
    # a division in which nothing is left to test speaks for one mode
    p = sorted([each.p for each in tested] + [1.0] * (n_splits - len(tested)))[(n_splits + 1) // 2 - 1]
    value, n, overlap = (float(np.median([each[field] for each in tested])) for field in (1, 2, 3))
    return Split(min(1.0, 2 * p), value, int(n), overlap, np.mean([each.projection for each in tested], axis=0))


def _half(sides: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a random half of the cells of each side."""
    half = np.zeros(sides.size, dtype=bool)
    for side in (False, True):
        members = rng.permutation(np.flatnonzero(sides == side))
        half[members[: members.size // 2]] = True
    return half


def _divided(scores: np.ndarray, sides: np.ndarray, half: np.ndarray) -> _Division | None:
    """Return the test of one division; None where a half teaches nothing."""
    if min(np.count_nonzero(sides[half] == side) for side in (False, True)) < MIN_SIDE:
        return None
    # the smaller side lies at the right
    flipped = bool(2 * np.count_nonzero(sides) > sides.size)
    first, second = (_learnt(scores, sides != flipped, learn) for learn in (half, ~half))
    if first is None or second is None:
        return None
    placed = np.where(half, second.along, first.along)
    beyond = placed - np.where(half, second.cut, first.cut)
    wrong = (beyond > 0) != (sides != flipped)
    overlap = max(float(wrong[sides].mean()), float(wrong[~sides].mean()))
    if float(np.mean(first.along * second.along)) >= _SAME:
        tests = [_dip_test(placed, max(first.start, second.start))]
    else:
        tests = [_dip_test(first.along[~half], first.start), _dip_test(second.along[half], second.start)]
    p, value, n = min(tests)
    return _Division(min(1.0, len(tests) * p), value, n, overlap, -beyond if flipped else beyond)


def _dip_test(along: np.ndarray, start: float) -> tuple[float, float, int]:
    kept = along[along >= start]
    if kept.size < 2 * MIN_SIDE:
        return 1.0, 0.0, int(kept.size)
    value = dip(kept)
    return dip_p(value, n=kept.size, k=1, reference="uniform"), value, int(kept.size)


def _learnt(scores: np.ndarray, sides: np.ndarray, learn: np.ndarray) -> _Axis | None:
    found = _discriminant(scores[learn], sides[learn])
    if found is None:
        return None
    direction, cut, right = found
    along = scores @ direction
    centre, scale = along.mean(), along.std()
    along, cut = (along - centre) / scale, (cut - centre) / scale
    left = np.sort(along[learn][~right])[::-1]
    n_near = int(RATIO * np.count_nonzero(right))
    return _Axis(along, cut, left[n_near - 1] if n_near < left.size else -np.inf)


def _discriminant(scores: np.ndarray, sides: np.ndarray) -> tuple[np.ndarray, float, np.ndarray] | None:
    """Return direction, cut and sides of the learning half, clustered again from its labels, or None."""
    now, found, labelled = sides, None, None
    for _ in range(_ROUNDS):
        if not all(np.count_nonzero(now[sides == side] == side) >= _AGREE * (sides == side).sum() for side in (0, 1)):
            # it drifts to another split than the one that is asked about
            return labelled
        axis = _axis(scores, now)
        if axis is None:
            return labelled
        found = (*axis, now)
        labelled = labelled or found
        again = scores @ axis[0] > axis[1]
        if np.array_equal(again, now):
            break
        now = again
    return found


def _axis(scores: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Return the discriminant direction of two sides, and where both normal densities times shares are equal."""
    left, right = scores[~now], scores[now]
    if min(left.shape[0], right.shape[0]) < MIN_SIDE:
        return None
    centre = left.mean(axis=0), right.mean(axis=0)
    within = ((left - centre[0]).T @ (left - centre[0]) + (right - centre[1]).T @ (right - centre[1])) / now.size
    step = centre[1] - centre[0]
    direction = np.linalg.solve(within + _RIDGE * np.eye(step.size), step)
    if float(step @ direction) <= 0:
        return None
    middle = float(direction @ (centre[0] + centre[1])) / 2
    return direction, middle + float(np.log(left.shape[0] / right.shape[0]))
