"""The causal graph of receptors."""

import networkx as nx
import pytest

from rashomon.sim import NODES, World
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire.model import CLONE_NODES
from tests.busy_receptor_world import PAIRED, busy


def test_nodes_are_of_receptors():
    """Every node belongs to the part; names are their own; parents are nodes of the part or of every world."""
    assert {node.part for node in CLONE_NODES} == {RECEPTORS}
    names = [node.name for node in CLONE_NODES]
    assert len(set(names)) == len(names)
    assert all(NODES[parent].of((RECEPTORS,)) for node in CLONE_NODES for parent in node.parents)


def test_the_graph_of_a_busy_world_is_connected():
    """It has a path from the alleles of a donor to the residues, and from donors and clones to the type of a cell."""
    graph = busy().graph
    assert nx.is_directed_acyclic_graph(graph)
    for cause, effect in (("hla", "vdj"), ("donor_share", "vj"), ("clone_size", "type"), ("status", "batch"),
                          ("clone_epitope", "clone_label")):  # fmt: skip
        assert nx.has_path(graph, cause, effect)
    for cause, effect in (("clone_label", "vdj"), ("type", "vdj"), ("clone_state", "vj"), ("vdj", "type")):
        assert not nx.has_path(graph, cause, effect)


def test_inert_nodes_are_left_out():
    """A plain world of beta chains has clones and one chain, and nothing of epitopes, disease or expression."""
    graph = World("plain", {}, parts=("receptors",)).graph
    assert set(graph) == {"clone", "clone_lineage", "vdj"}
    assert "receptor_gene" not in busy(parts=PAIRED, n_genes=5).graph
    assert "receptor_gene" in busy(parts=PAIRED, n_genes=5, receptor_gene_depth=1.0).graph


@pytest.mark.parametrize(
    ("change", "node"), [({"clone_motif": -1}, "clone_motif"), ({"v_bias": 0.1}, "epitope_signal")]
)
def test_what_was_touched_is_marked(change, node):
    """A node that was set has no parents; one whose mechanism was changed keeps them; both are marked."""
    graph = busy().do(**change).graph
    assert graph.nodes[node]["intervened"]
    assert (graph.in_degree(node) == 0) == (node in change or not NODES[node].parents)
