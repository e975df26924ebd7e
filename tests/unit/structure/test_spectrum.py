"""Laws of the test for structure."""

from itertools import pairwise

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.structure.component import leading_components
from rashomon.structure.residual import Residuals, residuals
from rashomon.structure.spectrum import _rotate, _strata, _top, spectrum_test
from tests.structure_sample import groups, sample


def test_strata_are_parts_of_a_batch():
    """Strata cover all cells, end where a batch ends, and have about 40 cells."""
    edges = _strata(np.repeat([0, 1, 2], [100, 15, 250]))
    assert {0, 100, 115, 365} <= set(edges.tolist())
    sizes = np.diff(edges)
    assert sizes.sum() == 365
    assert sizes.max() <= 60


def test_a_rotation_keeps_every_stratum(rng):
    """In each stratum a gene has the same values in the same cyclic order; the step differs between genes."""
    x = rng.standard_normal((50, 90)).astype(np.float32)
    edges = np.array([0, 40, 90])
    out = np.empty_like(x)
    _rotate(x, edges, np.uint64(3), out)
    steps = []
    for before, after in zip(x, out, strict=True):
        for low, high in pairwise(edges):
            step = int(np.flatnonzero(before[low:high] == after[low])[0])
            np.testing.assert_array_equal(np.roll(before[low:high], -step), after[low:high])
            steps.append(step)
    assert len(set(steps)) > 20


def test_steps_are_uniform():
    """Each of 40 steps is as frequent as chance (chi squared of 39 degrees of freedom, 4000 draws)."""
    x = np.tile(np.arange(40, dtype=np.float32), (4000, 1))
    out = np.empty_like(x)
    _rotate(x, np.array([0, 40]), np.uint64(11), out)
    observed = np.bincount(out[:, 0].astype(int), minlength=40)
    assert 15 < ((observed - 100) ** 2 / 100).sum() < 75


def test_top_is_the_largest_eigenvalue(rng):
    """Sixteen Lanczos steps give a clear top eigenvalue to six digits; never more than the true one."""
    x = rng.standard_normal((60, 200)).astype(np.float32)
    x[0] *= 5
    start = rng.standard_normal(60).astype(np.float32)
    true = np.linalg.eigvalsh(x.astype(float) @ x.T.astype(float) / 200)[-1]
    assert _top(x, start) == pytest.approx(true, rel=1e-5)
    noise = rng.standard_normal((60, 200)).astype(np.float32)
    edge = np.linalg.eigvalsh(noise.astype(float) @ noise.T.astype(float) / 200)[-1]
    assert 0.93 * edge < _top(noise, start) <= edge * (1 + 1e-5)


def test_top_of_one_direction_is_exact():
    """A matrix of rank one exhausts the space at once."""
    x = np.outer([1.0, 2.0], np.ones(10)).astype(np.float32)
    assert _top(x, np.array([1.0, 1.0], dtype=np.float32)) == pytest.approx(5.0, rel=1e-5)


def test_groups_are_structure(rng):
    """Two clear groups: the smallest p there is, one eigenvalue above the null, the exact top eigenvalue."""
    found = residuals(groups(rng, n=200, g=120).counts)
    tested = spectrum_test(found, rng=rng)
    assert tested.p == 0.01
    assert tested.k == 1
    assert tested.null.size == 99
    exact = leading_components(found, 1, n_genes=tested.n_genes)[0][0]
    assert tested.eigenvalue == pytest.approx(exact, rel=1e-4)
    assert tested.sizes == (120, 30)
    assert tested.n_genes in tested.sizes


def test_nothing_stops_early(rng):
    """Of unrelated genes the search ends after few permutations, with p from the sequential rule."""
    tested = [spectrum_test(residuals(sample("plain", rng, n=100, g=60).counts), rng=rng) for _ in range(6)]
    sizes = [each.null.size for each in tested]
    assert min(sizes) < 99
    for each in tested:
        if each.null.size < 99:
            at = np.flatnonzero(each.null >= each.top)[7] + 1
            assert each.p == pytest.approx(8 / at)


def test_the_same_generator_gives_the_same_result(rng, monkeypatch):
    """Whatever the number of threads."""
    found = residuals(sample("heavy", rng, n=100, g=60).counts)
    one = spectrum_test(found, rng=np.random.default_rng(4))
    monkeypatch.setenv("RASHOMON_THREADS", "1")
    two = spectrum_test(found, rng=np.random.default_rng(4))
    np.testing.assert_array_equal(one.null, two.null)
    assert one.p == two.p


def test_too_little_is_refused(rng):
    """Nineteen permutations, two genes."""
    x = Residuals(rng.standard_normal((20, 5)), *[np.zeros(20)] * 5)
    with pytest.raises(UsageError, match="9 permutations of 5 genes"):
        spectrum_test(x, n_permutations=9, rng=rng)
