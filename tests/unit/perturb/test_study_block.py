import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.perturb.donor_block import keep_donors
from rashomon.perturb.half import take_half
from rashomon.perturb.study_block import keep_studies, plan_study_blocks
from rashomon.perturb.subsample import take_share

ITEMS = np.array([(b"CAF", 1), (b"CSF", 2), (b"CTF", 3), (b"", -1)], dtype=[("aa", "S3"), ("v", "i4")])


def test_keeps_the_receptors_of_the_studies():
    """Study codes are indexed by row position; unknown studies are dropped; order and values stay."""
    batch = np.array([9, 1, 0, 1, -2], dtype=np.int32)
    kept, rows = keep_studies(ITEMS, np.array([1, 2, 3, 4]), batch, keep=[1])
    assert rows.tolist() == [1, 3]
    assert kept["aa"].tolist() == [b"CAF", b"CTF"]
    assert keep_studies(ITEMS, np.array([1, 2, 3, 4]), batch, keep=[0, 1])[1].tolist() == [1, 2, 3]


@pytest.mark.parametrize("keep", [[], [-2], [0, -1], [7]])
def test_refuses_blocks_without_receptors(keep):
    """No study, a code that means missing, and studies without receptors are refused."""
    with pytest.raises(UsageError, match=r"studies .*leave"):
        keep_studies(ITEMS, np.arange(4), np.array([0, 1, -2, 1]), keep=keep)


def test_blocks_of_studies_are_planned_as_those_of_donors(rng):
    """Six studies come in complementary halves, three are left out in turn, one gives nothing."""
    halves = [set(params["keep"]) for params in plan_study_blocks(4, donors=np.arange(6), rng=rng)]
    assert all(a | b == set(range(6)) and not a & b for a, b in zip(halves[::2], halves[1::2], strict=True))
    left = [params["keep"] for params in plan_study_blocks(1, donors=np.array([0, 1, 2, -2]), rng=rng)]
    assert left == [[1, 2], [0, 2], [0, 1]]
    assert plan_study_blocks(4, donors=np.zeros(5, dtype=int), rng=rng) == []
    assert plan_study_blocks(4, donors=None, rng=rng) == []


@pytest.mark.parametrize("how", ["subsample", "halves", "donors"])
def test_resamples_of_cells_cut_receptors_too(rng, how):
    """Receptors are one structured array: a row that is kept keeps all its chains."""
    rows = np.array([5, 6, 7, 8])
    if how == "subsample":
        kept, left = take_share(ITEMS, rows, share=0.5, replicate=0, rng=rng)
    elif how == "halves":
        kept, left = take_half(ITEMS, rows, pair=0, half=1, rng=rng)
    else:
        kept, left = keep_donors(ITEMS, rows, np.array([0] * 6 + [1, 1, 2]), keep=[1])
    assert left.size == 2
    assert kept.tolist() == [ITEMS[row - 5].item() for row in left]
