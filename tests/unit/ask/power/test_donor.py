import numpy as np
import pytest
from scipy.stats import binom, permutation_test

from rashomon.ask.power.donor import (
    CLONE_COLUMNS,
    DONOR_COLUMNS,
    clone_power,
    cluster_donors,
    donor_power,
    donors_needed,
    least_p,
)
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


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_the_donors_needed_are_the_fewest(share):
    """With them two or more have it in 80 % of repeats, with one fewer not."""
    n = donors_needed(share)
    assert binom.sf(1, n, share) >= 0.8 > binom.sf(1, n - 1, share)


def test_donors_of_few_cells_are_no_evidence():
    """A donor of ten cells could not have five of a cluster of a tenth, and is not counted as one without it."""
    codes = np.concatenate([np.repeat([0, 1], [90, 10]), np.repeat([0, 1], [90, 10]), np.zeros(10, dtype=int)])
    found = cluster_donors(codes, np.repeat([0, 1, 2], [100, 100, 10]), n_clusters=2)
    assert found["donors_able"].tolist() == [3, 2]
    assert found["donors_with"].tolist() == [3, 2]
    one = cluster_donors(codes, np.zeros(210, dtype=int), n_clusters=2)
    assert one["donors_say"].tolist() == ["cannot tell from one donor"] * 2
