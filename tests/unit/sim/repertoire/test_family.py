"""Families of a twin."""

import numpy as np
import pytest
from rapidfuzz.distance import Hamming

from rashomon.io.receptor.codon import translate
from rashomon.sim import World
from tests.fitted_receptor_table import tables, twin

N = 600


@pytest.fixture(scope="module")
def scene():
    """Cells of a twin, half of them in families."""
    return twin().scene(N, root=2).cells(np.arange(N))


def test_members_are_drawn_as_often_as_fitted(scene):
    """Half of the clones, three times as many in the first family of their label as in the second."""
    family = scene["clone_family"]
    assert (family[:, 0] == -1).all()
    assert (family[:, 1] >= 0).mean() == pytest.approx(0.5, abs=0.07)
    labelled = scene["clone_epitope"] == 0
    counts = np.bincount(family[labelled & (family[:, 1] >= 0), 1], minlength=3)
    assert counts[2] == 0
    assert counts[0] / counts[1] == pytest.approx(3, rel=0.4)


def test_members_differ_from_each_other_in_two_residues_at_most(scene):
    """Both in one from the founder, which some are; nucleotides say the residues; V and J are those asked for."""
    chains, family = scene["vdj"], scene["clone_family"][:, 1]
    for number in range(3):
        words = [word.decode() for word in chains["junction_aa"][family == number]]
        centre = max(set(words), key=words.count)
        assert max(Hamming.distance(centre, word) for word in words) == 1
        assert len(set(words)) > 3
        assert len(set(chains["v"][family == number].tolist())) == 1
    np.testing.assert_array_equal(translate(chains["junction"]), chains["junction_aa"])


def test_a_child_is_one_residue_from_its_parent(scene):
    """Founders of a family and of its parent differ in one place."""
    words = {}
    for number in (0, 1):
        mine = scene["vdj"]["junction_aa"][scene["clone_family"][:, 1] == number].tolist()
        words[number] = max(set(mine), key=mine.count).decode()
    assert Hamming.distance(words[0], words[1]) <= 1
    assert len(words[0]) == len(words[1]) == 14


def test_a_generated_world_has_no_families():
    """Nodes of families are there, and empty."""
    assert (World("w", {}, parts=("receptors",)).scene(9, root=1)["clone_family"] == -1).all()


def test_family_strength_are_those_of_receptors_without_label():
    """Turned off, no unlabelled clone is in a family, and labelled ones are as before."""
    off = twin(tables(), family_strength=0.0).scene(N, root=2)
    on = twin().scene(N, root=2)
    free = on["clone_epitope"] < 0
    assert (off["clone_family"][free] == -1).all()
    np.testing.assert_array_equal(off["clone_family"][~free], on["clone_family"][~free])
