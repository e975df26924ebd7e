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


def test_zero_and_no_bound_reach_the_edge():
    """A ratio from 0 to infinity has a band over the whole logarithmic axis; a share of 0 is a gap."""
    table = example_receptor_audit.calibration()
    table.loc[3, ["lr_low", "lr_high", "background_rate"]] = 0.0, np.inf, 0.0
    _, ratio, share = calibration(table)
    assert [panel.get_yscale() for panel in (ratio, share)] == ["log", "log"]
    band = ratio.collections[0].get_paths()[0].vertices
    at = band[band[:, 0] == table.loc[3, "cutoff"], 1]
    assert (at.min(), at.max()) == ratio.get_ylim()
    assert np.isnan(share.lines[0].get_ydata()[3])


def test_ratio_of_one_is_on_the_axis():
    """Whatever the ratios are, one can see whether they say more than nothing."""
    table = example_receptor_audit.calibration().assign(lr=200.0, lr_low=150.0, lr_high=300.0)
    low, high = calibration(table)[1].get_ylim()
    assert low <= 1
    assert high >= 300


def test_cutoffs_without_pairs_are_hollow():
    """The title names the label column; where no labelled pair is as close, the dot is hollow."""
    table = example_receptor_audit.calibration()
    table = table.assign(truth="epitope", n_pairs=np.where(np.arange(len(table)) < 2, 0, 9))
    panel = calibration(table)[0]
    assert panel.get_title() == "probability of the same epitope"
    np.testing.assert_allclose(panel.collections[-1].get_offsets(), table[["cutoff", "p_same"]].iloc[:2])


def test_undefined_rows_are_gaps(tmp_path):
    """Unknown numbers are not drawn, and the file is written."""
    table = example_receptor_audit.calibration().assign(lr=np.nan, lr_low=np.nan, lr_high=np.nan)
    panels = calibration(table, save=tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert encode(panels[0], kind="svg")
