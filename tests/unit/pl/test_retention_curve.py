import numpy as np
import pandas as pd

from rashomon.pl.canvas import encode
from rashomon.pl.retention_curve import retention_curve
from tests import example_receptor_audit


def test_one_panel_per_truth_and_two_lines_per_metric():
    """Purity, and the purity of shuffled labels; cutoffs at both ends are written."""
    table = example_receptor_audit.curves()
    panels = retention_curve(table)
    assert [panel.get_title() for panel in panels] == list(example_receptor_audit.TRUTHS)
    rows = table[(table["truth"] == "v_gene") & (table["metric"] == "tcrdist")]
    shuffled, purity = panels[1].lines[2:]
    np.testing.assert_allclose(purity.get_xydata(), rows[["retention", "purity"]])
    np.testing.assert_allclose(shuffled.get_xydata(), rows[["retention", "random_purity"]])
    assert [text.get_text() for text in panels[1].texts] == ["0", "3", "0", "48"]


def test_more_than_a_palette_stays_legible():
    """Twenty-five metrics are drawn with their names; of nine truths the first six are, the others are counted."""
    table = example_receptor_audit.curves()
    many = [table[table["metric"] == "hamming"].assign(metric=f"metric {i}") for i in range(25)]
    panels = retention_curve(pd.concat(many))
    (outer,) = [axes for axes in panels[0].figure.axes if panels[0] in axes.child_axes]
    assert len(outer.get_legend().get_texts()) == 26
    nine = [table[table["truth"] == "epitope"].assign(truth=f"truth {i}") for i in range(9)]
    panels = retention_curve(pd.concat(nine))
    assert [panel.get_title() for panel in panels] == [f"truth {i}" for i in range(6)]
    (outer,) = [axes for axes in panels[0].figure.axes if panels[0] in axes.child_axes]
    assert outer.get_xlabel().endswith("3 more label columns are only in the table")


def test_small_retentions_have_a_short_axis():
    """Where next to nothing is in clusters, the points still stand apart, and all panels have one axis."""
    table = example_receptor_audit.curves()
    table["retention"] *= 0.1
    panels = retention_curve(table)
    for panel in panels:
        np.testing.assert_allclose(panel.get_xlim(), (-0.003, 0.103))
    assert [text.get_text() for text in panels[0].get_xticklabels()] == ["0", "0.05", "0.1"]


def test_undefined_points_and_no_points_are_drawn():
    """A missing purity is a gap; an empty table has no panel."""
    table = example_receptor_audit.curves("$\\frac{1")
    table.loc[0, "purity"] = np.nan
    assert encode(retention_curve(table)[0], kind="svg")
    assert retention_curve(table.iloc[:0]) == []
    assert encode(retention_curve(table.assign(purity=np.nan))[0], kind="svg")
