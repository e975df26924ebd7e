"""The steps of scanpy's PBMC 3k tutorial, and of scirpy's on T cells, with our lines at the end."""

import warnings

import anndata as ad
import matplotlib as mpl
import pandas as pd
import pytest

import rashomon as rs
import rashomon.accessor
from rashomon import datasets, get
from rashomon.core import InputError, silent
from rashomon.io import receptors_from_frame, write_airr_obsm
from rashomon.io.label_set import label_sets
from tests.unit.tl.test_audit import digest
from tests.unit.tl.test_receptor import SMALL

mpl.use("Agg")

QUIET = {"announce": silent, "progress": silent, "n_jobs": 1}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tutorial(real_data):
    """Preprocessing and clustering 3k PBMCs, as on scanpy's pages; regressing out is left away, as it is optional."""
    import scanpy as sc

    with warnings.catch_warnings():
        # scanpy, umap and pynndescent announce changes of their own
        warnings.simplefilter("ignore")
        adata = ad.read_h5ad(real_data / "pbmc3k" / "pbmc3k_counts.h5ad")
        sc.pp.filter_cells(adata, min_genes=200)
        sc.pp.filter_genes(adata, min_cells=3)
        adata.var["mt"] = adata.var_names.str.startswith("MT-")
        sc.pp.calculate_qc_metrics(adata, qc_vars=["mt"], percent_top=None, log1p=False, inplace=True)
        adata = adata[(adata.obs.n_genes_by_counts < 2500) & (adata.obs.pct_counts_mt < 5), :].copy()
        adata.layers["counts"] = adata.X.copy()
        sc.pp.normalize_total(adata, target_sum=1e4)
        sc.pp.log1p(adata)
        sc.pp.highly_variable_genes(
            adata, layer="counts", n_top_genes=2000, min_mean=0.0125, max_mean=3, min_disp=0.5, flavor="seurat_v3"
        )
        adata.layers["scaled"] = adata.X.toarray()
        sc.pp.scale(adata, max_value=10, layer="scaled")
        sc.pp.pca(adata, layer="scaled", svd_solver="arpack")
        sc.pp.neighbors(adata, n_neighbors=10, n_pcs=40)
        sc.tl.umap(adata)
        sc.tl.leiden(adata, resolution=0.7, random_state=0, flavor="igraph", n_iterations=2, directed=False)
        sc.tl.rank_genes_groups(adata, "leiden", mask_var="highly_variable", method="t-test")
    return adata


@pytest.fixture(scope="module")
def audited(tutorial):
    """The digest and columns before, and the data after our lines."""
    before, columns = digest(plain(tutorial)), list(tutorial.obs)
    truth = "seurat_cell_type=annotation:expression"
    rs.audit(tutorial, labels="leiden", truths=[truth], use_rep="X_pca", n_replicates=4, **QUIET)
    return before, columns, tutorial


def plain(adata):
    """A copy whose uns can be put into words: without the tables of scanpy, which are compared apart."""
    bare = adata.copy()
    for name in list(bare.uns):
        if name != "rashomon":
            del bare.uns[name]
    return bare


def by_type(adata):
    """The word and number of the cluster in which most cells of each type of the annotation lie."""
    cards = get.table(adata, "cards").set_index("cluster")
    home = pd.crosstab(adata.obs["scanpy_louvain_annot"], adata.obs["leiden"]).idxmax(axis=1)
    return {name: (cards.loc[cluster, "word"], cluster) for name, cluster in home.items()}


@pytest.mark.realdata
def test_what_a_biologist_is_told_of_pbmc3k(audited):
    """B cells and FCGR3A+ monocytes come back; T cells are a continuum; 13 megakaryocytes are too few to say."""
    adata = audited[2]
    words = by_type(adata)
    assert words["B cells"][0] == words["FCGR3A+ Monocytes"][0] == "comes back"
    assert words["Megakaryocytes"][0] == "too little data"
    assert words["CD4 T cells"][0] == words["CD8 T cells"][0] == "a step on a gradient"
    assert len({cluster for _, cluster in words.values()}) == adata.obs["leiden"].nunique() == 8
    stability = adata.obs.groupby("scanpy_louvain_annot", observed=True)["rashomon_stability"].mean()
    assert stability["B cells"] > 0.9
    assert stability["CD8 T cells"] < stability["CD4 T cells"] < stability["B cells"]


@pytest.mark.realdata
def test_which_clusters_to_merge_in_pbmc3k(audited):
    """No gap was missed that would have been seen: monocytes, B, NK and T cells stay apart in both labellings."""
    adata = audited[2]
    labels = get.labels(adata, key="rashomon")
    home = {name: cluster for name, (_, cluster) in by_type(adata).items()}
    for labelling in ("recommended", "conservative"):
        merged = labels.groupby("leiden", observed=True)[labelling].first()
        apart = [merged[home[name]] for name in ("B cells", "NK cells", "CD14+ Monocytes", "CD4 T cells")]
        assert len(set(apart)) == 4


@pytest.mark.realdata
def test_the_answers_are_those_of_one_sample_without_donors(audited):
    """There are groups; an annotation made from the same counts cannot win; nothing technical was declared or found."""
    answers = get.answers(audited[2]).set_index("question")
    assert answers.loc["structure", "verdict"] == "yes (groups)"
    assert answers.loc["truths", "verdict"] != "the clusters follow seurat_cell_type"
    assert get.table(audited[2], "truths").set_index("truth").loc["seurat_cell_type", "circular"]
    assert answers.loc["confounding", "verdict"] == "nothing technical explains the clusters"
    assert (answers["sentence"].str.endswith(".") & answers["text"].str.len().gt(0)).all()


@pytest.mark.realdata
def test_what_scanpy_wrote_is_untouched(audited):
    """Every matrix, embedding, graph and column, byte for byte; new columns begin with our name."""
    before, columns, adata = audited
    added = [name for name in adata.obs if name not in columns]
    assert added
    assert all(name.startswith("rashomon_") for name in added)
    assert digest(plain(adata), without=added) == before
    assert {"pca", "neighbors", "umap", "leiden", "rank_genes_groups", "rashomon"} <= set(adata.uns)


@pytest.mark.realdata
def test_scanpy_draws_our_columns(audited, tmp_path):
    """`sc.pl.umap` and `sc.pl.embedding` take stability as a number and words as classes."""
    import matplotlib.pyplot as plt
    import scanpy as sc

    adata = audited[2]
    with warnings.catch_warnings():
        # scanpy uses names that the next matplotlib removes
        warnings.simplefilter("ignore")
        axes = sc.pl.umap(adata, color=["leiden", "rashomon_stability", "rashomon_word"], show=False, wspace=0.6)
        sc.pl.embedding(adata, "X_pca", color="rashomon_recommended", show=False)
    assert [each.get_title() for each in axes] == ["leiden", "rashomon_stability", "rashomon_word"]
    shown = {text.get_text() for text in axes[2].get_legend().get_texts()}
    assert set(adata.obs["rashomon_word"].cat.categories) <= shown
    axes[0].figure.savefig(tmp_path / "umap.png", dpi=70, bbox_inches="tight")
    assert (tmp_path / "umap.png").stat().st_size > 10_000
    plt.close("all")


@pytest.mark.realdata
def test_the_file_is_written_and_read(audited, tmp_path):
    """Scanpy's results and ours, in h5ad; the accessor reads them from the file."""
    adata = audited[2]
    adata.write_h5ad(tmp_path / "pbmc3k.h5ad")
    back = ad.read_h5ad(tmp_path / "pbmc3k.h5ad")
    pd.testing.assert_frame_equal(back.rashomon.table("cards"), get.table(adata, "cards"))
    assert back.rashomon.answers()["verdict"].tolist() == get.answers(adata)["verdict"].tolist()
    assert label_sets(back.obs)["column"].tolist() == ["leiden"]


@pytest.fixture(scope="module")
def clonotypes():
    """Wu 2020 as scirpy's pages treat it: chains indexed, checked, compared, clonotypes defined."""
    with warnings.catch_warnings():
        # scirpy, anndata and mudata announce changes of their own
        warnings.simplefilter("ignore")
        import mudata
        import scirpy as ir

        rows = receptors_from_frame(datasets.wu2020_airr())
        airr = ad.AnnData(obs=pd.DataFrame(index=rows.obs_names))
        write_airr_obsm(airr, rows)
        gex = datasets.wu2020()
        airr.obs["patient"] = gex.obs["patient"].reindex(airr.obs_names).astype(object).fillna("not known").to_numpy()
        mdata = mudata.MuData({"gex": gex, "airr": airr})
        ir.pp.index_chains(mdata)
        ir.tl.chain_qc(mdata)
        ir.pp.ir_dist(mdata)
        ir.tl.define_clonotypes(mdata, receptor_arms="all", dual_ir="primary_only")
        near = {"sequence": "aa", "metric": "hamming"}
        ir.pp.ir_dist(mdata, cutoff=3, **near)
        ir.tl.define_clonotype_clusters(mdata, receptor_arms="VDJ", dual_ir="primary_only", **near)
    return mdata


@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")
def test_clonotype_clusters_of_scirpy_are_judged(clonotypes):
    """scirpy's clusters are labels like any others: found by name, judged by sequence, written beside the cells."""
    airr = clonotypes["airr"]
    assert {"clone_id", "cc_aa_hamming"} <= set(label_sets(airr.obs)["column"])
    before = airr.obs["cc_aa_hamming"].copy()
    found = rs.tl.audit_receptors(clonotypes, labels="cc_aa_hamming", donor_key="patient", **SMALL)
    assert airr.obs["cc_aa_hamming"].equals(before)
    assert get.results(airr)["labels"].tolist() == ["cc_aa_hamming"]
    assert get.answers(airr)["question"].tolist() == list(found.answers)
    written = airr.obs["rashomon_receptor_verdict"]
    assert written.notna().sum() == (found.tables["row_labels"]["verdict"] != "").sum()


@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")
def test_clones_of_one_cell_each_are_no_clusters(clonotypes):
    """In 150 cells of Wu 2020 no clone has two: such labels are refused, with the reason."""
    assert clonotypes["airr"].obs["clone_id"].nunique() == 150
    with pytest.raises(InputError, match="150 classes for 150 labelled rows"):
        rs.tl.audit_receptors(clonotypes, labels="clone_id", donor_key="patient", **SMALL)


@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays", "ignore:From 0.4")
def test_expression_and_clonotypes_together(clonotypes, tmp_path):
    """The audit of the expression of a MuData counts the cells with both, and the file keeps what was found."""
    rs.audit(clonotypes, labels="cluster_orig", donor_key="patient", labels_only=True, **QUIET)
    counts = get.table(clonotypes["gex"], "paired_counts").groupby("step", sort=False)["n_cells"].sum()
    assert counts["with both"] == 100
    with warnings.catch_warnings():
        # mudata and anndata announce changes of their defaults
        warnings.simplefilter("ignore")
        clonotypes.write(tmp_path / "wu.h5mu")
        import mudata

        back = mudata.read_h5mu(tmp_path / "wu.h5mu")
    expected = get.answers(clonotypes["gex"])
    pd.testing.assert_frame_equal(get.answers(back["gex"]), expected)
    assert back["gex"].rashomon.results()["tool"].tolist() == ["audit"]


def test_the_accessor_is_registered():
    """Importing the module is all it takes."""
    assert ad.AnnData.rashomon is rashomon.accessor.RashomonAccessor
