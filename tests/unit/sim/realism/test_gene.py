import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.sim.realism import gene
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError


@pytest.fixture
def counts(rng):
    x = rng.poisson(rng.gamma(0.3, 4.0, size=120), size=(90, 120))
    x[:, 0] = 0
    return sp.csr_matrix(x.astype(np.float32))


def test_detection_mean_and_dispersion_are_those_of_scanpy(counts):
    """Detection equals the quality metrics of scanpy, scaled variance its normalised dispersion."""
    adata = AnnData(counts.copy())
    sc.pp.calculate_qc_metrics(adata, inplace=True, percent_top=None)
    cells = Prepared(Cells(counts), root=0)
    np.testing.assert_allclose(gene.detection(cells), 1 - adata.var["pct_dropout_by_counts"] / 100)
    sc.pp.normalize_total(adata)
    sc.pp.log1p(adata)
    sc.pp.highly_variable_genes(adata, flavor="seurat", n_top_genes=10)
    np.testing.assert_allclose(gene.scaled_variance(cells), adata.var["dispersions_norm"], rtol=1e-4)


def test_coefficient_of_variation_is_that_of_its_parts(counts):
    """It is the deviation by the mean; a gene that no cell detects has none."""
    cells = Prepared(Cells(counts), root=0)
    x = cells.log_cpm.toarray().astype(float)[:, 1:]
    found = gene.coefficient_of_variation(cells)
    assert np.isnan(found[0])
    seen = x.mean(axis=0) > 0
    x = x[:, seen]
    np.testing.assert_allclose(found[1:][seen], x.std(axis=0, ddof=1) / x.mean(axis=0), rtol=1e-3)


def test_relations_are_pairs_of_the_summaries(counts):
    """The columns of a relation are the summaries it relates."""
    cells = Prepared(Cells(counts), root=0)
    np.testing.assert_array_equal(gene.mean_variance(cells), np.c_[gene.mean(cells), gene.variance(cells)])
    np.testing.assert_array_equal(gene.mean_undetected(cells), np.c_[gene.mean(cells), 1 - gene.detection(cells)])


def test_explained_variance_is_the_intraclass_correlation(rng):
    """In balanced groups it is (msb - msw) / (msb + (n - 1) msw), the intraclass correlation of the textbooks."""
    codes = np.repeat(np.arange(5), 8)
    x = rng.normal(size=(40, 30)) + rng.normal(size=(5, 30))[codes]
    groups = x.reshape(5, 8, 30)
    msb = 8 * groups.mean(axis=1).var(axis=0, ddof=1)
    msw = groups.var(axis=1, ddof=1).mean(axis=0)
    expected = np.maximum((msb - msw) / (msb + 7 * msw), 0)
    np.testing.assert_allclose(gene.explained_variance(sp.csr_matrix(x), codes), expected, atol=1e-10)


def test_explained_variance_recovers_planted_shares(rng):
    """With unequal groups the mean over many genes is near the share that was planted."""
    codes = np.repeat(np.arange(30), rng.integers(5, 40, size=30))
    x = rng.normal(size=(codes.size, 400)) + np.sqrt(0.5) * rng.normal(size=(30, 400))[codes]
    assert gene.explained_variance(sp.csr_matrix(x), codes).mean() == pytest.approx(0.5 / 1.5, abs=0.02)


def test_constant_genes_explain_nothing_and_have_no_share():
    """A gene that does not vary has no share of variance."""
    x = sp.csr_matrix(np.column_stack([np.ones(6), np.arange(6)]))
    found = gene.explained_variance(x, np.array([0, 0, 0, 1, 1, 1]))
    assert np.isnan(found[0])
    assert 0 < found[1] <= 1


def test_labels_that_do_not_divide_are_refused(counts):
    """One group, or as many groups as cells, leave nothing to compare; unlabelled cells are left out."""
    one = Cells(counts, groups=np.where(np.arange(90) < 50, 0, -1), batches=np.arange(90))
    with pytest.raises(UndefinedSummaryError, match="fewer than 2 groups"):
        gene.explained_by_groups(Prepared(one, root=0))
    with pytest.raises(UndefinedSummaryError, match="90 cells in 90 groups"):
        gene.explained_by_batches(Prepared(one, root=0))
    some = Cells(counts, batches=np.where(np.arange(90) < 50, np.arange(90) % 2, -1))
    whole = Prepared(some, root=0)
    expected = gene.explained_variance(whole.log_normalised[:50], some.batches[:50])
    np.testing.assert_array_equal(gene.explained_by_batches(whole), expected)
