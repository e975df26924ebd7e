"""Question 1: seconds on 10,000 cells, draws of one population, and power beside two published rules at equal error."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
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
from tests.structure_sample import Sample, groups, sample

LEVEL = 0.05
FOLDS, RARE = (1.2, 1.7, 2.3, 3.2), (2.3, 2.8, 3.2)
FEW = ((10, 2.3), (10, 2.8), (10, 3.2), (5, 3.2), (5, 4.0))
SPARSE = {"n": 1000, "g": 2000, "total": 400.0}


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--genes", type=int, default=2_000)
    parser.add_argument("--draws", type=int, default=10, help="draws of one population, 2 or more; 99 are asked for")
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
    # the first alone: it starts the workers and fits, once for all draws
    begun = time.perf_counter()
    records = list(executor.run(units[:1], task="first draw"))
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    records += executor.run(units[1:], task="draws")
    each = (time.perf_counter() - begun) / (arguments.draws - 1)
    bench.check(
        "draws that failed", sum(each.status != "ok" for each in records), passed=all(r.status == "ok" for r in records)
    )
    scaled = first + 98 * each
    bench.add(
        "99 draws of one population, clustered",
        [scaled],
        note=f"scaled: {first:.0f} s for the fit and one draw, then 98 x {each:.2f} s, from {arguments.draws - 1}",
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


RULES = {"sc-SHC-like": shc_like, "recall-like": recall_like}

CASES: dict[str, dict[str, float]] = {
    **{f"8 markers, log2 {fold:g}": {"log2_fold": fold} for fold in FOLDS},
    **{f"10 % of the cells, 8 markers, log2 {fold:g}": {"log2_fold": fold, "n": 1000, "share": 0.1} for fold in RARE},
    **{f"sparse, {m} markers, log2 {fold:g}": {"log2_fold": fold, "markers": m, **SPARSE} for m, fold in FEW},
}
"""Groups, 400 cells x 300 genes x 1,200 counts unless the case says otherwise."""


def _power(bench: Benchmark, n: int, seed: int) -> None:
    """Print the share of data sets in which each rule calls groups.

    Thresholds of the two peers are the 95 % points of their statistics over `n` null data sets of the same shape, so
    their error is 5 % by measurement; question 1 has its own level of 5 %, and its error is printed likewise.
    """
    shapes: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}
    for name, given in CASES.items():
        shape = tuple((key, given[key]) for key in ("n", "g", "total") if key in given)
        if shape not in shapes:
            shapes[shape] = _thresholds(bench, shape, n, seed)
        rates = _rates(lambda rng, given=given: groups(rng, **given), shapes[shape], _streams(seed, name, n))
        bench.check(f"power, {name} ({n} data sets)", rates, passed=True)
    for kind in ("depth", "heavy", "line", "circle"):
        rates = _rates(lambda rng, kind=kind: sample(kind, rng), shapes[()], _streams(seed, kind, n))
        bench.check(f"called groups though there are none, {kind} ({n} data sets)", rates, passed=True)


def _thresholds(bench: Benchmark, shape: tuple[tuple[str, float], ...], n: int, seed: int) -> dict[str, float]:
    nulls = [sample("plain", rng, **dict(shape)).counts for rng in _streams(seed, "null", n)]  # type: ignore[arg-type]
    found = {
        rule: float(np.quantile([statistic(x, np.random.default_rng(i)) for i, x in enumerate(nulls)], 1 - LEVEL))
        for rule, statistic in RULES.items()
    }
    fresh = _streams(seed, "null again", n)
    said = _rates(lambda rng: sample("plain", rng, **dict(shape)), found, fresh)  # type: ignore[arg-type]
    bench.check(f"error on other nulls, {dict(shape) or 'usual shape'} ({n} data sets)", said, passed=True)
    return found


def _rates(make: Callable[..., Sample], thresholds: dict[str, float], streams: list[np.random.Generator]) -> str:
    called = dict.fromkeys((*RULES, "question 1, groups", "question 1, structure"), 0)
    for rng in streams:
        counts = make(rng).counts
        for rule, statistic in RULES.items():
            called[rule] += statistic(counts, rng) > thresholds[rule]
        verdict = node_test(counts, rng=rng).verdict
        called["question 1, groups"] += verdict == "groups"
        called["question 1, structure"] += verdict != "no"
    return ", ".join(f"{rule} {count / len(streams):.2f}" for rule, count in called.items())


def _streams(seed: int, name: str, n: int) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, *name.encode(), i]) for i in range(n)]


if __name__ == "__main__":
    main()
