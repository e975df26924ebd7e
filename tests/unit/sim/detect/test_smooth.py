import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from rashomon.core import UsageError
from rashomon.sim.detect.smooth import Axis, smooth

CELLS, EFFECTS = [100, 200, 400, 800], [0.8, 1.2, 1.6, 2.0]


def known(n_obs, effect_size):
    """A logistic surface in log cells and effect."""
    return expit(-9.0 + np.log(n_obs) + 3.0 * np.asarray(effect_size))


def made_up(n=30, rng=None):
    """A table of the known surface: rounded counts, or drawn ones."""
    grid = [(cells, effect) for cells in CELLS for effect in EFFECTS]
    table = pd.DataFrame(grid, columns=["n_obs", "effect_size"]).assign(n_replicates=n)
    rate = known(table["n_obs"], table["effect_size"])
    return table.assign(n_recovered=np.round(n * rate).astype(int) if rng is None else rng.binomial(n, rate))


def test_a_known_surface_is_found_again():
    """With many draws the fitted rates are those of the surface, on the grid and between its points."""
    surface = smooth(made_up(n=100_000), axes=["n_obs", "effect_size"])
    for point in ((150.0, 1.2), (400.0, 1.0), (600.0, 0.9)):
        found = surface.rate({"n_obs": point[0], "effect_size": point[1]})
        assert float(found) == pytest.approx(float(known(*point)), abs=0.003)
    assert surface.misfit > 0.5
    assert [axis.log for axis in surface.axes] == [True, False]


def test_rates_at_the_grid_points_are_those_of_the_surface(rng):
    """The fitted rates are the surface at the rows that it names; arrays of any shape can be asked."""
    table = made_up(rng=rng)
    surface = smooth(table, axes=["effect_size", "n_obs"])
    asked = {name: table[name].to_numpy() for name in ("n_obs", "effect_size")}
    np.testing.assert_allclose(surface.rate(asked), surface.rates)
    assert surface.points.tolist() == list(range(16))
    assert surface.rate({"n_obs": np.ones((3, 1)), "effect_size": np.ones((1, 4))}).shape == (3, 4)


def test_rates_rise_along_rising_axes(rng):
    """Whatever noise says, the surface does not fall along cells and effect; a free axis may."""
    table = made_up().assign(n_recovered=rng.permutation(made_up()["n_recovered"]))
    fine = np.geomspace(100, 800, 20)
    rate = smooth(table, axes=["n_obs", "effect_size"]).rate({"n_obs": fine, "effect_size": 1.0})
    assert (np.diff(rate) >= 0).all()
    falling = made_up().assign(n_recovered=made_up()["n_recovered"][::-1].to_numpy())
    flat = smooth(falling, axes=["n_obs", "effect_size"])
    assert np.ptp(flat.rates) == 0.0
    free = smooth(falling, axes=["n_obs", "effect_size"], rising=["n_obs"])
    assert free.coefficients[2] < 0


def test_axes_are_logarithmic_where_they_span_a_factor():
    """Positive values over a factor of 3; zeros and short axes are taken as they are."""
    table = pd.DataFrame({"n_obs": [10, 20, 30, 20], "depth": [0.0, 1e4, 2e4, 2e4], "n_markers": [10, 31, 200, 100]})
    table = table.assign(n_recovered=[0, 2, 5, 3], n_replicates=5)
    surface = smooth(table, axes=["n_obs", "depth", "n_markers"])
    assert {axis.name: axis.log for axis in surface.axes} == {"n_obs": False, "depth": False, "n_markers": True}


def test_predictors_and_values_are_inverse():
    """Of a linear and of a logarithmic axis."""
    for log in (True, False):
        axis = Axis("depth", 10.0, 1000.0, log, 3.0, 2.0)
        assert axis.value(float(axis.predictor(57.0))) == pytest.approx(57.0)


def test_an_axis_of_one_value_is_left_out():
    """It has no slope; what is asked of the surface then leaves it out too."""
    table = made_up().query("n_obs == 200")
    surface = smooth(table, axes=["n_obs", "effect_size"])
    assert [axis.name for axis in surface.axes] == ["effect_size"]


def test_points_without_a_rate_are_left_out():
    """Failed draws are no trials; a point of failures is no point."""
    table = made_up()
    failed = table.assign(n_failed=np.where(table.index == 3, 30, 0))
    without = table.drop(index=3)
    np.testing.assert_allclose(
        smooth(failed, axes=["n_obs", "effect_size"]).coefficients,
        smooth(without, axes=["n_obs", "effect_size"]).coefficients,
    )
    assert 3 not in smooth(failed, axes=["n_obs", "effect_size"]).points


def test_a_surface_that_does_not_fit_says_so():
    """A rate that rises and falls again along the cells has a misfit near 0."""
    table = made_up().assign(n_recovered=np.tile([2, 28, 28, 2], 4))
    assert smooth(table, axes=["n_obs", "effect_size"]).misfit < 1e-6


def drawn(rng, together):
    """Draws of the known surface; replicates share one uniform number, or none."""
    table = made_up(n=400)
    rows = []
    for replicate in range(400):
        shared = rng.random(1 if together else len(table))
        hit = shared < known(table["n_obs"], table["effect_size"]).to_numpy()
        rows.append(table.assign(replicate=replicate, recovered=hit, status="ok"))
    draws = pd.concat(rows)
    counts = draws.groupby(["n_obs", "effect_size"])["recovered"].sum().to_numpy()
    return table.assign(n_recovered=counts), draws


def test_common_seeds_are_noticed(rng):
    """Replicates that share their luck over the grid are correlated, independent ones are not, and 0 without draws."""
    for together, low, high in ((True, 0.4, 1.0), (False, 0.0, 0.03)):
        table, draws = drawn(rng, together)
        found = smooth(table, axes=["n_obs", "effect_size"], draws=draws)
        assert low <= found.correlation <= high
        assert smooth(table, axes=["n_obs", "effect_size"]).correlation == 0.0


def test_draws_of_another_table_are_refused(rng):
    """The draws must add up to the counts of the table."""
    table, draws = drawn(rng, together=True)
    with pytest.raises(UsageError, match="6000 draws belong to the table, which counts 6400"):
        smooth(table, axes=["n_obs", "effect_size"], draws=draws[draws["n_obs"] + draws["effect_size"] != 100.8])


@pytest.mark.parametrize(
    ("change", "axes", "said"),
    [
        ({}, ["n_ob"], "n_ob is no column of numbers"),
        ({"word": "a"}, ["word"], "word is no column of numbers"),
        ({"twice": np.repeat(CELLS, 4) * 2.0}, ["n_obs", "twice"], "one follows from the others"),
        ({"n_failed": 30}, ["n_obs"], "no grid point has a rate"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(change, axes, said):
    """Words, unknown and dependent axes, and a table of failures."""
    with pytest.raises(UsageError, match=said):
        smooth(made_up().assign(**change), axes=axes)


def test_a_rate_needs_a_value_of_every_axis():
    """Missing and unknown axes are refused."""
    surface = smooth(made_up(), axes=["n_obs", "effect_size"])
    with pytest.raises(UsageError, match="effect_size is missing or no axis"):
        surface.rate({"n_obs": 100})
