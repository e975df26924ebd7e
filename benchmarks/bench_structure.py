"""Question 1: seconds on 10,000 cells, draws of one population, and power beside two published rules at equal error."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from result import Benchmark, command
from scipy.stats import mannwhitneyu
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

sys.path.insert(0, str(Path(__file__).parents[1]))
from rashomon.core import silent
from rashomon.engine import Call, Engine, MemoryStore
from rashomon.multiverse import Executor, Unit, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.sim import World
from rashomon.sim.twin_step import draw_call, fit_call
from rashomon.structure.node import node_test
from rashomon.structure.significance import cluster_significance
from tests.structure_sample import groups, sample

LEVEL = 0.05
FOLDS = (1.2, 1.7, 2.3, 3.2)


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--genes", type=int, default=2_000)
    parser.add_argument("--draws", type=int, default=10, help="draws of one population; 99 are asked for")
    parser.add_argument("--sets", type=int, default=60, help="data sets of each kind for power; 0: none")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    bench = Benchmark(
        "structure",
        "Question 1 of an audit, its reference draws, and its power",
        {name: getattr(arguments, name) for name in ("cells", "genes", "draws", "sets")},
        arguments.seed,
        ["scikit-learn", "scipy"],
    )
    _seconds(bench, arguments)
    if arguments.sets:
        _power(bench, arguments.sets, arguments.seed)
    bench.finish(arguments.output)


def _seconds(bench: Benchmark, arguments: argparse.Namespace) -> None:
    knobs = {"n_groups": 15, "n_genes": arguments.genes, "n_markers": 20, "effect_size": 2.5, "depth": 2000.0}
    data = World("types", knobs).sample(arguments.cells, rng=arguments.seed).dataset
    codes = data.truths["type"].codes
    x = data.expression.x  # type: ignore[union-attr]
    small = np.arange(600)
    cluster_significance(sp.csr_matrix(x[small]), codes[small] % 3, rng=np.random.default_rng(0))
    begun = time.perf_counter()
    found = cluster_significance(x, codes, rng=np.random.default_rng(0))
    seconds = time.perf_counter() - begun
    bench.add("question 1: all cells, every split and pair", [seconds], note=f"{len(found.pairs)} pairs, one process")
    bench.check("question 1 in a minute", f"{seconds:.0f} s", passed=seconds < 60)
    multiverse = expression_multiverse(data, budget="quick")
    engine, entropy = Engine("processes", 0, silent), 1
    executor = Executor(slots_of(data), entropy, MemoryStore(), engine)
    fit = fit_call([], null=True)
    units = [_draw(fit, number, multiverse, arguments.cells) for number in range(arguments.draws)]
    begun = time.perf_counter()
    records = executor.run(units, task="draws")
    seconds = time.perf_counter() - begun
    bench.check(
        "draws that failed", sum(each.status != "ok" for each in records), passed=all(r.status == "ok" for r in records)
    )
    scaled = seconds * 99 / arguments.draws
    bench.add(
        "99 draws of one population, clustered",
        [scaled],
        note=f"{arguments.draws} measured, times {99 / arguments.draws:.0f}",
    )
    bench.check("99 draws in ten minutes", f"{scaled:.0f} s", passed=scaled < 600)


def _draw(fit: Call, number: int, multiverse: object, n_obs: int) -> Unit:
    start = (fit, draw_call([], replicate=number, n_obs=n_obs))
    return label_unit(multiverse.default, multiverse, start=start, facts={**FULL_DATA, "draw": number})  # type: ignore[attr-defined, arg-type]


def shc_like(counts: sp.csr_matrix, rng: np.random.Generator) -> float:
    """Mean silhouette of the first split of Ward's tree on 30 components of log counts: the statistic of sc-SHC.

    Grabski, Street & Irizarry (2023), Nature Methods 20:1196. Its null is fitted per data set; here the threshold is
    the 95 % point over simulated nulls, which grants it an exact null.
    """
    view = _components(counts, rng)
    labels = AgglomerativeClustering(2).fit_predict(view)
    return float(silhouette_score(view, labels))


def recall_like(counts: sp.csr_matrix, rng: np.random.Generator) -> float:
    """Genes above their knockoffs between two clusters of the augmented data: the rule of recall.

    DenAdel et al. (2024), bioRxiv 2024.03.08.584180. Knockoffs are genes permuted over cells (independent copies of the
    same marginal); the statistic is the largest number of genes that the knockoff filter selects, less one for ties.
    """
    dense = counts.toarray()
    copies = np.apply_along_axis(rng.permutation, 0, dense)
    both = np.hstack([dense, copies])
    labels = KMeans(2, n_init=3, random_state=0).fit_predict(_components(sp.csr_matrix(both), rng))
    scaled = np.log1p(1e4 * both / both.sum(axis=1, keepdims=True))
    p = mannwhitneyu(scaled[labels == 0], scaled[labels == 1], axis=0).pvalue
    strength = -np.log10(np.maximum(p, 1e-300))
    w = strength[: dense.shape[1]] - strength[dense.shape[1] :]
    order = np.sort(np.abs(w))[::-1]
    kept = [np.sum(w >= t) for t in order if (1 + np.sum(w <= -t)) / max(np.sum(w >= t), 1) <= LEVEL]
    return float(max(kept, default=0)) + 1e-6 * float(w.max())


def _components(counts: sp.csr_matrix, rng: np.random.Generator) -> np.ndarray:
    dense = counts.toarray()
    logged = np.log1p(1e4 * dense / np.maximum(dense.sum(axis=1, keepdims=True), 1))
    seed = int(rng.integers(2**31))
    return np.asarray(PCA(30, svd_solver="randomized", random_state=seed).fit_transform(logged))


def _power(bench: Benchmark, n: int, seed: int) -> None:
    """Add the power of each rule; the thresholds of the two peers are those of simulated nulls of the same kind."""
    rules = {"sc-SHC-like": shc_like, "recall-like": recall_like}
    cases = {f"8 markers, log2 {fold:g}": {"log2_fold": fold} for fold in FOLDS}
    cases["10 markers, log2 3.2, 1,500 genes, 250 counts"] = {
        "log2_fold": 3.2,
        "markers": 10,
        "g": 1500,
        "total": 250.0,
    }
    for name, given in cases.items():
        shape = {key: given[key] for key in ("g", "total") if key in given}
        rows = {}
        for rule, statistic in rules.items():
            nulls = [statistic(sample("plain", rng, **shape).counts, rng) for rng in _streams(seed, "null", n)]
            values = [statistic(groups(rng, **given).counts, rng) for rng in _streams(seed, name, n)]
            rows[rule] = float(np.mean(np.array(values) > np.quantile(nulls, 1 - LEVEL)))
        found = [node_test(groups(rng, **given).counts, rng=rng).verdict for rng in _streams(seed, name, n)]
        rows["question 1, groups"] = float(np.mean([each == "groups" for each in found]))
        rows["question 1, structure"] = float(np.mean([each != "no" for each in found]))
        said = ", ".join(f"{rule} {power:.2f}" for rule, power in rows.items())
        bench.check(f"power, {name} ({n} data sets)", said, passed=True)
    for kind in ("depth", "heavy", "line"):
        rows = {}
        for rule, statistic in rules.items():
            nulls = [statistic(sample("plain", rng).counts, rng) for rng in _streams(seed, "null", n)]
            values = [statistic(sample(kind, rng).counts, rng) for rng in _streams(seed, kind, n)]
            rows[rule] = float(np.mean(np.array(values) > np.quantile(nulls, 1 - LEVEL)))
        found = [node_test(sample(kind, rng).counts, rng=rng).verdict for rng in _streams(seed, kind, n)]
        rows["question 1, groups"] = float(np.mean([each == "groups" for each in found]))
        said = ", ".join(f"{rule} {rate:.2f}" for rule, rate in rows.items())
        bench.check(f"called groups, {kind} ({n} data sets)", said, passed=True)


def _streams(seed: int, name: str, n: int) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, *name.encode(), i]) for i in range(n)]


if __name__ == "__main__":
    main()
