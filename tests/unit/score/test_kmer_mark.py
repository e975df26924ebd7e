import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import false_discovery_control, fisher_exact, hypergeom

from rashomon.core import UsageError
from rashomon.score.kmer_mark import _tail, kmer_marks


def random_case(seed, n=60, n_kmers=12, n_clusters=4):
    """Presence of k-mers and labels, some of them unassigned or not observed; cluster 0 favours k-mer 0."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(-2, n_clusters, size=n)
    counts = rng.poisson(0.5, size=(n, n_kmers))
    counts[labels == 0, 0] += 1
    return sp.csr_matrix(counts), labels


def by_hand(counts, labels, min_in):
    """Every test by scipy, one at a time."""
    seen = labels > -2
    holds, codes = (counts.toarray() > 0)[seen], labels[seen]
    rows = []
    for cluster in range(codes.max() + 1):
        inside = codes == cluster
        for kmer in range(holds.shape[1]):
            if inside.sum() < min_in or holds[:, kmer].sum() < min_in:
                continue
            n_in, n_out = holds[inside, kmer].sum(), holds[~inside, kmer].sum()
            table = [[n_in, inside.sum() - n_in], [n_out, (~inside).sum() - n_out]]
            rows.append((cluster, kmer, n_in, n_out, fisher_exact(table, alternative="greater").pvalue))
    tests = pd.DataFrame(rows, columns=["cluster", "kmer", "n_in", "n_out", "p"])
    # what too few members hold cannot be a mark
    tests.loc[tests["n_in"] < min_in, "p"] = 1.0
    return tests.assign(q=false_discovery_control(tests["p"]))


@pytest.mark.parametrize("seed", range(5))
def test_marks_are_those_of_fisher_and_benjamini_hochberg(seed):
    """P and q of every test equal those of scipy, test by test; unassigned receptors count as the rest."""
    counts, labels = random_case(seed)
    found = kmer_marks(counts, labels, max_fdr=1.0, min_in=3)
    tests = by_hand(counts, labels, 3)
    assert found.attrs["n_tests"] == len(tests)
    both = found.merge(tests[tests["n_in"] >= 3], on=["cluster", "kmer"], suffixes=("", "_ref"), how="outer")
    assert len(both) == len(found)
    for name in ("n_in", "n_out", "p", "q"):
        np.testing.assert_allclose(both[name], both[f"{name}_ref"], rtol=1e-9)


def test_a_planted_mark_is_found_first():
    """The k-mer that members of a cluster hold comes first, with its counts and its fold."""
    counts, labels = random_case(0, n=400)
    found = kmer_marks(counts, labels, names=[f"k{i}" for i in range(12)])
    top = found.iloc[0]
    assert (top["cluster"], top["kmer"], top["n_in"]) == (0, "k0", (labels == 0).sum())
    assert (top["n_cluster"], top["n_rest"]) == ((labels == 0).sum(), (labels > 0).sum() + (labels == -1).sum())
    assert top["fold"] == pytest.approx(1 / (top["n_out"] / top["n_rest"]))
    assert (found["q"] <= 0.05).all()
    assert found["n_in"].min() >= 3


def test_random_clusters_have_few_marks():
    """Of 40 labelings that know nothing of the k-mers, hardly any has a mark at a false discovery rate of 5 %."""
    rng = np.random.default_rng(1)
    counts = sp.csr_matrix(rng.poisson(0.3, size=(300, 50)))
    marked = [len(kmer_marks(counts, rng.integers(6, size=300))) > 0 for _ in range(40)]
    # binomial(40, 0.05) exceeds 7 once in 2,000
    assert sum(marked) <= 7


@given(
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(1, n), st.floats(0, 1)))
)
def test_tails_are_those_of_scipy(case):
    """The hypergeometric tail equals scipy's, for any table."""
    n, size, total, at = case
    least, most = max(0, size + total - n), min(size, total)
    k = least + round(at * (most - least))
    found = _tail(np.array([k]), np.array([size]), np.array([total]), n, gammaln(np.arange(n + 2) + 1.0))
    assert found[0] == pytest.approx(hypergeom.sf(k - 1, n, size, total), rel=1e-9, abs=1e-12)


def test_large_tables_do_not_overflow():
    """Far below and far above what is expected, the tail is 1 and 0, not a missing number."""
    found = _tail(
        np.array([4, 25_000, 49_000]), np.full(3, 50_000), np.full(3, 50_000), 100_000,
        gammaln(np.arange(100_002) + 1.0),
    )  # fmt: skip
    np.testing.assert_allclose(found, [1, hypergeom.sf(24_999, 100_000, 50_000, 50_000), 0], rtol=1e-8)


def test_circularity_is_said():
    """Clusters made from sequences are judged by sequences; the table says so, or that nobody said."""
    counts, labels = random_case(0, n=400)
    said = {
        source: kmer_marks(counts, labels, clusters_from=source)["circular"].unique().tolist()
        for source in ("sequence", "external", None)
    }
    assert said == {"sequence": [True], "external": [False], None: [pd.NA]}


def test_copies_and_stored_zeros_do_not_count():
    """Presence is what is tested: larger counts change nothing, and neither do zeros that are stored."""
    counts, labels = random_case(2)
    stored = sp.csr_matrix(
        (np.append(counts.data * 3, 0), np.append(counts.indices, 5), np.append(counts.indptr[:-1], counts.nnz + 1)),
        shape=counts.shape,
    )
    pd.testing.assert_frame_equal(kmer_marks(stored, labels, max_fdr=1.0), kmer_marks(counts, labels, max_fdr=1.0))


def test_without_a_rest_nothing_is_marked():
    """One cluster of everything: the fold is not a number and p is 1; without clusters there is no test."""
    counts = sp.csr_matrix(np.ones((5, 1)))
    found = kmer_marks(counts, np.zeros(5, dtype=int), max_fdr=1.0)
    assert np.isnan(found["fold"]).tolist() == [True]
    assert found["p"].tolist() == [1.0]
    assert kmer_marks(counts, np.full(5, -1)).attrs["n_tests"] == 0


def test_wrong_input_is_refused():
    """Labels or names of other items, and limits that mean nothing, are errors."""
    counts, labels = random_case(0)
    with pytest.raises(UsageError, match="labels and counts"):
        kmer_marks(counts, labels[:-1])
    with pytest.raises(UsageError, match="k-mers and names"):
        kmer_marks(counts, labels, names=["a"])
    with pytest.raises(UsageError, match="max_fdr is 0"):
        kmer_marks(counts, labels, max_fdr=0.0)
