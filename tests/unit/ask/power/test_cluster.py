import math

import numpy as np
import pytest

from rashomon.ask.power.cluster import POWER_COLUMNS, cluster_power
from rashomon.ask.power.limit import ENOUGH, Setting, odds
from rashomon.ask.power.profile import Profiles
from rashomon.sim.limit import depth_needed

NAMES = ("large", "near", "far", "tiny")


def profiles(*, near=1.3, far=5.0, n=(600, 300, 100)):
    """Three clusters in 300 genes; a fourth one was too small."""
    genes = np.arange(300)
    raw = np.stack([np.ones(300), np.where(genes < 20, near, 1.0), np.where(genes >= 250, far, 1.0)])
    base = np.full(300, 1 / 300)
    return Profiles(
        np.arange(3), np.array(n), raw / raw.sum(axis=1, keepdims=True), base, np.full(300, 0.1), 1500.0, 1000
    )


@pytest.fixture(scope="module")
def table():
    """What closed forms say of them."""
    sizes = np.array([600, 300, 100, 3])
    return cluster_power(profiles(), Setting(1000, 1500.0), names=NAMES, sizes=sizes)


def test_every_cluster_has_a_row(table):
    """In the order of the codes, the small one with the reason."""
    assert table["name"].tolist() == list(NAMES)
    assert table["n"].tolist() == [600, 300, 100, 3]
    assert list(table.columns) == list(POWER_COLUMNS)
    assert table["says"][3] == "cannot tell"
    assert "fewer than 5 cells" in table["reason"][3]
    assert np.isnan(table["odds"][3])


def test_clear_clusters_are_enough_and_near_ones_are_not(table):
    """The far one is found; those that hardly differ name each other and what they lack."""
    assert table["says"][2] == "enough"
    assert table["nearest"].tolist()[:2] == ["near", "large"]
    assert table["odds"][0] == pytest.approx(odds(profiles(), 0, 1, Setting(1000, 1500.0)))
    assert table["odds"][0] < ENOUGH
    assert not table["says"][0].startswith("enough")
    assert table["cells_factor"][2] < 1 < table["cells_factor"][0]


def test_a_small_cluster_does_not_take_a_large_one_away():
    """Merged with one of less than half its size a cluster keeps an F1 of 0.8, so the nearest is a larger one."""
    assert 2 * 600 / (2 * 600 + 299) >= 0.8
    # the second equals the first; of 400 cells it could take it away, of 200 it could not
    for n, nearest in (((500, 400, 300), "near"), ((600, 200, 400), "far")):
        each = profiles(near=1.0, far=5.0, n=n)
        found = cluster_power(each, Setting(1000, 1500.0), names=NAMES[:3], sizes=each.sizes)
        assert found["nearest"].tolist()[:2] == [nearest, "large"]


def test_the_depth_of_known_profiles_is_that_of_the_limit():
    """Genes used hold all molecules here, so that the depth is that of the closed form."""
    both = profiles(near=2.0)
    found = cluster_power(both, Setting(1000, 1500.0), names=NAMES[:3], sizes=both.sizes)
    expected = depth_needed(both.rates[0], both.rates[1], error=0.1, dispersion=both.dispersion).high
    assert found["depth_known"][1] == pytest.approx(float(expected))
    assert (found["error_known"].between(0, 0.5)).all()


def test_equal_clusters_are_not_told_by_cells_or_depth():
    """No factor helps."""
    found = cluster_power(profiles(near=1.0), Setting(1000, 1500.0), names=NAMES[:3], sizes=np.array([600, 300, 100]))
    assert found["says"][0] == "not by cells or depth alone"
    assert found["cells_factor"][0] == math.inf
    assert found["distance"][0] == 0.0


def test_one_cluster_has_nothing_to_be_told_from():
    """It says so."""
    base = np.full(5, 0.2)
    one = Profiles(np.array([0]), np.array([50]), base[None], base, np.zeros(5), 100.0, 50)
    found = cluster_power(one, Setting(50, 100.0), names=("all",), sizes=np.array([50]))
    assert found[["says", "reason"]].values.tolist() == [["cannot tell", "there is one cluster"]]
