"""Links between the receptor of a cell and its state."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World

KNOBS = {"n_groups": 4, "n_clones": 40, "n_donors": 2, "state_link": "nested"}


def cells(n=2000, parts=("receptors",), **changes):
    return World("states", {**KNOBS, **changes}, parts=parts).scene(n, root=4).cells(np.arange(n))


def spread(scene, value):
    """Mean number of values in a clone."""
    return np.mean([np.unique(value[scene["clone"] == each]).size for each in np.unique(scene["clone"])])


def test_nested_clones_are_of_one_type():
    """The quantile of the clone in the composition of its donor."""
    scene = cells()
    assert spread(scene, scene["type"]) == 1
    at = scene["clone_state"][scene["clone"]]
    np.testing.assert_array_equal(scene["type"], np.floor(at * 4).astype(int))


@pytest.mark.parametrize("strength", [0.3, 0.8])
def test_as_many_cells_follow_as_said(strength):
    """The others are of a type by chance, which is the clone's in one of four."""
    scene, fixed = cells(link_strength=strength), cells()
    same = (scene["type"] == fixed["type"]).sum()
    assert stats.binomtest(int(same), 2000, strength + (1 - strength) / 4).pvalue > 1e-3


def test_graded_clones_reach_neighbours():
    """More than one type, and not all four."""
    scene = cells(state_link="graded")
    assert 1.2 < spread(scene, scene["type"]) < 3.5
    gap = np.abs(scene["type"] - np.floor(scene["clone_state"][scene["clone"]] * 4))
    assert (gap <= 1).mean() > 0.9


def test_clones_of_an_epitope_can_share_a_state():
    """With linked_to=epitope they are of one type, other clones of their own."""
    scene = cells(linked_to="epitope", n_epitopes=2, binder_share=0.6, hla_restriction=0.0)
    at, seen = scene["clone_state"], scene["clone_epitope"]
    assert all(np.unique(at[seen == number]).size == 1 for number in range(2))
    assert np.unique(at[seen < 0]).size == (seen < 0).sum()


def test_the_largest_clones_of_a_donor_are_expanded():
    """A fifth of them, rounded up; none where all are as large."""
    scene = cells(clone_exponent=1.0)
    for donor in range(2):
        mine = np.flatnonzero(scene["clone_donor"] == donor)
        wanted = mine[np.argsort(-scene["clone_size"][mine])[: int(np.ceil(0.2 * mine.size))]]
        assert set(np.flatnonzero(scene["clone_expanded"] & (scene["clone_donor"] == donor))) == set(wanted)
    assert not cells()["clone_expanded"].any()


def test_cells_of_expanded_clones_are_effectors():
    """As many as said are of the last type, beyond those that are so anyway; cells of other clones keep their type."""
    scene, calm = cells(clone_exponent=1.0, expansion_state=0.7), cells(clone_exponent=1.0)
    large = scene["clone_expanded"][scene["clone"]]
    np.testing.assert_array_equal(scene["type"][~large], calm["type"][~large])
    before = (calm["type"][large] == 3).mean()
    expected = before + 0.7 * (1 - before)
    assert stats.binomtest(int((scene["type"][large] == 3).sum()), int(large.sum()), expected).pvalue > 1e-3


@pytest.mark.parametrize(("link", "sd"), [("nested", 0.0), ("graded", 0.12)])
def test_positions_stay_near_those_of_the_clone(link, sd):
    """On a continuum, cells are where their clone is, or around it, reflected at the ends; all stay inside."""
    line = {"n_groups": 1, "topology": "line", "path_length": 2.0, "n_genes": 5, "state_link": link}
    scene = cells(parts=("expression", "receptors"), **line)
    away = scene["position"] - scene["clone_state"][scene["clone"]]
    assert ((scene["position"] >= 0) & (scene["position"] <= 1)).all()
    inner = np.abs(scene["clone_state"][scene["clone"]] - 0.5) < 0.1
    assert away[inner].std() == pytest.approx(sd, rel=0.15)
