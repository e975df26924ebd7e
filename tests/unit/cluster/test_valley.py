import numpy as np
import pytest
from scipy.stats import norm

from rashomon.cluster.valley import valley


def test_finds_the_place_where_the_true_density_is_lowest(rng):
    """For two Gaussians the valley is near the minimum of the mixture, whatever the shares."""
    for share in (0.3, 0.5, 0.8):
        near = rng.random(4000) < share
        values = np.where(near, rng.normal(0.06, 0.03, 4000), rng.normal(0.42, 0.08, 4000))
        grid = np.linspace(0.06, 0.42, 1000)
        density = share * norm.pdf(grid, 0.06, 0.03) + (1 - share) * norm.pdf(grid, 0.42, 0.08)
        place, reason = valley(values)
        assert reason == ""
        assert place == pytest.approx(grid[density.argmin()], abs=0.05)


def test_distances_on_a_grid_have_their_valley(rng):
    """Shares of few places take few values; the teeth are no modes."""
    values = np.concatenate([rng.binomial(45, 0.05, 500), rng.binomial(45, 0.4, 800)]) / 45
    place, _ = valley(np.append(values, [np.nan] * 20))
    assert 0.12 < place < 0.28


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.linspace(0, 1, 20), "20 distances are too few"),
        (np.full(100, 0.3), "all distances are equal"),
        (np.append(np.random.default_rng(1).normal(0.4, 0.02, 3000), [0.99]), "of the distances"),
    ],
)
def test_no_valley_is_nan_with_a_reason(values, reason):
    """Too few values, a single one, or a mode of next to nothing are no two modes."""
    place, said = valley(values)
    assert np.isnan(place)
    assert reason in said
