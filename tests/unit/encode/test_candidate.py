import numpy as np
import pytest

from rashomon.core.thread import THREADS
from rashomon.encode import candidate
from rashomon.encode.candidate import candidates


def made(points, n_kept):
    """The candidates of centred points, and the exact squared distances less the square of the row."""
    exact = points.astype(np.float64)
    squares = (exact**2).sum(axis=1)
    return *candidates(points, squares, n_kept=n_kept), squares[None, :] - 2 * exact @ exact.T


@pytest.mark.parametrize("threads", ["1", "2", "7"])
@pytest.mark.parametrize("tile", [16, 100, 5000])
def test_the_nearest_are_kept_and_the_floor_lies_under_the_rest(rng, monkeypatch, threads, tile):
    """For any tile and number of threads: no point outside is nearer than the floor, up to float32."""
    monkeypatch.setenv(THREADS, threads)
    monkeypatch.setattr("rashomon.core.thread.n_cores", lambda: int(threads))
    monkeypatch.setattr(candidate, "_TILE", tile)
    points = rng.normal(size=(400, 5)).astype(np.float32)
    found, floor, keys = made(points, 12)
    for row in range(400):
        assert len(set(found[row])) == 12
        others = np.setdiff1d(np.arange(400), found[row])
        assert keys[row, others].min() >= floor[row] - 1e-5
        assert keys[row, found[row]].max() <= floor[row] + 1e-5
        assert row in found[row]


def test_with_all_points_kept_there_is_no_other(rng):
    """The floor is infinite, so nothing is searched again."""
    found, floor, _ = made(rng.normal(size=(20, 3)).astype(np.float32), 20)
    assert (np.sort(found, axis=1) == np.arange(20)).all()
    assert np.isinf(floor).all()
