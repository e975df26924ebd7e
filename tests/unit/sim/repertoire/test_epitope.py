"""Epitopes: motifs, alleles, genes; which clone carries what."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.hla import HLA_ALLELES
from rashomon.sim.motif.preset import PRESETS
from rashomon.sim.repertoire.epitope import motifs_of

KNOBS = {"n_epitopes": 4, "binder_share": 0.8, "hla_restriction": 0.0, "loci": "TRA+TRB"}


def tables(n=2000, **changes):
    return World("epitopes", {**KNOBS, **changes}, parts=("receptors",)).scene(n, root=4)


@pytest.mark.parametrize("name", PRESETS)
def test_an_epitope_is_of_its_preset(name):
    """Chains, number and length of motifs, orphans and preferred genes are those of the preset."""
    preset = PRESETS[name]
    for epitope in tables(epitope_preset=name, n_epitopes=1 if name == "pair only" else 4)["epitope_signal"]:
        assert (epitope.arm, epitope.orphan_share) == (preset.arm, preset.orphan_share)
        for arm in ("alpha", "beta"):
            motifs = getattr(epitope, arm)
            assert len(motifs) == (preset.n_motifs if preset.arm in {arm, "both", "pair"} else 0)
            assert all(set(each.lengths) == {preset.length} for each in motifs)
            for segment in ("v", "j"):
                assert getattr(epitope, f"{segment}_{arm}") == getattr(preset, f"{segment}_{arm}")


def test_no_two_motifs_of_a_world_are_alike():
    """Every motif has a seed of its own, of all epitopes and chains; more epitopes leave the names of the first."""
    seeds = [motif.seed for motif in motifs_of(tables(epitope_preset="public motif", n_motifs=5))]
    assert len(seeds) == len(set(seeds)) == 4 * 2 * 5


@pytest.mark.parametrize(("loci", "arm"), [("TRB", "beta"), ("TRA", "alpha")])
def test_signal_is_in_the_chains_that_there_are(loci, arm):
    """Where receptors have one chain, that one has the motifs."""
    scene = tables(loci=loci, epitope_preset="public motif")
    assert {each.arm for each in scene["epitope_signal"]} == {arm}
    column = ("alpha", "beta").index(arm)
    assert (scene["clone_motif"][:, column] >= 0).any()
    assert (scene["clone_motif"][:, 1 - column] == -1).all()


def test_knobs_take_the_place_of_the_preset():
    """Orphans, number of motifs, and strength of the V gene; the word -1 leaves the preset."""
    (epitope, *_) = tables(orphan_share=0.75, n_motifs=3, v_bias=0.2)["epitope_signal"]
    assert (epitope.orphan_share, len(epitope.beta), epitope.v_beta.strength) == (0.75, 3, 0.2)
    assert tables(v_bias=0.0)["epitope_signal"][0].v_beta.genes == ()
    (epitope, *_) = tables(j_bias=0.7)["epitope_signal"]
    assert (epitope.v_beta.strength, epitope.j_beta.strength, epitope.j_beta.genes) == (0.8, 0.7, ("TRBJ2-7",))
    assert tables(j_bias=0.0)["epitope_signal"][0].j_beta.genes == ()
    # the gene of a human preset is none of mice, which have one of their own in its place
    assert tables(species="mouse", loci="TRB")["epitope_signal"][0].j_beta.genes[0].startswith("TRBJ")


def test_own_alleles_are_drawn_as_chromosomes_carry_them():
    """At full entanglement, commoner alleles present more epitopes."""
    knobs = {"loci": "TRB", "n_epitopes": 60, "binder_share": 0.0, "entanglement": 1.0}
    found = [each.hla for each in tables(10, **knobs)["epitope_signal"]]
    total = sum(allele.frequency for allele in HLA_ALLELES.values())
    for name in ("A*02:01", "A*01:01", "DRB1*03:01"):
        assert stats.binomtest(found.count(name), 60, HLA_ALLELES[name].frequency / total).pvalue > 1e-3


def test_binders_carry_motifs_of_their_epitope():
    """As many as are no orphans; others carry none."""
    scene = tables(orphan_share=0.6, n_motifs=2, epitope_preset="public motif")
    seen, carried = scene["clone_epitope"], scene["clone_motif"]
    assert (carried[seen < 0] == -1).all()
    for number in range(4):
        mine = carried[seen == number]
        has = (mine >= 0).all(axis=1)
        assert stats.binomtest(int(has.sum()), has.size, 0.4).pvalue > 1e-3
        assert set(mine[has, 0]) == {2 * number, 2 * number + 1}
        # beta motifs are numbered behind those of alpha
        assert set(mine[has, 1]) == {8 + 2 * number, 9 + 2 * number}


def test_without_epitopes_there_is_no_signal():
    """Nothing to see, and nothing carried."""
    scene = tables(n_epitopes=0, binder_share=0.0)
    assert scene["epitope_signal"].size == 0
    assert motifs_of(scene) == ()
    assert (scene["clone_motif"] == -1).all()
    np.testing.assert_array_equal(scene["clone_epitope"], np.full(2000, -1))


@pytest.mark.parametrize(("n_epitopes", "n_motifs"), [(1, 0), (2, 0), (3, 0), (3, 5)])
def test_epitopes_of_pairs_share_halves_and_no_pair(n_epitopes, n_motifs):
    """Each has every half; no two have a pair in common, as in a Latin square."""
    scene = tables(10, epitope_preset="pair only", n_epitopes=n_epitopes, n_motifs=n_motifs)
    epitopes = scene["epitope_signal"]
    pairs = [{(a.seed, b.seed) for a, b in zip(each.alpha, each.beta, strict=True)} for each in epitopes]
    assert {len(each) for each in pairs} == {max(n_motifs, n_epitopes)}
    assert len(set().union(*pairs)) == sum(map(len, pairs))
    for column in (0, 1):
        assert len({frozenset(pair[column] for pair in each) for each in pairs}) == 1


def test_no_half_of_a_pair_says_anything():
    """In three epitopes and in clones that see none, each half is as frequent; both together name the epitope."""
    knobs = {"epitope_preset": "pair only", "n_epitopes": 3, "binder_share": 0.6, "orphan_share": 0.5}
    scene = tables(20_000, **knobs)
    seen = scene["clone_epitope"]
    names = np.array([each.name for each in motifs_of(scene)] + [""])[scene["clone_motif"]]
    for column in (0, 1):
        words, code = np.unique(names[:, column], return_inverse=True)
        counts = np.array([np.bincount(code[seen == each], minlength=words.size) for each in (-1, 0, 1, 2)])
        assert words.size == 4
        assert stats.chi2_contingency(counts).pvalue > 1e-3
    both = (names != "").all(axis=1)
    assert not both[seen < 0].any()
    assert len({(*pair, see) for pair, see in zip(names[both].tolist(), seen[both].tolist(), strict=True)
                for pair in [tuple(pair)]}) == 9  # fmt: skip


def test_own_pairs_are_shared_alike():
    """Motifs that a user names are halves of all epitopes, each with another partner."""
    knobs = {"epitope_preset": "pair only", "n_epitopes": 2, "alpha_motifs": ["GNN", "DDK"]}
    first, second = tables(10, **knobs, beta_motifs=["SYGT", "RSAQ"])["epitope_signal"]
    assert [each.seed for each in first.beta] == ["SYGT", "RSAQ"]
    assert [each.seed for each in second.beta] == ["RSAQ", "SYGT"]
    assert [each.seed for each in first.alpha] == [each.seed for each in second.alpha] == ["GNN", "DDK"]
