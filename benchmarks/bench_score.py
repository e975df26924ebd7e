"""Seconds to compare all pairs of labelings, against scikit-learn (ARI, AMI) and clusim (element-centric)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from result import Benchmark, command, repeat
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from threadpoolctl import threadpool_limits

from rashomon.score import score_pair

SCORES = ("ari", "ami", "element_centric")
N_CLUSIM = 2000
"""Items for clusim, which keeps a Python object per item."""

TOLERANCE = 1e-10

Pairs = Sequence[tuple[np.ndarray, np.ndarray]]


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


def ours(pairs: Pairs, scores: Sequence[str] = SCORES) -> np.ndarray:
    """Return one row per pair, one column per score."""
    return np.array([[found.value for found in score_pair(scores, a, b).values()] for a, b in pairs])


def by_sklearn(pairs: Pairs) -> np.ndarray:
    """Return ARI and AMI of each pair."""
    return np.array([[adjusted_rand_score(a, b), adjusted_mutual_info_score(a, b)] for a, b in pairs])


def by_clusim(pairs: Pairs) -> np.ndarray:
    """Return the element-centric similarity of each pair."""
    from clusim.clustering import Clustering
    from clusim.sim import element_sim

    def read(labels: np.ndarray) -> Clustering:
        return Clustering().from_membership_list(labels.tolist())

    return np.array([[element_sim(read(a), read(b), alpha=0.9)] for a, b in pairs])


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=60, help="pairs that the peers compute")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    made = labelings(arguments.runs, arguments.cells, rng=rng)
    pairs = list(combinations(made, 2))
    sample = [pairs[i] for i in rng.choice(len(pairs), size=min(arguments.sample, len(pairs)), replace=False)]
    bench = Benchmark(
        "score",
        "ARI, AMI and element-centric similarity of all pairs of labelings; one thread",
        {"runs": arguments.runs, "cells": arguments.cells, "pairs": len(pairs), "sample": len(sample)},
        arguments.seed,
        ["scikit-learn", "clusim"],
    )
    with threadpool_limits(1):
        _measure(bench, pairs, sample, arguments.repeats)
    bench.finish(arguments.output)


def _measure(bench: Benchmark, pairs: Pairs, sample: Pairs, n: int) -> None:
    small = [(a[:N_CLUSIM], b[:N_CLUSIM]) for a, b in sample]
    # compiled, and clusim imported, before the clock runs
    ours(small[:1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_clusim(small[:1])
    times = len(pairs) / len(sample)
    seconds, _ = repeat(lambda: ours(pairs), n)
    bench.add("rashomon: three scores", seconds)
    seconds, _ = repeat(lambda: ours(pairs, SCORES[:2]), n)
    bench.add("rashomon: ARI, AMI", seconds)
    seconds, found = repeat(lambda: by_sklearn(sample), n)
    note = f"{len(sample)} pairs measured, times {times:.3g}"
    bench.add("scikit-learn: ARI, AMI", [value * times for value in seconds], note=note)
    bench.compare("rashomon: ARI, AMI", "scikit-learn: ARI, AMI")
    _check(bench, "ARI, AMI against scikit-learn", ours(sample, SCORES[:2]), found)
    scale = f"{len(small)} pairs of {len(small[0][0])} cells"
    seconds, own = repeat(lambda: ours(small, SCORES[2:]), n)
    bench.add("rashomon: element-centric, small", seconds, note=scale)
    seconds, found = repeat(lambda: by_clusim(small), n)
    bench.add("clusim: element-centric, small", seconds, note=scale)
    bench.compare("rashomon: element-centric, small", "clusim: element-centric, small")
    _check(bench, "element-centric similarity against clusim", own, found)


def _check(bench: Benchmark, what: str, own: np.ndarray, found: np.ndarray) -> None:
    largest = float(np.abs(own - found).max())
    bench.check(f"largest absolute difference, {what}", f"{largest:.1e}", passed=largest <= TOLERANCE)


if __name__ == "__main__":
    main()
