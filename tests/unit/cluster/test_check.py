"""Every clusterer of ours keeps the laws, and a function that breaks one is told which."""

import random
import re

import numpy as np
import pytest

from rashomon.cluster import CLUSTERERS, check_clusterer
from rashomon.core import Step, UsageError

PARAMS = {
    "leiden": {"resolution": 1.0, "seed": 3, "n_iterations": 2},
    "leiden_leidenalg": {"resolution": 1.0, "seed": 3, "n_iterations": 2},
    "kmeans": {"k": 3},
    "ward": {"k": 3},
    "gaussian_mixture": {"k": 3},
    "hdbscan": {"min_cluster_size": 5},
    "spectral": {"k": 3},
    "component": {},
    "markov": {"inflation": 2.0},
    "linkage": {"cutoff": 1},
    "sparse_dbscan": {"min_samples": 2},
    "sparse_hdbscan": {"cutoff": 1, "min_cluster_size": 3},
    "motif": {"n_backgrounds": 5},
    "two_step": {"size": 50, "inflation": 2.0},
}


def by_sign(view):
    return (view[:, 0] > 0).astype(int)


def too_few(view):
    return by_sign(view)[1:]


def as_floats(view):
    return by_sign(view).astype(float)


def below_noise(view):
    return by_sign(view) - 2


def fails(view):
    return view["x"]


def unseeded(view):
    return np.random.default_rng().integers(0, 3, view.shape[0])


def from_numpy(view):
    return by_sign(view) + int(np.random.random() > 2)  # noqa: NPY002 - what is to be found


def from_python(view):
    return by_sign(view) + int(random.random() > 2)  # noqa: S311 - what is to be found


def seeds_numpy(view):
    np.random.seed(0)  # noqa: NPY002, TID251 - what is to be found
    return by_sign(view)


def centres_in_place(view):
    view -= view.mean(axis=0)
    return by_sign(view)


def drops_weak_edges(graph):
    graph.data[graph.data < 0.5] = 0
    return (np.asarray(graph.sum(axis=1)).ravel() > 1).astype(int)


def by_rank(view):
    return np.argsort(np.argsort(view[:, 0])) // 20


def quarters(view, k=4):
    return by_rank(view) % k


def refuses_constants(view):
    if np.ptp(view) == 0:
        raise ValueError("all cells are alike")
    return by_sign(view)


def refuses_silently(view):
    if np.ptp(view) == 0:
        raise ValueError
    return by_sign(view)


def divides(view):
    return (1 // int(np.ptp(view))) * by_sign(view)


def wants_single(view):
    if view.dtype != np.float32:
        raise TypeError("only single precision")
    return by_sign(view)


def by_position(view):
    return np.arange(view.shape[0]) // 30 * int(np.ptp(view) > 0)


BROKEN = {
    "labels": {
        too_few: r"labels of shape \(59,\) for 60 cells",
        as_floats: "labels with type float64",
        below_noise: "labels with a label -2",
        fails: "it fails with IndexError",
    },
    "same twice": {unseeded: "of 60 labels are others when called again"},
    "global random": {from_numpy: "is moved", from_python: "is moved", seeds_numpy: "is moved"},
    "input": {centres_in_place: "it changes the view that it reads"},
    "alike": {
        by_rank: "3 clusters of cells that are all alike",
        refuses_silently: "ValueError without a message",
        divides: "it fails with ZeroDivisionError",
    },
    "types": {wants_single: "float64 is not taken: TypeError: only single precision"},
}


def test_every_clusterer_is_covered():
    """Each registered clusterer has parameters here, and nothing else has."""
    assert list(PARAMS) == list(CLUSTERERS)


@pytest.mark.parametrize("name", PARAMS)
def test_every_clusterer_of_ours_passes(name):
    """No law is broken, by name or by record."""
    assert check_clusterer(name, params=PARAMS[name], rng=1) == []
    assert check_clusterer(CLUSTERERS[name], params=PARAMS[name], rng=2) == []


@pytest.mark.parametrize(
    ("law", "function", "match"), [(law, *entry) for law, entries in BROKEN.items() for entry in entries.items()]
)
def test_a_broken_law_is_named(law, function, match):
    """The one sentence begins with the law, and says what was found."""
    (sentence,) = check_clusterer(function, rng=1)
    assert sentence.startswith(f"{law}: ")
    assert re.search(match, sentence)


def test_a_function_of_the_graph_is_given_the_graph():
    """What it changes there is found as well."""
    assert check_clusterer(drops_weak_edges, reads="graph", rng=1) == [
        "input: it changes the graph that it reads: work on a copy"
    ]


def test_order_is_asked_only_where_it_is_claimed():
    """Labels by position break the law, those by value and those of Ward's criterion keep it."""
    assert check_clusterer(by_position, rng=1) == []
    (sentence,) = check_clusterer(by_position, any_order=True, rng=1)
    assert sentence.startswith("order of cells: ")
    assert check_clusterer(by_sign, any_order=True, rng=1) == []
    assert check_clusterer("ward", params={"k": 3}, any_order=True, rng=1) == []


def test_cells_that_are_alike_may_be_refused_or_cut_into_as_many_as_were_asked_for():
    """An error that says why is an answer; k is a wish, and more than k is too many."""
    assert check_clusterer(refuses_constants, rng=1) == []
    assert check_clusterer(quarters, rng=1) == []
    assert check_clusterer(quarters, params={"k": 3}, rng=1) == []


def test_a_path_can_be_checked():
    """Functions of modules are checked without being imported first."""
    assert check_clusterer("tests.unit.cluster.test_check:by_sign", rng=np.random.default_rng(1)) == []


def test_refuses_what_it_cannot_call():
    """Unknown slots, other results, unknown names, and orders of chains, are errors and no findings."""
    with pytest.raises(UsageError, match="far reads x and writes labels"):
        check_clusterer(Step("far", "math:sqrt", ("x",), ("labels",)), rng=1)
    with pytest.raises(UsageError, match="near reads view and writes graph"):
        check_clusterer(Step("near", "math:sqrt", ("view",), ("graph",)), rng=1)
    with pytest.raises(UsageError, match="laiden"):
        check_clusterer("laiden", rng=1)
    with pytest.raises(UsageError, match="the order of cells cannot be changed for motif"):
        check_clusterer("motif", params=PARAMS["motif"], any_order=True, rng=1)
