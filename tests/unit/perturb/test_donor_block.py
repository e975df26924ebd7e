import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.perturb.donor_block import donor_blocks, keep_donors, plan_donor_blocks


def test_keeps_the_cells_of_the_donors():
    """Donor codes are indexed by row position; unknown donors are dropped; order and values stay."""
    donor = np.array([9, 0, 1, -2, 1, -1, 0], dtype=np.int32)
    rows = np.array([1, 2, 3, 4, 5, 6])
    x = sp.csr_matrix(rows.astype(np.float32)[:, None])
    kept, left = keep_donors(x, rows, donor, keep=[1])
    assert left.tolist() == [2, 4]
    assert kept.toarray().ravel().tolist() == [2, 4]
    assert keep_donors(x, rows, donor, keep=[0, 1])[1].tolist() == [1, 2, 4, 6]


@pytest.mark.parametrize("keep", [[], [-2], [0, -1], [7]])
def test_refuses_blocks_without_cells(keep):
    """No donor, a code that means missing, and donors without cells are refused."""
    with pytest.raises(UsageError, match="leave"):
        keep_donors(sp.csr_matrix(np.eye(3, dtype=np.float32)), np.arange(3), np.array([0, 1, -2]), keep=keep)


@pytest.mark.parametrize("n_donors", [6, 7, 12])
def test_six_donors_or_more_are_halved(n_donors, rng):
    """Blocks come in complementary halves, and no split occurs twice."""
    codes = np.append(np.arange(n_donors), [-1, -2])
    blocks = donor_blocks(codes, n_replicates=9, rng=rng)
    assert len(blocks) == 10
    for first, second in zip(blocks[::2], blocks[1::2], strict=True):
        assert len(first) == n_donors // 2
        assert sorted(first + second) == list(range(n_donors))
    assert len({frozenset(map(tuple, pair)) for pair in zip(blocks[::2], blocks[1::2], strict=True)}) == 5


@pytest.mark.parametrize(("n_donors", "n_pairs"), [(6, 10), (7, 35)])
def test_there_are_no_more_pairs_than_splits(n_donors, n_pairs, rng):
    """Six donors have 10 splits into halves, seven have 35; asking for more ends with all of them."""
    assert len(donor_blocks(np.arange(n_donors), n_replicates=1000, rng=rng)) == 2 * n_pairs


@pytest.mark.parametrize("n_donors", [2, 3, 5])
def test_few_donors_are_left_out_in_turn(n_donors, rng):
    """Below six donors each is left out once, whatever number was asked for."""
    blocks = donor_blocks(np.arange(n_donors), n_replicates=1, rng=rng)
    assert [set(range(n_donors)) - set(block) for block in blocks] == [{donor} for donor in range(n_donors)]


@pytest.mark.parametrize("codes", [[], [-2, -2], [3, 3, -2]])
def test_fewer_than_two_donors_have_no_blocks(codes, rng):
    """One donor cannot be resampled."""
    assert donor_blocks(np.array(codes, dtype=np.int32), n_replicates=4, rng=rng) == []
    assert plan_donor_blocks(4, donors=np.array(codes, dtype=np.int32), rng=rng) == []
