"""The registries of nodes and knobs."""

import pytest

from rashomon.sim.expression import EXPRESSION_KNOBS, EXPRESSION_NODES, POPULATION_NODES
from rashomon.sim.mechanism import KNOBS, NODES, nodes_of
from rashomon.sim.part import PARTS
from rashomon.sim.repertoire import CHAIN_NODES, CLONE_NODES, RECEPTOR_KNOBS


def test_registries_hold_what_the_rooms_have():
    """Every knob and node once, those of expression first."""
    assert list(KNOBS) == [knob.name for knob in (*EXPRESSION_KNOBS, *RECEPTOR_KNOBS)]
    assert set(NODES) == {
        node.name for nodes in (POPULATION_NODES, CLONE_NODES, EXPRESSION_NODES, CHAIN_NODES) for node in nodes
    }


@pytest.mark.parametrize("parts", [("expression",), ("receptors",), PARTS], ids="+".join)
def test_a_world_has_the_nodes_of_its_parts(parts):
    """In the order of the registry; those of every world are in each."""
    found = list(nodes_of(parts))
    assert found == [name for name, node in NODES.items() if node.part is None or node.part in parts]
    assert {"donor", "type", "batch"} <= set(found)
    assert ("count" in found, "vdj" in found) == ("expression" in parts, "receptors" in parts)
