import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.cluster.graph import to_igraph
from rashomon.cluster.leiden import leiden
from rashomon.core import UsageError


@pytest.fixture
def weak(rng):
    """A graph with hardly any communities, so that seeds matter."""
    half = sp.random(200, 200, density=0.05, format="csr", dtype=np.float32, rng=rng)
    return sp.csr_matrix(half + half.T)


@pytest.mark.parametrize("resolution", [0.8, 1.0, 3.0])
@pytest.mark.parametrize("n_iterations", [1, 2, -1])
def test_equals_scanpy(weak, resolution, n_iterations):
    """Labels are those of scanpy's igraph flavour for every seed; the seeds do not all give the same labels."""
    adata = AnnData(shape=(200, 0))
    found = []
    for seed in (0, 1, 2, 12345, 2**32 - 1):
        sc.tl.leiden(
            adata,
            resolution=resolution,
            random_state=seed,
            adjacency=weak,
            flavor="igraph",
            directed=False,
            n_iterations=n_iterations,
        )
        found.append(leiden(to_igraph(weak), resolution=resolution, seed=seed, n_iterations=n_iterations))
        np.testing.assert_array_equal(found[-1], adata.obs["leiden"].astype(int))
    assert len({labels.tobytes() for labels in found}) > 1


def test_a_graph_without_edges_has_only_singletons():
    """Points without neighbours are communities of their own."""
    labels = leiden(to_igraph(sp.csr_matrix((4, 4), dtype=np.float32)), resolution=1.0, seed=0)
    assert labels.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("resolution", "n_iterations"), [(0, 2), (-1.0, 2), (float("nan"), 2), (1.0, 0)])
def test_refuses_parameters_out_of_range(weak, resolution, n_iterations):
    """A resolution or number of iterations without meaning is refused."""
    with pytest.raises(UsageError, match="resolution is"):
        leiden(to_igraph(weak), resolution=resolution, n_iterations=n_iterations)
