import numpy as np
import pandas as pd
import pytest

from rashomon.cluster import CLUSTERERS
from rashomon.dataset import Dataset
from rashomon.tl.argument import as_clusterer, as_step, judged_column, own_coordinates, with_words
from tests.planted import adata


def halves(view):
    """A clusterer of the user."""
    return (view[:, 0] > 0).astype(int)


def test_a_clusterer_is_named_or_made():
    """A name of the catalogue and a step stay; a dotted path and a callable become steps."""
    assert as_clusterer("kmeans") == "kmeans"
    assert as_clusterer(CLUSTERERS["ward"]) is CLUSTERERS["ward"]
    assert as_clusterer(halves).name == "halves"
    assert as_clusterer(f"{__name__}:halves").function == f"{__name__}:halves"


def test_words_join_those_of_each_truth():
    """The user's words are added to every truth."""
    found = with_words(["type", "mine=annotation"], ["ungated"], {})
    assert [spec.column for spec in found] == ["type", "mine"]
    assert all("ungated" in spec.unassigned for spec in found)


@pytest.mark.parametrize("labels", [None, "mine"])
def test_labels_are_judged_where_named(labels):
    """No column, nothing on trial."""
    found = judged_column(Dataset(adata().obs), labels, ())
    assert (found is None) == (labels is None)


def test_own_coordinates_are_for_drawing():
    """The first two columns of a UMAP of the file, else of a t-SNE, else of a PCA; another embedding is not drawn."""
    data = adata()
    data.obsm["X_scVI"] = np.zeros((data.n_obs, 4))
    assert own_coordinates(data) is None
    for place, key in enumerate(("X_pca", "t-SNE", "X_tsne", "umap_old", "X_umap")):
        data.obsm[key] = place + np.arange(3.0 * data.n_obs).reshape(-1, 3)
        coordinates, name = own_coordinates(data)
        assert name == key
        np.testing.assert_array_equal(coordinates, data.obsm[key][:, :2])


@pytest.mark.parametrize("values", [np.full((1, 2), np.nan), np.zeros((1, 1)), np.full((1, 2), "x")])
def test_what_cannot_be_drawn_is_passed_over(values):
    """A UMAP without numbers for any cell, with one column, or with words, is passed over; a frame not."""
    data = adata()
    data.obsm["X_pca"] = pd.DataFrame(np.ones((data.n_obs, 3)), index=data.obs_names).add_prefix("pc")
    data.obsm["X_umap"] = np.repeat(values, data.n_obs, axis=0)
    coordinates, name = own_coordinates(data)
    assert name == "X_pca"
    np.testing.assert_array_equal(coordinates, np.ones((data.n_obs, 2)))


@pytest.mark.parametrize(
    ("given", "slot"), [("textwrap:indent", "view"), ("view=textwrap:indent", "view"), ("x=textwrap:indent", "x")]
)
def test_steps_are_written_with_what_they_act_on(given, slot):
    """The view, unless it is said."""
    assert as_step(given).writes == (slot,)
    assert as_step(as_step(given)).writes == (slot,)
