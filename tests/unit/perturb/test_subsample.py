import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.perturb.subsample import plan_shares, take_share


def _take(n, share, rng):
    x = sp.csr_matrix(np.arange(1, n + 1, dtype=np.float32)[:, None])
    return take_share(x, np.arange(n) * 3, share=share, replicate=0, rng=rng)


@pytest.mark.parametrize(("n", "share", "size"), [(100, 0.8, 80), (7, 0.8, 6), (3, 0.1, 1), (9, 1.0, 9)])
def test_takes_the_share_without_repeating_a_cell(rng, n, share, size):
    """The share is rounded to whole cells, at least one; cells keep their order and their values."""
    x, rows = _take(n, share, rng)
    assert rows.size == np.unique(rows).size == size
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(x.toarray().ravel(), rows / 3 + 1)


def test_every_cell_is_left_out_about_equally_often(rng):
    """Over 500 samples of 80 % each of 40 cells is absent within 5 standard deviations of 100 times."""
    kept = np.zeros(40)
    for _ in range(500):
        kept[_take(40, 0.8, rng)[1] // 3] += 1
    assert (np.abs(500 - kept - 100) < 5 * np.sqrt(500 * 0.2 * 0.8)).all()


def test_plan_numbers_its_replicates(rng):
    """Replicates differ by their number, which names the stream."""
    assert plan_shares(2, donors=None, rng=rng) == [{"share": 0.8, "replicate": 0}, {"share": 0.8, "replicate": 1}]


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, float("nan")])
def test_refuses_a_share_out_of_range(rng, share):
    """Nothing and more than everything cannot be drawn."""
    with pytest.raises(UsageError, match="share is"):
        _take(10, share, rng)
