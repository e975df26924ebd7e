"""Motifs that a user writes."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim import World
from rashomon.sim.motif.text import read_motif

KNOBS = {"n_epitopes": 2, "binder_share": 0.9, "hla_restriction": 0.0, "selection": "none"}


def drawn(**changes):
    return World("own", {**KNOBS, **changes}, parts=("receptors",)).sample(400, rng=6)


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


def test_carriers_hold_an_instance_of_a_matrix():
    """Where the matrix was put, outside the window; residues as often as it says; it is found again."""
    text = "pwm:[S.7T.3]YX[G.5A.5] window=4,5"
    made = drawn(beta_motifs=[text, "pwm:WK[DE]".replace("[DE]", "[D.5E.5]")], orphan_share=0.5)
    motif, aa = made.obs["motif"].astype(object).fillna("").to_numpy(), made.receptors.junction_aa
    first = read_motif(text, name="m")
    found, start = first.found_in(aa[motif == "beta_1"])
    assert found.all()
    instances = [word[at : at + 4].decode() for word, at in zip(aa[motif == "beta_1"], start, strict=True)]
    assert len(instances) > 30
    assert {word[0] for word in instances} == {"S", "T"}
    assert stats.binomtest(sum(word[0] == "S" for word in instances), len(instances), 0.7).pvalue > 1e-3
    assert all(b"WKD" in word or b"WKE" in word for word in aa[motif == "beta_2"])


def test_a_matrix_can_be_picked():
    """Carriers that are picked have an instance by themselves, beside the genes that the motif asks for."""
    knobs = {"n_epitopes": 1, "planting": "picked", "v_bias": 0.0}
    made = drawn(**knobs, beta_motifs=["TRBJ2-1 pwm:G[G.5T.5]"])
    motif = made.obs["motif"].notna().to_numpy()
    assert motif.sum() > 20
    assert all(b"GG" in word or b"GT" in word for word in made.receptors.junction_aa[motif])
    assert {text.partition("*")[0] for text in made.receptors.j.texts[motif]} == {"TRBJ2-1"}


@pytest.mark.parametrize(
    ("knobs", "what"),
    [
        ({"beta_motifs": ["SYGT"]}, "1 motifs for 2 epitopes"),
        ({"beta_motifs": ["SYGT", "S1"]}, "in the seed 'S1'"),
        ({"beta_motifs": ["TRBV91 SYGT", "RSA"]}, "TRBV91 is no V or J gene of human TRB"),
        ({"alpha_motifs": ["GNN", "DDK"]}, "receptors of TRB have no alpha chain"),
        ({"beta_motifs": ["SYGT", "RSA"], "motif_mismatches": [0.2, 0.2, 0.2, 0.2, 0.2]}, "mismatches fall on"),
        ({"beta_motifs": ["SYGT", "pwm:S[A.5G.4]"]}, "sum to 0.9 in the matrix"),
        ({"beta_motifs": ["SYGT", "RSA windows=4,4"]}, "did you mean 'window'"),
        ({"beta_motifs": ["pwm:SY", "pwm:GT"], "motif_mismatches": [1.0]}, "matrices have no mismatches"),
        (
            {"loci": "TRA", "alpha_motifs": ["TRAV12-2 TRAJ34 GNN", "DDK"]},
            "TRAV12-2 with TRAJ34 is in no productive chain",
        ),
        ({"loci": "TRA", "alpha_motifs": ["TRAV19 TRAV20 x TRAJ34 GNN", "DDK"]}, "'x' before the seed"),
        (
            {
                "loci": "TRA+TRB",
                "epitope_preset": "pair only",
                "alpha_motifs": ["GNN", "DDK"],
                "beta_motifs": ["SYGT", "RSAQ", "WKW"],
            },
            "2 motifs of alpha and 3 of beta make no pairs",
        ),
        (
            {"loci": "TRA+TRB", "epitope_preset": "pair only", "beta_motifs": ["SYGT", "RSAQ"]},
            "0 motifs of alpha and 2 of beta make no pairs",
        ),
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
