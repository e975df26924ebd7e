"""The states among which an oracle chooses."""

import numpy as np
import pytest

from rashomon.sim.state import states_of
from rashomon.sim.world import World

TYPES = {"hierarchy": [2, 2], "n_genes": 40, "n_markers": 4, "effect_size": 1.0}


def states(knobs, *, with_modes=False):
    """The states of a world, and its tables."""
    scene = World("w", {"n_genes": 40, "n_path_genes": 20, **knobs}).scene(100, root=1)
    return states_of(scene, with_modes=with_modes), scene


def test_types_are_states_and_levels_are_their_classes():
    """Every leaf is a state; a level of the tree joins the leaves below each of its nodes."""
    found, _ = states(TYPES)
    assert found.n == 4
    names, code = found.classes["level_1"]
    assert names == ("level1_1", "level1_2")
    assert code.tolist() == [0, 0, 1, 1]


def test_modes_of_the_depth_are_states_only_where_depth_is_not_given():
    """Two modes double the states of an exact oracle; an assisted one is told the depth."""
    both, scene = states({**TYPES, "depth_gap": 1.0, "low_share": 0.25}, with_modes=True)
    assert both.n == 8
    prior = np.exp(both.log_prior(scene, 0, 0))
    np.testing.assert_allclose(prior.sum(), 1.0)
    np.testing.assert_allclose(prior[both.values["depth_mode"] == 0].sum(), 0.25)
    assert states({**TYPES, "depth_gap": 1.0})[0].n == 4


def test_prior_is_that_of_donor_and_batch():
    """Where batch is decided by type, a type of another batch has probability zero."""
    found, scene = states({**TYPES, "n_batches": 2, "batch_association": 1.0})
    assert np.exp(found.log_prior(scene, 0, 0)).tolist() == [0.25, 0.0, 0.25, 0.0]


@pytest.mark.parametrize(("topology", "truths"), [("line", {"segment"}), ("branching", {"segment", "branch"})])
def test_places_fill_every_segment_evenly(topology, truths):
    """A continuum has as many grid points in each segment, and classes as its cells have."""
    found, _ = states({"topology": topology, "path_length": 2.0, "n_segments": 3})
    assert set(found.classes) == truths
    counts = np.bincount(found.classes["segment"][1])
    assert counts.size == 3
    assert len(set(counts.tolist())) == 1


def test_one_population_has_no_states():
    """Where there is one type and no path there is nothing to tell apart."""
    assert states({})[0] is None
