"""Laws of residuals of one population."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.structure.residual import MIN_CELLS_OF_GENE, residuals
from tests.structure_sample import groups, sample


def by_hand(x, batch, depth, rates, dispersion):
    """The definition, dense: asinh of clipped Pearson residuals, centred per batch."""
    mu = depth[:, None] * rates[batch]
    clip = np.sqrt(x.shape[0])
    value = np.arcsinh(np.clip((x - mu) / np.sqrt(np.maximum(mu + dispersion * mu**2, 1e-300)), -clip, clip))
    value[mu == 0] = 0
    for code in np.unique(batch):
        value[batch == code] -= value[batch == code].mean(axis=0)
    return value


def test_values_follow_the_definition(rng):
    """With its own depth, batch rates and dispersion the dense formula gives the same values."""
    made = sample("batches", rng, n=120, g=60)
    found = residuals(made.counts, batch=made.batch)
    x = made.counts.toarray()[:, found.genes]
    rates = np.array([x[made.batch == b].sum(axis=0) / found.depth[made.batch == b].sum() for b in range(4)])
    expected = by_hand(x, made.batch, found.depth, rates, found.dispersion)
    np.testing.assert_allclose(found.values, expected, atol=2e-5)


def test_genes_come_by_falling_variance(rng):
    """The first columns are the most variable genes, so fewer genes are a prefix."""
    made = groups(rng, n=150, g=80)
    found = residuals(made.counts)
    variance = found.values.var(axis=0)
    assert (np.diff(variance) <= 1e-6).all()
    fewer = residuals(made.counts, n_genes=12)
    np.testing.assert_array_equal(fewer.genes, found.genes[:12])
    np.testing.assert_array_equal(fewer.values, found.leading(12).values)


def test_rare_genes_take_no_part(rng):
    """A gene seen in four cells is left out; one seen in five stays."""
    x = rng.poisson(3.0, (50, 12))
    x[:, 0], x[:, 1] = 0, 0
    x[: MIN_CELLS_OF_GENE - 1, 0] = 7
    x[:MIN_CELLS_OF_GENE, 1] = 7
    found = residuals(sp.csr_matrix(x))
    assert 0 not in found.genes
    assert 1 in found.genes


def test_a_batch_effect_leaves_nothing(rng):
    """Genes that differ between batches by a factor only are residuals of mean 0 in each batch."""
    batch = np.repeat(["a", "b"], 100)
    x = rng.poisson(np.where(batch[:, None] == "a", 1.0, 9.0) * np.ones(30))
    values = residuals(sp.csr_matrix(x), batch=batch).values
    assert abs(values[:100].mean(axis=0)).max() < 1e-6
    assert abs(values[100:].mean(axis=0)).max() < 1e-6


def test_order_of_cells_does_not_matter(rng):
    """Cells in another order have the same residuals."""
    made = sample("heavy", rng, n=100, g=40)
    order = rng.permutation(100)
    one, two = residuals(made.counts), residuals(made.counts[order])
    np.testing.assert_array_equal(one.genes, two.genes)
    np.testing.assert_allclose(one.values[order], two.values, atol=1e-5)


def test_one_wild_gene_does_not_move_the_depth(rng):
    """A gene with a third of the counts that is on in some cells hardly changes the size factors of the cells."""
    x = rng.poisson(4.0, (200, 100))
    true = x.sum(axis=1) / x.sum(axis=1).mean()
    x[:, 0] = rng.poisson(np.where(rng.random(200) < 0.1, 2000, 5))
    total = x.sum(axis=1) / x.sum(axis=1).mean()
    depth = residuals(sp.csr_matrix(x)).depth
    assert np.corrcoef(depth, true)[0, 1] > 0.8
    assert np.corrcoef(total, true)[0, 1] < 0.3


def test_an_empty_cell_has_no_residual(rng):
    """A cell without counts has depth 0 and equal residuals before centring; nothing is NaN."""
    x = rng.poisson(2.0, (40, 20))
    x[0] = 0
    found = residuals(sp.csr_matrix(x))
    assert found.depth[0] == 0
    assert np.isfinite(found.values).all()


@pytest.mark.parametrize("value", [-1.0, 0.5])
def test_no_counts_are_refused(value):
    """Negative or fractional values are no counts."""
    with pytest.raises(UsageError, match="no counts"):
        residuals(sp.csr_matrix(np.full((10, 3), value)))


def test_batch_of_other_cells_is_refused():
    """One label per cell."""
    with pytest.raises(UsageError, match="batch has shape"):
        residuals(sp.csr_matrix(np.ones((10, 3))), batch=np.zeros(9))
