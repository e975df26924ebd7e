import numpy as np
import pytest

from rashomon.pl.canvas import encode
from rashomon.pl.percolation import percolation
from tests import example_receptor_audit


@pytest.mark.parametrize("n", [1, 2])
def test_two_panels_per_metric(n):
    """Above the largest component with its limit, below the retention with that of the background."""
    table = example_receptor_audit.percolation()
    table = table[table["metric"].isin(["hamming", "tcrdist"][:n])]
    panels = percolation(table, limit=0.2)
    assert len(panels) == 2 * n
    rows = table[table["metric"] == "hamming"]
    limit, largest = panels[0].lines
    assert list(limit.get_ydata()) == [0.2, 0.2]
    np.testing.assert_allclose(largest.get_ydata(), rows["largest_share"])
    background, retention = panels[1].lines
    np.testing.assert_allclose(background.get_ydata(), rows["background_retention"])
    np.testing.assert_allclose(retention.get_ydata(), rows["retention"])
    assert list(panels[1].get_xticks()) == [0, 1, 2, 3]


def test_absent_background_is_not_explained():
    """Without a background there is one line in the legend."""
    table = example_receptor_audit.percolation()
    lines = ["background_retention", "background_low", "background_high"]
    panels = percolation(table.assign(**dict.fromkeys(lines, np.nan)))
    (outer,) = [axes for axes in panels[0].figure.axes if panels[0] in axes.child_axes]
    assert [text.get_text() for text in outer.get_legend().get_texts()] == ["these receptors"]


def test_nothing_and_hostile_names_are_drawn():
    """No metric is no panel; names are shown as they are."""
    table = example_receptor_audit.percolation("$\\frac{1")
    assert percolation(table.iloc[:0]) == []
    assert encode(percolation(table)[0], kind="svg")


def test_both_panels_have_the_same_ticks():
    """One tick per cutoff above and below, so that one can be read from the other."""
    above, below = percolation(example_receptor_audit.percolation())[:2]
    assert list(above.get_xticks()) == list(below.get_xticks())
    assert above.get_xlim() == below.get_xlim()
