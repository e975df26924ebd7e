import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster import markov as module
from rashomon.cluster.component import component
from rashomon.cluster.markov import markov
from rashomon.core import UsageError


def textbook(weights, inflation, expansion=2):
    """MCL as in the thesis, dense, nothing pruned; an item belongs to the attractor row that holds most of it."""
    flow = weights + np.eye(len(weights))
    flow /= flow.sum(axis=0)
    for _ in range(1000):
        new = np.linalg.matrix_power(flow, expansion) ** inflation
        new /= new.sum(axis=0)
        if np.abs(new - flow).max() < 1e-13:
            break
        flow = new
    reach = flow > 1e-6
    attractor = np.flatnonzero(np.diag(reach))
    system = component(sp.csr_matrix(reach[np.ix_(attractor, attractor)]))
    mass = np.stack([flow[attractor[system == code]].sum(axis=0) for code in range(system.max() + 1)])
    return (mass > mass.max(axis=0) - 1e-6).argmax(axis=0)


def planted(rng, sizes, inside, between):
    """Groups with dense links inside and sparse ones between, weights in (0.5, 1]."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    share = np.where(group[:, None] == group, inside, between)
    upper = np.triu(rng.random(share.shape) < share, k=1) * (1 - rng.random(share.shape) / 2)
    return upper + upper.T, group


@pytest.mark.parametrize("inflation", [1.2, 1.5, 2.0, 3.0])
def test_equals_the_textbook(rng, inflation):
    """Component by component the clusters are those of the dense algorithm on the whole matrix."""
    for between in (0.0, 0.02, 0.05):
        weights, _ = planted(rng, [8, 12, 5, 15], 0.6, between)
        ours = markov(sp.csr_matrix(weights.astype(np.float32)), inflation=inflation)
        theirs = textbook(weights.astype(np.float32).astype(float), inflation)
        assert adjusted_rand_score(ours, theirs) == 1.0


def test_expansion_spreads_further(rng):
    """Expansion 3 is the third power, as in the textbook, and gives no more clusters than 2 here."""
    weights, _ = planted(rng, [8, 12, 5, 15], 0.5, 0.03)
    graph = sp.csr_matrix(weights)
    assert adjusted_rand_score(markov(graph, inflation=2.0, expansion=3), textbook(weights, 2.0, 3)) == 1.0
    assert markov(graph, inflation=2.0, expansion=3).max() <= markov(graph, inflation=2.0).max()


@pytest.mark.parametrize("inflation", [1.4, 2.0])
def test_pruning_changes_nothing_on_clear_groups(rng, monkeypatch, inflation):
    """The sparse way of large components gives the clusters of the exact one."""
    weights, group = planted(rng, [40, 60, 30, 50], 0.5, 0.005)
    graph = sp.csr_matrix(weights)
    exact = markov(graph, inflation=inflation)
    monkeypatch.setattr(module, "_MOST_DENSE", 2)
    assert markov(graph, inflation=inflation).tolist() == exact.tolist()
    assert adjusted_rand_score(exact, group) > 0.95


def test_inflation_refines(rng):
    """More inflation, more clusters; they never cross components."""
    weights, _ = planted(rng, [20, 30, 25], 0.25, 0.01)
    graph = sp.csr_matrix(weights)
    found = [markov(graph, inflation=inflation) for inflation in (1.2, 1.6, 2.5, 4.0)]
    n_clusters = [labels.max() + 1 for labels in found]
    assert n_clusters == sorted(n_clusters)
    assert n_clusters[0] < n_clusters[-1]
    pieces = component(graph)
    assert all(np.unique(pieces[labels == code]).size == 1 for labels in found for code in range(labels.max() + 1))


def test_cliques_pairs_and_single_items_stay_whole():
    """No inflation divides what is linked in every pair, or joins what is not linked."""
    graph = sp.block_diag([np.ones((300, 300)) - np.eye(300), [[0, 0.5], [0.5, 0]], [[0]]], format="csr")
    graph.eliminate_zeros()
    assert markov(graph, inflation=3.0).tolist() == [0] * 300 + [1, 1] + [2]


def test_a_tie_goes_to_the_first():
    """The middle of a symmetric chain of two cliques is attracted by both; it goes to the first."""
    weights = np.zeros((7, 7))
    weights[:3, :3] = weights[4:, 4:] = 1
    weights[3, [2, 4]] = weights[[2, 4], 3] = 1
    np.fill_diagonal(weights, 0)
    assert markov(sp.csr_matrix(weights), inflation=2.0).tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_refuses_values_out_of_range():
    """Inflation 1 sharpens nothing, expansion 1 spreads nothing, and flow is positive."""
    graph = sp.csr_matrix(np.ones((3, 3)) - np.eye(3))
    for wrong in ({"inflation": 1.0}, {"expansion": 1}):
        with pytest.raises(UsageError, match="expected: an inflation above 1"):
            markov(graph, **wrong)
    with pytest.raises(UsageError, match="a weight is not positive"):
        markov(-graph)
