import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from rashomon.core import child
from rashomon.perturb.donor_block import donor_blocks
from rashomon.perturb.half import take_half
from rashomon.perturb.thinning import thin
from tests.strategies import count_matrices, labelings


@given(x=count_matrices(), seed=st.integers(0, 10**6))
def test_thinning_everything_is_the_identity_and_thinning_never_adds(x, seed):
    """keep=1 changes nothing; any other keep leaves counts between 0 and what they were."""
    assert (thin(x, keep=1.0, replicate=0, rng=child(seed)) != x).nnz == 0
    thinned = thin(x, keep=0.4, replicate=0, rng=child(seed)).toarray()
    assert (thinned >= 0).all()
    assert (thinned <= x.toarray()).all()
    np.testing.assert_array_equal(thinned, np.round(thinned))


@given(x=count_matrices(), pair=st.integers(0, 5))
def test_halves_add_up(x, pair):
    """The two halves of a pair hold every cell exactly once."""
    assume(x.shape[0] >= 2)
    halves = [take_half(x, np.arange(x.shape[0]), pair=pair, half=half, rng=child(3, pair)) for half in (0, 1)]
    rows = np.concatenate([rows for _, rows in halves])
    assert np.sort(rows).tolist() == list(range(x.shape[0]))
    together = np.vstack([part.toarray() for part, _ in halves])
    np.testing.assert_array_equal(together, x.toarray()[rows])


@given(codes=labelings(max_classes=9), n=st.integers(0, 12), seed=st.integers(0, 100))
def test_every_donor_is_left_out_as_often_as_planned(codes, n, seed):
    """Blocks hold known donors only, never all of them, and every donor is left out somewhere."""
    donors = set(codes[codes >= 0].tolist())
    blocks = donor_blocks(codes, n_replicates=n, rng=child(seed))
    assert all(set(block) < donors and block == sorted(block) for block in blocks)
    if blocks:
        assert set().union(*(donors - set(block) for block in blocks)) == donors
