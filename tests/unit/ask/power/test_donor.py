import numpy as np
import pytest
from scipy.stats import binom, permutation_test

from rashomon.ask.power.donor import CLONE_COLUMNS, DONOR_COLUMNS, clone_power, donor_power, least_p
from rashomon.core import UsageError


def test_the_least_p_is_that_of_an_exact_test():
    """Two groups that do not overlap at all, by scipy's exact permutation test; signs by counting."""
    a, b = np.array([1.0, 2, 3]), np.array([10.0, 11, 12, 13])

    def difference(x, y):
        return np.mean(x) - np.mean(y)

    exact = permutation_test((a, b), difference, n_resamples=np.inf).pvalue
    assert least_p(np.array([3, 4])) == pytest.approx(exact)
    assert least_p(np.array([6])) == 2 / 2**6
    assert least_p(np.array([1])) == 1.0
    with pytest.raises(UsageError, match="3 groups"):
        least_p(np.ones(3, dtype=int))


def test_donors_miss_what_few_people_have(rng):
    """Against counting simulated studies of five donors."""
    table = donor_power(5, groups=np.array([2, 3]))
    assert list(table.columns) == list(DONOR_COLUMNS)
    have = rng.random((200_000, 5, 1)) < table["share_of_people"].to_numpy()
    assert table["chance_missed"].to_numpy() == pytest.approx((~have).all(axis=1).mean(axis=0), abs=0.005)
    assert table["chance_two"].to_numpy() == pytest.approx((have.sum(axis=1) >= 2).mean(axis=0), abs=0.005)
    assert (table["least_p"] == 2 / 10).all()


def test_clones_are_seen_as_draws_see_them():
    """Binomial probabilities, and the receptors that are enough."""
    table = clone_power(3000)
    f = table["frequency"].to_numpy()
    assert list(table.columns) == list(CLONE_COLUMNS)
    assert table["chance_seen"].to_numpy() == pytest.approx(binom.sf(0, 3000, f))
    assert table["chance_shared"].to_numpy() == pytest.approx(binom.sf(0, 1500, f) ** 2)
    assert table["chance_three"].to_numpy() == pytest.approx(binom.sf(2, 3000, f))
    assert (binom.sf(0, table["receptors_needed"], f) >= 0.95 - 1e-9).all()
    assert (binom.sf(0, table["receptors_needed"] - 1, f) < 0.95).all()
    assert table["expected_neighbours"].to_numpy() == pytest.approx(2999 * f)
