import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.realism.discrimination import classifier_auc


def draw(rng, n, *, factor=None, depth=1.0):
    rates = np.geomspace(0.2, 5.0, 60)
    if factor is not None:
        rates = rates * factor
    return sp.csr_matrix(rng.poisson(depth * rates, size=(n, 60)))


def test_cells_of_one_law_cannot_be_told_apart(rng):
    """Two draws of one law give an area within four standard errors of one half."""
    result = classifier_auc(draw(rng, 300), draw(rng, 300), rng=0)
    assert abs(result.value - 0.5) < 4 * max(result.error, 0.024)
    assert result.value == max(result.by_classifier.values())
    assert result.by_classifier[result.classifier] == result.value
    assert result.n_cells == 300


def test_depth_gives_nothing_away(rng):
    """Cells that differ in depth alone cannot be told apart, though their totals do not overlap."""
    result = classifier_auc(draw(rng, 250), draw(rng, 250, depth=3.0), rng=0)
    assert result.value < 0.62


def test_another_profile_is_seen(rng):
    """When a third of the genes is doubled, nearly every cell is told apart."""
    result = classifier_auc(draw(rng, 150), draw(rng, 150, factor=1 + (np.arange(60) % 3 == 0)), rng=0)
    assert result.value > 0.95


def test_independent_genes_are_told_from_correlated_ones(rng):
    """Equal margins without the correlation are told apart by the forest, which sees more than means."""
    factor = rng.lognormal(0.0, 0.8, size=(400, 1)) ** np.where(np.arange(60) % 2, 1.0, -1.0)
    real = rng.poisson(np.geomspace(0.5, 5.0, 60) * factor)
    shuffled = np.column_stack([rng.permutation(column) for column in real.T])
    assert classifier_auc(sp.csr_matrix(real), sp.csr_matrix(shuffled), rng=0).value > 0.8


def test_same_seed_same_area(rng):
    """The area depends on the cells and on rng alone; tables of unequal size are reduced to the smaller."""
    a, b = draw(rng, 40), draw(rng, 70)
    assert classifier_auc(a, b, rng=3) == classifier_auc(a, b, rng=3)
    assert classifier_auc(a, b, rng=3).n_cells == 40


def test_few_cells_are_refused(rng):
    """Five folds need ten cells of a kind."""
    with pytest.raises(UsageError, match="9 cells of a kind"):
        classifier_auc(draw(rng, 9), draw(rng, 30))
