import harmonypy
import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.encode.integrate import harmony

N = 600
SHIFT = np.array([0, 0, 0, 3, 3], dtype=np.float32)


@pytest.fixture
def planted(rng):
    """Three groups, the same in both batches, and a shift between the batches in two directions of their own."""
    group, batch = np.arange(N) % 3, rng.integers(0, 2, N).astype(np.int32)
    view = 8 * np.eye(3, 5)[group] + rng.normal(size=(N, 5)) + batch[:, None] * SHIFT
    return (view - view.mean(axis=0)).astype(np.float32), group, batch


def _gap(view, group, batch):
    """The mean distance between the centres of one group in both batches."""
    means = [[view[(group == g) & (batch == b)].mean(axis=0) for b in (0, 1)] for g in range(3)]
    return np.mean([np.linalg.norm(here - there) for here, there in means])


def test_removes_the_shift_and_keeps_the_groups(planted):
    """At least three quarters of a pure batch shift go; the groups stay as far apart as they were, within a tenth."""
    view, group, batch = planted
    moved = harmony(view, batch, np.arange(N))
    assert _gap(moved, group, batch) < _gap(view, group, batch) / 4

    def spread(points):
        centres = np.array([points[group == g].mean(axis=0) for g in range(3)])
        return np.linalg.norm(centres - centres[[1, 2, 0]], axis=1).mean()

    assert spread(moved) == pytest.approx(spread(view), rel=0.1)


def test_equals_harmonypy(planted):
    """The coordinates are those of a plain call; batch codes are looked up by row position."""
    view, _, batch = planted
    everywhere = np.full(2 * N, -2, dtype=np.int32)
    everywhere[::2] = batch
    meta = pd.DataFrame({"donor": np.array(["a", "b"])[batch]})
    theirs = harmonypy.run_harmony(view, meta, "donor", random_state=3, ncores=1, verbose=False).Z_corr
    ours = harmony(view, everywhere, np.arange(N) * 2, seed=3)
    np.testing.assert_array_equal(ours, theirs.astype(np.float32))
    assert ours.flags.c_contiguous


def test_gives_the_same_bits_for_any_number_of_threads(planted):
    """Threads outside do not change the result."""
    view, _, batch = planted
    runs = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            runs.append(harmony(view, batch, np.arange(N)).tobytes())
    assert runs[0] == runs[1]


def test_refuses_a_single_batch(planted):
    """There is nothing to integrate where the cells that are left come from one batch."""
    view, _, batch = planted
    rows = np.flatnonzero(batch == 1)
    with pytest.raises(UsageError, match=r"cells of 1 batch"):
        harmony(view[rows], batch, rows)


def test_refuses_a_handful_of_cells(planted):
    """Fewer cells than one cluster holds cannot be clustered."""
    view, _, batch = planted
    with pytest.raises(UsageError, match="20 cells of 2 batch"):
        harmony(view[:20], batch, np.arange(20))
