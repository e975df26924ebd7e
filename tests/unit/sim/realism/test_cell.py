import numpy as np
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.sim.realism import cell
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared
from rashomon.sim.realism.tmm import tmm_factors


def test_totals_and_detection_are_those_of_scanpy(rng):
    """Library size and detected genes equal the quality metrics of scanpy."""
    counts = sp.csr_matrix(rng.poisson(0.7, size=(40, 30)).astype(np.float32))
    adata = AnnData(counts.copy())
    sc.pp.calculate_qc_metrics(adata, inplace=True, percent_top=None)
    cells = Prepared(Cells(counts), root=0)
    np.testing.assert_allclose(cell.log_library_size(cells), adata.obs["log1p_total_counts"], rtol=1e-6)
    np.testing.assert_allclose(cell.detection(cells), adata.obs["n_genes_by_counts"] / 30)


def test_effective_size_and_relation_are_made_of_the_others(rng):
    """The effective library is the total times the composition factor; the relation pairs size with zeros."""
    counts = sp.csr_matrix(rng.poisson(0.7, size=(40, 30)).astype(np.float32))
    cells = Prepared(Cells(counts), root=0)
    factors = tmm_factors(cells.cells.counts)
    np.testing.assert_array_equal(cell.composition_factor(cells), factors)
    effective = np.expm1(cell.log_effective_library_size(cells))
    np.testing.assert_allclose(effective, np.asarray(counts.sum(axis=1)).ravel() * factors)
    expected = np.c_[cell.log_library_size(cells), 1 - cell.detection(cells)]
    np.testing.assert_array_equal(cell.library_undetected(cells), expected)
