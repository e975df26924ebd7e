"""How often repeats put a cell with its own cluster."""

import numpy as np
import pytest
from scipy.stats import entropy as reference_entropy

from rashomon.ask.stability.membership import MEMBERSHIP_COLUMNS, membership

JUDGED = np.array([0, 0, 0, 0, 1, 1, 1, 1, -1], dtype=np.int32)


def test_equal_repeats_leave_no_doubt():
    """A clustering that comes back whole puts every cell with its own cluster, under whatever names."""
    table = membership(JUDGED, [np.where(JUDGED < 0, -1, 7 - JUDGED) for _ in range(5)], n_clusters=2)
    assert list(table) == list(MEMBERSHIP_COLUMNS)
    assert table["own"][:8].tolist() == [1.0] * 8
    assert np.isnan(table["own"][8])
    assert table["entropy"][:8].tolist() == [0.0] * 8
    assert (table["own_low"][:8] < 1).all()
    assert (table["own_high"][:8] == 1).all()


def test_a_cell_that_moves_is_told_from_one_that_stays():
    """A cell that every other repeat puts elsewhere has a share of one half, and the entropy of a coin."""
    moved = np.where(np.arange(9) == 3, 1, JUDGED)
    table = membership(JUDGED, [JUDGED, moved, JUDGED, moved], n_clusters=2)
    assert table.loc[3, "own"] == 0.5
    assert table.loc[3, "second"] == 1
    assert table.loc[3, "entropy"] == pytest.approx(reference_entropy([0.5, 0.5]) / np.log(3))
    assert table.loc[0, "own"] == 1.0
    assert table.loc[0, "second"] == -1


def test_repeats_without_the_cell_do_not_count():
    """A cell that was resampled away in a repeat is not said to have left its cluster."""
    half = np.where(np.arange(9) == 2, -2, JUDGED)
    table = membership(JUDGED, [JUDGED, half, half], n_clusters=2)
    assert table["n_repeats"].tolist() == [3, 3, 1, 3, 3, 3, 3, 3, 3]
    assert table.loc[2, "own"] == 1.0


def test_no_repeats_say_nothing():
    """Without repeats every share is unknown."""
    assert membership(JUDGED, [], n_clusters=2)["own"].isna().all()
