"""Agreement of receptor clusters with states: what sklearn computes, less what donors explain."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from rashomon.core import UsageError
from rashomon.score.receptor.state_agreement import state_agreement


def found_for(cluster, state, donor, *, n_pairs=5):
    """The three rows by their names."""
    rng = np.random.default_rng(4)
    return {each.quantity: each for each in state_agreement(cluster, state, donor, n_pairs=n_pairs, rng=rng)}


def test_ami_is_that_of_sklearn(rng):
    """Of the clonotypes that are in clusters, whatever the others are."""
    cluster, state = rng.integers(-1, 12, 300), rng.integers(0, 4, 300)
    state[cluster == 3] = 1
    inside = cluster >= 0
    found = found_for(cluster, state, rng.integers(0, 8, 300))["AMI"]
    assert found.value == pytest.approx(adjusted_mutual_info_score(state[inside], cluster[inside]))
    assert found.n_items == inside.sum()
    assert found.over == "donors"


def test_what_donors_explain_is_taken_away(rng):
    """Clusters of one donor each agree with states that donors prefer, and say nothing beyond them."""
    donor = np.repeat(np.arange(8), 60)
    state = np.where(rng.random(480) < 0.8, donor % 3, rng.integers(0, 3, 480))
    cluster = donor * 5 + rng.integers(0, 5, 480)
    found = found_for(cluster, state, donor)
    assert found["AMI"].value > 0.2
    assert found["AMI"].shuffled == pytest.approx(found["AMI"].value, abs=0.03)
    assert abs(found["state given receptor cluster"].value) < 0.05
    assert all(each.p > 0.05 for each in found.values())
    blind = found_for(cluster, state, None)
    assert blind["state given receptor cluster"].value > 0.3
    assert blind["AMI"].p == 0.005


def test_directions_differ():
    """Many small clusters determine the state, and the state does not determine them."""
    cluster, donor = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    found = found_for(cluster, cluster % 2, donor)
    assert found["state given receptor cluster"].value == pytest.approx(1.0)
    assert 0.1 < found["receptor cluster given state"].value < 0.4
    assert found["AMI"].reason == "no interval: 4 blocks (donors), fewer than 6"


@pytest.mark.parametrize(
    ("cluster", "state", "donor", "reason"),
    [
        ([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 1, 1], "fewer than two classes"),
        ([0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], "clonotypes of one donor do not differ"),
        ([-1, -1, -1, -1], [0, 1, 0, 1], [0, 0, 1, 1], "fewer than two classes"),
    ],
)
def test_nothing_is_told_where_nothing_can_move(cluster, state, donor, reason):
    """Without two classes within a donor there is no number, and the reason says so."""
    found = found_for(np.array(cluster), np.array(state), np.array(donor))["AMI"]
    assert np.isnan(found.value)
    assert found.reason == f"cannot tell: {reason}"


def test_unknown_states_and_donors_are_left_out(rng):
    """Clonotypes without state or donor change nothing."""
    cluster, state, donor = rng.integers(0, 9, 200), rng.integers(0, 3, 200), rng.integers(0, 7, 200)
    more = [np.r_[values, extra] for values, extra in ((cluster, [1, 1]), (state, [-1, 0]), (donor, [0, -2]))]
    alone, extended = found_for(cluster, state, donor), found_for(*more)
    for name, row in alone.items():
        assert extended[name][1:7] == pytest.approx(row[1:7])


def test_lengths_must_agree():
    """Vectors of different clonotypes are refused."""
    with pytest.raises(UsageError, match="clusters and states"):
        state_agreement(np.zeros(2, dtype=int), np.zeros(3, dtype=int), None, rng=np.random.default_rng(0))
