"""From a pipeline to its steps: the right ones, in the right order, shared where they can be."""

import pytest

from rashomon.multiverse import expression_multiverse
from rashomon.multiverse.path import cluster_path, neighbour_call, view_path
from tests.planted import blank

MULTIVERSE = expression_multiverse(blank(), budget="default", n_clusters=8)
LOG = ["filter", "log_normalise", "variable_genes", "scale", "pca", "take_pcs"]


def steps(path):
    """Names of the steps."""
    return [call.step.name for call in path]


def params(path):
    """Parameters by name of the step."""
    return {call.step.name: dict(call.params) for call in path}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, LOG),
        ({"normalise": "log median"}, LOG),
        ({"scale": "none"}, [name for name in LOG if name != "scale"]),
        (
            {"normalise": "Pearson residuals"},
            ["filter", "variable_genes", "pearson_residuals", "pca", "take_pcs"],
        ),
    ],
)
def test_steps_of_a_view_in_their_order(given, expected):
    """Genes are chosen after the logarithm and before residuals; scaling follows the choice of genes."""
    assert steps(view_path(MULTIVERSE.complete(given), MULTIVERSE)) == expected


def test_parameters_follow_the_levels():
    """Each level reaches its step."""
    path = params(view_path(MULTIVERSE.complete({"n_genes": 1000, "n_pcs": 30}), MULTIVERSE))
    assert path["filter"] == {"min_counts": 1, "min_cells": 3}
    assert path["log_normalise"] == {"target_sum": 1e4}
    assert path["variable_genes"] == {"n_top": 1000, "flavor": "seurat"}
    assert path["take_pcs"] == {"n_pcs": 30}
    median = params(view_path(MULTIVERSE.complete({"normalise": "log median"}), MULTIVERSE))
    assert median["log_normalise"] == {"target_sum": None}
    pearson = params(view_path(MULTIVERSE.complete({"normalise": "Pearson residuals"}), MULTIVERSE))
    assert pearson["variable_genes"]["flavor"] == "pearson_residuals"


def test_all_genes_need_no_choice():
    """With all genes the step that picks them is left out."""
    few = expression_multiverse(blank(n_vars=300))
    assert "variable_genes" not in steps(view_path(few.complete({"n_genes": "all"}), few))


def test_one_decomposition_and_one_search_serve_all():
    """Every pipeline asks for the most components and neighbours, and takes what it needs from them."""
    calls = {str(params(view_path(pipeline, MULTIVERSE))["pca"]) for pipeline in MULTIVERSE}
    assert calls == {"{'n_comps': 50}"}
    assert dict(neighbour_call(MULTIVERSE).params) == {"k": 30}
    assert params(cluster_path(MULTIVERSE.complete({"n_neighbours": 10}), MULTIVERSE)) == {
        "neighbours": {"k": 30},
        "fuzzy_graph": {"k": 10},
        "igraph": {},
        "leiden": {"resolution": 1.0, "seed": 0},
    }


def test_means_need_no_graph():
    """k-means goes from the view to the labels."""
    assert params(cluster_path(MULTIVERSE.complete({"clusterer": "kmeans", "k": 12, "seed": 3}), MULTIVERSE)) == {
        "kmeans": {"k": 12, "seed": 3}
    }


def test_an_embedding_needs_no_steps():
    """The view that came with the file is where the path begins."""
    start = expression_multiverse(blank(), use_rep="X_emb")
    assert view_path(start.default, start) == []


def test_slots_are_written_before_they_are_read():
    """Along every path each step finds what it reads."""
    for pipeline in MULTIVERSE:
        known = {"x", "rows"}
        for call in [*view_path(pipeline, MULTIVERSE), *cluster_path(pipeline, MULTIVERSE)]:
            assert set(call.step.reads) <= known, call.step.name
            known |= set(call.step.writes)
        assert "labels" in known
