import numpy as np
import pytest
from rapidfuzz.distance import Hamming
from scirpy.ir_dist import sequence_dist

from rashomon.core import UsageError
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.encode.sequence_distance import sequence_distance

NONE = np.zeros(0, dtype=selected_dtype(1, 1))


def arm(*chains):
    """Chains from (item, junction)."""
    made = np.zeros(len(chains), dtype=selected_dtype(20, 1))
    for row, (item, junction) in enumerate(chains):
        made[row]["item"], made[row]["aa"] = item, junction.encode()
    return made


@pytest.fixture
def junctions(rng):
    return ["CA" + "".join(rng.choice(list("ACD"), size=rng.integers(3, 6))) + "F" for _ in range(120)]


@pytest.mark.filterwarnings("ignore")  # scirpy's imports and its parallel back end warn of their own
@pytest.mark.parametrize("metric", ["hamming", "levenshtein"])
def test_distances_are_those_of_scirpy(junctions, metric):
    """For one arm and unique junctions: the same stored values at the same places."""
    unique = list(dict.fromkeys(junctions))
    found = sequence_distance(arm(*enumerate(unique)), NONE, np.arange(len(unique)), metric=metric, cutoff=1)
    theirs = sequence_dist(np.array(unique), metric=metric, cutoff=1, n_jobs=1).toarray().astype(np.float32)
    np.fill_diagonal(theirs, 0)
    np.testing.assert_array_equal(found.toarray(), theirs)


def test_both_arms_must_be_near_and_the_larger_distance_counts(rng, junctions):
    """Equal to a loop over all pairs; the other arm's junctions are the same in another order."""
    other = [junctions[k] for k in rng.permutation(len(junctions))]
    n, expected = len(junctions), np.zeros((120, 120), dtype=np.float32)
    for i in range(n):
        for j in range(n):
            apart = [Hamming.distance(a[i], a[j]) if len(a[i]) == len(a[j]) else 99 for a in (junctions, other)]
            if i != j and max(apart) <= 2:
                expected[i, j] = max(apart) + 1
    found = sequence_distance(
        arm(*enumerate(junctions)), arm(*enumerate(other)), np.arange(n), metric="hamming", cutoff=2
    )
    np.testing.assert_array_equal(found.toarray(), expected)
    assert found.nnz > 100


def test_either_of_two_chains_may_be_near():
    """Items with two chains in an arm: the nearer pair of chains counts, and chains of one item are no link."""
    chains = arm((0, "CASSF"), (0, "CASSW"), (1, "CAAAF"), (1, "CASGW"), (2, "CGGGG"))
    found = sequence_distance(chains, NONE, np.array([0, 1, 2, 2]), metric="hamming", cutoff=2)
    assert found.toarray().tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_equal_junctions_are_at_distance_zero():
    """Which is stored as 1; identity finds nothing else."""
    chains = arm((0, "CASSF"), (1, "CASSF"), (2, "CASGF"))
    found = sequence_distance(NONE, chains, np.arange(3), metric="identity", cutoff=0)
    assert found.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_no_chains_give_no_links():
    """An empty selection has an empty matrix; a cutoff that does not fit is refused all the same."""
    assert sequence_distance(NONE, NONE, np.arange(0), metric="hamming", cutoff=1).shape == (0, 0)
    with pytest.raises(UsageError, match="identity has no cutoff"):
        sequence_distance(NONE, NONE, np.arange(0), metric="identity", cutoff=1)
