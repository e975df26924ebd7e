"""The spiked model against simulation, integrals and its own limits."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.sparse.linalg import eigsh
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.sim.limit import (
    cell_overlap,
    detection_threshold,
    gene_overlap,
    group_error,
    top_eigenvalue,
    two_group_error,
)

ALL = [top_eigenvalue, gene_overlap, cell_overlap, two_group_error]


def simulated(rng, *, n_cells, n_genes, strength):
    """Error of the sign of the first component, overlaps of cells and genes, leading eigenvalue; two groups."""
    labels = np.repeat([1.0, -1.0], n_cells // 2)
    centre = rng.normal(size=n_genes)
    centre *= np.sqrt(strength) / np.linalg.norm(centre)
    x = labels[:, None] * centre + rng.normal(size=(n_cells, n_genes))
    value, vector = eigsh(x @ x.T, k=1, which="LA", v0=rng.normal(size=n_cells))
    cells = vector[:, 0]
    genes = x.T @ cells / np.linalg.norm(x.T @ cells)
    error = np.mean(np.sign(cells) != labels)
    return [
        min(error, 1 - error),
        (cells @ labels) ** 2 / n_cells,
        (genes @ centre) ** 2 / strength,
        value[0] / n_cells,
    ]


@pytest.mark.parametrize(("n_cells", "n_genes", "repeats"), [(1000, 2000, 8), (1200, 300, 8)])
def test_a_simulation_at_strength_three_agrees(n_cells, n_genes, repeats, rng):
    """Error, overlaps and eigenvalue of simulated groups lie within 4 standard errors and 0.005 (1 %) of the theory."""
    with threadpool_limits(1):
        draws = np.array([simulated(rng, n_cells=n_cells, n_genes=n_genes, strength=3.0) for _ in range(repeats)])
    expected = [f(3.0, n_genes / n_cells) for f in (two_group_error, cell_overlap, gene_overlap, top_eigenvalue)]
    allowed = 4 * draws.std(axis=0, ddof=1) / np.sqrt(repeats) + [0.005, 0.005, 0.005, 0.07]
    assert (np.abs(draws.mean(axis=0) - expected) < allowed).all()


def test_below_the_threshold_nothing_is_seen():
    """Up to the threshold overlaps are 0, the error is 1/2 and the eigenvalue that of noise."""
    ratio = 2.0
    for strength in (0.0, 0.5, detection_threshold(ratio)):
        assert gene_overlap(strength, ratio) == pytest.approx(0, abs=1e-12)
        assert cell_overlap(strength, ratio) == pytest.approx(0, abs=1e-12)
        assert two_group_error(strength, ratio) == pytest.approx(0.5, abs=1e-6)
        assert top_eigenvalue(strength, ratio) == pytest.approx((1 + np.sqrt(2)) ** 2)


@pytest.mark.parametrize("function", ALL)
def test_the_threshold_is_the_only_kink(function):
    """Just above the threshold every quantity begins where it is below: none jumps."""
    line = float(detection_threshold(0.7))
    assert function(line * (1 + 1e-9), 0.7) == pytest.approx(function(line, 0.7), abs=1e-3)
    assert function(line * 1.1, 0.7) != pytest.approx(function(line, 0.7), abs=1e-3)


def test_transposing_the_matrix_swaps_cells_and_genes():
    """The same matrix seen from the genes has strength l n / p and ratio n / p; overlaps of genes and cells swap."""
    strength, ratio = 2.5, 1.7
    assert gene_overlap(strength, ratio) == pytest.approx(float(cell_overlap(strength / ratio, 1 / ratio)))
    assert top_eigenvalue(strength, ratio) == pytest.approx(ratio * float(top_eigenvalue(strength / ratio, 1 / ratio)))


def test_few_genes_give_the_error_with_known_centres():
    """With an aspect ratio of 0 the error of two groups at distance D is Phi(-D / 2)."""
    distance = np.array([0.0, 1.0, 4.0])
    np.testing.assert_allclose(two_group_error(distance**2 / 4, 0.0), stats.norm.cdf(-distance / 2))
    np.testing.assert_allclose(top_eigenvalue([0.0, 2.0], 0.0), [1.0, 3.0])


def test_two_groups_are_the_smallest_case_of_many(rng):
    """`group_error` for two groups is `two_group_error`, to 1e-12."""
    strength, ratio = rng.uniform(0, 6, 50), rng.uniform(0, 6, 50)
    np.testing.assert_allclose(group_error(strength, ratio), two_group_error(strength, ratio), atol=1e-12)


@pytest.mark.parametrize("k", [3, 8])
def test_error_of_many_groups_equals_the_integral(k):
    """Against adaptive quadrature of the probability that one of k equidistant centres is the nearest."""
    strength, ratio = 2.2, 1.5
    side = np.sqrt(2 * k * (strength**2 - ratio) / (strength + ratio))
    right = integrate.quad(lambda t: stats.norm.pdf(t) * stats.norm.cdf(t + side / np.sqrt(2)) ** (k - 1), -10, 10)[0]
    assert group_error(strength, ratio, n_groups=k) == pytest.approx(1 - right, abs=1e-9)
    assert group_error(0.1, ratio, n_groups=k) == pytest.approx(1 - 1 / k)


def test_nearest_centres_of_simulated_simplices(rng):
    """Points around the corners of a simplex of side 3 are nearest to a wrong one as often as predicted (4 SE)."""
    k, side, n = 5, 3.0, 40_000
    labels = rng.integers(k, size=n)
    centres = np.eye(k) * side / np.sqrt(2)
    points = centres[labels] + rng.normal(size=(n, k))
    error = np.mean(np.argmin(((points[:, None] - centres) ** 2).sum(axis=2), axis=1) != labels)
    expected = float(group_error(side**2 / (2 * k), 0.0, n_groups=k))
    assert abs(error - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize("function", [*ALL, group_error])
def test_broadcasts_and_refuses(function):
    """Arrays broadcast to a table; a negative strength or ratio is refused with the name of the function."""
    table = function(np.linspace(0, 5, 4)[:, None], [0.5, 1.0, 2.0])
    assert table.shape == (4, 3)
    assert table[3, 1] == function(5.0, 1.0)
    with pytest.raises(UsageError, match=rf"(?s)strength holds -1.*{function.__name__}"):
        function(-1.0, 1.0)
    with pytest.raises(UsageError, match=rf"(?s)aspect_ratio holds nan.*{function.__name__}"):
        function(1.0, np.nan)
