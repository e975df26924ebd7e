import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.core import UsageError
from rashomon.pl import detectability, encode

ASKED = {"x": "n_obs", "y": "effect_size"}


@pytest.fixture
def table():
    """Rates over cells and effect; one point failed."""
    grid = [(cells, effect) for cells in (100, 400, 1600) for effect in (0.0, 1.0, 2.0)]
    rate = [0, 0.1, 0.4, 0, 0.4, 0.9, np.nan, 0.8, 1]
    return pd.DataFrame(grid, columns=["n_obs", "effect_size"]).assign(rate=rate, depth=500.0)


def fitted(points):
    """A surface that reaches 50 % where log2(cells / 100) + 2 effect is 5."""
    return 1 / (1 + np.exp(5 - np.log2(np.asarray(points["n_obs"]) / 100) - 2 * np.asarray(points["effect_size"])))


def named(axes):
    """Entries of the legend."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_dots_are_the_grid_points(table):
    """Places, colours and sizes follow the table; a failed point is a cross."""
    axes = detectability(table, **ASKED)
    dots, crosses = axes.collections
    known = table[table["rate"].notna()]
    np.testing.assert_allclose(dots.get_offsets(), known[["n_obs", "effect_size"]])
    np.testing.assert_allclose(dots.get_array(), known["rate"])
    assert (np.argsort(dots.get_sizes(), kind="stable") == np.argsort(known["rate"], kind="stable")).all()
    np.testing.assert_allclose(crosses.get_offsets(), [[1600, 0.0]])
    assert named(axes) == ["every draw failed"]


def test_axes_are_logarithmic_over_a_factor_of_three(table):
    """Cells from 100 to 1,600 are, effects from 0 are not; ticks stand at the grid."""
    axes = detectability(table, **ASKED)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert axes.get_xticks().tolist() == [100, 400, 1600]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("cells", "effect size (log2 fold)")
    assert axes.xaxis.get_major_formatter()(1600, 0) == "1,600"


def test_contours_lie_where_the_surface_reaches_the_rates(table):
    """At 50 % and 80 %, inside the grid, and named; a rate that is not reached has none."""
    axes = detectability(table, **ASKED, fit=fitted)
    assert named(axes)[:2] == ["50 % (smoothed)", "80 % (smoothed)"]
    contours = [each for each in axes.collections if type(each).__name__ == "QuadContourSet"]
    for level, contour in zip((0.5, 0.8), contours, strict=True):
        x, y = contour.get_paths()[0].vertices.T
        np.testing.assert_allclose(fitted({"n_obs": x, "effect_size": y}), level, atol=0.01)
        assert x.min() >= 99.9
        assert x.max() <= 1600.1
    low = detectability(table, **ASKED, fit=lambda points: 0.6 * fitted(points))
    assert named(low) == ["50 % (smoothed)", "every draw failed"]


def test_user_and_limits_are_named(table):
    """The user's data are a diamond inside the axes even beyond the grid; limits are lines, names literal."""
    line = np.array([100, 1600]), np.array([1.5, 0.5])
    axes = detectability(table, **ASKED, user={"n_obs": 5000, "effect_size": 1.0}, lines={"$limit$": line})
    assert named(axes) == [r"\$limit\$", "every draw failed", "your data"]
    assert axes.get_xlim()[1] > 5000
    np.testing.assert_allclose(axes.lines[0].get_xydata(), np.column_stack(line))


def test_a_limit_beyond_the_plane_is_left_out(table):
    """No entry of the legend without its line; one that crosses between its points is drawn."""
    beyond = np.array([100, 1600]), np.array([5.0, 9.0])
    across = np.array([1, 10_000_000]), np.array([9.0, -9.0])
    axes = detectability(table, **ASKED, lines={"beyond": beyond, "across": across, "bare": (np.ones(1), np.ones(1))})
    assert named(axes) == ["across", "every draw failed"]


def test_what_happens_to_the_users_data_is_not_hidden(table):
    """The diamond is hollow, and the dot in it is drawn."""
    axes = detectability(table, **ASKED, user={"n_obs": 400, "effect_size": 1.0})
    diamond = next(each for each in axes.collections if each.get_label() == "your data")
    assert len(diamond.get_facecolor()) == 0


def test_other_settings_are_held(table):
    """Only rows at the value are drawn, and the surface is asked there."""
    asked = []

    def remember(points):
        asked.append(points["depth"])
        return fitted(points)

    both = pd.concat([table, table.assign(depth=900.0, rate=0.25)])
    axes = detectability(both, **ASKED, at={"depth": 900.0}, fit=remember)
    assert set(asked) == {900.0}
    (dots,) = (each for each in axes.collections if type(each).__name__ == "PathCollection")
    assert dots.get_array().tolist() == [0.25] * 9
    with pytest.raises(UsageError, match="several grid points have the same n_obs and effect_size"):
        detectability(both, **ASKED)


def test_one_row_of_points_is_drawn(table):
    """An axis of one value has limits; a surface over it is refused."""
    row = table.query("effect_size == 1")
    assert encode(detectability(row, **ASKED), kind="png")
    with pytest.raises(UsageError, match="effect_size has one value"):
        detectability(row, **ASKED, fit=fitted)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"x": "cells"}, "there is no column 'cells'"),
        ({"at": {"depth": 7.0}}, "no grid point is left"),
        ({"user": {"n_obs": 3}}, "effect_size is missing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, asked, said):
    """Columns, settings and positions are checked."""
    with pytest.raises(UsageError, match=said):
        detectability(table, **{**ASKED, **asked})


def test_axes_and_file_of_the_caller(table, tmp_path):
    """Given axes come back, and the file is written."""
    mine = Figure().add_subplot()
    assert detectability(table, **ASKED, fit=fitted, ax=mine, save=tmp_path / "a.svg") is mine
    assert (tmp_path / "a.svg").stat().st_size > 1000
