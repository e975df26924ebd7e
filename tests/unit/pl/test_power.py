import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.pl.power import power

mpl.use("agg")


def tables():
    """Two clusters over a cross of cells and depth."""
    places = [(100, 800.0), (200, 800.0), (400, 800.0), (200, 400.0), (200, 1600.0)]
    rows = [
        {"name": name, "n_obs": n, "depth": depth, "rate": rate}
        for name in ("a", "b")
        for (n, depth), rate in zip(places, (0.0, 0.5, 1.0, 0.1, 1.0), strict=True)
    ]
    return {
        "detectability": pd.DataFrame(rows),
        "power_limits": pd.DataFrame({"limit": ["cells", "typical depth"], "value": [210.0, 790.0]}),
        "power_lines": pd.DataFrame({"name": ["a"] * 3, "n_obs": [100, 200, 400], "depth": [np.nan, 900.0, 500.0]}),
    }


def test_the_data_are_a_diamond_and_the_limit_a_line():
    """At the cells and depth of the data; the line has the points that are known."""
    axes = power(tables(), "a")
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["80 % (closed form)", "your data"]
    (line,) = axes.get_lines()
    assert line.get_xdata().tolist() == [200, 400]
    diamond = next(each for each in axes.collections if each.get_label() == "your data")
    assert diamond.get_offsets().tolist() == [[210.0, 790.0]]
    assert axes.get_title(loc="right") == "a"


def test_without_lines_only_points_are_drawn():
    """A cluster whose limit lies nowhere in the plane, and tables without limits."""
    assert not power(tables(), "b").get_lines()
    assert not power({k: v for k, v in tables().items() if k != "power_lines"}, "a").get_lines()


def test_strength_is_drawn_at_the_depth_of_the_data_and_rings_are_ceilings():
    """Points of other strengths are left out over depth, and those of other depths over strength."""
    crossed = tables()
    points = crossed["detectability"].assign(strength=1.0, ceiling=1.0)
    other = points[points["depth"] == 800.0].assign(strength=2.0, ceiling=np.nan)
    crossed["detectability"] = pd.concat([points, other], ignore_index=True)
    over_depth, over_strength = power(crossed, "a"), power(crossed, "a", y="strength")
    assert len(over_depth.collections[0].get_offsets()) == 5
    assert len(over_strength.collections[0].get_offsets()) == 6
    rings = [each for each in over_strength.collections if each.get_label() == "best of any method"]
    assert [len(each.get_offsets()) for each in rings] == [3]
    assert over_strength.get_ylabel().startswith("difference of the clusters")
    diamond = next(each for each in over_strength.collections if each.get_label() == "your data")
    assert diamond.get_offsets().tolist() == [[210.0, 1.0]]


def test_nothing_drawn_and_unknown_clusters_are_refused():
    """With what to do."""
    with pytest.raises(UsageError, match="no look-alike"):
        power(tables() | {"detectability": pd.DataFrame()}, "a")
    with pytest.raises(UsageError, match="there is no cluster 'c'"):
        power(tables(), "c")
