"""The causal graph of a world."""

import json

import networkx as nx
import pytest

from rashomon.sim import World
from rashomon.sim.graph import causal_graph, graph_facts
from rashomon.sim.mechanism import NODES

RICH = {
    "n_genes": 60, "n_groups": 3, "n_markers": 5, "effect_size": 1.0, "n_donors": 2, "donor_effect": 0.2,
    "n_batches": 2, "batch_effect": 0.4, "depth_sd": 0.3, "depth_by_type": 0.2, "doublet_rate": 0.1, "ambient": 0.1,
    "factor_sd": 0.2, "label_noise": 0.1,
}  # fmt: skip


def test_the_plainest_world_has_genes_depth_and_counts():
    """With every knob at its default, only the genes, the depth and the counts are left."""
    assert set(causal_graph(World("w", {"n_genes": 20}))) == {
        "gene_mean",
        "gene_dispersion",
        "cell_depth",
        "mean",
        "count",
    }


def test_a_world_shows_what_acts_in_it():
    """Active nodes are in, inert ones out, and the graph is acyclic with declared edges only."""
    graph = causal_graph(World("w", RICH))
    assert nx.is_directed_acyclic_graph(graph)
    assert {"type", "donor", "batch", "doublet", "annotation", "ambient_profile", "loading", "factor"} <= set(graph)
    assert not {"stress", "cycle", "position", "swap_profile", "donor_type_profile", "depth_of_batch"} & set(graph)
    assert all(parent in NODES[child].parents for parent, child in graph.edges)
    assert nx.has_path(graph, "type", "count")
    assert {data["level"] for _, data in graph.nodes(data=True)} >= {"gene", "cell", "entry"}


@pytest.mark.parametrize(
    ("knobs", "nodes"),
    [
        ({"n_groups": 2}, {"type", "composition"}),
        ({"n_groups": 2, "n_markers": 5, "effect_size": 1.0}, {"type", "composition", "type_profile"}),
        ({"n_donors": 3}, {"donor", "donor_share"}),
        ({"n_batches": 2}, {"batch", "batch_share"}),
        ({"n_batches": 2, "depth_by_batch": 0.3}, {"batch", "batch_share", "depth_of_batch"}),
        ({"topology": "line", "path_length": 1.0}, {"path_profile", "position", "branch"}),
        ({"stress_share": 0.2}, {"stress", "stress_profile"}),
        ({"factor_sd": 0.2}, {"factor", "loading"}),
        ({"depth_gap": 1.0}, {"depth_mode"}),
        ({"swapping": 0.1}, {"swap_profile"}),
    ],
)
def test_a_mechanism_adds_its_nodes(knobs, nodes):
    """Turning on one mechanism adds its nodes to those of the plainest world, and no others."""
    plain = set(causal_graph(World("w", {"n_genes": 20})))
    assert set(causal_graph(World("w", {"n_genes": 20, **knobs}))) - plain == nodes


def test_an_intervention_cuts_its_parents():
    """A node that was set has no parents and is marked; its children stay."""
    graph = causal_graph(World("w", RICH).do(batch="batch_1"))
    assert graph.in_degree("batch") == 0
    assert graph.nodes["batch"]["intervened"]
    assert "mean" in graph.successors("batch")
    assert not graph.nodes["type"]["intervened"]
    assert causal_graph(World("w", RICH)).in_degree("batch") > 0


def test_a_turned_knob_marks_its_nodes():
    """Turning a knob marks the nodes whose mechanism it changes, and cuts nothing."""
    graph = causal_graph(World("w", RICH).do(batch_effect=0.9))
    assert [name for name, facts in graph.nodes(data=True) if facts["intervened"]] == ["batch_profile"]
    assert set(graph.edges) == set(causal_graph(World("w", RICH)).edges)


def test_the_graph_is_plain_data():
    """As facts it goes through JSON and comes back whole."""
    graph = causal_graph(World("w", RICH))
    found = json.loads(json.dumps(graph_facts(graph)))
    assert [node["name"] for node in found["nodes"]] == list(graph)
    assert {tuple(edge) for edge in found["edges"]} == set(graph.edges)
    assert set(found["nodes"][0]) == {"name", "level", "summary", "intervened"}
