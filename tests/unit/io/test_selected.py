"""A selection of genes is noticed by the depth that is stored, or by its round number."""

import numpy as np
import pytest

from rashomon.io import from_anndata
from tests.sample import noted, small


def notes(adata):
    """The notes on an object that have the code."""
    return [note for note in from_anndata(adata).rows.notes if "[matrix.selected_genes]" in note]


def test_a_stored_depth_that_is_larger_is_noted():
    """The share of the depth is said, and the column."""
    adata = small(n_obs=60, n_vars=40)
    adata.obs["n_counts"] = 4 * np.asarray(adata.X.sum(axis=1)).ravel()
    noted("matrix.selected_genes", notes(adata), what="25% of the counts that obs['n_counts'] says")


@pytest.mark.parametrize("factor", [1.0, 1.05, 0.0, np.nan])
def test_a_stored_depth_that_fits_is_not(factor):
    """Nor one that was changed by a filter of rare genes, or holds nothing."""
    adata = small(n_obs=60, n_vars=999)
    adata.obs["total_counts"] = factor * np.asarray(adata.X.sum(axis=1)).ravel()
    assert notes(adata) == []


def test_a_depth_computed_from_selected_genes_does_not_hide_them():
    """It equals the sum of the matrix whatever was left out before."""
    adata = small(n_obs=60, n_vars=2000)
    adata.obs["n_counts"] = np.asarray(adata.X.sum(axis=1)).ravel()
    noted("matrix.selected_genes", notes(adata), what="exactly 2000 genes")


@pytest.mark.parametrize(("n_vars", "said"), [(1000, 1), (2000, 1), (1001, 0), (40, 0), (6000, 0)])
def test_without_a_depth_a_round_number_is_noted(n_vars, said):
    """Exactly 2,000 genes are a selection."""
    assert len(notes(small(n_obs=60, n_vars=n_vars))) == said


def test_only_counts_have_a_depth():
    """Log-normalised values were normalised before the genes were selected, or it is too late."""
    adata = small(n_obs=60, n_vars=1000)
    adata.X = adata.X.log1p()
    assert notes(adata) == []


def test_a_world_has_as_many_genes_as_it_was_told():
    """A round number of genes says nothing about simulated data."""
    adata = small(n_obs=60, n_vars=2000)
    adata.uns["rashomon"] = {"world": {"mark": "simulated, not measured", "name": "w"}}
    assert notes(adata) == []
