import numpy as np
import pytest
import scanpy as sc
from anndata import AnnData

from rashomon.encode import ExactNeighbours
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


@pytest.mark.filterwarnings("ignore:Tensorflow not installed", "ignore::numba.core.errors.NumbaWarning")
@pytest.mark.slow
def test_scanpy_accepts_it(rng):
    """The connectivities that scanpy makes with it equal those of our two steps, duplicates included."""
    points = np.repeat(rng.normal(size=(100, 6)), 2, axis=0).astype(np.float32)
    adata = AnnData(obsm={"X_pca": points}, shape=(200, 0))
    sc.pp.neighbors(adata, use_rep="X_pca", transformer=ExactNeighbours(n_neighbors=12))
    ours = fuzzy_graph(*neighbours(points, k=12), k=12)
    assert (adata.obsp["connectivities"] != ours).nnz == 0
    assert adata.uns["neighbors"]["params"]["n_neighbors"] == 12


def test_rows_hold_the_neighbours_in_order(rng):
    """Each row lists the point itself with a stored zero, then its neighbours by increasing distance."""
    points = rng.normal(size=(50, 3)).astype(np.float32)
    graph = ExactNeighbours(n_neighbors=7).fit_transform(points)
    indices, distances = neighbours(points, k=7)
    np.testing.assert_array_equal(graph.indices.reshape(50, 7), indices)
    np.testing.assert_array_equal(graph.data.reshape(50, 7), distances)


def test_parameters_can_be_read_and_set():
    """The parameters follow the convention of scikit-learn, which scanpy reads."""
    transformer = ExactNeighbours(n_neighbors=4).set_params(n_neighbors=9)
    assert transformer.get_params() == {"n_neighbors": 9}
