import numpy as np
import pytest
import scanpy as sc
from anndata import AnnData
from scanpy._utils import get_igraph_from_adjacency

from rashomon.cluster.leidenalg import leiden_leidenalg, to_directed_igraph
from rashomon.core import UsageError
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


@pytest.fixture(scope="module")
def weak():
    """A graph without clear communities, on which seeds matter."""
    points = np.random.default_rng(5).normal(size=(300, 6)).astype(np.float32)
    return fuzzy_graph(*neighbours(points, k=10), k=10)


def test_the_graph_is_that_of_scanpy(weak):
    """Vertices, arcs, their order and their weights are those of scanpy's converter."""
    ours, theirs = to_directed_igraph(weak), get_igraph_from_adjacency(weak, directed=True)
    assert ours.is_directed()
    assert ours.vcount() == theirs.vcount()
    assert ours.get_edgelist() == theirs.get_edgelist()
    assert ours.es["weight"] == [float(weight) for weight in theirs.es["weight"]]


# scanpy announces that igraph will be its default
@pytest.mark.filterwarnings("ignore:In the future, the default backend for leiden:FutureWarning")
@pytest.mark.parametrize("n_iterations", [2, -1])
@pytest.mark.parametrize(("resolution", "seed"), [(1.0, 0), (0.5, 3), (2.0, 2**31 - 1)])
def test_labels_are_those_of_scanpy(weak, resolution, seed, n_iterations):
    """Equal seeds give scanpy's labels."""
    adata = AnnData(shape=(300, 0), obsp={"connectivities": weak})
    sc.tl.leiden(
        adata,
        flavor="leidenalg",
        resolution=resolution,
        random_state=seed,
        n_iterations=n_iterations,
        obsp="connectivities",
    )
    ours = leiden_leidenalg(to_directed_igraph(weak), resolution=resolution, seed=seed, n_iterations=n_iterations)
    np.testing.assert_array_equal(ours, adata.obs["leiden"].astype(int))


def test_seeds_matter_and_repeat(weak):
    """On a graph without communities seeds differ; one seed repeats."""
    found = {leiden_leidenalg(to_directed_igraph(weak), seed=seed).tobytes() for seed in range(4)}
    assert len(found) > 1
    assert leiden_leidenalg(to_directed_igraph(weak), seed=0).tobytes() in found


@pytest.mark.parametrize(("resolution", "n_iterations"), [(0.0, 2), (-1.0, 2), (float("nan"), 2), (1.0, 0)])
def test_refuses_parameters_without_meaning(weak, resolution, n_iterations):
    """A resolution that is not positive, or no iteration, is refused."""
    with pytest.raises(UsageError, match="resolution is"):
        leiden_leidenalg(to_directed_igraph(weak), resolution=resolution, n_iterations=n_iterations)
