"""Audits of real data find what is known about them; assertions are loose and true."""

import anndata as ad
import numpy as np
import pytest

from rashomon import tl

N_CELLS, N_GENES = 600, 600

pytestmark = pytest.mark.realdata


def subset(path, *, keep=None):
    """Some cells and the genes with most counts, so that an audit takes seconds."""
    data = ad.read_h5ad(path)
    if keep is not None:
        data = data[keep(data.obs)].copy()
    cells = np.sort(np.random.default_rng(0).permutation(data.n_obs)[:N_CELLS])
    genes = np.sort(np.argsort(-np.asarray(data.X.sum(axis=0)).ravel(), kind="stable")[:N_GENES])
    return data[cells, genes].copy()


def run(data, **arguments):
    """A small audit in this process."""
    return tl.audit(data, n_replicates=4, n_jobs=1, **arguments)


@pytest.mark.statistical
def test_blood_cells_of_pbmc3k(real_data):
    """B cells and monocytes come back, clusters follow the other annotation, and rare types cannot be told."""
    data = subset(
        real_data / "pbmc3k" / "pbmc3k_counts.h5ad", keep=lambda obs: obs["scanpy_louvain_annot"].notna().to_numpy()
    )
    found = run(data, labels="scanpy_louvain_annot", truths=["seurat_cell_type"])
    classes = found.clusters.set_index("cluster")["class"]
    assert classes["B cells"] == classes["CD14+ Monocytes"] == "comes back"
    assert classes["Megakaryocytes"] == "cannot tell"
    assert found.standin.usable
    assert found.answers["truths"].verdict == "the clusters follow seurat_cell_type"
    assert found.answers["truths"].estimate > 0.6
    b_cells = data.obs["scanpy_louvain_annot"] == "B cells"
    assert data.obs.loc[b_cells, "rashomon_stability"].mean() > 0.8


@pytest.mark.statistical
def test_stimulation_outweighs_donors_in_kang(real_data):
    """Stimulated and resting blood: types made from the counts cannot win, and the condition beats the donor."""
    data = subset(real_data / "kang_ifnb" / "kang_ifnb.h5ad")
    found = run(
        data,
        truths=["marker_gate_circular=annotation:expression"],
        donor_key="donor",
        condition_key="stim",
    )
    table = found.tables["truths"].set_index("truth")
    assert table.loc["marker_gate_circular", "circular"]
    assert table.loc["marker_gate_circular", "ami"] > table.loc["stim", "ami"] > table.loc["donor", "ami"]
    assert table.loc["stim", "ami"] > 0.1
    assert table.loc["donor", "ami"] < 0.1
    assert "marker_gate_circular" not in found.answers["truths"].verdict
    assert found.answers["truths"].interval.over.startswith("200 half-samples of donors")
    assert (found.tables["rungs"]["rung"] == "donor_block").any()


@pytest.mark.statistical
def test_protein_gates_of_cite_seq(real_data):
    """RNA clusters follow the protein gate far beyond chance; cells outside every gate are left out."""
    data = subset(real_data / "cite_cbmc" / "cite_cbmc.h5ad")
    found = run(
        data,
        labels="rna_cluster",
        truths=["protein_gate_derived=annotation:protein"],
        unassigned=["ungated"],
    )
    row = found.tables["truths"].set_index("truth").loc["protein_gate_derived"]
    assert row["n_labelled"] == (data.obs["protein_gate_derived"] != "ungated").sum()
    assert found.answers["truths"].verdict == "the clusters follow protein_gate_derived"
    assert row["ami"] > 0.5
    assert row["random_high"] < 0.05
    assert (found.clusters["class"] == "comes back").sum() >= 3
