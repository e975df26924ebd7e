import sys

import numpy as np
import pytest
import scanpy as sc
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.approximate import _itself_first, approximate_neighbours
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours
from tests.conformance.test_steps import promises

N, K = 9000, 12


# importing umap warns where tensorflow is absent, and numba compiles umap in object mode on some versions
@pytest.mark.statistical
@pytest.mark.filterwarnings("ignore:Tensorflow not installed", "ignore::numba.core.errors.NumbaWarning")
def test_equals_what_scanpy_does_by_default_and_keeps_the_promises_of_a_step(rng, monkeypatch):
    """On more cells than scanpy searches exactly, fuzzy_graph gives its connectivities bit for bit."""
    # the index that answers later queries costs 10 s of compilation, and is not used
    monkeypatch.setattr("pynndescent.NNDescent.compress_index", lambda self: None)
    points = rng.normal(size=(N, 4)).astype(np.float32)
    adata = AnnData(obsm={"X_pca": points}, shape=(N, 0))
    sc.pp.neighbors(adata, n_neighbors=K, use_rep="X_pca")
    indices, distances = approximate_neighbours(points, k=K)
    ours, theirs = fuzzy_graph(indices, distances, k=K), adata.obsp["connectivities"]
    np.testing.assert_array_equal(ours.indptr, theirs.indptr)
    np.testing.assert_array_equal(ours.indices, theirs.indices)
    np.testing.assert_array_equal(ours.data, theirs.data)
    assert (np.diff(distances, axis=1) >= 0).all()
    found = indices == neighbours(points, k=K)[0]
    assert 0.9 < found.mean() <= 1
    # in one test, because the library compiles for 25 s in every process that uses it
    promises("approximate_neighbours")


def test_a_duplicate_before_the_point_itself_changes_places_with_it():
    """Among neighbours at distance 0 the point itself comes first; the others keep their order."""
    indices, distances = np.array([[1, 0, 2], [1, 0, 2]], dtype=np.int32), np.zeros((2, 3), dtype=np.float32)
    ours, _ = _itself_first(indices, distances, 3)
    assert ours.tolist() == [[0, 1, 2], [1, 0, 2]]


def test_a_point_crowded_out_takes_the_first_place():
    """A point absent from its own neighbours enters, and the farthest goes."""
    indices = np.array([[1, 2, 3], [1, 0, 2]], dtype=np.int32)
    distances = np.array([[0, 0, 4], [0, 1, 2]], dtype=np.float32)
    ours, far = _itself_first(indices, distances, 3)
    assert ours.tolist() == [[0, 1, 2], [1, 0, 2]]
    assert far.tolist() == [[0, 0, 0], [0, 1, 2]]


@pytest.mark.parametrize("k", [1, 20, 21])
def test_refuses_a_number_out_of_range(rng, k):
    """The search asks for one neighbour more than it gives."""
    with pytest.raises(UsageError, match=f"{k} approximate neighbours of 20 points"):
        approximate_neighbours(rng.normal(size=(20, 2)).astype(np.float32), k=k)


def test_names_the_extra_that_is_missing(rng, monkeypatch):
    """Without pynndescent the error gives the command that installs it."""
    monkeypatch.setitem(sys.modules, "pynndescent", None)
    with pytest.raises(UsageError, match="need pynndescent") as caught:
        approximate_neighbours(rng.normal(size=(20, 2)).astype(np.float32), k=5)
    assert 'pip install "rashomon[approximate]"' in caught.value.fix
