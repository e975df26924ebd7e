"""Scores of labels with random errors, against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from rashomon.core import UsageError
from rashomon.sim.limit import ari_of_error, nmi_of_error


@pytest.mark.parametrize("k", [2, 3, 6])
@pytest.mark.parametrize("error", [0.0, 0.1, 0.3, 0.5])
def test_scores_of_labels_with_errors(k, error):
    """A table with exactly this share of wrong cells, equal to the closed forms up to terms of order k^2 / n."""
    size = 6000
    wrong = round(size * error / (k - 1))
    table = np.full((k, k), wrong) + np.eye(k, dtype=int) * (size - k * wrong)
    assert (table.sum(axis=1) == size).all()
    truth = np.repeat(np.repeat(np.arange(k), k), table.ravel())
    found = np.repeat(np.tile(np.arange(k), k), table.ravel())
    assert ari_of_error(error, n_groups=k) == pytest.approx(adjusted_rand_score(truth, found), abs=1e-3)
    assert nmi_of_error(error, n_groups=k) == pytest.approx(normalized_mutual_info_score(truth, found), abs=1e-9)


def test_two_groups_give_the_known_formulas():
    """(1 - 2 e)^2, and 1 minus the entropy of a coin in bits."""
    e = np.linspace(0.01, 0.99, 9)
    np.testing.assert_allclose(ari_of_error(e), (1 - 2 * e) ** 2)
    np.testing.assert_allclose(nmi_of_error(e), 1 + e * np.log2(e) + (1 - e) * np.log2(1 - e))


@pytest.mark.parametrize("k", [2, 3, 6])
def test_guessing_scores_nothing(k):
    """At the error of guessing both scores are 0, without error both are 1."""
    guess = 1 - 1 / k
    for score in (ari_of_error, nmi_of_error):
        np.testing.assert_allclose(score([guess, 0.0], n_groups=k), [0.0, 1.0], atol=1e-12)


def test_refusals_name_the_place():
    """Errors above 1 and a single group are refused."""
    with pytest.raises(UsageError, match=r"(?s)error holds 1\.5.*ari_of_error"):
        ari_of_error(1.5)
    with pytest.raises(UsageError, match=r"(?s)n_groups is 1.*nmi_of_error"):
        nmi_of_error(0.1, n_groups=1)
