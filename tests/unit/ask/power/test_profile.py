import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.ask.power.profile import FEWEST, estimate_profiles
from rashomon.core import UsageError


def draw(rng, *, n=600, dispersion=0.3, fold=4.0):
    """Two groups of 200 genes, 10 of them higher in the second, which has a quarter of the cells."""
    base = np.exp(rng.normal(0, 1, 200))
    base = 2000 * base / base.sum()
    labels = np.repeat([0, 1], [3 * n // 4, n // 4]).astype(np.int32)
    means = np.where(labels[:, None] == 1, np.where(np.arange(200) < 10, fold, 1.0), 1.0) * base
    return sp.csr_matrix(rng.poisson(rng.gamma(1 / dispersion, means * dispersion))), labels


def test_planted_differences_come_out(rng):
    """Fold 4 in ten genes, nothing in the others: shrunken, not lost."""
    counts, labels = draw(rng)
    found = estimate_profiles(counts, labels)
    fold = np.log2(found.rates[1] / found.rates[0])
    assert np.median(fold[:10]) == pytest.approx(2.0, abs=0.45)
    assert np.abs(fold[10:] - np.median(fold[10:])).mean() < 0.1
    assert found.rates.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.sizes.tolist() == [450, 150]


def test_differences_of_nothing_are_shrunken_to_little(rng):
    """Random labels: what is left of the squared log ratios is a fraction of what chance put there."""
    counts, labels = draw(rng, fold=1.0)
    found = estimate_profiles(counts, rng.permutation(labels))
    totals = np.stack([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in range(2)]) + 0.5
    raw = np.log(totals / totals.sum(axis=1, keepdims=True))
    left = np.log(found.rates[1] / found.rates[0])
    assert (left**2).sum() < 0.2 * ((raw[1] - raw[0]) ** 2).sum()


@pytest.mark.parametrize("dispersion", [0.05, 0.5, 1.5])
def test_the_dispersion_is_that_of_the_counts(rng, dispersion):
    """Within clusters, so that differences between them do not count."""
    counts, labels = draw(rng, dispersion=dispersion, fold=8.0)
    found = estimate_profiles(counts, labels).dispersion
    assert np.median(found) == pytest.approx(dispersion, rel=0.25, abs=0.03)


def test_small_and_unassigned_cells_are_left_out(rng):
    """A cluster of fewer cells than it takes has no profile; codes of the others stay."""
    counts, labels = draw(rng)
    labels = labels.copy()
    labels[: FEWEST - 1], labels[10:20] = 2, -1
    found = estimate_profiles(counts, labels)
    assert found.codes.tolist() == [0, 1]
    assert found.n_cells == 600 - (FEWEST - 1) - 10
    assert found.of_genes(np.arange(7)).n_genes == 7


def test_no_cluster_is_an_error(rng):
    """Nothing to describe."""
    counts, _ = draw(rng)
    with pytest.raises(UsageError, match="no cluster"):
        estimate_profiles(counts, np.full(600, -1, dtype=np.int32))
