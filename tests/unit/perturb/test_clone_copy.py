import numpy as np
import pytest
from scipy.stats import binom

from rashomon.core import UsageError
from rashomon.perturb.clone_copy import plan_copies, thin_copies


def test_a_receptor_stays_while_a_copy_is_left(rng):
    """Over 2,000 draws each receptor stays as often as a binomial count above 0, within 5 standard deviations."""
    copies = np.array([1.0, 2.0, 5.0, 40.0])
    kept = np.zeros(4)
    for _ in range(2000):
        kept[thin_copies(np.arange(4), np.arange(4), copies, share=0.3, replicate=0, rng=rng)[1]] += 1
    expected = binom.sf(0, copies, 0.3)
    # the empty draw, which keeps the largest, has probability 0.7**48
    assert (np.abs(kept - 2000 * expected) <= 5 * np.sqrt(2000 * expected * (1 - expected)) + 1e-3).all()


def test_copies_are_looked_up_by_row_and_rows_keep_their_order(rng):
    """All copies kept is no change; rows point into the data set, not into the receptors at hand."""
    copies = np.array([np.nan, 3, 1, np.nan, 7])
    x, rows = thin_copies(np.array([b"a", b"b", b"c"]), np.array([1, 2, 4]), copies, share=1.0, replicate=0, rng=rng)
    assert (x.tolist(), rows.tolist()) == ([b"a", b"b", b"c"], [1, 2, 4])


def test_something_is_always_left(rng):
    """Where no copy would be kept the receptor with most copies is, and of nothing there is nothing."""
    x, rows = thin_copies(np.arange(3), np.arange(3), np.array([1, 2, 1]), share=1e-12, replicate=0, rng=rng)
    assert (x.tolist(), rows.tolist()) == ([1], [1])
    none = np.empty(0, dtype=np.int64)
    assert thin_copies(none, none, none, share=0.5, replicate=0, rng=rng)[1].size == 0


@pytest.mark.parametrize("wrong", [0, -1, 0.5, np.nan, np.inf])
def test_refuses_what_is_no_number_of_copies(rng, wrong):
    """Frequencies cannot be drawn from; the rows are named."""
    copies = np.array([1.0, wrong, 2.0])
    with pytest.raises(UsageError, match="1 receptors have copies") as caught:
        thin_copies(np.arange(2), np.array([0, 1]), copies, share=0.5, replicate=0, rng=rng)
    assert caught.value.where == "copies of rows 1"


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, float("nan")])
def test_refuses_a_share_out_of_range(rng, share):
    """Nothing and more than everything cannot be drawn."""
    with pytest.raises(UsageError, match="share is"):
        thin_copies(np.arange(2), np.arange(2), np.ones(2), share=share, replicate=0, rng=rng)


def test_plan_numbers_its_replicates(rng):
    """Replicates differ by their number, which names the stream."""
    assert plan_copies(2, donors=None, rng=rng) == [{"share": 0.8, "replicate": 0}, {"share": 0.8, "replicate": 1}]
