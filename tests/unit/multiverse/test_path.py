"""From a pipeline to its steps: the right ones, in the right order, shared where they can be."""

from importlib.util import find_spec

import pytest

from rashomon.engine import Call
from rashomon.multiverse import Wishes, expression_multiverse
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.clusterer import parameters
from rashomon.multiverse.path import cluster_path, neighbour_call, view_path
from rashomon.perturb import PERTURBATIONS
from tests.planted import blank, with_batches

MULTIVERSE = expression_multiverse(blank(), budget="default", n_clusters=8, wishes=Wishes(clusterers=["kmeans"]))
BATCHED = expression_multiverse(with_batches(), budget="full", n_clusters=8)
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
    assert path["variable_genes"] == {"n_top": 1000, "flavor": "seurat", "exclude": ""}
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


@pytest.mark.parametrize(
    ("given", "names", "settings"),
    [
        (
            {"gene_flavor": "seurat_v3"},
            ["filter", "rank_genes_counts", "log_normalise", "take_genes", "scale", "pca", "take_pcs"],
            {"n_top": 2000, "flavor": "seurat_v3", "exclude": "receptor"},
        ),
        (
            {"gene_flavor": "seurat_v3", "gene_batch": "by batch", "excluded_genes": "none"},
            ["filter", "rank_genes_counts_by_batch", "log_normalise", "take_genes", "scale", "pca", "take_pcs"],
            {"n_top": 2000, "flavor": "seurat_v3", "exclude": ""},
        ),
        (
            {"gene_flavor": "cell_ranger", "gene_batch": "by batch", "excluded_genes": "sex"},
            ["filter", "log_normalise", "variable_genes_by_batch", "scale", "pca", "take_pcs"],
            {"n_top": 2000, "flavor": "cell_ranger", "exclude": "sex"},
        ),
        (
            {"normalise": "Pearson residuals", "gene_batch": "by batch", "integrate": "harmony"},
            ["filter", "variable_genes_by_batch", "pearson_residuals", "pca", "take_pcs", "harmony"],
            {"n_top": 2000, "flavor": "pearson_residuals", "exclude": "receptor"},
        ),
    ],
)
def test_genes_are_ranked_where_their_flavor_says(given, names, settings):
    """On the counts and taken later, or on the matrix as it stands; within batches or not; with a set or without."""
    path = view_path(BATCHED.complete(given), BATCHED)
    assert steps(path) == names
    ranking = next(call for call in path if "n_top" in call.params)
    assert dict(ranking.params) == settings


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["neighbours", "fuzzy_graph", "igraph", "leiden"]),
        ({"metric": "cosine"}, ["unit_length", "neighbours", "cosine_distances", "fuzzy_graph", "igraph", "leiden"]),
        ({"clusterer": "leiden_leidenalg"}, ["neighbours", "fuzzy_graph", "leidenalg_graph", "leiden_leidenalg"]),
        ({"clusterer": "ward"}, ["ward"]),
        ({"clusterer": "spectral", "seed": 1}, ["neighbours", "fuzzy_graph", "spectral"]),
    ],
)
def test_clusterers_get_what_they_read(given, names):
    """The view, the graph, or the graph in their own form; and parameters they take, no others."""
    path = cluster_path(BATCHED.complete(given), BATCHED)
    assert steps(path) == names
    assert set(path[-1].params) <= set(parameters(path[-1].step))


@pytest.mark.skipif(find_spec("pynndescent") is None, reason="the extra 'approximate' is not installed")
def test_an_approximate_search_is_made_for_each_number_of_neighbours():
    """Its neighbours for a smaller number are no prefix of those for a larger one."""
    for k in (10, 30):
        path = cluster_path(BATCHED.complete({"neighbour_search": "pynndescent", "n_neighbours": k}), BATCHED)
        assert params(path)["approximate_neighbours"] == params(path)["fuzzy_graph"] == {"k": k}


def test_noise_on_the_graph_stands_behind_it():
    """A perturbation of the graph comes before the form the clusterer reads; without a graph it is left out."""
    jitter = Call(PERTURBATIONS["graph_jitter"].step, {"sd": 0.1, "replicate": 0})
    names = steps(cluster_path(MULTIVERSE.default, MULTIVERSE, on_graph=jitter))
    assert names == ["neighbours", "fuzzy_graph", "graph_jitter", "igraph", "leiden"]


def test_an_embedding_needs_no_steps():
    """The view that came with the file is where the path begins."""
    start = expression_multiverse(blank(), use_rep="X_emb")
    assert view_path(start.default, start) == []


@pytest.mark.parametrize("multiverse", [MULTIVERSE, BATCHED], ids=["default", "full"])
def test_slots_are_written_before_they_are_read(multiverse):
    """Along every path each step finds what it reads."""
    for setting in multiverse.settings():
        pipeline = multiverse.complete(setting)
        known = {"x", "rows", "genes", "gene_flags", "batch"}
        for call in [*view_path(pipeline, multiverse), *cluster_path(pipeline, multiverse)]:
            assert set(call.step.reads) <= known, call.step.name
            known |= set(call.step.writes)
        assert "labels" in known


def test_strict_is_what_scanpy_does():
    """On request, components by arpack, each number of them by itself; in repeats too, where others are cut short."""
    multiverse = expression_multiverse(blank(), wishes=Wishes({"pca_solver": ["arpack"], "n_pcs": [50, 20]}))
    fewer = multiverse.complete({"n_pcs": 20})
    path = view_path(fewer, multiverse)
    assert params(path)["pca"] == {"n_comps": 20, "solver": "arpack"}
    again = label_unit(fewer, multiverse, start=(path[0],), facts={})
    assert "leading_pca" not in steps(again.path)
    assert params(again.path)["pca"] == params(path)["pca"]
