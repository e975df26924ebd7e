"""Levels: which settings have them, and how far they are from the fixed point."""

import numpy as np

from rashomon.sim import World
from rashomon.study.benchmark.level import levels_of
from rashomon.study.benchmark.sweep import sweep

WORLD = World("plain")


def leveled(kind, levels, *, n_points=None, world=WORLD):
    """Return the levels of a sweep as (knob, name, points, steps)."""
    design = sweep(world, kind=kind, levels=levels, n_seeds=1, n_points=n_points, rng=np.random.default_rng(0))
    return [(each.knob, each.name, each.points, each.steps) for each in levels_of(design)]


def test_steps_count_levels_from_the_fixed_one_in_both_directions():
    """Numbers are in order, whatever the order in which they are listed."""
    found = leveled("one at a time", {"depth": [8000.0, 500.0, 1000.0]})
    assert found == [
        ("depth", "500.0", (2,), 2),
        ("depth", "1000.0", (3,), 1),
        ("depth", "2000.0", (0,), 0),
        ("depth", "8000.0", (1,), 1),
    ]


def test_settings_of_another_knob_are_no_levels_of_this_one():
    """One knob at a time, every knob has the fixed point and its own settings."""
    found = leveled("one at a time", {"depth": [500.0], "ambient": [0.5]})
    assert [points for knob, _, points, _ in found if knob == "ambient"] == [(0,), (2,)]


def test_a_factorial_has_several_settings_per_level():
    """The base is the level of the fixed world, or the first where none has it."""
    found = leveled("factorial", {"depth": [500.0, 2000.0], "ambient": [0.5, 1.0]})
    assert found[0] == ("depth", "500.0", (0, 1), 1)
    assert found[1][3] == 0
    assert found[2] == ("ambient", "0.5", (0, 2), 0)


def test_a_latin_hypercube_has_thirds():
    """Every point is in one third, and the middle one is the base; words are levels as they are."""
    found = leveled("latin hypercube", {"depth": [100.0, 400.0], "topology": ["groups", "line"]}, n_points=9)
    depth = [each for each in found if each[0] == "depth"]
    assert sorted(point for each in depth for point in each[2]) == list(range(9))
    assert [(name, len(points), steps) for _, name, points, steps in depth] == [
        ("lowest third", 3, 1),
        ("middle third", 3, 0),
        ("highest third", 3, 1),
    ]
    assert [name for knob, name, *_ in found if knob == "topology"] == ["groups", "line"]
