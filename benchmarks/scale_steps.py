"""Seconds of every step from 3,000 to 100,000 cells, and the exponents of their growth."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, alone, command, peak_mib

SIZES = (3000, 10_000, 30_000, 100_000)
N_GENES, K = 2000, 15


def sparse_counts(n_cells: int, *, rng: np.random.Generator) -> sp.csr_matrix:
    """Return negative binomial counts of eight groups, nine in ten of them zero, made 2,000 cells at a time."""
    marks = rng.normal(0, 1.0, (8, N_GENES)) * (rng.random((8, N_GENES)) < 0.1)
    profile = np.exp(rng.normal(-3.2, 1.4, N_GENES) + marks)
    parts = []
    for start in range(0, n_cells, 2000):
        n = min(2000, n_cells - start)
        means = profile[rng.integers(8, size=n)] * np.exp(rng.normal(0, 0.4, (n, 1)))
        parts.append(sp.csr_matrix(rng.poisson(rng.gamma(2.0, means / 2.0)).astype(np.float32)))
    return sp.vstack(parts, format="csr")


def steps() -> list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]]:
    """Return the steps of one pipeline, each with its own name."""
    from rashomon.cluster.graph import to_igraph
    from rashomon.cluster.leiden import leiden
    from rashomon.encode.fuzzy_graph import fuzzy_graph
    from rashomon.encode.log_normalise import log_normalise
    from rashomon.encode.neighbour import neighbours
    from rashomon.encode.pca import pca
    from rashomon.encode.scale import scale

    def search(state: dict[str, Any]) -> dict[str, Any]:
        indices, distances = neighbours(state["view"], k=K)
        return {"indices": indices, "distances": distances}

    return [
        ("log_normalise", lambda s: {"x": log_normalise(s["counts"], target_sum=1e4)}),
        ("scale", lambda s: {"scaled": scale(s["x"], max_value=10.0)}),
        ("pca", lambda s: {"view": pca(s["scaled"], n_comps=50), "scaled": None}),
        ("neighbours", search),
        ("fuzzy_graph", lambda s: {"graph": fuzzy_graph(s["indices"], s["distances"], k=K)}),
        ("igraph", lambda s: {"igraph": to_igraph(s["graph"])}),
        ("leiden", lambda s: {"labels": leiden(s["igraph"], resolution=1.0, seed=0)}),
    ]


def run(counts: sp.csr_matrix) -> tuple[dict[str, float], float]:
    """Return the seconds of each step in one thread, after a small warm-up, and the peak memory."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        for size in (500, counts.shape[0]):
            state: dict[str, Any] = {"counts": counts[:size]}
            seconds = {}
            for name, step in steps():
                begun = time.perf_counter()
                state |= step(state)
                seconds[name] = time.perf_counter() - begun
    return seconds, peak_mib()


def exponents(seconds: dict[int, float]) -> str:
    """Return how seconds grow with the number of cells: the slope of their logarithms, in words."""
    log_n, log_s = np.log(list(seconds)), np.log(list(seconds.values()))
    slope = float(np.polyfit(log_n, log_s, 1)[0])
    last = float(np.diff(log_s)[-1] / np.diff(log_n)[-1])
    return f"{slope:.2f} over all sizes, {last:.2f} between the last two"


def main() -> None:
    """Measure, fit, print and write."""
    parser = command(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    settings = {"genes": N_GENES, "neighbours": K, "components": 50, "threads": 1}
    bench = Benchmark("steps", "One pipeline step by step, one thread", settings, arguments.seed)
    found: dict[int, dict[str, float]] = {}
    for n_cells in arguments.sizes:
        counts = sparse_counts(n_cells, rng=np.random.default_rng(arguments.seed))
        found[n_cells], peak = alone(run, counts)
        for name, seconds in found[n_cells].items():
            bench.add(f"{name}, {n_cells} cells", [seconds])
        bench.add(f"all steps, {n_cells} cells", [sum(found[n_cells].values())], peak=peak)
    for name in found[arguments.sizes[0]]:
        said = exponents({n_cells: seconds[name] for n_cells, seconds in found.items()})
        bench.check(f"fitted exponent of the number of cells, {name}, for information", said, passed=True)
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
