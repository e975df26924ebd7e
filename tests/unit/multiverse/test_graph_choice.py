"""Choices after the embedding follow what the clusterers read and take."""

import pytest

from rashomon.cluster import user_clusterer
from rashomon.core import UsageError
from rashomon.multiverse import BUDGETS, Wishes
from rashomon.multiverse.graph_choice import cluster_choices
from rashomon.multiverse.offer import Offer
from tests.planted import blank


def nearest_corner(view):
    """The signs of the first two components."""
    return (view[:, 0] > 0) * 2 + (view[:, 1] > 0)


def made(*, budget="quick", n_obs=1000, n_clusters=8, clusterers=(), **levels):
    """Choices by name, and the steps."""
    offer = Offer(blank(n_obs, 100), BUDGETS[budget], Wishes(levels, clusterers))
    choices, steps = cluster_choices(offer, n_clusters=n_clusters)
    return {choice.name: choice for choice in choices}, steps


def test_one_level_is_shown_only_where_it_says_something():
    """Metric and search are left out where there is only the usual one."""
    assert list(made()[0]) == ["clusterer", "n_neighbours", "resolution", "seed"]
    assert made(metric=["cosine"])[0]["metric"].levels == ("cosine",)


def test_granularity_belongs_to_its_clusterers():
    """Resolution, number and smallest size of clusters: each only where a clusterer takes it."""
    choices, _ = made(budget="full")
    assert choices["resolution"].within == {"clusterer": ("leiden", "leiden_leidenalg")}
    assert choices["k"].within == {"clusterer": ("kmeans", "ward", "gaussian_mixture", "spectral")}
    assert choices["min_cluster_size"].within == {"clusterer": ("hdbscan",)}
    assert {name for name, choice in choices.items() if choice.granularity} == {"resolution", "k", "min_cluster_size"}
    assert not {"ward", "hdbscan"} & set(choices["seed"].within["clusterer"])


def test_a_clusterer_of_the_user_is_a_branch():
    """It comes last, is exploratory, reads no graph, and takes neither seed nor resolution."""
    choices, steps = made(clusterers=[user_clusterer(nearest_corner), "kmeans"])
    assert choices["clusterer"].levels == ("leiden", "kmeans", "nearest_corner")
    assert steps["nearest_corner"].target is nearest_corner
    assert choices["clusterer"].options[-1].equivalence == "exploratory"
    assert choices["n_neighbours"].within == {"clusterer": ("leiden",)}
    assert choices["seed"].within == {"clusterer": ("leiden", "kmeans")}


def test_only_means_need_no_graph():
    """Where nothing reads a graph, nothing about graphs is varied; their one clusterer is the default."""
    choices, _ = made(clusterer=["kmeans"])
    assert list(choices) == ["clusterer", "k", "seed"]


def test_sizes_follow_the_data():
    """Numbers of clusters around the judged one; smallest sizes as shares of the cells, five at least."""
    choices, _ = made(budget="full", n_obs=400, n_clusters=6)
    assert choices["k"].levels == (6, 3, 4, 9, 12)
    assert choices["min_cluster_size"].levels == (5, 8)


def test_too_many_neighbours_are_refused_by_hand():
    """More than a tenth of the cells: listed when the budget offers it, refused when a user asks for it."""
    offer = Offer(blank(200, 100), BUDGETS["default"])
    cluster_choices(offer, n_clusters=None)
    assert [(entry.choice, entry.level) for entry in offer.not_run] == [("n_neighbours", 30)]
    with pytest.raises(UsageError, match="neighbours above a tenth of the cells"):
        made(n_obs=200, n_neighbours=[30])
