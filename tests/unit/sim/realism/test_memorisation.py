import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.realism.memorisation import nearest_distance


@pytest.fixture
def tables(rng):
    rates = rng.gamma(2.0, 1.5, size=(3, 80))
    return [sp.csr_matrix(rng.poisson(rates[rng.integers(3, size=120)])) for _ in range(3)]


def test_fresh_cells_are_as_far_as_held_out_ones(tables):
    """Simulated cells of the true law have a ratio near 1, a share too near of about 5 %, and no copies."""
    result = nearest_distance(*tables, rng=0)
    assert result.ratio == pytest.approx(1.0, abs=0.1)
    assert result.too_near_frac == pytest.approx(0.05, abs=0.07)
    assert result.n_copies == 0
    assert result.n_simulated == 120


def test_copies_are_found(tables):
    """Fitted cells handed out as simulated ones are counted, in any order, and lie at distance 0."""
    fitted, held_out, _ = tables
    result = nearest_distance(fitted, held_out, fitted[::-1], rng=0)
    assert result.ratio == pytest.approx(0.0, abs=1e-3)
    assert result.too_near_frac == 1.0
    assert result.n_copies == 120
    half = nearest_distance(fitted, held_out, sp.vstack([fitted[:30], tables[2][:90]]), rng=0)
    assert half.n_copies == 30


def test_lightly_blurred_copies_lie_too_near(tables, rng):
    """Copies that lose one molecule in fifty are no exact copies, and are still nearer than new cells."""
    fitted, held_out, _ = tables
    blurred = sp.csr_matrix(rng.binomial(fitted.toarray().astype(int), 0.98))
    result = nearest_distance(fitted, held_out, blurred, rng=0)
    assert result.n_copies < 20
    assert result.ratio < 0.6
    assert result.too_near_frac > 0.8


def test_cells_from_elsewhere_are_far(tables, rng):
    """Simulated cells of another population have a ratio above 1."""
    other = sp.csr_matrix(rng.poisson(rng.gamma(2.0, 1.5, size=80), size=(120, 80)))
    assert nearest_distance(*tables[:2], other, rng=0).ratio > 1.3


def test_empty_cells_are_no_copies(tables):
    """Two empty cells are equal, and say nothing about copying."""
    fitted = sp.vstack([tables[0], sp.csr_matrix((1, 80))], format="csr")
    assert nearest_distance(fitted, tables[1], sp.vstack([tables[2], sp.csr_matrix((5, 80))])).n_copies == 0


def test_small_tables_are_refused(tables):
    """Fewer than ten cells give no quantile."""
    with pytest.raises(UsageError, match="fewer than 10 cells"):
        nearest_distance(tables[0], tables[1][:9], tables[2])
