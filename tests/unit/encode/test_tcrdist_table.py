import numpy as np
import pytest
import tcrdist_rs

from rashomon.core import UsageError
from rashomon.encode.tcrdist_table import (
    DEFINITIONS,
    MIN_LENGTH,
    PAD,
    RESIDUES,
    gap_bounds,
    pair_costs,
    residue_costs,
    shift_costs,
)  # fmt: skip

N = len(RESIDUES)


def test_residues_cost_what_tcrdist_rs_says():
    """All 400 pairs of amino acids; nothing else costs anything."""
    theirs = [[tcrdist_rs.amino_acid_distance(a, b) for b in RESIDUES] for a in RESIDUES]
    np.testing.assert_array_equal(residue_costs()[:N, :N], theirs)
    assert residue_costs().sum() == np.sum(theirs)


def test_pairs_cost_the_sum_of_their_residues(rng):
    """At 32 * 32 * (a, a') + (b, b'), also where one is no residue."""
    costs = residue_costs()
    for a, a2, b, b2 in rng.integers(0, PAD + 1, size=(200, 4)):
        at = ((a << 5 | a2) << 10) | (b << 5 | b2)
        assert pair_costs()[at] == costs[a, b] + costs[a2, b2]


def test_shifts_cost_the_difference(rng):
    """At 32 * (a, a') + b: compared with a instead of a'."""
    costs = residue_costs()
    for a, a2, b in rng.integers(0, PAD + 1, size=(200, 3)):
        assert shift_costs()[(a << 5 | a2) << 5 | b] == costs[a, b] - costs[a2, b]


def test_gaps_stay_between_the_ends_that_are_not_compared():
    """Within the residues 3 to length - 2, in both definitions; classic has one place, six at most."""
    for definition in DEFINITIONS.values():
        bounds = gap_bounds(definition, 40)
        for length in range(MIN_LENGTH, 41):
            assert 3 <= bounds[length, 0] <= bounds[length, 1] <= length - 2
    classic = gap_bounds(DEFINITIONS["classic"], 40)[MIN_LENGTH:]
    assert (classic[:, 0] == classic[:, 1]).all()
    assert (classic.min(), classic.max()) == (3, 6)


def test_unknown_definitions_bring_the_nearest():
    """The registry lists what it knows."""
    with pytest.raises(UsageError, match="tcrdist3"):
        DEFINITIONS["tcrdist"]
