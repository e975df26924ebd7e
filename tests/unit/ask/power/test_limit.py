import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, ncx2

from rashomon.ask.power.limit import (
    ENOUGH,
    MOST,
    Contrast,
    Seen,
    Setting,
    cell_factor,
    depth_factor,
    fewest_cells,
    is_enough,
    least_factor,
    neighbour_odds,
    odds,
    odds_needed,
    of_difference,
)
from rashomon.ask.power.profile import Profiles
from rashomon.sim.limit import gene_overlap

SETTING = Setting(800, 1000.0)


def two(fold=3.0, n=(720, 80)):
    """Two clusters of 300 genes, 30 of them higher in the second."""
    base = np.full(300, 1 / 300)
    other = np.where(np.arange(300) < 30, fold, 1.0) / 300
    rates = np.stack([base, other / other.sum()])
    return Profiles(np.arange(2), np.array(n), rates, base, np.full(300, 0.1), 1000.0, sum(n))


def test_the_odds_are_those_of_their_parts():
    """Distance left by PCA (from the limit of spiked covariances), then scipy's chi-square laws at one radius."""
    between, setting = Contrast(60.0, 500.0), SETTING
    strength, ratio = 0.09 * 60.0, 500.0 / 800
    left = 60.0 * float(gene_overlap(strength, ratio))
    radius = np.linspace(1, 200, 200_000)
    number = 80 * chi2.cdf(radius, 50) + 720 * ncx2.cdf(radius, 50, left / 2)
    at = radius[np.searchsorted(number, 15.0)]
    expected = chi2.cdf(at, 50) / ncx2.cdf(at, 50, left / 2)
    assert neighbour_odds(between, 0.1, 0.9, setting) == pytest.approx(expected, rel=0.01)


def test_simulated_neighbours_have_these_odds(rng):
    """Cells in 50 components at the distance that PCA leaves: counted neighbours, within a fifth of the formula."""
    n, far = 2000, 36.0
    group = np.arange(n) < 400
    cells = rng.standard_normal((n, 50))
    cells[group, 0] += math.sqrt(far)
    squared = ((cells[group][:, None, :] - cells[None]) ** 2).sum(axis=2)
    squared[np.arange(400), np.arange(400)] = np.inf
    own = group[np.argsort(squared, axis=1)[:, :15]].mean()
    counted = own / (1 - own) / (0.2 / 0.8)
    # without genes PCA takes nothing away
    predicted = neighbour_odds(Contrast(far, 1e-9), 0.2, 0.8, Setting(n, 1.0))
    assert predicted == pytest.approx(counted, rel=0.2)


def test_below_the_threshold_of_pca_there_is_nothing():
    """A strength at the square root of the aspect ratio: odds of 1, as without a difference."""
    ratio = 500.0 / 800
    edge = math.sqrt(ratio) / 0.09
    assert neighbour_odds(Contrast(edge * 0.999, 500.0), 0.1, 0.9, SETTING) == 1.0
    assert neighbour_odds(Contrast(edge * 2, 500.0), 0.1, 0.9, SETTING) > 1.0
    assert neighbour_odds(Contrast(0.0, 500.0), 0.1, 0.9, SETTING) == 1.0


def test_more_of_anything_helps():
    """Distance, cells and depth raise the odds; more genes of noise lower them."""
    at = [neighbour_odds(Contrast(d, 500.0), 0.1, 0.9, SETTING) for d in (20, 40, 80)]
    more = [neighbour_odds(Contrast(40, 500.0), 0.1, 0.9, replace(SETTING, n_cells=n)) for n in (200, 800, 3200)]
    wide = [neighbour_odds(Contrast(40, p), 0.1, 0.9, SETTING) for p in (2000.0, 500.0, 100.0)]
    deep = [odds(two(2.0), 1, 0, replace(SETTING, depth=d)) for d in (300.0, 1000.0, 3000.0)]
    for each in (at, more, wide, deep):
        assert each == sorted(each)
        assert each[0] < each[-1]


def test_factors_are_where_the_odds_are_enough():
    """At the factor of cells or depth the group is found, and at a little less it is not."""
    profiles = two(2.0)
    between = Seen.at(profiles, 1000.0).contrast(1, 0)
    share = (0.1, 0.9)
    cells = cell_factor(between, *share, SETTING)
    assert is_enough(between, *share, replace(SETTING, n_cells=800 * cells))
    assert not is_enough(between, *share, replace(SETTING, n_cells=800 * cells * 0.98))
    depth = depth_factor(profiles, 1, 0, SETTING)
    assert odds(profiles, 1, 0, replace(SETTING, depth=1000 * depth)) >= ENOUGH
    assert odds(profiles, 1, 0, replace(SETTING, depth=1000 * depth / 1.15)) < ENOUGH


def test_depths_that_were_seen_are_kept():
    """One call for another pair of clusters looks at no depth again."""
    seen = {}
    first = depth_factor(two(2.0), 1, 0, SETTING, seen=seen)
    n = len(seen)
    assert depth_factor(two(2.0), 1, 0, SETTING, seen=seen) == first
    assert len(seen) == n <= 8


def test_what_no_factor_reaches_is_infinite():
    """Equal clusters, and a group that is never enough."""
    assert cell_factor(Contrast(0.0, 100.0), 0.5, 0.5, SETTING) == math.inf
    assert depth_factor(two(1.0), 1, 0, SETTING) == math.inf
    assert least_factor(lambda x: x >= 2 * MOST, n_steps=5) == math.inf
    assert least_factor(lambda x: x >= 3.0, n_steps=30) == pytest.approx(3.0)


def test_tiny_groups_are_not_promised():
    """However far a group is, it needs the cells below which modularity merges it."""
    assert fewest_cells(Setting(15 * 400, 1.0)) == 20
    assert not is_enough(Contrast(1e4, 10.0), 4 / 800, 1 - 4 / 800, SETTING)
    assert is_enough(Contrast(1e4, 10.0), 10 / 800, 1 - 10 / 800, SETTING)


def test_genes_without_difference_or_noise():
    """Nothing between equal groups; of equal variances the effective number of genes is their number."""
    assert of_difference(np.zeros(5), np.ones(5)) == Contrast(0.0, 5.0)
    found = of_difference(np.array([2.0, 0, 0]), np.full(3, 4.0))
    assert (found.distance, found.n_effective) == (1.0, 3.0)
    assert of_difference(np.array([1.0, 0, 0]), np.ones(3), 0.5).distance == 0.5
    assert of_difference(np.array([1.0, 0.0]), np.zeros(2)).distance == 0.0


def test_a_resolution_that_keeps_a_large_group_whole_asks_for_more():
    """A group of 30 % is whole at 0.2 alone, at which two are one unless they have a fifth of the links of chance."""
    assert odds_needed(0.05, 0.95) == odds_needed(0.1, 0.9) == ENOUGH
    for share in (0.25, 0.3, 0.5):
        needed = odds_needed(share, 1 - share)
        assert 1 / (needed * share + 1 - share) == pytest.approx(0.2)
        assert needed > ENOUGH
