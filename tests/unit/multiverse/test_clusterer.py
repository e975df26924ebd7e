"""Clusterers bring their parameters, and need what they read."""

import pytest

from rashomon.cluster import CLUSTERERS, user_clusterer
from rashomon.core import UsageError
from rashomon.multiverse.clusterer import clusterer_choice, clusterers_with, graph_step, parameters, reads_graph


def halves(view, *, k=2):
    """The sign of the first component, as a user writes it."""
    return (view[:, 0] > 0).astype(int) + k - k


def by_degree(graph):
    """Whether a cell has many neighbours."""
    return (graph.getnnz(axis=1) > 10).astype(int)


def test_parameters_are_those_of_the_function():
    """Keyword parameters, for functions of ours and of users alike."""
    assert {"resolution", "seed"} <= set(parameters(CLUSTERERS["leiden"]))
    assert "seed" not in parameters(CLUSTERERS["ward"])
    assert parameters(user_clusterer(halves)) == ("k",)


def test_graphs_are_made_for_those_that_read_them():
    """Leiden reads a graph in a form of its own, spectral clustering the graph itself, k-means none."""
    assert graph_step(CLUSTERERS["leiden"]).name == "igraph"
    assert reads_graph(CLUSTERERS["leiden"])
    assert graph_step(CLUSTERERS["spectral"]) is None
    assert reads_graph(CLUSTERERS["spectral"])
    assert not reads_graph(CLUSTERERS["kmeans"])
    assert reads_graph(user_clusterer(by_degree, reads="graph"))


def test_only_one_quantity_is_equivalent():
    """Two programs for Leiden answer one question; every other clusterer, and any of a user, is exploratory."""
    choice, steps = clusterer_choice(list(CLUSTERERS), [user_clusterer(halves)], n_obs=500, not_run=[])
    classes = {option.level: option.equivalence for option in choice.options}
    assert {name for name, kind in classes.items() if kind == "equivalent"} == {"leiden", "leiden_leidenalg"}
    assert classes["halves"] == "exploratory"
    assert list(steps) == list(classes)


def test_conditions_follow_the_parameters():
    """A choice applies to the clusterers that take its parameter; to all, without a condition."""
    _, steps = clusterer_choice(["leiden", "kmeans"], [], n_obs=500, not_run=[])
    assert clusterers_with(steps, "resolution") == {"clusterer": ("leiden",)}
    assert clusterers_with(steps, "seed") == {}
    assert clusterers_with(steps, "min_cluster_size") == {"clusterer": ()}


def test_costs_are_stated():
    """Whoever picks a clusterer with a limit reads what it costs."""
    choice, _ = clusterer_choice(["leiden", "ward"], [], n_obs=500, not_run=[])
    assert CLUSTERERS["ward"].cost in choice.options[1].rationale


def test_too_large_data_are_listed():
    """Above its size a clusterer is not run, with the reason; where none is left, that is an error."""
    not_run = []
    limit = CLUSTERERS["ward"].max_obs
    choice, _ = clusterer_choice(["leiden", "ward"], [], n_obs=limit + 1, not_run=not_run)
    assert choice.levels == ("leiden",)
    assert [(entry.choice, entry.level) for entry in not_run] == [("clusterer", "ward")]
    assert "is refused above" in not_run[0].because
    with pytest.raises(UsageError, match="no clusterer is left"):
        clusterer_choice(["ward"], [], n_obs=limit + 1, not_run=[])


def test_names_are_taken_once():
    """Two functions of one name cannot be told apart in tables."""
    with pytest.raises(UsageError, match="there is a clusterer 'halves' already"):
        clusterer_choice(["leiden"], [user_clusterer(halves)] * 2, n_obs=500, not_run=[])
    with pytest.raises(UsageError, match="unknown clusterer 'ledien'"):
        clusterer_choice(["ledien"], [], n_obs=500, not_run=[])
