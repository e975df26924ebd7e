import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours
from rashomon.perturb.graph_jitter import jitter_graph, plan_jitters


@pytest.fixture(scope="module")
def graph():
    points = np.random.default_rng(2).normal(size=(400, 5)).astype(np.float32)
    return fuzzy_graph(*neighbours(points, k=12), k=12)


def test_stays_a_weighted_undirected_graph(graph, rng):
    """The same edges, symmetric, weights in (0, 1], even under wild noise."""
    for sd in (0.1, 30.0):
        noisy = jitter_graph(graph, sd=sd, replicate=0, rng=rng)
        np.testing.assert_array_equal(noisy.indptr, graph.indptr)
        np.testing.assert_array_equal(noisy.indices, graph.indices)
        assert (noisy != noisy.T).nnz == 0
        assert noisy.dtype == graph.dtype
        assert 0 < noisy.data.min() <= noisy.data.max() <= 1


def test_no_noise_is_the_identity(graph, rng):
    """sd=0 gives back the weights, up to the rounding above 1 that is cut."""
    np.testing.assert_array_equal(
        jitter_graph(graph, sd=0.0, replicate=0, rng=rng).data, np.minimum(graph.data, np.float32(1))
    )


def test_noise_has_the_stated_size(graph, rng):
    """Where no weight is cut at 1, log ratios have mean 0 and deviation sd, within 5 standard errors."""
    weak = graph.copy()
    weak.data = weak.data * np.float32(0.1)
    upper = sp.triu(jitter_graph(weak, sd=0.2, replicate=0, rng=rng), k=1)
    ratio = np.log(upper.data / sp.triu(weak, k=1).data)
    assert abs(ratio.mean()) < 5 * 0.2 / np.sqrt(ratio.size)
    assert abs(ratio.std() - 0.2) < 5 * 0.2 / np.sqrt(2 * ratio.size)


def test_plan_numbers_its_replicates(rng):
    """Replicates differ by their number, which names the stream."""
    assert [params["replicate"] for params in plan_jitters(3, donors=None, rng=rng)] == [0, 1, 2]


@pytest.mark.parametrize("sd", [-0.1, float("nan"), float("inf")])
def test_refuses_a_spread_out_of_range(graph, rng, sd):
    """A spread is a finite number from 0 on."""
    with pytest.raises(UsageError, match="sd is"):
        jitter_graph(graph, sd=sd, replicate=0, rng=rng)


def test_refuses_what_is_no_undirected_graph(graph, rng):
    """One direction missing, or a loop, is refused instead of being made up."""
    for wrong in (sp.csr_matrix(sp.triu(graph)), sp.csr_matrix(graph + sp.eye(400, dtype=np.float32))):
        with pytest.raises(UsageError, match="not symmetric"):
            jitter_graph(wrong, sd=0.1, replicate=0, rng=rng)
