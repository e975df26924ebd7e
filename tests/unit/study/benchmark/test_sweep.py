"""Sweeps: which settings are visited, under which names, and which are refused."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim import World
from rashomon.study.benchmark.sweep import FIXED, MOST_SETTINGS, sweep

WORLD = World("plain", {"n_groups": 2, "n_markers": 10, "effect_size": 2.0})


def designed(kind="one at a time", levels=None, *, n_seeds=2, n_points=None, seed=0):
    """Return a sweep around the plain world."""
    levels = levels or {"effect_size": [1.0, 2.0], "depth": [500.0, 1000.0]}
    return sweep(WORLD, kind=kind, levels=levels, n_seeds=n_seeds, n_points=n_points, rng=np.random.default_rng(seed))


def test_one_at_a_time_runs_the_fixed_point_once():
    """A level that the fixed world has already is the fixed point, not a setting of its own."""
    design = designed()
    assert [point.name for point in design.points] == [FIXED, "effect_size=1.0", "depth=500.0", "depth=1000.0"]
    assert [point.turned for point in design.points] == ["", "effect_size", "depth", "depth"]
    assert design.n_datasets == 8


def test_a_factorial_is_all_combinations():
    """Its size is the product of the numbers of levels."""
    design = designed("factorial")
    assert len(design.points) == 4
    assert dict(design.points[0].knobs) == {"effect_size": 1.0, "depth": 500.0}
    assert len({point.name for point in design.points}) == 4


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_knob():
    """Each of n equal parts of the range of a knob holds one of n points (McKay et al. 1979)."""
    design = designed("latin hypercube", n_points=10)
    depths = np.array([point.knobs["depth"] for point in design.points])
    assert sorted(((depths - 500) / 50).astype(int).tolist()) == list(range(10))
    counts = designed("latin hypercube", {"n_groups": [2, 5], "topology": ["groups"]}, n_points=8)
    assert sorted(point.knobs["n_groups"] for point in counts.points) == [2, 2, 3, 3, 4, 4, 5, 5]


def test_a_latin_hypercube_follows_its_seed():
    """The same generator gives the same points, another one others."""
    one, same, other = (designed("latin hypercube", n_points=5, seed=seed) for seed in (1, 1, 2))
    assert one.points == same.points
    assert one.points != other.points


def test_the_number_of_data_sets_is_said_before_they_are_drawn():
    """So are the kind of the sweep, the fixed level of each knob, and its unit."""
    lines = designed(n_seeds=20).lines()
    assert lines[0] == "one at a time: 4 settings x 20 seeds = 80 data sets"
    assert lines[2] == "  depth: 500.0, 1000.0 (in the fixed world 2000.0; molecules)"
    assert "between 500.0 and 1000.0" in designed("latin hypercube", n_points=3).lines()[2]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "grid"}, "unknown sweep 'grid'"),
        ({"levels": {"deptj": [1.0]}}, "no knob 'deptj'"),
        ({"levels": {"depth": []}}, "depth has no levels"),
        ({"n_seeds": 0}, "n_seeds is 0"),
        ({"n_points": 5}, "has no n_points"),
        ({"kind": "latin hypercube"}, "needs n_points"),
        ({"levels": {"doublet_rate": [0.1, 1.5]}}, "doublet_rate=1.5 is no possible world"),
        ({"levels": {"n_markers": [5000]}}, "n_markers=5000 is no possible world"),
        ({"levels": {"n_epitopes": [2]}}, "n_epitopes=2 is no possible world"),
    ],
)
def test_what_cannot_be_swept_is_refused(changed, message):
    """Unknown kinds and knobs, impossible levels, and counts that do not apply stop before any data are drawn."""
    with pytest.raises(UsageError, match=message) as caught:
        designed(**changed)
    assert caught.value.code == "benchmark.sweep"


def test_sweeps_that_are_too_large_are_refused_with_a_way_out():
    """Nobody enumerates a million settings first."""
    levels = {name: [0.1 * j for j in range(1, 11)] for name in ("doublet_rate", "ambient", "swapping", "extra_zeros")}
    with pytest.raises(UsageError, match="10,000 settings x 2 seeds") as caught:
        designed("factorial", levels)
    assert "latin hypercube" in caught.value.fix
    assert MOST_SETTINGS == 5000


def test_levels_that_are_trees_of_names_are_levels_like_others():
    """Mappings cannot be hashed, and are compared all the same."""
    tree = {"all": ["a", "b"]}
    design = sweep(World("tree"), kind="one at a time", levels={"hierarchy": [tree, tree, [2]]}, n_seeds=1,
                   rng=np.random.default_rng(0))  # fmt: skip
    assert len(design.points) == 3
