import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.spectral import spectral
from rashomon.core import UsageError
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


@pytest.fixture
def graph(rng):
    """Three groups that overlap a little: one connected graph."""
    group = np.arange(300) % 3
    view = (rng.normal(size=(300, 4)) + 4 * np.eye(3, 4)[group]).astype(np.float32)
    return fuzzy_graph(*neighbours(view, k=15), k=15), group


def test_agrees_with_scikit_learn(graph):
    """The partition is that of scikit-learn, which finds the same eigenvectors by factorising the graph."""
    weights, group = graph
    theirs = SpectralClustering(3, affinity="precomputed", random_state=0).fit_predict(weights)
    ours = spectral(weights, k=3)
    assert adjusted_rand_score(ours, theirs) > 0.98
    assert adjusted_rand_score(ours, group) > 0.9


def test_pieces_of_a_graph_become_clusters(rng):
    """A graph in four pieces, for which scikit-learn warns, is cut into its pieces by every seed."""
    view = (rng.normal(size=(200, 3)) + 100 * (np.arange(200) % 4)[:, None]).astype(np.float32)
    graph = fuzzy_graph(*neighbours(view, k=10), k=10)
    for seed in range(3):
        assert adjusted_rand_score(spectral(graph, k=4, seed=seed), np.arange(200) % 4) == 1


def test_one_seed_repeats(graph):
    """The start of the eigenvectors and of k-means come from the seed."""
    assert spectral(graph[0], k=7, seed=4).tobytes() == spectral(graph[0], k=7, seed=4).tobytes()
    assert spectral(graph[0], k=1).tolist() == [0] * 300


def test_refuses_points_without_edges(graph):
    """A random walk cannot leave them."""
    weights = sp.block_diag([graph[0], sp.csr_matrix((2, 2))], format="csr")
    with pytest.raises(UsageError, match="2 points have no edge"):
        spectral(weights, k=3)


@pytest.mark.parametrize("k", [0, 299])
def test_refuses_a_number_out_of_range(graph, k):
    """Lanczos finds up to n - 2 eigenvectors."""
    with pytest.raises(UsageError, match=f"{k} clusters of 300 points"):
        spectral(graph[0], k=k)
