"""Which worlds a benchmark visits: one knob at a time, all combinations, or a space-filling sample of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.sim import KNOBS, World

__all__ = ["FIXED", "MOST_SETTINGS", "Design", "Point", "Sweep", "sweep"]

Sweep = Literal["one at a time", "factorial", "latin hypercube"]

FIXED = "fixed point"
"""Name of the world that nothing is turned in."""

MOST_SETTINGS = 5000
"""Settings of a world that a sweep visits at most; each is drawn once per seed."""

_RANGED = ("count", "number", "share")
"""Kinds of knobs that a latin hypercube varies between their smallest and largest level."""


@dataclass(frozen=True)
class Point:
    """One setting of a world.

    Parameters
    ----------
    name
        ``depth=500``; `FIXED` where nothing is turned.
    knobs
        Knobs that are turned, with their level.
    """

    name: str
    knobs: Mapping[str, Any]

    @property
    def turned(self) -> str:
        """The knob that is turned, if it is one; empty where none or several are."""
        return next(iter(self.knobs)) if len(self.knobs) == 1 else ""


@dataclass(frozen=True)
class Design:
    """Every setting that is visited.

    Parameters
    ----------
    kind
        How the knobs are varied.
    points
        In a fixed order; that of one knob at a time begins with the fixed point.
    base
        Level of each knob of `levels` in the world that the sweep is around.
    levels
        By knob, as given: of a latin hypercube, only their ends count where the knob is a number.
    n_seeds
        Data sets of each setting; those of one seed share their random numbers.
    """

    kind: Sweep
    points: tuple[Point, ...]
    base: Mapping[str, Any]
    levels: Mapping[str, tuple[Any, ...]]
    n_seeds: int

    @property
    def n_datasets(self) -> int:
        """How many data sets are drawn."""
        return len(self.points) * self.n_seeds

    def lines(self) -> list[str]:
        """Return what is swept, in words, with the number of data sets."""
        found = [f"{self.kind}: {len(self.points):,} settings x {self.n_seeds:,} seeds = {self.n_datasets:,} data sets"]
        for knob, levels in self.levels.items():
            shown = ", ".join(map(str, levels))
            between = self.kind == "latin hypercube" and KNOBS[knob].kind in _RANGED
            text = f"between {min(levels)} and {max(levels)}" if between else shown
            found.append(f"  {knob}: {text} (in the fixed world {self.base[knob]}; {KNOBS[knob].unit})")
        return found


def sweep(
    world: World,
    *,
    kind: str,
    levels: Mapping[str, Sequence[Any]],
    n_seeds: int,
    n_points: int | None = None,
    rng: np.random.Generator,
) -> Design:
    """Return the settings of a benchmark around `world`.

    Parameters
    ----------
    world
        The fixed point; knobs that are not swept stay as they are in it.
    kind
        ``one at a time``: the fixed point, run once, and every other level of each knob by itself. ``factorial``: all
        combinations. ``latin hypercube``: `n_points` settings, each knob spread evenly (McKay, Beckman & Conover 1979);
        knobs that are numbers between the smallest and the largest level, others over the listed ones.
    levels
        By knob.
    n_seeds
        Data sets of each setting, at least 1.
    n_points
        Settings of a latin hypercube, and only of it.
    rng
        Draws the latin hypercube.

    Raises
    ------
    UsageError
        ``benchmark.sweep`` when the kind or a knob is unknown, a knob has no levels, a setting is no possible world,
        `n_points` does not apply or is missing, or there are more than `MOST_SETTINGS` settings.

    Examples
    --------
    >>> world = World("two", {"n_groups": 2, "n_markers": 10, "effect_size": 2.0})
    >>> design = sweep(world, kind="one at a time", levels={"effect_size": [1, 2]}, n_seeds=3,
    ...                rng=np.random.default_rng(0))
    >>> [point.name for point in design.points], design.n_datasets
    (['fixed point', 'effect_size=1'], 6)
    """
    _refuse(kind, levels, n_seeds=n_seeds, n_points=n_points)
    unique = {knob: _unique(given) for knob, given in levels.items()}
    base = {knob: _plain(world.knobs.get(knob, KNOBS[knob].default)) for knob in unique}
    found: Iterator[Point]
    if kind == "one at a time":
        found = _alone(unique, base)
    elif kind == "factorial":
        found = (_point(dict(zip(unique, row, strict=True))) for row in itertools.product(*unique.values()))
    else:
        found = _hypercube(unique, n_points or 0, rng)
    points = tuple(found)
    for point in points:
        _refuse_impossible(world, point)
    return Design(kind, points, base, unique, n_seeds)  # type: ignore[arg-type]


def _point(knobs: Mapping[str, Any]) -> Point:
    return Point(", ".join(f"{name}={level}" for name, level in knobs.items()) or FIXED, dict(knobs))


def _alone(levels: Mapping[str, tuple[Any, ...]], base: Mapping[str, Any]) -> Iterator[Point]:
    yield _point({})
    for knob, given in levels.items():
        yield from (_point({knob: level}) for level in given if level != base[knob])


def _hypercube(levels: Mapping[str, tuple[Any, ...]], n_points: int, rng: np.random.Generator) -> Iterator[Point]:
    from scipy.stats import qmc

    sampled = qmc.LatinHypercube(len(levels), rng=rng).random(n_points)
    for number, row in enumerate(sampled):
        knobs = {knob: _at(knob, given, share) for (knob, given), share in zip(levels.items(), row, strict=True)}
        yield Point(f"point {number + 1}", knobs)


def _at(knob: str, levels: tuple[Any, ...], share: float) -> Any:
    kind = KNOBS[knob].kind
    if kind not in _RANGED:
        return levels[min(int(share * len(levels)), len(levels) - 1)]
    low, high = min(levels), max(levels)
    if kind == "count":
        # every whole number has the same part of the range
        return min(low + int(share * (high - low + 1)), high)
    return float(f"{low + share * (high - low):.6g}")


def _plain(level: Any) -> Any:
    return tuple(level) if isinstance(level, list) else level


def _unique(levels: Sequence[Any]) -> tuple[Any, ...]:
    found: list[Any] = []
    for level in map(_plain, levels):
        # trees of names are mappings, which no set holds
        found += [] if level in found else [level]
    return tuple(found)


def _refuse(kind: str, levels: Mapping[str, Sequence[Any]], *, n_seeds: int, n_points: int | None) -> None:
    if kind not in get_args(Sweep):
        raise _error(f"unknown sweep {kind!r}", did_you_mean(kind, get_args(Sweep)))
    for knob, given in levels.items():
        if knob not in KNOBS:
            raise _error(f"there is no knob {knob!r}", did_you_mean(knob, KNOBS))
        if not len(given):
            raise _error(f"{knob} has no levels", "list the levels, or leave the knob out")
    if not levels:
        raise _error("no knob is swept", "name knobs with their levels")
    _refuse_size(kind, [len(given) for given in levels.values()], n_seeds=n_seeds, n_points=n_points)


def _refuse_size(kind: str, sizes: Sequence[int], *, n_seeds: int, n_points: int | None) -> None:
    if n_seeds < 1:
        raise _error(f"n_seeds is {n_seeds}", "draw at least one data set of each setting")
    if (kind == "latin hypercube") != (n_points is not None):
        needs = "needs n_points" if n_points is None else "has no n_points"
        raise _error(f"the sweep {kind!r} {needs}", "give n_points with a latin hypercube, and only with it")
    n = {"factorial": math.prod(sizes), "one at a time": 1 + sum(sizes)}.get(kind, n_points or 0)
    if n > MOST_SETTINGS:
        hint = "sweep one at a time, or draw 200 points of a latin hypercube"
        raise _error(f"{n:,} settings x {n_seeds:,} seeds are too many", f"at most {MOST_SETTINGS:,} settings: {hint}")


def _refuse_impossible(world: World, point: Point) -> None:
    try:
        replace(world, given={**world.given, **point.knobs})
    except UsageError as error:
        what = first_few([line.strip("- ") for line in error.what.splitlines()[1:]] or [error.what], n=2)
        raise _error(f"{point.name} is no possible world: {what}", "change its levels, or the fixed knobs") from error


def _error(what: str, fix: str) -> UsageError:
    return UsageError(what, where="sweep", expected="knobs with levels of possible worlds", fix=fix,
                      code="benchmark.sweep")  # fmt: skip
