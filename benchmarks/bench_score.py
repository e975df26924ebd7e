"""Seconds to compare all pairs of labelings, against scikit-learn (ARI, NMI, AMI) and clusim (element-centric)."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from result import Benchmark, command, repeat
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from rashomon.score import agreement_matrix, element_consistency

SCORES = ("ari", "nmi", "ami", "element_centric")
N_CLUSIM = 2000
"""Items for clusim, whose time and memory grow with their square."""

TOLERANCE = 1e-10


def labelings(n_runs: int, n_obs: int, *, rng: np.random.Generator) -> list[np.ndarray]:
    """Return labelings that split and merge one hidden grouping and add noise, as runs of a multiverse do."""
    hidden = rng.integers(12, size=n_obs)
    made = []
    for _ in range(n_runs):
        n_clusters = int(rng.integers(5, 30))
        named = rng.integers(n_clusters, size=12)[hidden]
        noise = rng.random(n_obs) < rng.uniform(0.05, 0.4)
        made.append(np.where(noise, rng.integers(n_clusters, size=n_obs), named).astype(np.int32))
    return made


def by_sklearn(a: np.ndarray, b: np.ndarray) -> list[float]:
    """Return ARI, NMI and AMI of a pair."""
    peers = adjusted_rand_score, normalized_mutual_info_score, adjusted_mutual_info_score
    return [float(peer(a, b)) for peer in peers]


def by_clusim(a: np.ndarray, b: np.ndarray) -> list[float]:
    """Return the element-centric similarity of a pair."""
    from clusim.clustering import Clustering
    from clusim.sim import element_sim

    read = [Clustering().from_membership_list(labels.tolist()) for labels in (a, b)]
    return [float(element_sim(*read, alpha=0.9))]


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=20, help="pairs that the peers compute")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    made = np.stack(labelings(arguments.runs, arguments.cells, rng=rng), axis=1)
    pairs = np.stack(np.triu_indices(arguments.runs, k=1), axis=1)
    sample = pairs[rng.choice(len(pairs), size=min(arguments.sample, len(pairs)), replace=False)]
    bench = Benchmark(
        "score",
        "ARI, NMI, AMI and element-centric similarity of all pairs of labelings",
        {"runs": arguments.runs, "cells": arguments.cells, "pairs": len(pairs), "sample": len(sample)},
        arguments.seed,
        ["scikit-learn", "clusim"],
    )
    with threadpool_limits(1):
        _measure(bench, made, sample, n=arguments.repeats, threads=arguments.threads)
    bench.finish(arguments.output)


def _measure(bench: Benchmark, made: np.ndarray, sample: np.ndarray, *, n: int, threads: int) -> None:
    small = made[:N_CLUSIM]
    # compiled, and clusim imported, before the clock runs
    agreement_matrix(small[:, :3], scores=SCORES)
    element_consistency(small[:, :3])
    by_clusim(small[:100, 0], small[:100, 1])
    with_threads = f"rashomon: four scores, {threads} threads"
    bench.add("rashomon: four scores, 1 thread", repeat(lambda: agreement_matrix(made, scores=SCORES), n)[0])
    seconds, found = repeat(lambda: agreement_matrix(made, scores=SCORES, n_threads=threads), n)
    bench.add(with_threads, seconds)
    three = f"rashomon: ARI, NMI, AMI, {threads} threads"
    bench.add(three, repeat(lambda: agreement_matrix(made, scores=SCORES[:3], n_threads=threads), n)[0])
    bench.add(
        f"rashomon: consistency per cell, {threads} threads",
        repeat(lambda: element_consistency(made, n_threads=threads), 1)[0],
    )
    peer = _peer(bench, "scikit-learn: ARI, NMI, AMI", by_sklearn, made, sample)
    bench.compare(three, "scikit-learn: ARI, NMI, AMI")
    bench.compare(with_threads, "scikit-learn: ARI, NMI, AMI")
    _check(bench, "ARI, NMI, AMI against scikit-learn", found, SCORES[:3], sample, peer)
    seconds, found = repeat(lambda: agreement_matrix(small, scores=SCORES[3:], n_threads=threads), n)
    scale = f"{small.shape[0]} cells"
    bench.add("rashomon: element-centric, small", seconds, note=scale)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = _peer(bench, "clusim: element-centric, small", by_clusim, small, sample, scale=scale)
    bench.compare("rashomon: element-centric, small", "clusim: element-centric, small")
    _check(bench, "element-centric similarity against clusim", found, SCORES[3:], sample, peer)


def _peer(
    bench: Benchmark,
    case: str,
    function: Callable[[np.ndarray, np.ndarray], list[float]],
    made: np.ndarray,
    sample: np.ndarray,
    *,
    scale: str = "all cells",
) -> np.ndarray:
    """Time each pair of the sample, add its seconds times the number of pairs, and return the values."""
    n_pairs = made.shape[1] * (made.shape[1] - 1) // 2
    timed = [repeat(lambda pair=pair: function(*made.T[pair]), 1) for pair in sample]
    seconds = [each[0] * n_pairs for each, _ in timed]
    bench.add(case, seconds, note=f"{scale}, {len(sample)} pairs measured, each times {n_pairs}")
    return np.array([value for _, value in timed])


def _check(
    bench: Benchmark,
    what: str,
    found: dict[str, np.ndarray],
    scores: tuple[str, ...],
    sample: np.ndarray,
    peer: np.ndarray,
) -> None:
    own = np.stack([found[name][sample[:, 0], sample[:, 1]] for name in scores], axis=1)
    largest = float(np.abs(own - peer).max())
    bench.check(f"largest absolute difference, {what}", f"{largest:.1e}", passed=largest <= TOLERANCE)


if __name__ == "__main__":
    main()
