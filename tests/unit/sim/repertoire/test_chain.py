"""Chains of cells as a sequencer without faults reads them."""

import re

import numpy as np
import pytest

from rashomon.dataset import LOCI
from rashomon.sim.repertoire.chain import carried_motif, cell_receptors
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.world import World

N = 120


def cells(**knobs):
    world = World("chains", {"n_clones": 40, "selection": "none", **knobs}, parts=("receptors",))
    return world.scene(N, root=3).cells(np.arange(N))


@pytest.mark.parametrize(("loci", "arms"), [("TRA+TRB", ("vdj", "vj")), ("TRB", ("vdj",)), ("TRA", ("vj",))])
def test_a_cell_has_the_chains_of_its_clone(loci, arms):
    """Chains of a cell lie side by side, the one with a D gene first, with the genes and letters of its clone."""
    s = cells(loci=loci)
    found = cell_receptors(s)
    np.testing.assert_array_equal(found.obs, np.repeat(np.arange(N), len(arms)))
    for place, arm in enumerate(arms):
        rows, model = slice(place, None, len(arms)), model_of(s, arm)
        assert {LOCI[code] for code in found.locus[rows]} == {model.locus}
        for name in ("junction", "junction_aa"):
            np.testing.assert_array_equal(getattr(found, name)[rows], s[arm][name])
        for segment in ("v", "j"):
            names = np.array(getattr(model, f"{segment}_names"), dtype=object)
            np.testing.assert_array_equal(getattr(found, segment).texts[rows], names[s[arm][segment]])
            assert getattr(found, f"{segment}_raw") is getattr(found, segment)
        assert (found.d.codes[rows] >= 0).all() == (arm == "vdj")
    for clone in np.unique(s["clone"]):
        mine = np.isin(found.obs, np.flatnonzero(s["clone"] == clone))
        assert np.unique(found.junction[mine]).size == len(arms)
    assert found.c.names == ()
    np.testing.assert_array_equal(found.count, 1.0)
    np.testing.assert_array_equal(found.productive, 1)


def test_anchors_are_what_the_letters_say():
    """A chain is anchored if it runs from C to F or W: the rare one that ends with V is not."""
    found = cell_receptors(cells(loci="TRA+TRB", n_clones=0))
    expected = [re.fullmatch(rb"C.*[FW]", aa) is not None for aa in found.junction_aa.tolist()]
    np.testing.assert_array_equal(found.flags["anchored"], expected)


def test_b_cells_have_their_own_letters_and_class():
    """Hypermutated junctions stand in the table; only heavy chains have a constant gene."""
    s = cells(loci="IGH+IGK", hypermutation=0.02, class_switching=0.5)
    found = cell_receptors(s)
    np.testing.assert_array_equal(found.junction[0::2], s["somatic_chain"]["vdj"])
    np.testing.assert_array_equal(found.junction_aa[1::2], s["somatic_chain"]["vj_aa"])
    assert (found.junction[0::2] != s["vdj"]["junction"]).any()
    assert set(found.c.texts[1::2]) == {""}
    assert len(set(found.c.texts[0::2])) > 1


def test_a_motif_is_carried_where_it_was_placed():
    """A chain carries the motif of its clone if it begins somewhere, and none otherwise."""
    s = cells(loci="TRA+TRB", n_epitopes=2, binder_share=0.8, hla_restriction=0.0)
    found = carried_motif(s)
    wanted = s["clone_motif"][s["clone"]]
    for column, arm in enumerate(("vj", "vdj")):
        np.testing.assert_array_equal(found[:, column], np.where(s[arm]["start"] >= 0, wanted[:, column], -1))
    assert (found >= 0).any()
