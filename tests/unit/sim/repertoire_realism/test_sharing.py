import numpy as np
import pytest

from rashomon.sim.repertoire_realism.neighbour import curve_sizes
from rashomon.sim.repertoire_realism.sharing import sharing_with_real, sharing_within
from tests.repertoire_sample import prepared, receptors


@pytest.fixture
def trio(rng):
    """Three people who draw from one small pool of receptors."""
    pool = receptors(200, rng).distinct()
    return prepared(*(pool.take(rng.permutation(pool.n)[:140]) for _ in range(3)), n=128)


def test_all_receptors_of_all_are_counted_at_the_end(trio):
    """At the largest size the share is that of sets."""
    sets = [set(one.keys) for one in trio]
    for i, curve in enumerate(sharing_within(trio, ())):
        others = set.union(*(keys for k, keys in enumerate(sets) if k != i))
        assert curve[-1] == pytest.approx(len(sets[i] & others) / 128)


def test_curves_are_the_mean_over_subsamples(trio):
    """1,000 draws of a quarter from each person agree within four standard errors."""
    drawn, size = np.random.default_rng(5), int(curve_sizes(128)[4])
    shares = []
    for _ in range(1000):
        some = [one.keys[drawn.permutation(128)[:size]] for one in trio]
        shares.append(np.isin(some[0], np.concatenate(some[1:])).mean())
    error = np.std(shares) / np.sqrt(1000)
    assert sharing_within(trio, ())[0][4] == pytest.approx(np.mean(shares), abs=4 * error)


def test_candidates_are_searched_in_other_people(trio, rng):
    """The person that a candidate stands for is left out, so real people are compared with themselves alike."""
    both = sharing_with_real(trio, trio), sharing_within(trio, ())
    assert np.array_equal(both[0], both[1])
    copies = sharing_with_real([trio[1], trio[1], trio[1]], trio)
    assert copies[0][-1] == 1
    assert copies[1][-1] < 1
