import numpy as np
import pytest
from scipy.stats import entropy

from rashomon.sim.repertoire_realism.clone_size import d50, hill_numbers, rank_abundance
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from tests.repertoire_sample import prepared


@pytest.fixture
def counted():
    """Five clones at full depth."""
    junctions = ["CAAF", "CDDF", "CEEF", "CGGF", "CKKF"]
    return prepared(Repertoire(junctions, ["TRBV9"] * 5, ["TRBJ1-1"] * 5, [1, 8, 4, 2, 1]), depth=16)[0]


def test_abundances_are_read_at_powers_of_two(counted):
    """Ranks beyond the last clone have none."""
    assert counted.clone_sizes.tolist() == [8, 4, 2, 1, 1]
    found = rank_abundance(counted)
    assert found[:3] == pytest.approx(np.log10([8 / 16, 4 / 16, 1 / 16]))
    assert np.isnan(found[3:]).all()


def test_hill_numbers_are_those_of_entropy(counted):
    """Orders 0, 1, 2 and infinity: number, entropy, Simpson and the largest."""
    p = np.array([8, 4, 2, 1, 1]) / 16
    assert hill_numbers(counted) == pytest.approx([np.log(5), entropy(p), -np.log((p**2).sum()), np.log(2)])


def test_d50_is_the_share_of_clones_with_half_of_the_reads(counted):
    """One clone of five has half; of equal clones, half are needed."""
    assert d50(counted).tolist() == [0.2]
    even = Repertoire(["CAAF", "CDDF", "CEEF", "CGGF"], ["TRBV9"] * 4, ["TRBJ1-1"] * 4, [3] * 4)
    assert d50(prepared(even, depth=12)[0]).tolist() == [0.5]
