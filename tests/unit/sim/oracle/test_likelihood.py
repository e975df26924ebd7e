"""Log-likelihood of cells given their state, against scipy and brute force."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats
from scipy.special import logsumexp

from rashomon.core import UsageError
from rashomon.core.thread import THREADS
from rashomon.sim.oracle import DepthTable, KnownDepth, LogNormalDepth, log_likelihood

N_CELLS, N_STATES = 4, 3
STEP = 0.0005
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)


def log_mass(x, mean, dispersion, extra_zeros):
    """Log probability of counts by scipy, genes on the last axis."""
    size = 1 / np.maximum(dispersion, 1e-300)
    value = np.where(dispersion > 0, stats.nbinom.logpmf(x, size, 1 / (1 + dispersion * mean)), 0)
    value = np.where(dispersion > 0, value, stats.poisson.logpmf(x, mean))
    if extra_zeros > 0:
        value = np.where(
            x == 0, np.log(extra_zeros + (1 - extra_zeros) * np.exp(value)), np.log1p(-extra_zeros) + value
        )
    return value.sum(axis=-1)


class World:
    """Cells of three states, drawn by numpy."""

    def __init__(self, rng, *, molecules, n_genes, extra_zeros=0.0, ambient=False):
        self.rates = rng.dirichlet(np.full(n_genes, 0.5), N_STATES) + 1e-6
        self.dispersion = np.where(rng.random(n_genes) < 0.2, 0, rng.gamma(1, 0.5, n_genes))
        self.extra_zeros = extra_zeros
        self.ambient = rng.gamma(1, 0.05 * molecules / n_genes, (2, n_genes)) if ambient else None
        self.group = rng.integers(0, 2, N_CELLS) if ambient else None
        self.mean, self.sd = np.log(molecules) + rng.normal(0, 0.3, (N_CELLS, N_STATES)), np.array([0.1, 0.4, 0.9])
        state = rng.integers(0, N_STATES, N_CELLS)
        self.depth = np.exp(rng.normal(self.mean[np.arange(N_CELLS), state], self.sd[state]))
        mean = self.depth[:, None] * self.rates[state] + self.beside(np.arange(N_CELLS))
        spread = np.maximum(self.dispersion, 1e-9)
        counts = rng.poisson(mean * np.where(self.dispersion > 0, rng.gamma(1 / spread, spread, mean.shape), 1))
        self.counts = counts * (rng.random(counts.shape) >= extra_zeros)

    def beside(self, cells):
        return 0.0 if self.ambient is None else self.ambient[self.group[cells]]

    def found(self, depth, counts=None):
        counts = sp.csr_matrix((self.counts if counts is None else counts).astype(np.float32))
        given = {"dispersion": self.dispersion, "ambient": self.ambient, "ambient_group": self.group}
        return log_likelihood(counts, self.rates, depth=depth, extra_zeros=self.extra_zeros, **given)

    def at(self, i, s, t):
        """Log-likelihood of a cell at log depths `t`, by scipy."""
        mean = np.exp(np.atleast_1d(t))[:, None] * self.rates[s] + self.beside(i)
        return log_mass(self.counts[i], mean, self.dispersion, self.extra_zeros)

    def each(self, function):
        return np.array([[function(i, s) for s in range(N_STATES)] for i in range(N_CELLS)])


CASES = [
    {"molecules": 4, "n_genes": 30},
    {"molecules": 4, "n_genes": 30, "extra_zeros": 0.02},
    {"molecules": 100, "n_genes": 30, "ambient": True},
    {"molecules": 1000, "n_genes": 50},
    {"molecules": 1000, "n_genes": 50, "extra_zeros": 0.1, "ambient": True},
    {"molecules": 20_000, "n_genes": 50, "ambient": True},
]


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case.values())))
def world(request, rng):
    return World(rng, **request.param)


def test_known_depth_equals_scipy(world):
    """With the depth given, the value is the sum of log probabilities of scipy."""
    expected = world.each(lambda i, s: world.at(i, s, np.log(world.depth[i]))[0])
    np.testing.assert_allclose(world.found(KnownDepth(world.depth)), expected, rtol=1e-9, atol=1e-9)


def test_normal_law_equals_brute_force(world):
    """With a log-normal depth, likelihoods equal a sum over 20,001 depths to 1e-6 of themselves."""

    def brute(i, s):
        mean, sd = world.mean[i, s], world.sd[s]
        # likelihood and law may lie 20 standard deviations apart
        t = np.linspace(mean - 25 * sd, mean + 25 * sd, 8001)
        return logsumexp(world.at(i, s, t) + stats.norm.logpdf(t, mean, sd)) + np.log(t[1] - t[0])

    found = world.found(LogNormalDepth(world.mean, world.sd))
    np.testing.assert_allclose(found, world.each(brute), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n_quantiles", [2, 6, 100])
def test_quantile_table_equals_brute_force(world, n_quantiles, rng):
    """With quantiles, a point mass among them, likelihoods equal fine Gauss quadrature over known depths."""
    table = np.sort(rng.normal(np.log(world.counts.sum(axis=1).mean() + 1), 0.5, (N_STATES, n_quantiles)), axis=1)
    if n_quantiles > 2:
        table[:, 3] = table[:, 2]

    def brute(i, s):
        t, log_weight = [table[s, 2:3]] if n_quantiles > 2 else [], [np.zeros(1)] if n_quantiles > 2 else []
        for a, b in pairwise(table[s]):
            n_pieces = max(1, int(np.ceil((b - a) / STEP)))
            if b > a:
                t.append((a + (b - a) / n_pieces * (np.arange(n_pieces)[:, None] + 0.5 + 0.5 * NODES)).ravel())
                log_weight.append(np.log(np.tile(WEIGHTS / 2, n_pieces) / n_pieces))
        t = np.concatenate(t)
        cells = np.full(t.size, i)
        found = log_likelihood(
            sp.csr_matrix(world.counts[cells].astype(np.float32)),
            world.rates[s : s + 1],
            dispersion=world.dispersion,
            depth=KnownDepth(np.exp(t)),
            ambient=world.ambient,
            ambient_group=None if world.group is None else world.group[cells],
            extra_zeros=world.extra_zeros,
        )
        return logsumexp(found[:, 0] + np.concatenate(log_weight)) - np.log(n_quantiles - 1)

    np.testing.assert_allclose(world.found(DepthTable(table)), world.each(brute), rtol=1e-9, atol=1e-6)


def test_a_narrow_law_is_a_known_depth(rng):
    """A standard deviation of 1e-5 gives what the depth itself gives."""
    world = World(rng, molecules=300, n_genes=40)
    known = world.found(KnownDepth(world.depth))
    np.testing.assert_allclose(world.found(LogNormalDepth(np.log(world.depth)[:, None], 1e-5)), known, atol=1e-5)


def test_an_empty_cell_has_its_zeros(rng):
    """A cell without counts has the expectation of exp(Z) over the depth, from Gauss-Hermite quadrature."""
    world = World(rng, molecules=20, n_genes=30)
    found = world.found(LogNormalDepth(np.log(20.0), 0.5), counts=np.zeros((2, 30)))
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    mean = 20.0 * np.exp(0.5 * nodes)[:, None, None] * world.rates
    zeros = log_mass(np.zeros(30), mean, world.dispersion, 0.0)
    expected = logsumexp(zeros, b=weights[:, None] / weights.sum(), axis=0)
    np.testing.assert_allclose(found, np.tile(expected, (2, 1)), atol=1e-8)


def test_likelihoods_of_all_counts_sum_to_one():
    """For one gene, the probabilities of 0, 1, ... add up to 1, whatever the law of the depth."""
    counts = sp.csr_matrix(np.arange(3000.0)[:, None])
    for depth in (
        LogNormalDepth(2.0, 0.5),
        DepthTable(np.array([[0.0, 1.0, 1.0, 3.0]])),
        KnownDepth(np.full(3000, 9.0)),
    ):
        found = log_likelihood(
            counts, np.ones((1, 1)), dispersion=np.array([0.3]), depth=depth, extra_zeros=0.2, ambient=np.ones((1, 1))
        )
        assert np.exp(found).sum() == pytest.approx(1, abs=1e-7)


def test_impossible_counts_have_likelihood_zero():
    """A count of a gene that a state does not express excludes the state, unless ambient molecules explain it."""
    counts, rates = sp.csr_matrix(np.array([[2.0, 0.0]])), np.array([[0.0, 1.0], [0.5, 0.5]])
    given = {"dispersion": np.zeros(2), "depth": LogNormalDepth(1.0, 0.3)}
    alone = log_likelihood(counts, rates, **given)
    assert alone[0, 0] == -np.inf
    assert np.isfinite(alone[0, 1])
    assert np.isfinite(log_likelihood(counts, rates, ambient=np.full((1, 2), 0.1), **given)).all()


def test_threads_and_neighbours_change_nothing(rng, monkeypatch):
    """One thread or two, a cell alone or among 300: the same bits."""
    rates, counts = rng.dirichlet(np.ones(20), 3), sp.csr_matrix(rng.poisson(1.0, (300, 20)).astype(np.float32))
    given = {"dispersion": np.full(20, 0.2), "depth": LogNormalDepth(np.log(20.0), 0.4)}
    both = []
    for n_threads in ("1", "2"):
        monkeypatch.setenv(THREADS, n_threads)
        both.append(log_likelihood(counts, rates, **given))
    np.testing.assert_array_equal(*both)
    np.testing.assert_allclose(log_likelihood(counts[7:8], rates, **given), both[0][7:8], rtol=1e-12)


def test_stored_zeros_and_duplicates_are_counts():
    """Explicit zeros and entries that are stored twice mean what the dense matrix means."""
    stored = sp.csr_matrix((np.array([1.0, 2.0, 0.0]), np.array([1, 1, 0]), np.array([0, 3])), shape=(1, 2))
    given = {"dispersion": np.zeros(2), "depth": KnownDepth(np.array([4.0]))}
    rates = np.array([[0.5, 0.5]])
    expected = stats.poisson.logpmf([0, 3], 2.0).sum()
    np.testing.assert_allclose(log_likelihood(stored, rates, **given), [[expected]])


def test_no_cells_give_no_rows():
    """A matrix without cells is legal."""
    depth = LogNormalDepth(0.0, 1.0)
    assert log_likelihood(sp.csr_matrix((0, 2)), np.ones((3, 2)), dispersion=np.ones(2), depth=depth).shape == (0, 3)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"counts": sp.csr_matrix([[0.5, 1.0]])}, "no whole numbers"),
        ({"counts": sp.csr_matrix([[-1.0, 1.0]])}, "no whole numbers"),
        ({"rates": np.ones((2, 3))}, "rates has shape"),
        ({"rates": np.array([[0.0, 0.0]])}, "expresses no gene"),
        ({"rates": np.array([[-1.0, 2.0]])}, "below 0"),
        ({"dispersion": np.array([np.nan, 1.0])}, "dispersion holds"),
        ({"ambient": np.zeros((2, 2))}, "no groups of cells"),
        ({"ambient": np.zeros((2, 2)), "ambient_group": np.array([2])}, "do not fit"),
        ({"extra_zeros": 1.0}, r"extra_zeros is 1\.0"),
    ],
)
def test_what_does_not_fit_is_refused(change, what):
    """Fractions, negative rates, other numbers of genes or groups, and a certain zero are errors; the rest is not."""
    healthy = {"counts": sp.csr_matrix([[1.0, 2.0]]), "rates": np.ones((1, 2)), "dispersion": np.zeros(2)}
    healthy |= {"depth": KnownDepth(np.ones(1))}

    def call(counts, rates, **given):
        return log_likelihood(counts, rates, **given)

    assert np.isfinite(call(**healthy)).all()
    with pytest.raises(UsageError, match=what):
        call(**(healthy | change))
