import numpy as np
import pytest
from matplotlib.figure import Figure

from rashomon.pl import encode, variance_shares
from tests import example_audit

OUTCOME = example_audit.OUTCOMES[0]
APART = ("resolution", "k", "interactions", "seed (noise)", "absent")


def test_settings_are_ranked_and_the_rest_stands_apart():
    """Settings come by share; granularity, interactions and noise below a gap, hatched, in the order given."""
    axes = variance_shares(example_audit.shares(), outcome=OUTCOME, apart=APART)
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["normalise", "scale", "clusterer", "n_genes", "n_neighbours", "n_pcs", *APART[:4]]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False] * 6 + [True] * 4
    gaps = np.diff(axes.get_yticks())
    assert gaps[5] > gaps[0]


def test_a_negative_share_is_drawn_at_zero_and_stays_in_the_table():
    """Only the display is clipped."""
    table = example_audit.shares()
    axes = variance_shares(table, outcome=OUTCOME, apart=APART)
    widths = [bar.get_width() for bar in axes.patches]
    assert min(widths) == 0
    assert table["share"].min() < 0
    assert "0 % (0 to 3)" in [text.get_text() for text in axes.texts]


def test_numbers_stand_beside_the_bars():
    """Each bar says its share and interval in words, and the bar has that length."""
    axes = variance_shares(example_audit.shares(), outcome=OUTCOME)
    assert len(axes.texts) == len(axes.patches) == 10
    assert axes.texts[0].get_text() == "38 % (35 to 42)"
    assert axes.patches[0].get_width() == pytest.approx(38)


def test_no_spread_is_said():
    """Where every run agrees equally there is nothing to divide, and the figure says so."""
    table = example_audit.shares().assign(share=np.nan, low=np.nan, high=np.nan)
    axes = variance_shares(table, outcome=OUTCOME)
    assert [text.get_text() for text in axes.texts] == ["no spread to explain"]
    assert encode(axes, kind="png")


def test_axes_of_the_caller_are_drawn_into(tmp_path):
    """Given axes come back, and the file is written."""
    mine = Figure().add_subplot()
    assert variance_shares(example_audit.shares(), outcome=OUTCOME, ax=mine, save=tmp_path / "a.png") is mine
    assert (tmp_path / "a.png").stat().st_size > 1000
