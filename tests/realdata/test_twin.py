"""Twins of real data: fitted in time, and like the data in what a look-alike must keep."""

import resource
import time

import anndata as ad
import numpy as np
import pytest

from rashomon import sim
from rashomon.core import InputError

pytestmark = pytest.mark.realdata


@pytest.mark.statistical
def test_a_twin_of_pbmc3k_is_fitted_in_a_minute_and_4_gib(real_data):
    """2,700 cells x 13,714 genes; the twin has the types, the depth and the share of zeros of the data."""
    adata = ad.read_h5ad(real_data / "pbmc3k" / "pbmc3k_counts.h5ad")
    begun = time.process_time()
    world = sim.fit(adata, labels="seurat_cell_type", rng=0)
    assert time.process_time() - begun < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4 * 2**20
    twin = world.sample(rng=1)
    assert twin.counts.sum() == pytest.approx(adata.X.sum() * twin.n_obs / adata.n_obs, rel=0.05)
    assert twin.counts.nnz == pytest.approx(adata.X.nnz * twin.n_obs / adata.n_obs, rel=0.05)
    shares = adata.obs["seurat_cell_type"].value_counts(normalize=True)
    found = twin.obs["type"].value_counts(normalize=True)
    assert np.abs(found[shares.index].to_numpy() - shares.to_numpy()).max() < 0.05


def test_normalised_data_have_no_twin(real_data):
    """A twin needs counts, and the door says so."""
    adata = ad.read_h5ad(real_data / "pbmc68k_reduced" / "pbmc68k_reduced.h5ad")
    with pytest.raises(InputError, match="counts"):
        sim.fit(adata, labels="bulk_labels")
