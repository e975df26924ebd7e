import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from rashomon.core import UsageError
from rashomon.sim.detect.smooth import smooth
from rashomon.sim.detect.threshold import threshold

CELLS, EFFECTS = [100, 200, 400, 800, 1600], [0.0, 0.5, 1.0, 1.5, 2.0]
NEEDED = math.exp(9.0 - 3.0 * 1.0 + math.log(4))
"""Cells at which the surface of `made_up` is at 80 % for effect 1."""


def made_up(n=30, *, intercept=-9.0, cells=1.0):
    """A table of a logistic surface in log cells and effect."""
    grid = [(count, effect) for count in CELLS for effect in EFFECTS]
    table = pd.DataFrame(grid, columns=["n_obs", "effect_size"]).assign(n_replicates=n)
    rate = expit(intercept + cells * np.log(table["n_obs"]) + 3.0 * table["effect_size"])
    return table.assign(n_recovered=np.round(n * rate).astype(int))


@pytest.fixture(scope="module")
def surface():
    return smooth(made_up(), axes=["n_obs", "effect_size"])


def test_the_value_is_where_the_surface_reaches_the_rate(surface):
    """The rate of the surface there is what was asked for, along either axis."""
    cells = threshold(surface, at={"effect_size": 1.25}, rng=0)
    assert float(surface.rate({"n_obs": cells.value, "effect_size": 1.25})) == pytest.approx(0.8)
    effect = threshold(surface, rate=0.5, along="effect_size", at={"n_obs": 300}, rng=0)
    assert float(surface.rate({"n_obs": 300, "effect_size": effect.value})) == pytest.approx(0.5)
    assert cells.low < cells.value < cells.high


def test_many_draws_give_the_known_threshold_and_a_narrow_interval():
    """With 20,000 draws of each point the value is the one of the formula."""
    precise = smooth(made_up(20_000), axes=["n_obs", "effect_size"])
    found = threshold(precise, at={"effect_size": 1.0}, rng=0)
    # 1,614 cells lie above the grid of 1,600
    assert found.high == math.inf
    found = threshold(precise, rate=0.7, at={"effect_size": 1.0}, rng=0)
    assert found.value == pytest.approx(NEEDED / 4 * 7 / 3, rel=0.02)
    assert found.high / found.low < 1.15


def test_beyond_the_grid_it_is_more_than(surface):
    """Above: infinite, and "more than"; below: "at most"; without an interval where all of it lies there."""
    above = threshold(surface, at={"effect_size": 0.9}, rng=0)
    assert above.value == math.inf
    assert above.said.startswith("more than 1,600 cells")
    below = threshold(surface, rate=0.1, at={"effect_size": 2.0}, rng=0)
    assert (below.value, below.high, below.said) == (-math.inf, -math.inf, "at most 100 cells")


def test_what_cells_cannot_do_is_said(surface):
    """Without effect no number of cells helps, nor where cells make no difference."""
    none = threshold(surface, at={"effect_size": 0.0}, rng=0)
    assert (none.value, none.low) == (math.inf, math.inf)
    said, most = none.said.removesuffix(" % of draws").rsplit(" ", 1)
    assert said == "not by cells alone: with 1,600 cells it is found in at most"
    assert 100 * float(surface.rate({"n_obs": 1600, "effect_size": 0.0})) < int(most) < 40
    flat = smooth(made_up(intercept=-3.0, cells=0.0), axes=["n_obs", "effect_size"])
    found = threshold(flat, at={"effect_size": 1.0}, rng=0)
    assert found.said.startswith("not by cells alone: with 1,600 cells it is found in at most ")


def test_nothing_found_anywhere_is_no_trouble():
    """A table of zeros has no threshold, one of hits everywhere lies below the grid."""
    nothing = made_up().assign(n_recovered=0)
    found = threshold(smooth(nothing, axes=["n_obs", "effect_size"]), at={"effect_size": 2.0}, rng=0)
    assert (found.value, found.low, found.high) == (math.inf, math.inf, math.inf)
    assert "less than" in found.said or "at most" in found.said
    everything = made_up().assign(n_recovered=30)
    found = threshold(smooth(everything, axes=["n_obs", "effect_size"]), at={"effect_size": 0.0}, rng=0)
    assert found.value == -math.inf


def test_what_is_missing_is_counted_from_what_there_is(surface):
    """More cells are the difference to the threshold, whole and rounded up; enough is enough."""
    found = threshold(surface, at={"effect_size": 1.5}, have=120, rng=0)
    more = math.ceil(found.value - 120)
    ends = [math.ceil(max(end - 120, 0)) for end in (found.low, found.high)]
    assert found.said == f"needs about {more:,} more cells (95 % interval {ends[0]:,} to {ends[1]:,})"
    assert threshold(surface, at={"effect_size": 1.5}, have=1500, rng=0).said.startswith("no more cells needed: ")
    assert threshold(surface, at={"effect_size": 0.9}, have=600, rng=0).said.startswith("needs more than 1,000 more")


def test_the_seed_decides_the_interval_and_not_the_value(surface):
    """The same seed gives the same interval."""
    first, again, other = (threshold(surface, at={"effect_size": 1.5}, rng=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.value == other.value
    assert first.low != other.low


def test_correlated_points_widen_the_interval(surface):
    """Points that share their luck carry less information than independent ones."""
    together = type(surface)(**{**vars(surface), "correlation": 0.5})
    alone, shared = (threshold(each, at={"effect_size": 1.5}, rng=0) for each in (surface, together))
    assert shared.value == alone.value
    assert shared.high / shared.low > 1.3 * (alone.high / alone.low)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"along": "n_ob"}, "n_ob is no axis"),
        ({"at": {}}, "effect_size: missing or no other axis"),
        ({"at": {"effect_size": 1.0, "depth": 1.0}}, "depth: missing or no other axis"),
        ({"at": {"effect_size": 2.5}}, "effect_size is 2.5"),
        ({"rate": 1.0}, r"rate is 1.0"),
        ({"n_bootstrap": 10}, "n_bootstrap is 10"),
        ({"have": 2000}, "2,000 lies above the grid of n_obs"),
    ],
)
def test_what_cannot_be_answered_is_refused(surface, asked, said):
    """Axes, rates and positions are checked."""
    with pytest.raises(UsageError, match=said):
        threshold(surface, **{"at": {"effect_size": 1.0}, "rng": 0, **asked})


def test_an_axis_along_which_the_rate_may_fall_has_no_threshold():
    """A free slope is refused, with the way out."""
    free = smooth(made_up(), axes=["n_obs", "effect_size"], rising=["effect_size"])
    with pytest.raises(UsageError, match="the rate may fall along n_obs"):
        threshold(free, at={"effect_size": 1.0}, rng=0)
