"""Seconds for 96 pipelines: the engine over the planned tree, against loops over plain scanpy.

With ``--quick`` one pipeline in twelve stands for the loop with scanpy's defaults, instead of all of them.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, alone, command, peak_mib

LEVELS: dict[str, tuple[Any, ...]] = {
    "normalise": ("log CP10k", "log median"),
    "n_genes": (1000, 500),
    "scale": ("clip 10",),
    "n_pcs": (50, 20),
    "clusterer": ("leiden",),
    "n_neighbours": (10, 30),
    "resolution": (1.0, 0.5, 2.0),
    "seed": (0, 1),
}
"""The choices and their levels, in the order of the analysis."""

STRICT: dict[str, tuple[Any, ...]] = {
    name: levels
    for each in LEVELS
    for name, levels in (
        *([("pca_solver", ("arpack",))] if each == "n_pcs" else []),
        (each, LEVELS[each]),
        *([("neighbour_search", ("pynndescent",))] if each == "n_neighbours" else []),
    )
}
"""The same with what scanpy does by default: components and neighbours of each number by themselves."""

TARGET_SUM = {"log CP10k": 1e4, "log median": None}
EVERY = 12
"""One pipeline in so many is run again by the loop with scanpy's defaults in one thread, to compare labels."""

Pipeline = dict[str, Any]


def synthetic_counts(n_cells: int, n_genes: int, *, rng: np.random.Generator) -> sp.csr_matrix:
    """Return negative binomial counts of eight unequal groups with weak differences; cells differ in depth."""
    share = np.array([30, 20, 15, 12, 10, 6, 4, 3]) / 100
    marks = rng.normal(0, 0.65, (8, n_genes)) * (rng.random((8, n_genes)) < 0.12)
    profile = np.exp(rng.normal(-1.0, 1.2, n_genes) + marks)
    means = profile[rng.choice(8, n_cells, p=share)] * np.exp(rng.normal(0, 0.5, (n_cells, 1)))
    return sp.csr_matrix(rng.poisson(rng.gamma(1.5, means / 1.5)).astype(np.float32))


@dataclass
class Finished:
    """What one process measured: the first pipeline alone with its imports, all of them, labels, memory."""

    first: float
    seconds: list[float]
    labels: np.ndarray
    peak: float


def planned_units(*, strict: bool = False) -> list[Any]:
    """Return one labelled unit per pipeline, and hence the pipelines, depth first.

    Parameters
    ----------
    strict
        Whether components and neighbours are those of scanpy's defaults: arpack at each number of components, and
        approximate neighbours at each number of neighbours. Nothing is then a prefix of anything.
    """
    from rashomon.multiverse import Choice, Multiverse, Option
    from rashomon.multiverse.base import label_units

    choices = [
        Choice(
            name,
            tuple(Option(level, "") for level in levels),
            granularity=name == "resolution",
            replicate=name == "seed",
        )
        for name, levels in (STRICT if strict else LEVELS).items()
    ]
    return label_units(Multiverse(tuple(choices)))


def _slots(counts: sp.csr_matrix) -> dict[str, Any]:
    import pandas as pd

    from rashomon.dataset import Dataset, Expression
    from rashomon.multiverse import slots_of

    genes = np.array([f"g{j}" for j in range(counts.shape[1])])
    names = [f"c{i}" for i in range(counts.shape[0])]
    return slots_of(Dataset(pd.DataFrame(index=names), Expression(counts, genes, "counts")))


def ours(counts: sp.csr_matrix, engine_name: Any, repeats: int, form: str = "prefixes") -> Finished:
    """Run the tree `repeats` times, each time from nothing."""
    begun = time.perf_counter()
    from rashomon.engine import Engine
    from rashomon.multiverse import Executor

    units, data = planned_units(strict=form == "strict"), _slots(counts)

    def run(some: Sequence[Any]) -> list[Any]:
        # an executor has its own empty store
        return Executor(data, 0, engine=Engine(engine_name)).run(some, task="benchmark")

    run(units[:1])
    first = time.perf_counter() - begun
    seconds, records = [], []
    for _ in range(repeats):
        begun = time.perf_counter()
        records = run(units)
        seconds.append(time.perf_counter() - begun)
    return Finished(first, seconds, np.stack([record.slots["labels"] for record in records]), peak_mib())


def cold(counts: sp.csr_matrix) -> float:
    """Return the seconds of all pipelines in a new process, imports included."""
    begun = time.perf_counter()
    from rashomon.engine import Engine
    from rashomon.multiverse import Executor

    Executor(_slots(counts), 0, engine=Engine("processes")).run(planned_units(), task="benchmark")
    return time.perf_counter() - begun


@dataclass(frozen=True)
class Loop:
    """How a loop over scanpy is written.

    Parameters
    ----------
    solver
        Of the PCA.
    exact
        Whether the neighbours are our exact ones, or scanpy's default.
    shared
        Whether a step is run again only when its settings, or those of a step before it, changed.
    """

    solver: str
    exact: bool
    shared: bool = False

    def stages(self) -> list[tuple[tuple[str, ...], Callable[[Any, Pipeline], Any]]]:
        """Return the steps of the script, each with the choices that it is the first to use."""
        return [
            (("normalise",), _normalise),
            (("n_genes",), self.embed),
            (("n_pcs",), self.reduce),
            (("n_neighbours",), self.connect),
            (("resolution", "seed"), _cluster),
        ]

    def embed(self, adata: Any, pipeline: Pipeline) -> Any:
        """Choose genes and scale them."""
        import scanpy as sc

        sc.pp.highly_variable_genes(adata, n_top_genes=pipeline["n_genes"])
        chosen = adata[:, adata.var["highly_variable"]].copy()
        sc.pp.scale(chosen, max_value=10)
        return chosen

    def reduce(self, adata: Any, pipeline: Pipeline) -> Any:
        """Compute components."""
        import scanpy as sc

        sc.pp.pca(adata, n_comps=pipeline["n_pcs"], svd_solver=self.solver)
        return adata

    def connect(self, adata: Any, pipeline: Pipeline) -> Any:
        """Find neighbours and weigh them."""
        import scanpy as sc

        k, given = pipeline["n_neighbours"], {}
        if self.exact:
            from rashomon.encode import ExactNeighbours

            given["transformer"] = ExactNeighbours(n_neighbors=k)
        sc.pp.neighbors(adata, n_neighbors=k, use_rep="X_pca", **given)
        return adata

    def run(self, counts: sp.csr_matrix, pipelines: Sequence[Pipeline]) -> np.ndarray:
        """Return the labels of each pipeline; they come depth first, so the last result of each step is enough."""
        labels = []
        kept: dict[tuple[str, ...], tuple[list[Any], Any]] = {}
        for pipeline in pipelines:
            state, settings = counts, []
            for choices, stage in self.stages():
                settings = [*settings, *(pipeline[choice] for choice in choices)]
                if not self.shared or choices not in kept or kept[choices][0] != settings:
                    kept[choices] = settings, stage(state, pipeline)
                state = kept[choices][1]
            labels.append(state)
        return np.stack(labels)


def _normalise(counts: sp.csr_matrix, pipeline: Pipeline) -> Any:
    import scanpy as sc
    from anndata import AnnData

    adata = AnnData(counts.copy())
    sc.pp.filter_cells(adata, min_counts=1)
    sc.pp.filter_genes(adata, min_cells=3)
    sc.pp.normalize_total(adata, target_sum=TARGET_SUM[pipeline["normalise"]])
    sc.pp.log1p(adata)
    return adata


def _cluster(adata: Any, pipeline: Pipeline) -> np.ndarray:
    import scanpy as sc

    sc.tl.leiden(
        adata,
        resolution=pipeline["resolution"],
        random_state=pipeline["seed"],
        flavor="igraph",
        directed=False,
        n_iterations=2,
    )
    labels: np.ndarray = adata.obs["leiden"].astype(int).to_numpy()
    return labels


def scanpy_loop(counts: sp.csr_matrix, loop: Loop, pipelines: Sequence[Pipeline]) -> Finished:
    """Run a loop once."""
    # umap says that tensorflow is absent
    warnings.simplefilter("ignore")
    begun = time.perf_counter()
    loop.run(counts, pipelines[:1])
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    labels = loop.run(counts, pipelines)
    return Finished(first, [time.perf_counter() - begun], labels, peak_mib())


def _parse() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--genes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="scale the slowest loop up from a few pipelines")
    return parser.parse_args()


def main() -> None:
    """Measure, compare, print and write."""
    arguments = _parse()
    rng = np.random.default_rng(arguments.seed)
    counts = synthetic_counts(arguments.cells, arguments.genes, rng=rng)
    pipelines = [{name: unit.facts[name] for name in LEVELS} for unit in planned_units()]
    bench = _begin(counts, len(pipelines), arguments.seed)
    serial = _add(bench, "rashomon: serial", alone(ours, counts, "serial", arguments.repeats))
    processes = _add(bench, "rashomon: processes", alone(ours, counts, "processes", arguments.repeats))
    bench.add("rashomon: processes, from a new process", [alone(cold, counts) for _ in range(arguments.repeats)])
    strict = _add(bench, "rashomon: strict, processes", alone(ours, counts, "processes", 1, "strict"))
    # drawn, because a fixed step through the grid would meet the same level of some choices each time
    drawn = np.sort(rng.permutation(len(pipelines))[::EVERY])
    few = [pipelines[i] for i in drawn]
    defaults, knobs = Loop("arpack", exact=False), Loop("covariance_eigh", exact=True)
    scale = len(pipelines) / len(few) if arguments.quick else 1.0
    found = alone(scanpy_loop, counts, defaults, few if arguments.quick else pipelines, threads=None)
    found.seconds = [value * scale for value in found.seconds]
    _add(bench, "scanpy: defaults", found, f"{len(found.labels)} pipelines measured; all cores; ")
    _add(bench, "scanpy: our settings", alone(scanpy_loop, counts, knobs, pipelines, threads=None), "all cores; ")
    by_hand = replace(knobs, shared=True)
    plain = alone(scanpy_loop, counts, by_hand, pipelines)
    _add(bench, "scanpy: our settings, steps shared", plain, "one thread; ")
    _compare(bench)
    _agree(bench, "serial and processes", serial, processes)
    _agree(bench, "serial and scanpy with our settings", serial, plain.labels)
    one_thread = alone(scanpy_loop, counts, knobs, few)
    _agree(bench, "scanpy's loop and the same with steps shared", one_thread.labels, plain.labels[drawn])
    _agree(
        bench, "strict and scanpy with its defaults", strict[drawn], alone(scanpy_loop, counts, defaults, few).labels
    )
    bench.finish(arguments.output)


def _compare(bench: Benchmark) -> None:
    fast = ("serial", "processes", "processes, from a new process")
    pairs = [(own, peer) for own in fast for peer in ("defaults", "our settings", "our settings, steps shared")]
    for own, peer in [*pairs, ("strict, processes", "defaults")]:
        bench.compare(f"rashomon: {own}", f"scanpy: {peer}")


def _agree(bench: Benchmark, what: str, ours: np.ndarray, peers: np.ndarray) -> None:
    same = int((ours == peers).all(axis=1).sum())
    bench.check(
        f"pipelines with identical labels, one thread, {what}", f"{same} of {len(ours)}", passed=same == len(ours)
    )


def _begin(counts: sp.csr_matrix, n_pipelines: int, seed: int) -> Benchmark:
    from rashomon.engine import Engine

    facts = {"cells": counts.shape[0], "genes": counts.shape[1], "pipelines": n_pipelines}
    title = (
        "Leiden labels of every pipeline. rashomon: one BLAS thread a process. scanpy with its defaults: arpack, "
        "approximate neighbours; with our settings: eigendecomposed covariance, our exact neighbours"
    )
    levels = {name: list(values) for name, values in LEVELS.items()}
    return Benchmark(
        "multiverse",
        title,
        {**facts, "workers": Engine("processes").n_workers, **levels},
        seed,
        ["scanpy", "umap-learn"],
    )


def _add(bench: Benchmark, case: str, found: Finished, note: str = "") -> np.ndarray:
    note = f"{note}first pipeline in a new process: {found.first:.2g} s"
    bench.add(case, found.seconds, peak=found.peak, note=note)
    return found.labels


if __name__ == "__main__":
    main()
