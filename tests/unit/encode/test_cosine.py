import numpy as np
import pytest
import scanpy as sc
from anndata import AnnData
from sklearn.metrics.pairwise import cosine_distances as brute

from rashomon.core import UsageError
from rashomon.encode.cosine import cosine_distances, unit_length
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


@pytest.fixture
def view(rng):
    return (rng.normal(size=(400, 12)) * np.exp(rng.normal(size=(400, 1)))).astype(np.float32)


def test_neighbours_of_unit_vectors_are_neighbours_by_cosine(view):
    """Order and distances are those of brute force in float64."""
    indices, distances = neighbours(unit_length(view), k=20)
    exact = brute(view.astype(np.float64))
    np.testing.assert_array_equal(np.sort(exact, axis=1)[:, :20].argsort(axis=1, kind="stable")[:, 0], 0)
    np.testing.assert_array_equal(indices[:, 1:], np.argsort(exact + np.diag([-1.0] * 400), axis=1)[:, 1:20])
    np.testing.assert_allclose(cosine_distances(distances), np.take_along_axis(exact, indices, axis=1), atol=1e-6)


# importing umap warns where tensorflow is absent, and numba compiles umap in object mode on some versions
@pytest.mark.filterwarnings("ignore:Tensorflow not installed", "ignore::numba.core.errors.NumbaWarning")
def test_the_graph_is_that_of_scanpy(view):
    """Connectivities agree with metric='cosine' and exact neighbours in float64: same edges, weights to 1e-4."""
    adata = AnnData(obsm={"X": view.astype(np.float64)}, shape=(400, 0))
    sc.pp.neighbors(adata, n_neighbors=15, use_rep="X", metric="cosine", transformer="sklearn")
    theirs = adata.obsp["connectivities"]
    indices, distances = neighbours(unit_length(view), k=15)
    ours = fuzzy_graph(indices, cosine_distances(distances), k=15)
    assert (ours != 0).nnz == theirs.nnz
    assert ((ours != 0) != (theirs != 0)).nnz == 0
    assert abs(ours - theirs).max() < 1e-4


def test_length_is_one_whatever_the_scale(view):
    """Rows that differ by a factor become equal; lengths are 1 up to rounding."""
    np.testing.assert_allclose(np.linalg.norm(unit_length(view), axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(unit_length(view * 4), unit_length(view))


def test_refuses_rows_without_direction(view):
    """The message names the rows."""
    view[[7, 9]] = 0
    with pytest.raises(UsageError, match="2 rows have no direction") as caught:
        unit_length(view)
    assert "7, 9" in caught.value.where
