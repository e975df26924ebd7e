"""Laws of leading components."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.structure.component import leading_components, whiten
from rashomon.structure.residual import Residuals, residuals
from tests.structure_sample import groups


def of_values(values):
    """Residuals with these values; the rest plays no part."""
    n, g = values.shape
    return Residuals(values.astype(np.float32), np.arange(g), np.zeros(n), np.ones(n), np.ones(g), np.zeros(g))


@pytest.mark.parametrize(("n", "g"), [(80, 30), (30, 80), (900, 700)])
def test_equal_to_the_singular_value_decomposition(rng, n, g):
    """Eigenvalues and scores are those of numpy's SVD, for few cells, few genes, and many of both."""
    values = rng.standard_normal((n, g)) * np.linspace(3, 0.2, g)
    values[:, :5] *= [6, 5, 4, 3, 2]
    found, scores = leading_components(of_values(values), 5)
    left, singular, _ = np.linalg.svd(values.astype(np.float32).astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(found, singular[:5] ** 2 / n, rtol=1e-3)
    np.testing.assert_allclose(abs((left[:, :5] * scores).sum(axis=0)), np.sqrt(n), rtol=2e-3)


def test_scores_are_white(rng):
    """Variance 1, no correlation, mean 0, and the same bits again."""
    found = residuals(groups(rng, n=120, g=60).counts)
    scores = whiten(found, 4)
    np.testing.assert_allclose(scores.T @ scores / 120, np.eye(4), atol=1e-4)
    assert abs(scores.mean(axis=0)).max() < 1e-4
    np.testing.assert_array_equal(scores, whiten(found, 4))


def test_groups_are_on_the_first_component(rng):
    """Of two clear groups the first score is the group."""
    made = groups(rng, n=200, g=60, markers=20)
    first = whiten(residuals(made.counts), 2, n_genes=30)[:, 0]
    assert abs(np.corrcoef(first, made.group)[0, 1]) > 0.9


def test_too_many_components_are_refused(rng):
    """There are no more components than genes."""
    with pytest.raises(UsageError, match="5 components of 20 cells and 4 genes"):
        whiten(of_values(rng.standard_normal((20, 4))), 5)
