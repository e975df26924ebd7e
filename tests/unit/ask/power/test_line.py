import numpy as np
import pandas as pd
import pytest

from rashomon.ask.power.cluster import cluster_power
from rashomon.ask.power.limit import ENOUGH, Setting, odds
from rashomon.ask.power.line import LINE_COLUMNS, limit_lines
from rashomon.ask.power.profile import Profiles

NAMES = ("a", "b")


@pytest.fixture(scope="module")
def two():
    """Two clusters that 1,000 cells just tell apart."""
    raw = np.stack([np.ones(300), np.where(np.arange(300) < 30, 2.2, 1.0)])
    base = np.full(300, 1 / 300)
    rates = raw / raw.sum(axis=1, keepdims=True)
    return Profiles(np.arange(2), np.array([850, 150]), rates, base, np.full(300, 0.1), 1000.0, 1000)


@pytest.fixture(scope="module")
def lines(two):
    """Their limits."""
    setting = Setting(1000, 1000.0)
    table = cluster_power(two, setting, names=NAMES, sizes=two.sizes)
    return limit_lines(two, setting, table, n_obs=[20, 500, 1000, 2000], names=NAMES)


def test_on_the_line_the_odds_are_enough(two, lines):
    """Interpolated between depths: within a tenth of the odds that decide."""
    assert list(lines.columns) == list(LINE_COLUMNS)
    for row in lines[(lines["cluster"] == 1) & lines["depth"].notna()].itertuples():
        assert odds(two, 1, 0, Setting(row.n_obs, row.depth)) == pytest.approx(ENOUGH, rel=0.1)


def test_more_cells_ask_for_less_depth(lines):
    """The line falls."""
    depth = lines[lines["cluster"] == 1]["depth"].dropna()
    assert len(depth) >= 2
    assert (np.diff(depth) < 0).all()


def test_too_few_cells_have_no_depth(lines):
    """A group of 3 of 20 cells."""
    row = lines[(lines["cluster"] == 1) & (lines["n_obs"] == 20)].iloc[0]
    assert np.isnan(row["depth"])
    assert row["reason"] == "too few cells"
    assert (lines["depth"].isna() == (lines["reason"] != "")).all()


def test_clusters_without_a_nearest_have_no_line(two):
    """Nothing to be told from."""
    table = pd.DataFrame({"cluster": [0], "name": ["a"], "nearest": [""]})
    assert limit_lines(two, Setting(100, 1000.0), table, n_obs=[100], names=NAMES).empty
