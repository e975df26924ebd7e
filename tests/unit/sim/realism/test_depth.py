import numpy as np
import scipy.sparse as sp
from scipy.stats import chisquare

from rashomon.sim.realism.depth import match_depth


def test_totals_are_equal_and_no_molecule_is_invented(rng):
    """After matching, both tables hold the same totals, and no count has grown."""
    a = sp.csr_matrix(rng.poisson(3.0, size=(50, 40)).astype(np.float32))
    b = sp.csr_matrix(rng.poisson(5.0 * rng.random((50, 1)), size=(50, 40)).astype(np.float32))
    thin_a, thin_b = match_depth(a, b, rng=1)
    sums = [np.sort(np.asarray(x.sum(axis=1)).ravel()) for x in (thin_a, thin_b)]
    np.testing.assert_array_equal(*sums)
    for before, after in ((a, thin_a), (b, thin_b)):
        assert (before - after).min() >= 0
        assert after.nnz == np.count_nonzero(after.toarray())
    smaller = np.minimum(*(np.sort(np.asarray(x.sum(axis=1)).ravel()) for x in (a, b)))
    np.testing.assert_array_equal(sums[0], smaller)


def test_molecules_are_removed_without_favour():
    """A cell of equal counts keeps equal counts on average: chi-square over genes, level 1 in 1,000."""
    deep = sp.csr_matrix(np.full((400, 8), 10, dtype=np.float32))
    shallow = sp.csr_matrix(np.full((400, 8), 3, dtype=np.float32))
    thinned, same = match_depth(deep, shallow, rng=0)
    assert (same != shallow).nnz == 0
    kept = np.asarray(thinned.sum(axis=0)).ravel()
    assert kept.sum() == 400 * 24
    assert chisquare(kept).pvalue > 1e-3


def test_equal_tables_stay_as_they_are(rng):
    """Where totals are equal nothing is removed."""
    x = sp.csr_matrix(rng.poisson(2.0, size=(20, 10)).astype(np.float32))
    assert all((found != x).nnz == 0 for found in match_depth(x, x, rng=0))
