"""Power of question 1 beside two published rules at equal error: data sets of one population, and of planted groups."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, command
from scipy.special import xlogy
from scipy.stats import mannwhitneyu
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))
from rashomon.core.thread import THREADS
from rashomon.structure.node import node_test
from tests.structure_sample import Sample, groups, sample

LEVEL = 0.05
FOLDS, RARE = (1.2, 1.7, 2.3, 3.2), (2.3, 2.8, 3.2)
FEW = ((10, 2.3), (10, 2.8), (10, 3.2), (5, 3.2), (5, 4.0))
SPARSE = {"n": 1000, "g": 2000, "total": 400.0}
CASES: dict[str, dict[str, Any]] = {
    **{f"8 markers, log2 {fold:g}": {"log2_fold": fold} for fold in FOLDS},
    **{f"10 % of the cells, 8 markers, log2 {fold:g}": {"log2_fold": fold, "n": 1000, "share": 0.1} for fold in RARE},
    **{f"sparse, {m} markers, log2 {fold:g}": {"log2_fold": fold, "markers": m, **SPARSE} for m, fold in FEW},
}
"""Groups, 400 cells x 300 genes x 1,200 counts unless the case says otherwise."""

WITHOUT = ("depth", "heavy", "line", "circle")
"""Kinds of data without groups."""


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--sets", type=int, default=60, help="data sets of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    n, seed = arguments.sets, arguments.seed
    bench = Benchmark(
        "structure_power",
        "Power of question 1 beside the statistics of sc-SHC and recall, at equal measured error",
        {"sets": n},
        seed,
        ["scikit-learn", "scipy"],
    )
    begun = time.perf_counter()
    with ProcessPoolExecutor(arguments.jobs, initializer=_one_thread) as pool:
        limits: dict[str, dict[str, float]] = {}
        for name, given in CASES.items():
            shape = {key: given[key] for key in ("n", "g", "total") if key in given}
            null = partial(sample, "plain", **shape)
            if str(shape) not in limits:
                limits[str(shape)] = _limits(pool.map(partial(_statistics, null), _seeds(seed, "null", n)))
                found = pool.map(partial(_called, null, limits[str(shape)]), _seeds(seed, "null again", n))
                bench.check(f"error on other nulls, {shape or 'usual shape'} ({n})", _rates(found, n), passed=True)
            planted = partial(groups, **given)
            found = pool.map(partial(_called, planted, limits[str(shape)]), _seeds(seed, name, n))
            bench.check(f"power, {name} ({n})", _rates(found, n), passed=True)
        for kind in WITHOUT:
            found = pool.map(partial(_called, partial(sample, kind), limits["{}"]), _seeds(seed, kind, n))
            bench.check(f"called groups though there are none, {kind} ({n})", _rates(found, n), passed=True)
    bench.add("all data sets, all rules", [time.perf_counter() - begun], note=f"{arguments.jobs} processes")
    bench.finish(arguments.output)


def shc_like(counts: sp.csr_matrix, rng: np.random.Generator) -> float:
    """Between-group sum of squares per cell of Ward's first split, on 30 components of Poisson deviance residuals.

    The statistic of sc-SHC: Grabski, Street & Irizarry (2023), Nature Methods 20:1196. Its null is fitted per data set;
    here the threshold is the 95 % point over simulated nulls, which grants it an exact null.
    """
    dense = counts.toarray().astype(np.float64)
    dense = dense[:, dense.any(axis=0)]
    expected = np.outer(dense.sum(axis=1), dense.sum(axis=0)) / dense.sum()
    deviance = 2 * (xlogy(dense, dense / expected) - (dense - expected))
    residuals = np.sign(dense - expected) * np.sqrt(np.maximum(deviance, 0))
    view = PCA(30, svd_solver="randomized", random_state=int(rng.integers(2**31))).fit_transform(residuals)
    first = AgglomerativeClustering(2).fit_predict(view) == 0
    apart = view[first].mean(axis=0) - view[~first].mean(axis=0)
    return float(first.mean() * (1 - first.mean()) * (apart**2).sum())


def recall_like(counts: sp.csr_matrix, rng: np.random.Generator) -> float:
    """Genes above their knockoffs between two clusters of the augmented data: the rule of recall.

    DenAdel et al. (2024), bioRxiv 2024.03.08.584180. Knockoffs are genes permuted over cells (independent copies of the
    same marginal); the statistic is the largest number of genes that the knockoff filter selects, less one for ties.
    """
    dense = counts.toarray().astype(np.float64)
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


RULES = {"sc-SHC-like": shc_like, "recall-like": recall_like}


def _components(counts: sp.csr_matrix, rng: np.random.Generator) -> np.ndarray:
    dense = counts.toarray()
    logged = np.log1p(1e4 * dense / np.maximum(dense.sum(axis=1, keepdims=True), 1))
    seed = int(rng.integers(2**31))
    return np.asarray(PCA(30, svd_solver="randomized", random_state=seed).fit_transform(logged))


def _limits(found: Iterable[dict[str, float]]) -> dict[str, float]:
    """Return the 95 % points of the rules' statistics: their error is then 5 %, by measurement."""
    rows = list(found)
    return {rule: float(np.quantile([row[rule] for row in rows], 1 - LEVEL)) for rule in RULES}


def _statistics(make: Callable[[np.random.Generator], Sample], seed: list[int]) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    counts = make(rng).counts
    return {rule: statistic(counts, rng) for rule, statistic in RULES.items()}


def _called(make: Callable[[np.random.Generator], Sample], limits: dict[str, float], seed: list[int]) -> Counter[str]:
    """Return which rules say that one data set has groups; question 1 has its own level of 5 %."""
    rng = np.random.default_rng(seed)
    counts = make(rng).counts
    said = {rule: statistic(counts, rng) > limits[rule] for rule, statistic in RULES.items()}
    verdict = node_test(counts, rng=rng).verdict
    said |= {"question 1, groups": verdict == "groups", "question 1, structure": verdict != "no"}
    return Counter({rule: int(called) for rule, called in said.items()})


def _rates(found: Iterable[Counter[str]], n: int) -> str:
    rows = list(found)
    return ", ".join(f"{rule} {sum(row[rule] for row in rows) / n:.2f}" for rule in rows[0])


def _seeds(seed: int, name: str, n: int) -> list[list[int]]:
    return [[seed, *name.encode(), i] for i in range(n)]


def _one_thread() -> None:
    os.environ[THREADS] = "1"
    threadpool_limits(1)


if __name__ == "__main__":
    main()
