"""Counts by inversion: their law, their coupling, their sparsity."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.count import Mixture, draw_counts


def constant(mean, *, dispersion, n=20_000, root=3, **more):
    """Counts of `n` cells in one gene, all of one law."""
    mixture = Mixture(np.ones((1, 1), "f4"), np.zeros((n, 1), "i4"), np.full((n, 1), float(mean)))
    drawn = draw_counts(mixture, np.array([dispersion]), cells=np.arange(n), root=root, **more)
    return drawn.toarray()[:, 0]


def law(mean, dispersion):
    """The same law from another library."""
    if dispersion == 0.0:
        return stats.poisson(mean)
    return stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))


def grid(means, dispersion, *, root=1, **more):
    """Counts for a dense table of means."""
    n_cells, n_genes = means.shape
    mixture = Mixture(means.astype("f4"), np.arange(n_cells, dtype="i4")[:, None], np.ones((n_cells, 1)))
    return draw_counts(mixture, np.full(n_genes, dispersion), cells=np.arange(n_cells), root=root, **more)


@pytest.mark.parametrize(
    ("mean", "dispersion"),
    [(0.01, 0.0), (0.5, 0.0), (7.0, 0.0), (0.01, 5.0), (0.4, 0.1), (3.0, 0.3), (20.0, 0.05), (3.0, 50.0), (2.0, 1e-5)],
)
def test_small_counts_have_the_law_of_scipy(mean, dispersion):
    """Counts of one mean and dispersion follow scipy's negative binomial or Poisson law (chi-square, p > 1e-4)."""
    found, known = constant(mean, dispersion=dispersion), law(mean, dispersion)
    last = int(known.ppf(1 - 10 / found.size))
    edges = np.unique(np.r_[known.ppf(np.linspace(0, 1 - 10 / found.size, 15)[1:]), last])
    expected = np.diff(np.r_[0.0, known.cdf(edges), 1.0]) * found.size
    observed = np.diff(np.r_[0, [np.count_nonzero(found <= edge) for edge in edges], found.size])
    assert stats.chisquare(observed, expected).pvalue > 1e-4


@pytest.mark.parametrize("mean", [700.0, 900.0, 2e4, 1e6])
@pytest.mark.parametrize("dispersion", [0.0, 1e-3, 0.1, 2.0])
def test_large_counts_have_the_law_of_scipy(mean, dispersion):
    """Where P(0) is below the smallest double, the rank of a count in scipy's law is uniform (KS, p > 1e-4)."""
    n = 2_000 if mean < 1e5 else 200
    found, known = constant(mean, dispersion=dispersion, n=n), law(mean, dispersion)
    middle = 0.5 * (known.cdf(found) + known.cdf(found - 1))
    assert stats.kstest(middle, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("dispersion", [0.0, 0.1, 3.0, 200.0])
def test_a_count_is_the_quantile_at_its_number(dispersion):
    """Counts equal scipy's quantile function at the uniform number of their address, up to ties of rounding."""
    from rashomon.sim.stream import stream_key, uniforms

    n = 3_000
    chance = uniforms(stream_key(3, "count"), np.arange(n))[:, 0]
    found = constant(12.5, dispersion=dispersion, n=n)
    assert np.count_nonzero(found != law(12.5, dispersion).ppf(chance)) <= 1


@pytest.mark.parametrize("dispersion", [0.0, 0.3, 20.0])
def test_a_larger_mean_never_gives_a_smaller_count(dispersion):
    """With shared numbers, counts are monotone in the mean, across the start of the sum that avoids underflow too."""
    means = [0.0, 0.01, 0.5, 0.9, 1.0, 3.0, 30.0, 650.0, 699.0, 701.0, 800.0, 5000.0]
    counts = np.array([constant(mean, dispersion=dispersion, n=400) for mean in means])
    assert (np.diff(counts, axis=0) >= 0).all()
    assert counts[0].max() == 0


def test_a_cell_is_the_same_alone():
    """The counts of a cell depend on its number, not on its place or company."""
    means = np.random.default_rng(0).gamma(0.5, 2.0, (12, 40)).astype("f4")
    every = grid(means, 0.2).toarray()
    for cell in (0, 5, 11):
        mixture = Mixture(means[[cell]], np.zeros((1, 1), "i4"), np.ones((1, 1)))
        alone = draw_counts(mixture, np.full(40, 0.2), cells=np.array([cell]), root=1)
        np.testing.assert_array_equal(alone.toarray()[0], every[cell])


def test_entries_of_unchanged_mean_stay():
    """A change of some means leaves all other entries as they are; another root changes most."""
    means = np.full((50, 30), 4.0)
    changed = means.copy()
    changed[:, 7] = 9.0
    first, second = grid(means, 0.1).toarray(), grid(changed, 0.1).toarray()
    np.testing.assert_array_equal(np.delete(first, 7, 1), np.delete(second, 7, 1))
    assert (first[:, 7] != second[:, 7]).mean() > 0.5
    assert (first != grid(means, 0.1, root=2).toarray()).mean() > 0.5


def test_parts_of_a_mixture_add_up():
    """A cell of two parts has the counts of a cell whose mean is the weighted sum; a part of weight 0 adds nothing."""
    rates = np.array([[1, 2, 0], [4, 0, 8]], "f4")
    rows, weights = np.tile(np.array([[0, 1]], "i4"), (60, 1)), np.tile([[3.0, 0.5]], (60, 1))
    mixture = Mixture(rates, rows, weights)
    np.testing.assert_array_equal(mixture.means(), np.tile([5.0, 6.0, 4.0], (60, 1)))
    sums = Mixture(np.array([[5, 6, 4]], "f4"), np.zeros((60, 1), "i4"), np.ones((60, 1)))
    none = Mixture(rates, rows, np.tile([[3.0, 0.0]], (60, 1)))
    alone = Mixture(rates[:1], np.zeros((60, 1), "i4"), np.full((60, 1), 3.0))
    for a, b in ((mixture, sums), (none, alone)):
        drawn = [draw_counts(each, np.full(3, 0.2), cells=np.arange(60), root=4).toarray() for each in (a, b)]
        np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize("mean", [0.4, 30.0])
def test_extra_zeros_remove_a_share_of_entries_and_nothing_else(mean):
    """An entry is set to zero with the probability asked for, or keeps its count."""
    full, thinned = constant(mean, dispersion=0.1), constant(mean, dispersion=0.1, extra_zeros=0.3)
    present = full > 0
    lost = present & (thinned == 0)
    np.testing.assert_array_equal(thinned[~lost], full[~lost])
    assert stats.binomtest(int(lost.sum()), int(present.sum()), 0.3).pvalue > 1e-4
    assert constant(mean, dispersion=0.1, extra_zeros=1.0).max() == 0


def test_the_matrix_is_canonical():
    """Rows are float32 CSR with sorted indices and no stored zeros."""
    drawn = grid(np.random.default_rng(1).gamma(0.3, 1.0, (30, 80)), 0.5, extra_zeros=0.2)
    assert (drawn.dtype, drawn.format, drawn.indices.dtype) == (np.float32, "csr", np.int32)
    assert drawn.data.min() >= 1
    assert drawn.has_canonical_format


def test_no_molecules_give_no_counts():
    """A mean of zero gives zero for every dispersion, and so do no cells at all."""
    for dispersion in (0.0, 0.1, 1000.0):
        assert constant(0.0, dispersion=dispersion, n=50).max() == 0
    assert grid(np.zeros((0, 5)), 0.1).shape == (0, 5)


@pytest.mark.parametrize("dispersion", [1e-8, 1e-7])
def test_a_very_small_dispersion_is_nearly_poisson(dispersion):
    """At variance = mean up to 0.1 %, counts differ from those of the Poisson law by at most one."""
    np.testing.assert_allclose(
        constant(1000.0, dispersion=dispersion, n=2000), constant(1000.0, dispersion=0.0, n=2000), atol=1
    )


@pytest.mark.parametrize("dispersion", [1e-15, 1e-12])
def test_a_dispersion_of_almost_nothing_is_poisson(dispersion):
    """Below any visible overdispersion, large counts are those of the Poisson law, up to one molecule."""
    np.testing.assert_allclose(
        constant(1000.0, dispersion=dispersion, n=2000), constant(1000.0, dispersion=0.0, n=2000), atol=1
    )
