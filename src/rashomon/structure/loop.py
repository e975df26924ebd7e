"""A gradient that closes or bends has two modes along a direction, and no gap: its cells go round on one way or two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import bdtr

from rashomon.core import UsageError

__all__ = ["Loop", "closed_loop"]

_MIDDLE, _N_OTHERS, _N_SUBSETS, _MIN_CELLS = 0.4, 4, 199, 10

_RATIO, _RATIO_P, _BEND, _BEND_P = 1.3, 0.05, 0.6, 0.005

_ROUND, _EXPLAINED, _SECTORS = 0.25, 0.5, 18
"""Largest scatter of the radius, and least share of the direction that the angle explains, of a way seen as a ring."""

_PLACES, _WINDOW, _SPARSE, _GAP_P = 72, np.deg2rad(20), 0.3, 0.03
"""Places on the way round where cells are counted, within 20 degrees; a gap has .3 of the cells of its sides."""


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
    scatter
        Standard deviation of the distance from the centre over its mean, in the plane of two of the first four
        components in which cells lie most like a ring: .1 to .2 for rings with little noise, .3 to .4 for two groups.
        NaN for one component.
    p_gap
        Of the null that nowhere two crowded places of the way are set apart, on either side, by places with less than
        .3 of the cells of the less crowded one; small for groups in a ring. NaN where no sign of a way was seen.
    kind
        ``"none"`` where there is no sign of a way round, or `p_gap` is at most .03; ``"closed"`` where the way goes all
        round, ``"bent"`` where it has one gap. Signs are a ratio above 1.3 (p at most .05), a bend above .6 and all
        subsets, or a scatter below .25 where the place on the ring explains half of the direction.
    """

    ratio: float
    p: float
    bend: float
    p_bend: float
    scatter: float
    p_gap: float
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
    or a horseshoe at the top (bend); between two groups there are few, and they do neither. Where genes answer to a
    circle with peaks, it curls in more than two dimensions and the direction may run along the second harmonic; then
    it is seen as a ring in a plane of the components (scatter). Groups may lie in a ring, too, so the way is asked for
    gaps: cells are counted by their angle about the circle of least squares, in windows of 20 degrees, and two windows
    are set apart where both ways between them pass one with significantly (binomial) less than .3 of the cells
    of the smaller of the two. A circle with one gap is an arc; that a way is only unevenly filled makes no gap; and a
    group in the ring may be small. The rule for the ratio is that of our protocol; the rest was added because arcs and
    horseshoes were called groups in .7 to .9 of draws of 400 cells, unevenly filled circles in .3 (of 1,000), and rings
    of unequal groups a loop.

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
    nothing = float("nan")
    measured = nothing, nothing, nothing, nothing
    signs: list[tuple[bool, np.ndarray]] = []
    scatter, around = _ring(scores[:, :_N_OTHERS])
    signs.append((scatter < _ROUND and _explained(direction, around) >= _EXPLAINED, around))
    if middle.sum() >= _MIN_CELLS and across.shape[1]:
        spread, shift = _spread(across[middle])
        subsets = [_spread(across[rng.permutation(middle)]) for _ in range(_N_SUBSETS)]
        p = _p(spread.max(), [each.max() for each, _ in subsets])
        p_bend = _p(shift.max(), [each.max() for _, each in subsets])
        measured = float(spread.max()), p, float(shift.max()), p_bend
        wide, aside = spread.max() > _RATIO and p <= _RATIO_P, shift.max() > _BEND and p_bend <= _BEND_P
        signs.append((wide, _polar(direction, across[:, spread.argmax()])[1]))
        signs.append((aside, _polar(direction, across[:, shift.argmax()])[1]))
    angle = next((each for seen, each in signs if seen), None)
    if angle is None:
        return Loop(*measured, scatter=scatter, p_gap=nothing, kind="none")
    counts = _windows(angle)
    p_gap = _p_gap(counts)
    # one gap: the emptiest place against the fullest
    bent = bdtr(counts.min(), counts.min() + counts.max(), _SPARSE / (1 + _SPARSE)) <= _GAP_P
    return Loop(
        *measured, scatter=scatter, p_gap=p_gap, kind="none" if p_gap <= _GAP_P else "bent" if bent else "closed"
    )


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


def _polar(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and angles about the centre of the circle of least squares (Kasa 1976)."""
    design = np.column_stack([x, y, np.ones(x.size)])
    centre = np.linalg.lstsq(design, x * x + y * y, rcond=None)[0][:2] / 2
    return np.hypot(x - centre[0], y - centre[1]), np.arctan2(y - centre[1], x - centre[0])


def _ring(components: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the least relative scatter of the distance from the centre over planes, and the angles in that plane."""
    least, around = float("nan"), np.zeros(components.shape[0])
    for x, y in combinations(components.T, 2):
        distance, angle = _polar(x, y)
        scatter = float(distance.std() / distance.mean())
        if not scatter >= least:
            least, around = scatter, angle
    return least, around


def _explained(direction: np.ndarray, angle: np.ndarray) -> float:
    """Return the share of the variance of the direction between 18 sectors of the ring."""
    sector = np.floor(angle / (2 * np.pi) * _SECTORS).astype(np.int64) % _SECTORS
    size = np.maximum(np.bincount(sector, minlength=_SECTORS), 1)
    mean = np.bincount(sector, weights=direction - direction.mean(), minlength=_SECTORS) / size
    return float((size * mean**2).sum() / (direction.size * direction.var()))


def _windows(angle: np.ndarray) -> np.ndarray:
    """Return the cells within a window about each of 72 places on the way round."""
    turned = np.sort(np.mod(angle, 2 * np.pi))
    turned = np.concatenate([turned - 2 * np.pi, turned, turned + 2 * np.pi])
    at = np.arange(_PLACES) * 2 * np.pi / _PLACES
    ends = np.searchsorted(turned, np.concatenate([at - _WINDOW / 2, at + _WINDOW / 2]))
    counts: np.ndarray = ends[_PLACES:] - ends[:_PLACES]
    return counts


def _p_gap(counts: np.ndarray) -> float:
    """Return the least binomial p of fewer cells, on both ways between two places, than a share of the smaller one."""
    best = 1.0
    for start in range(counts.size):
        onward = np.roll(counts, -start)
        back = np.minimum.accumulate(onward[::-1])[::-1]
        valley = np.maximum(np.minimum.accumulate(onward), np.minimum(back, onward[0]))
        peak = np.minimum(onward[0], onward)
        best = min(best, float(bdtr(valley, valley + peak, _SPARSE / (1 + _SPARSE)).min()))
    return best
