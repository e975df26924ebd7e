"""Clones: donor, epitope, kind, size, label."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.repertoire.clone import clones

KNOBS = {"n_donors": 4, "n_epitopes": 3, "binder_share": 0.5, "hla_restriction": 0.0, "n_clones": 3000}


def tables(n=50, **changes):
    return World("clones", {**KNOBS, **changes}, parts=("receptors",)).scene(n, root=4)


@pytest.mark.parametrize(("n_clones", "wanted"), [(0, 50), (7, 7)])
def test_there_are_as_many_clones_as_said(n_clones, wanted):
    """Or as there are cells, where each is one of its own."""
    np.testing.assert_array_equal(clones(tables(n_clones=n_clones)), np.arange(wanted))


def test_clones_are_shared_out_as_cells_are():
    """Donors have clones by their shares."""
    shares = np.array([0.5, 0.25, 0.15, 0.1])
    found = np.bincount(World("w", KNOBS, parts=("receptors",)).do(donor_share=shares).scene(9, root=1)["clone_donor"])
    assert stats.chisquare(found, 3000 * shares).pvalue > 1e-3


def test_epitopes_decline_geometrically():
    """The commonest has `epitope_imbalance` times the binders of the rarest; the share of binders is kept."""
    scene = tables(epitope_imbalance=4.0)
    np.testing.assert_allclose(scene["epitope_share"], np.tile(np.array([4, 2, 1]) / 7, (4, 1)))
    seen = scene["clone_epitope"]
    assert stats.chisquare(np.bincount(seen[seen >= 0]), (seen >= 0).sum() * np.array([4, 2, 1]) / 7).pvalue > 1e-3
    assert stats.binomtest(int((seen >= 0).sum()), 3000, 0.5).pvalue > 1e-3


def test_lineages_have_their_shares():
    """Clones that see nothing are CD4 as often as said; those of class I are CD8."""
    scene = tables(cd4_share=0.3)
    seen, cd4 = scene["clone_epitope"] >= 0, scene["clone_lineage"] == 0
    assert stats.binomtest(int(cd4[~seen].sum()), int((~seen).sum()), 0.3).pvalue > 1e-3
    assert not cd4[seen].any()


def test_invariant_and_public_clones_exclude_each_other():
    """Both are among clones that see no peptide, in their shares; MAIT are CD8, iNKT CD4."""
    scene = tables(invariant_share=0.3, inkt_share=0.25, public_share=0.4, n_public=5, loci="TRA+TRB")
    kind, public, seen = scene["clone_invariant"], scene["clone_public"], scene["clone_epitope"] >= 0
    assert not kind[seen].any()
    assert (public[seen | (kind > 0)] == -1).all()
    free = int((~seen).sum())
    assert stats.chisquare(np.bincount(kind[~seen]), free * np.array([0.7, 0.225, 0.075])).pvalue > 1e-3
    plain = ~seen & (kind == 0)
    assert stats.binomtest(int((public[plain] >= 0).sum()), int(plain.sum()), 0.4).pvalue > 1e-3
    assert stats.chisquare(np.bincount(public[public >= 0], minlength=5)).pvalue > 1e-3
    assert set(scene["clone_lineage"][kind == 1]) == {1}
    assert set(scene["clone_lineage"][kind == 2]) == {0}


def test_cells_come_from_clones_by_size():
    """The cells of a clone are as many as its share says."""
    scene = tables(n=5000, n_clones=20, clone_exponent=0.5)
    found = np.bincount(scene.cells(np.arange(5000))["clone"], minlength=20)
    assert stats.chisquare(found, 5000 * scene["clone_size"]).pvalue > 1e-3
    assert scene["clone_size"].sum() == pytest.approx(1)


def test_cells_that_are_not_seen_have_clones_too():
    """Second cells of doublets are of any clone, also where each seen cell is one of its own."""
    other = tables(n=400, n_clones=0).cells(np.arange(400), role="second cell")["clone"]
    assert 0 <= other.min() < other.max() < 400
    assert np.unique(other).size < 400


def test_more_false_labels_than_free_clones_cannot_be():
    """Where nearly all clones see an epitope, false labels are as many as clones are left."""
    scene = tables(binder_share=0.9, false_label=0.9)
    false = (scene["clone_label"] >= 0) & (scene["clone_epitope"] < 0)
    assert false.sum() == (scene["clone_epitope"] < 0).sum()
