import numpy as np

from rashomon.pl.calibration import calibration
from rashomon.pl.canvas import encode
from tests import example_receptor_audit


def test_three_panels_hold_the_table():
    """Probability, likelihood ratio and background, over the cutoff; the wanted probability is a line."""
    table = example_receptor_audit.calibration()
    panels = calibration(table, p=0.5)
    for panel, name in zip(panels, ("p_same", "lr", "background_rate"), strict=True):
        np.testing.assert_allclose(panel.lines[0].get_xydata(), table[["cutoff", name]])
    assert list(panels[0].lines[1].get_ydata()) == [0.5, 0.5]
    assert list(panels[1].lines[1].get_ydata()) == [1, 1]
    assert [panel.get_yscale() for panel in panels] == ["linear", "log", "log"]


def test_zero_has_a_place():
    """A ratio of 0 is on the axis, which is then not purely logarithmic."""
    table = example_receptor_audit.calibration()
    table.loc[3, "lr_low"] = 0.0
    assert calibration(table)[1].get_yscale() == "symlog"


def test_undefined_rows_are_gaps(tmp_path):
    """Unknown numbers are not drawn, and the file is written."""
    table = example_receptor_audit.calibration().assign(lr=np.nan, lr_low=np.nan, lr_high=np.nan)
    panels = calibration(table, save=tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert encode(panels[0], kind="svg")
