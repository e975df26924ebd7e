import numpy as np
import pytest

from rashomon.pl.place import apart


def overlaps(places, sizes):
    sizes = np.asarray(sizes)
    a, b = np.triu_indices(len(places), 1)
    gap = np.abs(places[a] - places[b]) - (sizes[a] + sizes[b]) / 2
    return int((gap < -1e-3).all(axis=1).sum())


@pytest.mark.parametrize("n", [2, 10, 60])
def test_no_two_boxes_lie_on_each_other(n, rng):
    """Names in one crowd are all apart afterwards, and stay where they were wanted on average."""
    middles = rng.normal(0, 1.0, (n, 2))
    sizes = [(0.4, 0.2)] * n
    placed = apart(middles, sizes)
    assert overlaps(placed, sizes) == 0
    np.testing.assert_allclose(placed.mean(axis=0), middles.mean(axis=0), atol=0.3)


def test_names_with_room_stay():
    """Nothing moves that need not, and one name alone does not; the argument is not changed."""
    middles = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
    before = middles.copy()
    np.testing.assert_array_equal(apart(middles, [(1.0, 1.0)] * 3), before)
    np.testing.assert_array_equal(apart(middles[:1], [(1.0, 1.0)]), before[:1])
    assert apart(np.empty((0, 2)), []).shape == (0, 2)
    np.testing.assert_array_equal(middles, before)


def test_the_same_place_is_shared_fairly():
    """Two names at one point move by the same amount, to opposite sides, along the shorter one."""
    placed = apart(np.zeros((2, 2)), [(4.0, 2.0), (4.0, 2.0)])
    assert placed.tolist() == [[0.0, -1.0], [0.0, 1.0]]
