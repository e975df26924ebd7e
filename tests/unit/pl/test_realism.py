import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.pl import encode
from rashomon.pl.realism import realism


@pytest.fixture
def values(rng):
    mean = rng.lognormal(0.0, 2.0, size=(2, 500))
    return {
        "even": tuple(rng.normal(size=(2, 500))),
        "skewed": tuple(mean),
        "relation": tuple(np.stack([row, row**0.5], axis=1) for row in mean),
        "absent": (np.ones(5), np.empty(0)),
    }


@pytest.fixture
def table():
    rows = [
        ("even", "ks", 0.123, 0.02, ""),
        ("even", "energy", 0.9, 0.02, ""),
        ("skewed", "ks", 0.5, np.nan, ""),
        ("relation", "ks_2d", 0.04, 0.01, ""),
        ("absent", "ks", np.nan, np.nan, "needs groups, and the simulated cells have none"),
    ]
    return pd.DataFrame(rows, columns=["summary", "distance", "value", "floor", "reason"])


def test_one_panel_per_summary_with_its_distance(values, table):
    """Titles give the Kolmogorov-Smirnov distance, and the floor where it is known."""
    panels = realism(values, table)
    assert [panel.get_title() for panel in panels] == [
        "KS 0.12 (real halves 0.02)",
        "KS 0.50",
        "KS 0.04 (real halves 0.01)",
    ]


def test_what_is_absent_is_named_with_its_reason(values, table):
    """A summary without values has no panel, and its reason stands below the others."""
    outer = realism(values, table)[0].figure.axes[0]
    texts = [text.get_text() for text in outer.findobj() if hasattr(text, "get_text")]
    assert "Not computable:\nabsent: needs groups, and the simulated cells have none" in texts


def test_all_values_are_in_the_histogram(values, table):
    """Shares of both histograms sum to 100 %: what lies beyond the ends is counted in the last bin."""
    even, skewed, _ = realism(values, table)
    for panel in (even, skewed):
        for stairs in panel.patches:
            assert stairs.get_data().values.sum() == pytest.approx(100.0)
    assert even.get_xscale() == "linear"
    assert skewed.get_xscale() == "log"


def test_relation_is_drawn_by_the_median_of_bands(values, table):
    """The line runs through the relation that was planted: the second number is the root of the first."""
    panel = realism(values, table)[2]
    for line in panel.lines:
        x, y = line.get_data()
        assert len(x) > 5
        np.testing.assert_allclose(y, np.sqrt(x), rtol=0.01)


def test_constant_values_and_zeros_are_drawn(table):
    """A summary without spread, and one full of zeros, are drawn without a warning."""
    values = {"even": (np.zeros(20), np.zeros(20)), "skewed": (np.r_[np.zeros(50), 1.0, 9.0], np.zeros(30))}
    panels = realism(values, table)
    assert len(panels) == 2
    assert encode(panels[0], kind="png")


def test_axes_and_file_of_the_caller(values, table, tmp_path):
    """Given axes keep their figure; names and title are written literally; the file is there."""
    ax = Figure(figsize=(12, 6)).add_subplot()
    panels = realism(
        values, table, names={"even": "$x_1$", "relation": "mean and root"}, title="$a", ax=ax, save=tmp_path / "a.svg"
    )
    assert panels[0].figure is ax.figure
    assert panels[0].get_xlabel() == r"\$x_1\$"
    assert (panels[2].get_xlabel(), panels[2].get_ylabel()) == ("mean", "root")
    assert (tmp_path / "a.svg").stat().st_size > 1000
