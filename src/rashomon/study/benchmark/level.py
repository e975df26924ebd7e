"""The levels of each knob of a sweep: which settings have one, and how many steps it is from the fixed point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.study.benchmark.sweep import Design

__all__ = ["Level", "levels_of"]

_THIRDS = ("lowest third", "middle third", "highest third")


@dataclass(frozen=True)
class Level:
    """One level of a knob.

    Parameters
    ----------
    knob, name
        What is turned, and to what.
    points
        Positions of the settings that have it; several in a factorial or a latin hypercube.
    steps
        Levels between it and the base, 1 for the next; 0 for the base itself.
    """

    knob: str
    name: str
    points: tuple[int, ...]
    steps: int

    @property
    def is_base(self) -> bool:
        """Whether others are compared with this level."""
        return self.steps == 0


def levels_of(design: Design) -> list[Level]:
    """Return the levels of every knob, in order, with the one that others are compared with.

    That is the level of the fixed world; where no setting has it, the first that is listed. Of a latin hypercube, in
    which no level comes twice, knobs that are numbers have the thirds of their range for levels, the middle one being
    the base.

    Parameters
    ----------
    design
        From `rashomon.study.benchmark.sweep.sweep`.

    Examples
    --------
    >>> from rashomon.sim import World
    >>> from rashomon.study.benchmark.sweep import sweep
    >>> design = sweep(World("plain"), kind="one at a time", levels={"depth": [500.0, 1000.0]}, n_seeds=1,
    ...                rng=np.random.default_rng(0))
    >>> [(level.name, level.points, level.steps) for level in levels_of(design)]
    [('500.0', (1,), 2), ('1000.0', (2,), 1), ('2000.0', (0,), 0)]
    """
    return [level for knob in design.levels for level in _of_knob(design, knob)]


def _of_knob(design: Design, knob: str) -> Iterator[Level]:
    values = [point.knobs.get(knob, design.base[knob]) for point in design.points]
    if design.kind == "latin hypercube" and all(_is_number(value) for value in values):
        yield from _thirds(design, knob, np.array(values, dtype=np.float64))
        return
    # one knob at a time: another knob's settings do not speak of this one
    own = [
        place
        for place, point in enumerate(design.points)
        if design.kind != "one at a time" or knob in point.knobs or not point.knobs
    ]
    present: list[Any] = []
    for place in own:
        # trees of names are mappings, which no set holds
        present += [] if values[place] in present else [values[place]]
    if all(_is_number(value) for value in present):
        present.sort()
    else:
        listed = [*design.levels[knob], design.base[knob]]
        present.sort(key=listed.index)
    base = present.index(design.base[knob]) if design.base[knob] in present else present.index(design.levels[knob][0])
    for place, value in enumerate(present):
        points = tuple(each for each in own if values[each] == value)
        yield Level(knob, _shown(value), points, abs(place - base))


def _thirds(design: Design, knob: str, values: np.ndarray) -> Iterator[Level]:
    low, high = min(design.levels[knob]), max(design.levels[knob])
    inner = low + (high - low) * np.array([1 / 3, 2 / 3])
    third = np.searchsorted(inner, values, side="right")
    for place, name in enumerate(_THIRDS):
        points = tuple(map(int, np.flatnonzero(third == place)))
        if points:
            yield Level(knob, name, points, abs(place - 1))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else str(value)
