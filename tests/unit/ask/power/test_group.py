import math

import numpy as np
import pytest

from rashomon.ask.power.group import GROUP_COLUMNS, MOST_FOLD, least_share, smallest_groups
from rashomon.ask.power.limit import Setting
from rashomon.ask.power.profile import Profiles

BASE = np.full(400, 1 / 400)
ONE = Profiles(np.array([0]), np.array([3000]), BASE[None], BASE, np.full(400, 0.1), 1200.0, 3000)


@pytest.fixture(scope="module")
def table():
    """The smallest groups in 3,000 cells."""
    return smallest_groups(ONE, Setting(3000, 1200.0))


def test_larger_groups_with_more_markers_need_less(table):
    """The least fold falls with the share and with the number of markers."""
    folds = table.pivot_table(index="share", columns="n_markers", values="fold")
    kept = folds.loc[0.01:]
    assert (np.diff(kept.to_numpy(), axis=0) <= 0).all()
    assert (np.diff(kept.to_numpy(), axis=1) <= 0).all()
    assert kept.to_numpy().min() > 1.0
    assert list(table.columns) == list(GROUP_COLUMNS)


def test_at_the_least_fold_the_least_share_is_the_share(table):
    """The two ways round meet."""
    row = table[(table["share"] == 0.05) & (table["n_markers"] == 20)].iloc[0]
    assert least_share(ONE, Setting(3000, 1200.0), n_markers=20, fold=row["fold"]) == pytest.approx(0.05, rel=0.1)


def test_what_cannot_be_found_says_why():
    """Too few cells, or too little difference at any fold."""
    few = smallest_groups(ONE, Setting(300, 1200.0))
    assert few["fold"][0] == math.inf
    assert "fewer than 5 cells" in few["reason"][0]
    shallow = smallest_groups(ONE, Setting(3000, 2.0))
    assert f"5 genes at {MOST_FOLD:g} times are not enough" in set(shallow["reason"])
    assert (shallow.loc[np.isfinite(shallow["fold"]), "reason"] == "").all()
    assert least_share(ONE, Setting(3000, 1200.0), n_markers=20, fold=1.0) == math.inf


def test_more_depth_and_more_cells_show_smaller_groups():
    """Monotone in both."""
    at = [least_share(ONE, Setting(n, 1200.0), n_markers=20, fold=3.0) for n in (500, 2000, 8000)]
    deep = [least_share(ONE, Setting(2000, d), n_markers=20, fold=3.0) for d in (600.0, 1200.0, 4000.0)]
    assert at == sorted(at, reverse=True)
    assert deep == sorted(deep, reverse=True)
    assert at[-1] < at[0] < math.inf
