"""Motifs that a user writes."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim import World
from rashomon.sim.repertoire.own_motif import read_motif

KNOBS = {"n_epitopes": 2, "binder_share": 0.9, "hla_restriction": 0.0, "selection": "none"}


def drawn(**changes):
    return World("own", {**KNOBS, **changes}, parts=("receptors",)).sample(400, rng=6)


def test_a_text_is_a_motif_with_its_genes():
    """Genes stand before the seed; a slash is a gap of up to two residues."""
    motif = read_motif("TRBV19 TRBJ2-7 SY/GT", name="m", mismatches=(0.5, 0.5))
    assert (motif.name, motif.seed, motif.gap) == ("m", "SY/GT", (0, 2))
    assert (motif.v_genes, motif.j_genes, motif.mismatches) == (("TRBV19",), ("TRBJ2-7",), (0.5, 0.5))


def test_motifs_are_dealt_to_the_epitopes_in_turn():
    """Carriers hold the seed of their epitope, with the genes that it asks for."""
    made = drawn(beta_motifs=["SYGT", "TRBV19 TRBJ2-1 RSA", "WKW"], motif_mismatches=[1.0])
    motif, aa = made.obs["motif"].astype(object).fillna("").to_numpy(), made.receptors.junction_aa
    of_epitope = made.obs.groupby("motif", observed=True)["epitope"].agg(set).to_dict()
    assert of_epitope == {"beta_1": {"epitope_1"}, "beta_2": {"epitope_2"}, "beta_3": {"epitope_1"}}
    for name, seed in (("beta_1", b"SYGT"), ("beta_2", b"RSA"), ("beta_3", b"WKW")):
        assert all(seed in text for text in aa[motif == name])
    second = motif == "beta_2"
    assert {text.partition("*")[0] for text in made.receptors.v.texts[second]} == {"TRBV19"}
    assert {text.partition("*")[0] for text in made.receptors.j.texts[second]} == {"TRBJ2-1"}
    assert second.sum() > 20


def test_motifs_of_both_chains_tell_each_by_itself():
    """Alpha and beta are planted in the same carriers."""
    made = drawn(loci="TRA+TRB", alpha_motifs=["GNN", "DDK"], beta_motifs=["SYGT", "RSAQ"], motif_mismatches=[1.0])
    assert {"alpha_1+beta_1", "alpha_2+beta_2"} <= set(made.obs["motif"].dropna())


@pytest.mark.parametrize(
    ("knobs", "what"),
    [
        ({"beta_motifs": ["SYGT"]}, "1 motifs for 2 epitopes"),
        ({"beta_motifs": ["SYGT", "S1"]}, "in the seed 'S1'"),
        ({"beta_motifs": ["TRBV91 SYGT", "RSA"]}, "TRBV91 is no V or J gene of human TRB"),
        ({"alpha_motifs": ["GNN", "DDK"]}, "receptors of TRB have no alpha chain"),
        ({"beta_motifs": ["SYGT", "RSA"], "motif_mismatches": [0.2, 0.2, 0.2, 0.2, 0.2]}, "mismatches fall on"),
    ],
)
def test_what_cannot_be_planted_is_refused(knobs, what):
    """Before anything is drawn, with the knob that is wrong."""
    with pytest.raises(UsageError, match=what):
        World("own", {**KNOBS, **knobs}, parts=("receptors",))


def test_no_world_without_own_motifs_is_changed():
    """Free genes are drawn as before: naming no motif changes no chain."""
    one, same = drawn(), drawn(beta_motifs=[])
    np.testing.assert_array_equal(one.receptors.junction, same.receptors.junction)
