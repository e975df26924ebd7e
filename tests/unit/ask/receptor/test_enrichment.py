import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import hypergeom

from rashomon.ask.receptor.enrichment import enrichment, gene_strata


def sets_of(codes, n_classes):
    """One label per receptor, none for negative codes."""
    rows = np.flatnonzero(codes >= 0)
    return sp.csr_matrix((np.ones(rows.size, bool), (rows, codes[rows])), shape=(codes.size, n_classes))


def test_one_stratum_is_the_hypergeometric_test():
    """The p value is scipy's tail, times the labels that were possible."""
    labels = np.repeat([0, 1, 2], [12, 8, 20])
    codes = np.full(40, -1)
    codes[[0, 1, 2, 3, 4, 13]] = 0
    row = enrichment(codes, sets_of(labels, 4), np.zeros(40, int), n_clusters=1).iloc[0]
    assert (row["label"], row["count"], row["n_labelled"]) == (0, 5, 6)
    assert row["expected"] == pytest.approx(6 * 12 / 40)
    assert row["p"] == pytest.approx(3 * hypergeom.sf(4, 40, 12, 6))
    assert row["attainable"] == pytest.approx(3 * hypergeom.pmf(6, 40, 8, 6))


def test_several_strata_agree_with_permutations():
    """The exact tail equals the share of 20,000 permutations within strata, within four standard errors."""
    rng = np.random.default_rng(11)
    strata = rng.integers(0, 4, 80)
    labels = (rng.random(80) < np.array([0.2, 0.4, 0.6, 0.8])[strata]).astype(int)
    codes = np.where((rng.random(80) < 0.15) | ((labels == 1) & (rng.random(80) < 0.2)), 0, -1)
    row = enrichment(codes, sets_of(labels, 2), strata, n_clusters=1).iloc[0]
    seen = int(row["count"])
    draws = np.empty(20_000, dtype=int)
    for i in range(draws.size):
        shuffled = labels.copy()
        for stratum in range(4):
            mine = np.flatnonzero(strata == stratum)
            shuffled[mine] = labels[rng.permutation(mine)]
        draws[i] = (shuffled[codes == 0] == row["label"]).sum()
    share = (draws >= seen).mean()
    assert row["expected"] == pytest.approx(draws.mean(), abs=4 * draws.std() / 141)
    assert row["p"] == pytest.approx(min(1, 2 * share), abs=8 * np.sqrt(share * (1 - share) / draws.size))


def test_stratum_of_one_label_says_nothing():
    """Where all receptors of a stratum share a label, nothing could have been found, and the test says so."""
    labels, strata = np.repeat([0, 1], 10), np.repeat([0, 1], 10)
    row = enrichment(np.where(np.arange(20) < 5, 0, -1), sets_of(labels, 2), strata, n_clusters=1).iloc[0]
    assert (row["p"], row["attainable"]) == (1.0, 1.0)


def test_several_labels_count_for_each():
    """A receptor with two labels is one receptor, and counts for both."""
    sets = sp.csr_matrix(np.array([[1, 1], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], dtype=bool))
    row = enrichment(np.array([0, 0, 0, -1, -1, -1]), sets, np.zeros(6, int), n_clusters=1).iloc[0]
    assert (row["count"], row["n_labelled"], row["share"]) == (3, 3, 1.0)
    assert row["p"] == pytest.approx(2 * hypergeom.sf(2, 6, 3, 3))


def test_clusters_without_labels_have_no_test():
    """No labelled receptor: no label; one: no p value."""
    labels = np.array([-1, -1, 0, -1, 0, 1])
    found = enrichment(np.array([0, 0, 1, 1, -1, -1]), sets_of(labels, 2), np.zeros(6, int), n_clusters=3)
    assert found["label"].tolist() == [-1, 0, -1]
    assert found["n_labelled"].tolist() == [0, 1, 0]
    assert found["p"].isna().all()


def test_strata_are_combinations():
    """Receptors are in one stratum where V, J and length agree."""
    v, j, length = np.array([0, 0, 0, -1, -1]), np.array([1, 1, 2, 1, 1]), np.array([13, 13, 13, 13, 14])
    assert gene_strata(v, j, length).tolist() == [2, 2, 3, 0, 1]
