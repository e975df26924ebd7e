import numpy as np
import pytest
import tcrdist_rs

from rashomon.encode.tcrdist_kernel import TILE, pair_distances
from rashomon.encode.tcrdist_table import DEFINITIONS, RESIDUES, gap_bounds, residue_costs


@pytest.mark.parametrize(("definition", "fixed"), [("tcrdist3", False), ("classic", True)])
def test_pairs_of_junctions_are_those_of_tcrdist_rs(rng, definition, fixed):
    """All lengths from 6 to 24 against each other, without loops."""
    length = rng.integers(6, 25, size=600)
    residues = rng.integers(0, len(RESIDUES), size=(600, 24)).astype(np.uint8)
    a, b = rng.integers(0, 600, size=(2, 3000))
    none = np.zeros(600, dtype=np.int64)
    bounds = gap_bounds(DEFINITIONS[definition], 30)
    found = pair_distances(residues, length, none, a, b, np.zeros((1, 1), np.int16), bounds, residue_costs())
    texts = ["".join(RESIDUES[code] for code in row[:n]) for row, n in zip(residues, length, strict=True)]
    theirs = [tcrdist_rs.tcrdist(texts[x], texts[y], fixed_gappos=fixed) for x, y in zip(a, b, strict=True)]
    np.testing.assert_array_equal(found, theirs)


def test_unknown_loops_give_minus_one():
    """Whatever the junctions are."""
    residues, length = np.zeros((2, 8), dtype=np.uint8), np.array([8, 8])
    loops = np.array([[0, -1], [-1, 0]], dtype=np.int16)
    bounds = gap_bounds(DEFINITIONS["tcrdist3"], 8)
    asked = np.array([0, 0]), np.array([1, 0])
    found = pair_distances(residues, length, np.array([0, 1]), *asked, loops, bounds, residue_costs())
    assert found.tolist() == [-1, 0]


def test_a_tile_is_a_whole_number_of_vectors():
    """The inner loops run over tiles; other tests compare more chains of a length than one holds."""
    assert TILE % 64 == 0
