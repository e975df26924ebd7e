import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError, child
from rashomon.perturb.half import plan_halves, take_half


def _halves(n, pair, root=1):
    x = sp.csr_matrix(np.arange(1, n + 1, dtype=np.float32)[:, None])
    stream = [child(root, "halves", pair) for _ in range(2)]
    return [take_half(x, np.arange(n) * 3, pair=pair, half=half, rng=stream[half]) for half in (0, 1)]


@pytest.mark.parametrize("n", [2, 7, 100])
def test_halves_are_disjoint_and_complete(n):
    """Two halves of one pair hold every cell once; the first has n // 2 cells."""
    (_, first), (_, second) = _halves(n, pair=0)
    assert first.size == n // 2
    assert np.sort(np.concatenate([first, second])).tolist() == (np.arange(n) * 3).tolist()


def test_rows_and_matrix_stay_together_in_order():
    """Cells keep their order and their values."""
    for x, rows in _halves(50, pair=2):
        assert (np.diff(rows) > 0).all()
        np.testing.assert_array_equal(x.toarray().ravel(), rows / 3 + 1)


def test_pairs_differ():
    """Another pair is another split."""
    assert _halves(50, pair=0)[0][1].tolist() != _halves(50, pair=1)[0][1].tolist()


def test_plan_rounds_up_to_whole_pairs(rng):
    """Both halves of a pair are always planned."""
    planned = plan_halves(3, donors=None, rng=rng)
    assert planned == [{"pair": pair, "half": half} for pair in (0, 1) for half in (0, 1)]


@pytest.mark.parametrize(("half", "n"), [(2, 10), (-1, 10), (0, 1)])
def test_refuses_what_has_no_half(rng, half, n):
    """There are two halves, and one cell has none."""
    with pytest.raises(UsageError, match=f"half {half} of {n} cells"):
        take_half(sp.csr_matrix((n, 2), dtype=np.float32), np.arange(n), pair=0, half=half, rng=rng)
