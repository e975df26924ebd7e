"""The chain of our steps gives the labels of a plain scanpy script, pipeline by pipeline, on data that are hard."""

import warnings
from dataclasses import dataclass, replace

import harmonypy
import numba
import numpy as np
import pandas as pd
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from rashomon.cluster import CLUSTERERS, GRAPH_STEPS
from rashomon.dataset import Dataset, Expression, Roles, Truth
from rashomon.encode import STEPS, ExactNeighbours
from rashomon.multiverse import Executor, Wishes, collect, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit

N_COMPS = 50


@dataclass(frozen=True)
class Pipeline:
    """One choice per step."""

    norm: str = "cp10k"
    scaled: bool = True
    n_top: int = 400
    n_pcs: int = 20
    k: int = 15
    resolution: float = 1.0
    seed: int = 0


BASE = Pipeline()
PIPELINES = [
    BASE,
    replace(BASE, seed=1),
    replace(BASE, resolution=0.5),
    replace(BASE, resolution=2.0, seed=1),
    replace(BASE, k=30),
    replace(BASE, n_pcs=50),
    replace(BASE, n_top=200, n_pcs=50, k=30, resolution=0.5),
    replace(BASE, scaled=False),
    replace(BASE, scaled=False, n_pcs=50, seed=1),
    replace(BASE, norm="median"),
    replace(BASE, norm="median", scaled=False, n_top=200, k=30, resolution=2.0),
    replace(BASE, norm="pearson", scaled=False),
    replace(BASE, norm="pearson", scaled=False, n_top=200, n_pcs=50, seed=1),
    replace(BASE, norm="pearson", scaled=False, k=30, resolution=2.0),
]


@pytest.fixture(scope="module")
def hard():
    """1,500 cells x 800 genes in 8 groups of unequal size; negative binomial counts, depth varies, weak differences."""
    rng = np.random.default_rng(11)
    truth = rng.choice(8, 1500, p=np.array([30, 20, 15, 12, 10, 6, 4, 3]) / 100)
    profile = np.exp(rng.normal(-1.0, 1.2, 800) + rng.normal(0, 1, (8, 800)) * 0.65 * (rng.random((8, 800)) < 0.12))
    means = profile[truth] * np.exp(rng.normal(0, 0.5, (1500, 1)))
    counts = rng.poisson(rng.gamma(1.5, means / 1.5)).astype(np.float32)
    return sp.csr_matrix(counts), truth


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """As the engine runs steps: another number of threads adds in another order."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    with threadpool_limits(1):
        yield
    numba.set_num_threads(before)


def ours(counts, pipeline):
    """The pipeline as a chain of registered steps."""
    genes = {"n_top": pipeline.n_top}
    steps = {
        "cp10k": [("log_normalise", {"target_sum": 1e4}), ("variable_genes", genes | {"flavor": "seurat"})],
        "median": [("log_normalise", {"target_sum": None}), ("variable_genes", genes | {"flavor": "seurat"})],
        "pearson": [
            ("variable_genes", genes | {"flavor": "pearson_residuals"}),
            ("pearson_residuals", {"theta": 100.0, "clip": None}),
        ],
    }[pipeline.norm]
    chain = [
        ("filter", {"min_counts": 1, "min_cells": 3}),
        *steps,
        *([("scale", {"max_value": 10.0})] if pipeline.scaled else []),
        ("pca", {"n_comps": N_COMPS}),
        ("take_pcs", {"n_pcs": pipeline.n_pcs}),
        ("neighbours", {"k": 30}),
        ("fuzzy_graph", {"k": pipeline.k}),
        ("igraph", {}),
        ("leiden", {"resolution": pipeline.resolution, "seed": pipeline.seed, "n_iterations": 2}),
    ]
    n_cells, n_genes = counts.shape
    state = {
        "x": counts,
        "rows": np.arange(n_cells),
        "genes": np.arange(n_genes),
        "gene_flags": np.zeros(n_genes, dtype=np.uint8),
    }
    for name, params in chain:
        known = next(registry for registry in (STEPS, GRAPH_STEPS, CLUSTERERS) if name in registry)
        state |= known[name].run(state, params)
    return state["labels"]


def plain(counts, pipeline, *, n_comps, **neighbours):
    """The same pipeline as a user writes it, with public scanpy calls only."""
    adata = AnnData(counts.copy())
    sc.pp.filter_cells(adata, min_counts=1)
    sc.pp.filter_genes(adata, min_cells=3)
    if pipeline.norm == "pearson":
        sc.experimental.pp.highly_variable_genes(adata, flavor="pearson_residuals", n_top_genes=pipeline.n_top)
        adata = adata[:, adata.var["highly_variable"]].copy()
        sc.experimental.pp.normalize_pearson_residuals(adata)
    else:
        sc.pp.normalize_total(adata, target_sum=1e4 if pipeline.norm == "cp10k" else None)
        sc.pp.log1p(adata)
        sc.pp.highly_variable_genes(adata, n_top_genes=pipeline.n_top)
        adata = adata[:, adata.var["highly_variable"]].copy()
    if pipeline.scaled:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "zero-centering a sparse", UserWarning)
            sc.pp.scale(adata, max_value=10)
    sc.pp.pca(adata, n_comps=n_comps, svd_solver="covariance_eigh")
    sc.pp.neighbors(adata, n_neighbors=pipeline.k, n_pcs=pipeline.n_pcs, use_rep="X_pca", **neighbours)
    sc.tl.leiden(
        adata,
        resolution=pipeline.resolution,
        random_state=pipeline.seed,
        flavor="igraph",
        directed=False,
        n_iterations=2,
    )
    return adata.obs["leiden"].astype(int).to_numpy()


umap_warns = pytest.mark.filterwarnings("ignore:Tensorflow not installed", "ignore::numba.core.errors.NumbaWarning")


def test_the_data_are_hard(hard):
    """Clusters are far from the truth in every pipeline, yet not noise, and two seeds differ."""
    counts, truth = hard
    found = {pipeline: ours(counts, pipeline) for pipeline in PIPELINES}
    scores = [adjusted_rand_score(truth, labels) for labels in found.values()]
    assert max(scores) < 0.8
    assert max(scores) > 0.1
    assert not np.array_equal(found[BASE], found[replace(BASE, seed=1)])


@umap_warns
@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: "-".join(map(str, vars(pipeline).values())))
def test_labels_equal_the_loop(hard, pipeline):
    """Labels equal those of the scanpy script with our neighbours as its transformer."""
    counts, _ = hard
    expected = plain(counts, pipeline, n_comps=N_COMPS, transformer=ExactNeighbours(n_neighbors=pipeline.k))
    np.testing.assert_array_equal(ours(counts, pipeline), expected)


@umap_warns
@pytest.mark.parametrize("neighbours", [{}, {"transformer": "sklearn"}], ids=["default", "sklearn"])
@pytest.mark.parametrize(
    "pipeline",
    [BASE, replace(BASE, norm="median", n_pcs=30), replace(BASE, norm="pearson", scaled=False)],
    ids=["cp10k", "median", "pearson"],
)
def test_labels_equal_the_loop_without_anything_of_ours(hard, pipeline, neighbours):
    """Labels equal those of the script with scanpy's own neighbours and a PCA of only as many components as it uses."""
    counts, _ = hard
    np.testing.assert_array_equal(ours(counts, pipeline), plain(counts, pipeline, n_comps=pipeline.n_pcs, **neighbours))


PLANNED = [
    ({"n_genes": 400, "n_pcs": 20}, BASE),
    (
        {"n_genes": 400, "n_pcs": 50, "scale": "none", "resolution": 0.5},
        replace(BASE, scaled=False, n_pcs=50, resolution=0.5),
    ),
    ({"normalise": "Pearson residuals", "n_genes": 400, "n_pcs": 20}, replace(BASE, norm="pearson", scaled=False)),
    (
        {"normalise": "Pearson residuals", "n_genes": 400, "n_pcs": 50, "seed": 1},
        replace(BASE, norm="pearson", scaled=False, n_pcs=50, seed=1),
    ),
]


@umap_warns
def test_labels_of_the_planner_equal_the_loop(hard):
    """The multiverse, planned and executed with shared prefixes, gives the labels of one script per pipeline."""
    counts, _ = hard
    genes = np.array([f"g{j}" for j in range(counts.shape[1])])
    names = [f"c{i}" for i in range(counts.shape[0])]
    dataset = Dataset(pd.DataFrame(index=names), Expression(counts, genes, "counts"))
    multiverse = expression_multiverse(dataset, n_clusters=8)
    units = [label_unit(multiverse.complete(given), multiverse, facts=FULL_DATA) for given, _ in PLANNED]
    executor = Executor(slots_of(dataset), 0)
    parts = collect(units, executor.run(units, task="loop"), executor.keys(units), obs_names=dataset.obs_names)
    for j, (_, pipeline) in enumerate(PLANNED):
        expected = plain(counts, pipeline, n_comps=N_COMPS, transformer=ExactNeighbours(n_neighbors=pipeline.k))
        np.testing.assert_array_equal(parts.labels[:, j], expected, err_msg=str(pipeline))


N_BATCHES = 3
OPTIONS = [
    {"gene_flavor": "seurat_v3"},
    {"gene_flavor": "cell_ranger", "n_neighbours": 30},
    {"gene_flavor": "seurat_v3", "gene_batch": "by batch", "scale": "none"},
    {"gene_batch": "by batch", "normalise": "log median"},
    {"metric": "cosine", "resolution": 0.5},
    {"metric": "cosine", "normalise": "Pearson residuals"},
    {"integrate": "harmony", "n_pcs": 50},
    {"clusterer": "leiden_leidenalg", "seed": 1},
    {"excluded_genes": "mitochondrial"},
]


DEFAULTS = {
    "normalise": "log CP10k",
    "gene_flavor": "seurat",
    "gene_batch": "across all cells",
    "excluded_genes": "none",
    "scale": "clip 10",
    "n_pcs": 20,
    "integrate": "none",
    "clusterer": "leiden",
    "n_neighbours": 15,
    "metric": "euclidean",
    "resolution": 1.0,
    "seed": 0,
}


def normalised(adata, choice):
    """Normalised and scaled values of the chosen genes, by scanpy only."""
    ranking = {"n_top_genes": 400, "batch_key": "batch" if choice["gene_batch"] == "by batch" else None}
    if choice["normalise"] == "Pearson residuals":
        sc.experimental.pp.highly_variable_genes(adata, flavor="pearson_residuals", **ranking)
        adata = adata[:, adata.var["highly_variable"]].copy()
        sc.experimental.pp.normalize_pearson_residuals(adata)
        return adata
    allowed = np.ones(adata.n_vars, dtype=bool)
    if choice["excluded_genes"] == "mitochondrial":
        allowed = ~adata.var_names.str.startswith("MT-")
    ranked = adata[:, allowed].copy()
    sc.pp.normalize_total(adata, target_sum=1e4 if choice["normalise"] == "log CP10k" else None)
    sc.pp.log1p(adata)
    if choice["gene_flavor"] != "seurat_v3":
        ranked = adata[:, allowed].copy()
    sc.pp.highly_variable_genes(ranked, flavor=choice["gene_flavor"], **ranking)
    adata = adata[:, adata.var_names.isin(ranked.var_names[ranked.var["highly_variable"]])].copy()
    if choice["scale"] == "clip 10":
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "zero-centering a sparse", UserWarning)
            sc.pp.scale(adata, max_value=10)
    return adata


def script(adata, given):
    """A pipeline with the options of the full budget, as a user writes it: scanpy and harmonypy only."""
    choice = {**DEFAULTS, **given}
    adata = adata.copy()
    sc.pp.filter_cells(adata, min_counts=1)
    sc.pp.filter_genes(adata, min_cells=3)
    adata = normalised(adata, choice)
    sc.pp.pca(adata, n_comps=N_COMPS, svd_solver="covariance_eigh")
    view = np.ascontiguousarray(adata.obsm["X_pca"][:, : choice["n_pcs"]])
    if choice["integrate"] == "harmony":
        view = np.asarray(harmonypy.run_harmony(view, adata.obs, "batch", ncores=1, verbose=False).Z_corr)
    adata.obsm["X_used"] = view.astype(np.float32)
    search = {"n_neighbors": choice["n_neighbours"], "metric": choice["metric"], "transformer": "sklearn"}
    sc.pp.neighbors(adata, use_rep="X_used", **search)
    leidenalg = choice["clusterer"] == "leiden_leidenalg"
    flavor = {"flavor": "leidenalg" if leidenalg else "igraph", "directed": leidenalg, "n_iterations": 2}
    sc.tl.leiden(adata, resolution=choice["resolution"], random_state=choice["seed"], **flavor)
    return adata.obs["leiden"].astype(int).to_numpy()


@pytest.fixture(scope="module")
def planned(hard):
    """The same cells in three batches, with symbols of some mitochondrial genes; labels of every option, planned."""
    counts, _ = hard
    genes = np.array([f"MT-{j}" if j % 40 == 0 else f"g{j}" for j in range(counts.shape[1])])
    names = [f"c{i}" for i in range(counts.shape[0])]
    codes = (np.arange(len(names)) % N_BATCHES).astype(np.int32)
    batch = Truth("batch", "technical", codes, tuple("abc"), "external")
    dataset = Dataset(pd.DataFrame(index=names), Expression(counts, genes, "counts"), roles=Roles(batch=batch))
    wishes = Wishes({"n_genes": [400], "n_pcs": [20, 50]}, max_pipelines=10_000)
    multiverse = expression_multiverse(dataset, budget="full", n_clusters=8, wishes=wishes)
    given = [{"excluded_genes": "none", "n_pcs": 20, **each} for each in OPTIONS]
    units = [label_unit(multiverse.complete(each), multiverse, facts=FULL_DATA) for each in given]
    executor = Executor(slots_of(dataset), 0)
    parts = collect(units, executor.run(units, task="options"), executor.keys(units), obs_names=dataset.obs_names)
    obs = pd.DataFrame({"batch": pd.Categorical(np.array(list("abc"))[codes])}, index=names)
    return parts, AnnData(counts.copy(), obs=obs, var=pd.DataFrame(index=genes))


@umap_warns
@pytest.mark.filterwarnings("ignore:In the future, the default backend for leiden:FutureWarning")
@pytest.mark.parametrize("number", range(len(OPTIONS)), ids=[" ".join(map(str, o.values())) for o in OPTIONS])
def test_options_equal_the_loop(planned, number):
    """Each option of the full budget, through the planner, gives the labels of the plain script."""
    parts, adata = planned
    assert parts.runs["reason"].iloc[number] == ""
    np.testing.assert_array_equal(parts.labels[:, number], script(adata, OPTIONS[number]))
