import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.receptor.donor_spread import (
    cross_donor_links,
    cross_donor_pairs,
    donor_spread,
    multi_donor_share,
)


def test_equals_pandas(rng):
    """Distinct donors per cluster, over clusters with two receptors of known donor."""
    labels, donor = rng.integers(-2, 40, 200), rng.integers(-2, 6, 200)
    frame = pd.DataFrame({"labels": labels, "donor": donor})
    groups = frame[(labels >= 0) & (donor >= 0)].groupby("labels")["donor"]
    n_donors = groups.nunique()[groups.size() >= 2]
    found = donor_spread(labels, donor)
    assert found.n_clusters == len(n_donors)
    assert (found.mean, found.median) == (pytest.approx(n_donors.mean()), n_donors.median())
    assert multi_donor_share(labels, donor) == pytest.approx((n_donors >= 2).mean())


def test_pairs_equal_counting_them(rng):
    """The share of pairs across donors equals going through all pairs of receptors of one cluster."""
    labels, donor = rng.integers(-1, 8, 60), rng.integers(-1, 4, 60)
    known = np.flatnonzero(donor >= 0)
    pairs = [(i, j) for i, j in itertools.combinations(known, 2) if labels[i] == labels[j] >= 0]
    expected = np.mean([donor[i] != donor[j] for i, j in pairs])
    assert cross_donor_pairs(labels, donor) == pytest.approx(expected)


def test_links_of_complete_clusters_are_the_pairs(rng):
    """Linking all receptors of each cluster gives the share of pairs, from a matrix and from ends."""
    labels, donor = rng.integers(0, 8, 50), rng.integers(0, 4, 50)
    same = sp.csr_matrix(labels[:, None] == labels[None, :])
    assert cross_donor_links(same, donor) == pytest.approx(cross_donor_pairs(labels, donor))
    assert cross_donor_links(same.nonzero(), donor) == pytest.approx(cross_donor_pairs(labels, donor))


def test_links_may_be_confined_to_clusters():
    """Direction, repeats, loops and links between clusters do not count."""
    ends = (np.array([0, 1, 1, 2, 2]), np.array([1, 0, 1, 3, 0]))
    donor, labels = np.array([0, 1, 2, 2]), np.array([0, 0, 1, 1])
    assert cross_donor_links(ends, donor) == pytest.approx(2 / 3)
    assert cross_donor_links(ends, donor, labels=labels) == 0.5


def test_nothing_to_spread_over_is_undefined():
    """One donor, no cluster, or no link: NaN, with a reason where there is a place for it."""
    one = donor_spread(np.array([0, 0]), np.array([3, 3]))
    assert np.isnan(one.mean)
    assert one.reason == "fewer than two donors"
    assert donor_spread(np.array([0, 1]), np.array([0, 1])).reason == "no cluster has two receptors of known donor"
    assert np.isnan(cross_donor_pairs(np.array([0, 0]), np.array([3, 3])))
    assert np.isnan(cross_donor_links((np.array([0]), np.array([1])), np.array([0, -1])))


def test_ends_that_are_no_receptors_are_refused():
    """A link ends at receptors that exist."""
    with pytest.raises(UsageError, match="a link has an end that is no receptor"):
        cross_donor_links((np.array([0]), np.array([2])), np.array([0, 1]))


@pytest.mark.parametrize("n_donors", [2, 6, 10**5])
def test_few_and_many_donors_are_counted_alike(n_donors, rng):
    """Few donors are counted in a table, many by sorting; both give what pandas gives."""
    labels, donor = rng.integers(-2, 40, 300), rng.integers(0, n_donors, 300)
    groups = pd.DataFrame({"labels": labels, "donor": donor})[labels >= 0].groupby("labels")["donor"]
    groups = groups.filter(lambda one: len(one) >= 2).groupby(labels[labels >= 0])
    own, size = groups.value_counts(), groups.size()
    assert donor_spread(labels, donor).mean == pytest.approx(groups.nunique().mean())
    expected = 1 - (own * (own - 1)).sum() / (size * (size - 1)).sum()
    assert cross_donor_pairs(labels, donor) == pytest.approx(expected, abs=1e-12)


def test_one_donor_however_coded_is_undefined():
    """One known donor beside unknown ones spreads over nothing."""
    labels, donor = np.zeros(4, dtype=np.int32), np.array([7, 7, -1, 7])
    assert np.isnan(cross_donor_pairs(labels, donor))
    assert donor_spread(labels, donor).reason == "fewer than two donors"
