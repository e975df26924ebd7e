"""Chains of clones: selection, genes, motifs, invariant cells."""

import numpy as np
import pytest
from scipy import stats

from rashomon.io.receptor.invariant import INVARIANTS
from rashomon.sim import World
from rashomon.sim.repertoire.chain_table import EVENT
from rashomon.sim.repertoire.epitope import motifs_of
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.selection import learned_selection, select
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

KNOBS = {"loci": "TRA+TRB", "selection": "none", "n_epitopes": 2, "binder_share": 0.9, "hla_restriction": 0.0}


def cells(n=300, **changes):
    return World("chains", {**KNOBS, **changes}, parts=("receptors",)).scene(n, root=4).cells(np.arange(n))


@pytest.mark.parametrize(
    ("loci", "vdj", "vj"),
    [("TRB", "TRB", None), ("TRA", None, "TRA"), ("TRA+TRB", "TRB", "TRA"), ("IGH+IGK", "IGH", "IGK")],
)
def test_chains_are_of_their_loci(loci, vdj, vj):
    """An arm that receptors do not have is empty; the other has a row per cell."""
    scene = cells(5, loci=loci, n_epitopes=0, binder_share=0.0)
    for arm, locus in (("vdj", vdj), ("vj", vj)):
        model = model_of(scene, arm)
        assert (None if model is None else model.locus) == locus
        assert scene[arm].size == (0 if locus is None else 5)
    assert set((scene["vdj"] if vdj else scene["vj"]).dtype.names) == {*EVENT, "start"}


def test_selection_is_that_which_was_learned():
    """Chains equal those that select draws for the numbers of the clones."""
    scene = cells(40, loci="TRB", selection="learned", n_epitopes=0, binder_share=0.0)
    model = recombination_model("human", "TRB")
    wanted = select(model, learned_selection("human", "TRB"), stream_key(4, "vdj"), np.arange(40), level="gene")
    for name in EVENT:
        np.testing.assert_array_equal(scene["vdj"][name], getattr(wanted, name))


def test_a_chain_depends_on_its_clone_alone():
    """Cells of one clone have one chain, and cells in play alone the one they have among others."""
    scene = cells(60, n_clones=9)
    first = {int(clone): place for place, clone in reversed(list(enumerate(scene["clone"])))}
    places = np.array([first[int(clone)] for clone in scene["clone"]])
    alone = scene.cells(np.array([17, 3]))
    for arm in ("vdj", "vj"):
        for name in ("junction", "v", "j", "start"):
            np.testing.assert_array_equal(scene[arm][name], scene[arm][name][places])
            np.testing.assert_array_equal(alone[arm][name], scene[arm][name][[17, 3]])


def test_carriers_have_the_motif_where_it_is_said():
    """At `start`, the residues are an instance of the motif; nucleotides translate to them; most have room."""
    scene = cells(400, epitope_preset="public motif")
    motifs = motifs_of(scene)
    for column, arm in enumerate(("vj", "vdj")):
        wanted, chains = scene["clone_motif"][scene["clone"], column], scene[arm]
        assert (chains["start"][wanted < 0] == -1).all()
        placed = np.flatnonzero(chains["start"] >= 0)
        # short chains have no room beside their germline ends: more of alpha than of beta
        assert placed.size > (0.9 if arm == "vdj" else 0.7) * (wanted >= 0).sum()
        for cell in placed:
            motif, start = motifs[wanted[cell]], int(chains["start"][cell])
            there = chains["junction_aa"][cell][start : start + len(motif.seed)].decode()
            assert sum(a != b for a, b in zip(there, motif.seed, strict=True)) < len(motif.mismatches)
        assert [codons(each) for each in chains["junction"]] == chains["junction_aa"].tolist()


def codons(junction):
    """The residues of a junction by the table of the genetic code, written down here."""
    bases = "TCAG"
    table = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
    text = junction.decode()
    places = (
        bases.index(a) * 16 + bases.index(b) * 4 + bases.index(c) for a, b, c in zip(*[iter(text)] * 3, strict=True)
    )
    return "".join(table[place] for place in places).encode()


@pytest.mark.parametrize("strength", [0.0, 0.6, 1.0])
def test_binders_prefer_the_gene_of_their_epitope(strength):
    """As often as v_bias says, beyond how often the gene is used anyway."""
    scene = cells(1500, loci="TRB", v_bias=strength)
    model = recombination_model("human", "TRB")
    gene, binds = model.v_genes.index("TRBV19"), scene["clone_epitope"] >= 0
    usual = (recombine(model, stream_key(1, "usage"), np.arange(20_000)).v_genes() == gene).mean()
    has = model.v_gene_codes[scene["vdj"]["v"]] == gene
    assert stats.binomtest(int(has[binds].sum()), int(binds.sum()), strength + (1 - strength) * usual).pvalue > 1e-3
    assert stats.binomtest(int(has[~binds].sum()), int((~binds).sum()), usual).pvalue > 1e-3


def test_no_letter_is_cut_off():
    """The chain of an invariant cell is whole, also beside cells with shorter ones, or alone."""
    scene = cells(40, invariant_share=1.0, inkt_share=0.6, n_epitopes=0, binder_share=0.0)
    for unit in range(0, 40, 4):
        alone = scene.cells(np.array([unit]))
        for arm in ("vdj", "vj"):
            assert alone[arm]["junction"][0] == scene[arm]["junction"][unit]
            assert alone[arm]["junction_aa"][0][-1:] in {b"F", b"W"}


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_invariant_cells_have_their_chains(species):
    """V, J and length of alpha; V of beta where one is known; cells of a kind share no one nucleotide sequence only."""
    knobs = {"species": species, "n_epitopes": 0, "binder_share": 0.0, "invariant_share": 1.0, "inkt_share": 0.5}
    scene = cells(200, **knobs)
    for code, label in ((1, "MAIT-like"), (2, "iNKT-like")):
        (kind,) = [each for each in INVARIANTS if (each.label, each.species) == (label, species)]
        mine = scene["clone_invariant"] == code
        alpha, model = scene["vj"][mine], model_of(scene, "vj")
        assert set(np.array(model.v_genes)[model.v_gene_codes[alpha["v"]]]) <= set(kind.v)
        assert set(np.array(model.j_names)[alpha["j"]].tolist()) <= {f"{gene}*0{n}" for gene in kind.j for n in (1, 2)}
        assert set(np.strings.str_len(alpha["junction_aa"])) <= set(kind.lengths)
        beta, model = scene["vdj"][mine], model_of(scene, "vdj")
        genes = set(np.array(model.v_genes)[model.v_gene_codes[beta["v"]]])
        assert genes <= set(kind.beta_v) if kind.beta_v else len(genes) > 5
        assert np.unique(alpha["junction"]).size > 1


def test_picked_chains_carry_their_motif_by_themselves():
    """A carrier has a chain of the pool that holds an instance; without one in the pool it stays an orphan."""
    knobs = {"n_epitopes": 2, "binder_share": 0.8, "selection": "none", "hla_restriction": 0.0, "planting": "picked"}
    scene = World("picked", knobs, parts=("receptors",)).scene(300, root=5)
    cells = scene.cells(np.arange(300))
    wanted, chains = cells["clone_motif"][cells["clone"], 1], cells["vdj"]
    planted = chains["start"] >= 0
    assert planted.sum() > 60
    assert not planted[wanted < 0].any()
    for number in np.unique(wanted[wanted >= 0]):
        mine = planted & (wanted == number)
        found, start = motifs_of(cells)[number].found_in(chains["junction_aa"][mine])
        assert found.all()
        np.testing.assert_array_equal(start, chains["start"][mine])
    few = scene.cells(np.arange(20, 30))["vdj"]
    np.testing.assert_array_equal(few["junction"], chains["junction"][20:30])
