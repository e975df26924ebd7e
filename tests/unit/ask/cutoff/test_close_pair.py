import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.ask.cutoff.close_pair import ClosePairs, all_pairs, same_pairs, tabulate_pairs


@pytest.fixture
def world(rng):
    """60 receptors of four studies, with one or two of five labels, and all their pairs by hand."""
    study = rng.integers(0, 4, 60)
    labels = np.zeros((60, 5), dtype=bool)
    labels[np.arange(60), rng.integers(0, 5, 60)] = True
    labels[rng.choice(60, 15, replace=False), rng.integers(0, 5, 15)] = True
    i, j = np.triu_indices(60, 1)
    return study, labels, i, j


def weight_of(study, i, j, weights):
    """The product of the weights of the studies of each pair; 0 within a study."""
    return np.where(study[i] != study[j], weights[study[i]] * weights[study[j]], 0.0)


def test_all_pairs_are_counted_without_listing_them(world, rng):
    """The closed form equals the sum over all pairs, for any weights of the studies."""
    study, _, i, j = world
    weights = rng.integers(0, 4, (7, 4)).astype(float)
    expected = [weight_of(study, i, j, row).sum() for row in weights]
    np.testing.assert_allclose(all_pairs(study, weights), expected)


def test_same_label_pairs_are_counted_without_listing_them(world, rng):
    """The closed form equals the sum over all pairs that share a label; with two common labels a pair is one pair."""
    study, labels, i, j = world
    weights = rng.integers(0, 4, (7, 4)).astype(float)
    same = (labels[i] & labels[j]).any(axis=1)
    assert ((labels[i] & labels[j]).sum(axis=1) == 2).any()
    expected = [(weight_of(study, i, j, row) * same).sum() for row in weights]
    np.testing.assert_allclose(same_pairs(sp.csr_matrix(labels), study, weights), expected)


def test_tables_count_pairs_of_different_studies_by_cutoff(world, rng):
    """A distance belongs to the smallest cutoff that includes it; weights multiply; larger distances are left out."""
    study, _, i, j = world
    d, cutoffs = rng.integers(0, 30, i.size).astype(float), np.array([0.0, 6.0, 12.0, 18.0])
    table = tabulate_pairs(ClosePairs(i, j, d), study, cutoffs)
    weights = rng.integers(0, 3, (5, 4)).astype(float)
    for row, found in zip(weights, table.counts(weights), strict=True):
        each = weight_of(study, i, j, row)
        assert np.cumsum(found).tolist() == [each[d <= cutoff].sum() for cutoff in cutoffs]
    ends = [(((study[i] == s) ^ (study[j] == s)) & (d <= 18)).sum() for s in range(4)]
    assert table.touching(4).tolist() == ends
    assert table.within(1).n.sum() == ((d <= 6) & (study[i] != study[j])).sum()


def test_pairs_come_out_of_a_distance_slot_once(rng):
    """Stored values are distance + 1, and each pair is stored twice."""
    dense = np.triu(rng.integers(0, 4, (20, 20)), 1)
    pairs = ClosePairs.from_distances(sp.csr_matrix((dense + dense.T).astype(np.float32)))
    assert sorted(zip(pairs.i, pairs.j, pairs.d, strict=True)) == sorted(
        (i, j, dense[i, j] - 1) for i, j in zip(*np.nonzero(dense), strict=True)
    )
    assert pairs.take(pairs.d == 0).d.tolist() == [0.0] * int((dense == 1).sum())


def test_no_pairs_count_as_none():
    """An empty list of pairs, or none within the cutoff, gives zeros."""
    none = ClosePairs(*(np.empty(0, dtype=np.int64),) * 2, np.empty(0))
    assert tabulate_pairs(none, np.array([0, 1]), np.array([0, 1])).counts(np.ones((2, 2))).tolist() == [[0, 0]] * 2
    far = ClosePairs(np.array([0]), np.array([1]), np.array([5.0]))
    assert tabulate_pairs(far, np.array([0, 1]), np.array([0, 1])).n.size == 0
