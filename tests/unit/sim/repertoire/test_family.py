"""Families of a twin."""

import numpy as np
import pytest
from rapidfuzz.distance import Hamming
from scipy import stats

from rashomon.io.receptor.codon import translate
from rashomon.sim import World
from rashomon.sim.vdj import recombination_model
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


def both_arms(link):
    """A twin of alpha and beta whose chains are in families together as `link` says."""
    fitted, model = tables(), recombination_model("human", "TRA")
    v, j = model.v_genes.index("TRAV12-2"), model.j_genes.index("TRAJ42")
    n_v, n_j = len(model.v_genes), len(model.j_genes)
    genes, cap = np.zeros((3, n_v, n_j)), np.full((n_v, n_j), np.inf)
    genes[:, v, j], cap[v, j] = 1.0, 0.0
    fitted |= {
        "vj_genes": genes, "vj_cap": cap, "vj_weights": fitted["vdj_weights"], "vj_length": fitted["vdj_length"],
        "vj_donor_v": np.zeros((2, n_v)), "vj_donor_j": np.zeros((2, n_j)),
        "vj_donor_length": np.zeros((2, 26)), "vj_family": np.array([[v, j, 13, -1, 0], [v, j, 14, -1, 1]]),
        "vj_member": np.array([[0, 0, 1], [1, 1, 1], [2, 0, 1], [2, 1, 1]]), "vj_member_share": np.full(3, 0.4),
        "vj_exact": np.full(3, 0.4), "member_link": np.array([link]),
        "clonotype": np.array([[0, 0, 1, 3], [0, 1, 0, 1], [2, 1, 2, 4]]),
        "vj_alone": np.array([[0, 1, 1]]), "vdj_alone": np.array([[0, 2, 5]]),
    }  # fmt: skip
    return twin(fitted, loci="TRA+TRB")


@pytest.mark.parametrize("link", [0.0, 0.5, 1.0])
def test_chains_are_in_families_together(link):
    """Half of beta and two fifths of alpha, and both as often as the link says: from chance to as far as they can."""
    n = 8000
    found = both_arms(link).scene(n, root=3)["clone_family"] >= 0
    for column, share in ((0, 0.4), (1, 0.5)):
        assert stats.binomtest(int(found[:, column].sum()), n, share).pvalue > 1e-3
    expected = (1 - link) * 0.4 * 0.5 + link * 0.4
    assert stats.binomtest(int(found.all(axis=1).sum()), n, expected).pvalue > 1e-3


def test_two_families_of_a_clonotype_are_two_of_the_data():
    """Pairs are listed ones, as often as counted; a single chain is in a family of single ones, where there are any."""
    scene = both_arms(0.5).scene(8000, root=3)
    family, seen = scene["clone_family"], scene["clone_epitope"]
    both = (family >= 0).all(axis=1)
    pairs = [tuple(pair) for pair in family[both & (seen == 0)].tolist()]
    assert set(pairs) == {(0, 1), (1, 0)}
    assert stats.binomtest(pairs.count((0, 1)), len(pairs), 0.75).pvalue > 1e-3
    assert {tuple(pair) for pair in family[both & (seen == -1)].tolist()} == {(1, 2)}
    assert set(family[~both & (seen == 0)].ravel().tolist()) == {-1, 1, 2}
    # the second label has neither: its chains are drawn as if they were alone
    assert {tuple(pair) for pair in family[both & (seen == 1)].tolist()} == {(1, 1)}


def test_linking_alpha_leaves_beta():
    """Beta is in the same families whether or not it is, unless it is in one together with alpha."""
    loose, tied = (both_arms(link).scene(2000, root=3)["clone_family"] for link in (0.0, 1.0))
    np.testing.assert_array_equal(loose[:, 1] >= 0, tied[:, 1] >= 0)
    single = (loose[:, 0] < 0) & (tied[:, 0] < 0)
    np.testing.assert_array_equal(loose[single], tied[single])
