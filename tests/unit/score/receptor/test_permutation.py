import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.receptor.consistency import consistency_all
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.permutation import (
    baseline,
    combined_strata,
    orders,
    permuted_scores,
    permuted_vector_scores,
)
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention


def test_mean_equals_that_of_all_permutations(rng):
    """Over all permutations of seven receptors, one with two labels, spelt out; retention never moves."""
    sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1], [0, 1], [1, 0]], dtype=bool))
    labels = np.array([0, 0, 0, 1, 1, -1, -1])
    every = [group(labels, sets[list(order)]).tally() for order in itertools.permutations(range(7))]
    draws = permuted_scores(group(labels, sets), [purity, consistency_all, retention], n_permutations=4000, rng=rng)
    for k, score in enumerate((purity, consistency_all)):
        expected = np.array([score(tally) for tally in every])
        assert abs(draws[:, k].mean() - expected.mean()) < 5 * expected.std() / np.sqrt(4000)
    assert set(draws[:, 2]) == {5 / 7}


def test_strata_hold_their_labels(rng):
    """Where the strata are the labels, permutation within them changes nothing."""
    truth, labels = rng.integers(0, 4, 100), rng.integers(0, 20, 100)
    grouping = group(labels, sp.csr_matrix(np.eye(4, dtype=bool)[truth]))
    draws = permuted_scores(grouping, [purity], strata=truth, n_permutations=10, rng=rng)
    assert set(draws[:, 0]) == {purity(grouping.tally())}


def test_strata_are_those_of_all_receptors(rng):
    """Codes of strata are given for all receptors and taken for the labelled ones."""
    labels, strata = np.array([0, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 5])
    sets = sp.csr_matrix(np.array([[1, 0], [0, 1], [1, 0], [0, 1], [0, 0]], dtype=bool))
    draws = permuted_scores(group(labels, sets), [purity], strata=strata, n_permutations=5, rng=rng)
    assert set(draws[:, 0]) == {0.5}


def test_all_orders_within_strata_are_equally_likely(rng):
    """The four orders of two strata of two items come equally often (chance of failure below 1e-6)."""
    found = pd.Series([tuple(o) for o in orders(4, strata=np.array([3, -1, 3, -5]), n_permutations=4000, rng=rng)])
    count = found.value_counts()
    assert len(count) == 4
    assert abs(count - 1000).max() < 5 * np.sqrt(750)


def test_combined_strata_are_those_of_pandas(rng):
    """Two receptors are in one stratum when all codes agree."""
    v, length = rng.integers(-1, 5, 80), rng.integers(10, 14, 80)
    expected = pd.DataFrame({"v": v, "length": length}).groupby(["v", "length"]).ngroup()
    np.testing.assert_array_equal(combined_strata(v, length), expected)


def test_p_counts_draws_at_least_as_good():
    """One is added above and below; a smaller-is-better score counts the other way; NaN draws do not count."""
    draws = np.array([0.1, 0.2, 0.3, np.nan])
    assert baseline(0.2, draws).p == pytest.approx(3 / 4)
    assert baseline(0.2, draws, direction=-1).p == pytest.approx(3 / 4)
    assert baseline(1.0, draws).p == pytest.approx(1 / 4)
    assert baseline(0.2, draws).mean == pytest.approx(0.2)


def test_undefined_values_have_no_baseline():
    """The reason is said."""
    assert baseline(np.nan, np.array([0.1])).reason == "no baseline: the score is undefined"
    assert baseline(0.1, np.array([np.nan])).reason.endswith("in every permutation")


def test_unknown_codes_stay_where_they_are(rng):
    """Only known donors change places, and only within strata."""
    seen = []
    codes = np.array([0, -1, 1, 2, 3])
    permuted_vector_scores(
        codes, [lambda c: seen.append(c.copy()) or 0.0], strata=np.array([0, 0, 0, 1, 1]), n_permutations=20, rng=rng
    )
    assert {c[1] for c in seen} == {-1}
    assert {tuple(sorted(c[[0, 2]])) for c in seen} == {(0, 1)}
    assert {tuple(sorted(c[[3, 4]])) for c in seen} == {(2, 3)}


def test_nothing_to_permute_is_refused(rng):
    """At least one permutation, and at least one code to combine."""
    with pytest.raises(UsageError, match="0 permutations"):
        next(orders(3, n_permutations=0, rng=rng))
    with pytest.raises(UsageError, match="no codes to combine"):
        combined_strata()


@pytest.mark.parametrize("span", [1, 7, 10**6, 2**40])
@pytest.mark.parametrize("n", [0, 1, 500])
def test_combined_strata_are_those_of_numpy_whatever_the_span_of_codes(span, n, rng):
    """Codes that lie close together are ranked without a sort, others with one: both number as ``np.unique``."""
    columns = [rng.integers(-2, span, n), rng.integers(-2, 5, n)]
    expected = np.unique(np.stack(columns), axis=1, return_inverse=True)[1].ravel() if n else np.empty(0)
    found = combined_strata(*columns)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.int32
