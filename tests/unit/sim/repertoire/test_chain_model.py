"""The causal graph behind cells."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.mechanism import NODES
from rashomon.sim.repertoire.chain_knob import CHAIN_KNOBS
from rashomon.sim.repertoire.chain_model import CHAIN_NODES, chain_activity
from rashomon.sim.world import World

MACHINE = {"chain_umis", "ambient_chain", "hopped_chain", "chain_reads", "chain_call"}


def world(**knobs):
    return World("graph", {"n_donors": 2, **knobs}, parts=("receptors",))


def test_causes_come_first_and_every_node_has_a_knob():
    """A node stands behind its parents, and turns with a knob of chains."""
    order = list(NODES)
    for node in CHAIN_NODES:
        assert all(order.index(parent) < order.index(node.name) for parent in node.parents)
        assert node.level == "chain"
    assert {name for knob in CHAIN_KNOBS for name in knob.nodes} == {node.name for node in CHAIN_NODES}
    assert {node.name for node in CHAIN_NODES if node.mechanism is None} == MACHINE


@pytest.mark.parametrize(
    ("knobs", "active"),
    [
        ({}, set()),
        ({"vdj_dropout": 0.1}, {"chain_umis", "chain_call"}),
        ({"doublet_rate": 0.1}, {"chain_umis", "chain_call"}),
        ({"index_hopping": 0.1, "pcr_copies": 3.0}, {"hopped_chain", "chain_reads", "chain_call"}),
        ({"base_error": 0.1, "short_read_length": 9}, {"chain_call"}),
        ({"loci": "IGH", "hypermutation": 0.1}, {"lineage_tree", "somatic_chain", "chain_call"}),
        ({"loci": "IGH", "class_switching": 0.1}, {"lineage_tree", "isotype", "chain_call"}),
        ({"hot_spot": 9.0, "tree_trunk": 3.0}, set()),
    ],
)
def test_what_does_nothing_is_not_active(knobs, active):
    """A node is active if a knob of it is turned; what it leads to is reported, and that is active, too."""
    assert chain_activity(world(**knobs).scene(1, root=0)) == active


def test_a_doublet_that_was_set_is_read():
    """Droplets hold two cells where an intervention says so."""
    assert chain_activity(world().do(doublet=1).scene(1, root=0)) == {"chain_umis", "chain_call"}
    assert chain_activity(world().do(doublet=0).scene(1, root=0)) == set()


def test_chains_cannot_be_set_and_their_knobs_can():
    """An intervention turns the mechanism of a chain; the chain itself is no number."""
    with pytest.raises(UsageError, match="a sequence per chain"):
        world().do(chain_umis=3)
    assert world(vdj_dropout=0.5).do(vdj_dropout=0.0).turned == ("vdj_dropout",)


def test_lineage_nodes_are_played_when_asked_for():
    """Trees, chains and classes have a row per cell in worlds of B cells that mature, and none elsewhere."""
    given = {"loci": "IGH", "hypermutation": 0.01, "class_switching": 0.1, "n_clones": 5}
    grown = world(**given).scene(20, root=1).cells(np.arange(20))
    assert [len(grown[name]) for name in ("lineage_tree", "somatic_chain", "isotype")] == [20, 20, 20]
    still = world(n_clones=5).scene(20, root=1).cells(np.arange(20))
    assert [len(still[name]) for name in ("lineage_tree", "somatic_chain", "isotype")] == [0, 0, 0]
