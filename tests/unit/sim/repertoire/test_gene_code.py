"""Genes that chains are to have."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.repertoire.gene_code import gene_codes
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.vdj.choice import choices

KNOBS = {"loci": "TRA+TRB", "n_epitopes": 2, "binder_share": 0.8, "hla_restriction": 0.0, "selection": "none"}
N = 1500


def codes(arm="vdj", **changes):
    """Names of the V and J gene of each clone, empty where free, and the scene."""
    scene = World("genes", {**KNOBS, **changes}, parts=("receptors",)).scene(N, root=4)
    model = model_of(scene, arm)
    v, j = gene_codes(scene, model, arm, np.arange(N))
    return np.array([*model.v_genes, ""])[v], np.array([*model.j_genes, ""])[j], scene


@pytest.mark.parametrize(("v_bias", "j_bias"), [(0.8, 0.3), (0.0, 0.6), (1.0, 0.0)])
def test_binders_have_the_genes_of_their_epitope(v_bias, j_bias):
    """V and J as often as is said, independently of each other; other clones are free."""
    v, j, scene = codes(v_bias=v_bias, j_bias=j_bias)
    binds = scene["clone_epitope"] >= 0
    assert set(v[~binds]) | set(j[~binds]) == {""}
    for found, gene, share in ((v, "TRBV19", v_bias), (j, "TRBJ2-7", j_bias)):
        assert set(found) <= {"", gene}
        assert stats.binomtest(int((found[binds] == gene).sum()), int(binds.sum()), share).pvalue > 1e-3
    both = int(((v != "") & (j != ""))[binds].sum())
    assert stats.binomtest(both, int(binds.sum()), v_bias * j_bias).pvalue > 1e-3


def test_genes_of_a_motif_come_before_those_of_the_epitope():
    """Carriers have the genes of their motif, other binders those of the preset."""
    v, j, scene = codes(beta_motifs=["TRBV9 TRBJ1-1 SYGT", "RSAQ"], v_bias=1.0, j_bias=1.0)
    carried = scene["clone_motif"][:, 1]
    assert set(zip(v[carried == 0], j[carried == 0], strict=True)) == {("TRBV9", "TRBJ1-1")}
    assert set(zip(v[carried == 1], j[carried == 1], strict=True)) == {("TRBV19", "TRBJ2-7")}


def test_no_pair_of_genes_is_impossible():
    """Of alpha, a preferred J that does not recombine with the V is left out; what a motif asks for stays.

    The model has no chain of TRAV12-2 with TRAJ34.
    """
    knobs = {"epitope_preset": "diffuse", "loci": "TRA", "v_bias": 1.0, "j_bias": 1.0, "n_epitopes": 9}
    v, j, scene = codes("vj", **knobs)
    model = model_of(scene, "vj")
    law = choices(model, "gene")
    given = [np.array([names.index(name) if name else -1 for name in found])
             for names, found in ((model.v_genes, v), (model.j_genes, j))]  # fmt: skip
    assert (law.mass(*given, functional=True) > 0).all()
    asked = [f"TRAJ34 {word}" for word in ("GNN", "DDK")]
    v, j, scene = codes("vj", loci="TRA", alpha_motifs=asked, v_bias=1.0, epitope_preset="alpha-driven")
    assert set(j[scene["clone_motif"][:, 0] >= 0]) == {"TRAJ34"}
    assert set(v[scene["clone_motif"][:, 0] >= 0]) == {""}
    assert "TRAV12-2" in set(v)
