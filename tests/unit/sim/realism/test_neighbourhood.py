import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import kstest
from sklearn.metrics import silhouette_samples

from rashomon.sim.realism import neighbourhood
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError


def planted(rng, **labels):
    mean = np.where(np.arange(80) % 2 == np.arange(200)[:, None] % 2, 4.0, 1.0)
    return Prepared(Cells(sp.csr_matrix(rng.poisson(mean)), **labels), root=0)


def test_hubs_have_mean_one(rng):
    """How often cells are neighbours has mean 1, whatever the number of cells."""
    found = neighbourhood.hub_share(planted(rng))
    assert found.mean() == pytest.approx(1.0)
    assert found.min() < 0.5
    assert found.max() > 1.5


def test_density_is_that_of_the_plain_loop(rng):
    """The sums of logarithms equal the formula of Latecki et al. written out in a plane."""
    points = rng.normal(size=(40, 2))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    k = 5
    indices = np.argsort(apart, axis=1)[:, 1 : k + 1]
    distances = np.take_along_axis(apart, indices, axis=1)
    estimate = np.zeros(40)
    for i in range(40):
        for j in indices[i]:
            width = distances[j, -1]
            reach = max(width, apart[i, j])
            estimate[i] += np.exp(-(reach**2) / (2 * width**2)) / (2 * np.pi * width**2) / k
    around = estimate[indices].mean(axis=1)
    found = neighbourhood.local_density(indices, distances, n_dims=2)
    np.testing.assert_allclose(found, around / (estimate + around), rtol=1e-9)


def test_outlier_has_density_factor_one(rng):
    """A point far from all others has a factor near 1, also in fifty dimensions."""
    points = np.vstack([rng.normal(size=(60, 50)), np.full(50, 9.0)])
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    indices = np.argsort(apart, axis=1)[:, 1:7]
    found = neighbourhood.local_density(indices, np.take_along_axis(apart, indices, axis=1), n_dims=50)
    assert found[-1] > 0.999
    assert np.isfinite(found).all()
    assert np.median(found[:-1]) < 0.9


def test_density_factors_are_those_of_the_components(rng):
    """The summary is the factor among the nearest 5 % in the principal components."""
    cells = planted(rng)
    indices, distances = cells.neighbours(10)
    expected = neighbourhood.local_density(indices, distances, n_dims=50)
    np.testing.assert_array_equal(neighbourhood.local_density_factor(cells), expected)


def test_silhouettes_are_those_of_scikit_learn(rng):
    """Widths equal scikit-learn's; cells without a group are left out."""
    groups = np.where(np.arange(200) < 180, np.arange(200) % 2, -1)
    cells = planted(rng, groups=groups)
    expected = silhouette_samples(cells.pcs[:180].astype(float), groups[:180])
    np.testing.assert_allclose(neighbourhood.silhouette_by_group(cells), expected, atol=1e-5)


def test_mixing_is_uniform_for_random_batches_and_low_for_planted_ones(rng):
    """Batches drawn at random give p-values with the mean of a uniform law; batches that are groups give zeros."""
    random = neighbourhood.mixing_by_batch(planted(rng, batches=rng.permutation(np.arange(200) % 2)))
    assert kstest(random, "uniform").statistic < 0.25
    apart = neighbourhood.mixing_by_batch(planted(rng, batches=np.arange(200) % 2))
    assert np.median(apart) < 0.01


def test_small_batches_do_not_pass_for_unmixed_ones(rng):
    """Random batches of 90, 50 and 60 cells take more than half of the smallest: no score is 0 for want of cells."""
    batches = rng.permutation(np.repeat([0, 1, 2], [90, 50, 60]))
    found = neighbourhood.mixing_by_batch(planted(rng, batches=batches))
    assert (found == 0).mean() < 0.02


def test_too_few_cells_of_a_batch_are_refused(rng):
    """A batch that cannot fill the test is named; one group is none."""
    with pytest.raises(UndefinedSummaryError, match="too few cells of a second batch"):
        neighbourhood.mixing_by_batch(planted(rng, batches=(np.arange(200) < 20).astype(int)))
    with pytest.raises(UndefinedSummaryError, match="fewer than 2 groups"):
        neighbourhood.silhouette_by_group(planted(rng, groups=np.zeros(200, dtype=int)))
