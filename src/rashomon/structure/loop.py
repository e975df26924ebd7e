"""A gradient that closes or bends has two modes along a direction, and no gap: its cells go round on one way or two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.structure.dip import dip
from rashomon.structure.reference import dip_p

__all__ = ["Loop", "closed_loop"]

_MIDDLE, _N_OTHERS, _N_SUBSETS, _MIN_CELLS = 0.4, 4, 199, 10

_RATIO, _RATIO_P, _GAP_P = 1.3, 0.05, 0.01
_UNEVEN = 0.035
"""Dip of the order around the way up to which a circle is only uneven: those have up to .03, rings of groups .044."""
_BEND, _BEND_P, _GAP_DIP = 0.6, 0.005, 0.045


@dataclass(frozen=True)
class Loop:
    """Whether the cells between two modes go round, on a closed or a bent way.

    Parameters
    ----------
    ratio
        Mean square, across the direction, of the cells in the middle between the modes, relative to all cells; the
        largest over the other components. 1 for random cells, 2 for a circle without noise. NaN where fewer than 10
        cells lie in the middle, or no component is left.
    p
        Its p-value against 199 random subsets of as many cells.
    bend
        Distance, across the direction, of the mean of those cells from that of all, in standard deviations; the
        largest over the other components. NaN as `ratio`.
    p_bend
        Its p-value, likewise.
    gap
        Dip of the cells' order on the way round, in the plane of the larger ratio, or of the larger bend where only
        that speaks for a way round; large when there are gaps, as between three groups or more. NaN where neither does.
    kind
        ``"closed"``: the ratio exceeds 1.3 (p at most .05), and the way round is not worse than uniform (p of the gap
        at least .01). ``"bent"``: the bend exceeds 0.6 and all subsets, and the gap is below .045; its ends may be
        crowded. ``"none"`` else.
    """

    ratio: float
    p: float
    bend: float
    p_bend: float
    gap: float
    kind: str

    @property
    def found(self) -> bool:
        """Whether there is a way round, closed or bent."""
        return self.kind != "none"


def closed_loop(
    scores: np.ndarray, direction: np.ndarray, *, low: float, high: float, rng: np.random.Generator
) -> Loop:
    """Ask whether the two modes along a direction are joined by a way round.

    The cells in the middle 40 % between the modes are compared with random subsets of all cells, along what the
    direction leaves of the first four components. Of a circle they lie at the top and at the bottom (ratio), of an arc
    or a horseshoe at the top (bend); between two groups there are few, and they do neither. Further groups may lie
    there: cells are ordered by their angle about the circle of least squares, cut where it is emptiest, and a dip of
    that order says that the way round has gaps of its own. The rule for the ratio is that of our protocol; the bend,
    the gap, and p at .05 instead of .005 for the ratio were added because arcs and horseshoes were called groups in
    .7 to .9 of draws of 400 cells, noisy circles in .2, and rings of five groups a loop in .6 (of 1,000 cells).

    Parameters
    ----------
    scores
        Whitened principal components, largest first, shape ``(n, K)``.
    direction
        Projections on the direction with two modes, shape ``(n,)``.
    low, high
        The modes; see `rashomon.structure.two_modes`.
    rng
        Draws the random subsets.

    Raises
    ------
    UsageError
        When the direction is of other cells, or the modes are not two.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> angle = rng.uniform(0, 2 * np.pi, 400)
    >>> circle = np.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])
    >>> closed_loop(circle, circle[:, 0], low=-1.0, high=1.0, rng=rng).kind
    'closed'
    """
    if direction.shape != scores.shape[:1] or not low < high:
        raise UsageError(
            f"direction of {direction.size} cells for {scores.shape[0]}, modes at {low:g} and {high:g}",
            where="direction",
            expected="one number per cell, and low < high",
        )
    middle = np.abs(direction - (low + high) / 2) < _MIDDLE * (high - low) / 2
    across = _across(scores[:, :_N_OTHERS], direction)
    if middle.sum() < _MIN_CELLS or not across.shape[1]:
        nothing = float("nan")
        return Loop(nothing, nothing, nothing, nothing, gap=nothing, kind="none")
    spread, shift = _spread(across[middle])
    subsets = [_spread(across[rng.permutation(middle)]) for _ in range(_N_SUBSETS)]
    p = _p(spread.max(), [each.max() for each, _ in subsets])
    p_bend = _p(shift.max(), [each.max() for _, each in subsets])
    measured = float(spread.max()), p, float(shift.max()), p_bend
    gap = float("nan")
    if measured[0] > _RATIO and p <= _RATIO_P:
        gap = _gap(direction, across[:, spread.argmax()])
        # a circle that is not evenly filled is still one; groups in a ring leave wider gaps
        if gap < _UNEVEN or dip_p(gap, n=direction.size, k=1) >= _GAP_P:
            return Loop(*measured, gap=gap, kind="closed")
    if measured[2] > _BEND and p_bend <= _BEND_P:
        gap = _gap(direction, across[:, shift.argmax()])
        return Loop(*measured, gap=gap, kind="bent" if gap < _GAP_DIP else "none")
    return Loop(*measured, gap=gap, kind="none")


def _across(components: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return components without their part along the direction, scaled to variance 1; those without a rest drop out."""
    unit = (direction - direction.mean()) / direction.std()
    rest = components - np.outer(unit, unit @ components / unit.size)
    # a component that is the direction itself has no rest to speak of
    rest = rest[:, rest.var(axis=0) > 0.05]
    scaled: np.ndarray = (rest - rest.mean(axis=0)) / rest.std(axis=0)
    return scaled


def _spread(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean squares and distances of the mean from 0, per component."""
    return (cells**2).mean(axis=0), np.abs(cells.mean(axis=0))


def _p(value: float, subsets: list[float]) -> float:
    return float((1 + (np.array(subsets) >= value).sum()) / (1 + len(subsets)))


def _gap(x: np.ndarray, y: np.ndarray) -> float:
    """Return the dip of the cells' angles about the circle of least squares, cut at their emptiest place."""
    design = np.column_stack([x, y, np.ones(x.size)])
    centre = np.linalg.lstsq(design, x * x + y * y, rcond=None)[0][:2] / 2
    angle = np.sort(np.arctan2(y - centre[1], x - centre[0]))
    # the emptiest place: the middle of the widest window of 5 % of the cells
    n_window = max(x.size // 20, 2)
    turns = np.concatenate([angle, angle[: n_window + 1] + 2 * np.pi])
    emptiest = int(np.argmax(turns[n_window : n_window + x.size] - turns[: x.size]))
    cut = (turns[emptiest] + turns[emptiest + n_window]) / 2
    return dip(np.mod(angle - cut, 2 * np.pi))
