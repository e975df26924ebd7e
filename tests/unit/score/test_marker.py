"""Rank tests on sparse genes equal those of scipy and scanpy; p-values are combined and adjusted as published."""

import anndata as ad
import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, mannwhitneyu, norm

from rashomon.core import UsageError
from rashomon.score.marker import combine_splits, false_discovery, rank_genes


def one_hot(codes, k):
    """One column of ones per group."""
    return sp.csr_matrix((np.asarray(codes)[:, None] == np.arange(k)).astype(float))


@given(st.integers(0, 10_000), st.integers(4, 60), st.sampled_from([0.1, 1.0, 5.0]))
def test_rank_tests_equal_mann_whitney(seed, n_cells, mean):
    """AUROC and z of any counts, ties and zeros included, are those of scipy without continuity correction."""
    rng = np.random.default_rng(seed)
    x = rng.poisson(mean, (n_cells, 3)).astype(float)
    codes = rng.permutation(np.arange(n_cells) % 2)
    found = rank_genes(sp.csc_matrix(x)).test(one_hot(codes, 2))
    for gene in range(3):
        inside, outside = x[codes == 0, gene], x[codes == 1, gene]
        if np.ptp(x[:, gene]) == 0:
            assert np.isnan(found.z[gene, 0])
            assert found.auroc[gene, 0] == pytest.approx(0.5)
            continue
        expected = mannwhitneyu(inside, outside, alternative="greater", method="asymptotic", use_continuity=False)
        assert found.auroc[gene, 0] == pytest.approx(expected.statistic / inside.size / outside.size)
        assert norm.sf(found.z[gene, 0]) == pytest.approx(expected.pvalue, rel=1e-8, abs=1e-300)


@pytest.mark.slow
def test_scores_equal_scanpy(rng):
    """The z of every gene and group are the scores of rank_genes_groups with tie correction."""
    x = np.log1p(rng.poisson(1.0, (80, 12))).astype(np.float32)
    codes = rng.integers(0, 3, 80)
    data = ad.AnnData(sp.csr_matrix(x), obs={"group": [str(code) for code in codes]})
    data.obs["group"] = data.obs["group"].astype("category")
    data.uns["log1p"] = {"base": None}
    sc.tl.rank_genes_groups(data, "group", method="wilcoxon", tie_correct=True)
    found = rank_genes(sp.csc_matrix(x)).test(one_hot(codes, 3)).z
    for group in range(3):
        expected = sc.get.rank_genes_groups_df(data, group=str(group)).set_index("names")["scores"]
        assert np.allclose(found[:, group], expected.loc[data.var_names], atol=1e-4)


def test_stored_zeros_are_zeros(rng):
    """A zero that is stored ties with one that is not."""
    x = rng.poisson(0.7, (50, 4)).astype(float)
    stored = sp.csc_matrix(x + 1)
    stored.data -= 1
    members = one_hot(rng.integers(0, 2, 50), 2)
    assert np.array_equal(rank_genes(stored).test(members).z, rank_genes(sp.csc_matrix(x)).test(members).z)


def test_groups_may_overlap_and_be_empty(rng):
    """Each group is compared with all other cells, whatever the other groups are; one without cells has no AUROC."""
    x = sp.csc_matrix(rng.poisson(1.0, (30, 5)).astype(float))
    members = rng.integers(0, 2, (30, 3)).astype(float)
    members[:, 2] = 0
    together = rank_genes(x).test(sp.csr_matrix(members)).auroc
    alone = rank_genes(x).test(sp.csr_matrix(members[:, [1]])).auroc
    assert np.array_equal(together[:, [1]], alone)
    assert np.isnan(together[:, 2]).all()


def test_negative_values_are_refused():
    """Scaled values have no zero to be sparse around; the same without the sign are ranked."""
    x = sp.csc_matrix([[1.0], [-2.0]])
    with pytest.raises(UsageError, match="a value is negative"):
        rank_genes(x)
    assert rank_genes(abs(x)).zero.tolist() == [0.5]


def test_the_middle_split_counts_once_and_a_half():
    """Of one split the p-value, of two the larger, of three 1.5 times the middle; a split without a test has p = 1."""
    z = norm.isf([[0.01], [0.04], [0.5]])
    assert combine_splits(z[:1])[0] == pytest.approx(0.01)
    assert combine_splits(z[:2])[0] == pytest.approx(0.04)
    assert combine_splits(z)[0] == pytest.approx(0.06)
    assert combine_splits(np.array([[5.0], [np.nan], [np.nan]])).tolist() == [1.0]


def test_combined_splits_are_p_values_however_they_depend(rng):
    """Under the null, three equal, independent or mixed splits fall below 0.05 in at most 5 % of 20,000 draws."""
    one = rng.normal(size=20_000)
    cases = [np.stack([one, one, one]), rng.normal(size=(3, 20_000)), 0.8 * one + 0.6 * rng.normal(size=(3, 20_000))]
    for z in cases:
        assert (combine_splits(z) <= 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 20_000)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_equals_scipy(values):
    """Adjusted values are those of Benjamini and Hochberg in scipy, and NaN does not count."""
    p = np.array(values)
    assert np.allclose(false_discovery(p), false_discovery_control(p))
    mixed = false_discovery(np.append(p, np.nan))
    assert np.allclose(mixed[:-1], false_discovery_control(p))
    assert np.isnan(mixed[-1])
