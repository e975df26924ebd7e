"""Seconds from an embedding to its neighbour graph, against scikit-learn, umap and pynndescent."""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, alone, command, peak_mib, repeat

Function = Callable[..., Any]


def exact() -> Function:
    """Return our neighbour search."""
    from rashomon.encode.neighbour import neighbours

    return lambda view, k: neighbours(view, k=k)


def brute() -> Function:
    """Return scikit-learn's."""
    from sklearn.neighbors import NearestNeighbors

    def search(view: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        found = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(view).kneighbors(view)
        return found[1], found[0]

    return search


def descent() -> Function:
    """Return pynndescent's approximate search, which scanpy's default uses from 4,096 cells."""
    from pynndescent import NNDescent

    return lambda view, k: NNDescent(view, n_neighbors=k, random_state=0).neighbor_graph


def fuzzy() -> Function:
    """Return our weighted graph."""
    from rashomon.encode.fuzzy_graph import fuzzy_graph

    return lambda indices, distances: fuzzy_graph(indices, distances, k=indices.shape[1])


def umap() -> Function:
    """Return umap's, called as scanpy calls it."""
    with warnings.catch_warnings():
        # says that tensorflow is absent
        warnings.simplefilter("ignore")
        from umap.umap_ import fuzzy_simplicial_set

    def connect(indices: np.ndarray, distances: np.ndarray) -> sp.csr_matrix:
        n, k = indices.shape
        given = {"knn_indices": indices, "knn_dists": distances, "set_op_mix_ratio": 1.0, "local_connectivity": 1.0}
        return fuzzy_simplicial_set(sp.coo_matrix((n, 1)), k, None, None, **given)[0]

    return connect


def measure(prepare: Callable[[], Function], n: int, *data: Any) -> tuple[Any, ...]:
    """Return the seconds of the first call with its imports, those of `n` more, the peak memory, and the result."""
    begun = time.perf_counter()
    function = prepare()
    function(*data)
    first = time.perf_counter() - begun
    times, found = repeat(lambda: function(*data), n)
    return first, times, peak_mib(), found


def embedding(n_obs: int, n_dims: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return ten round groups that touch, as ``float32``."""
    centres = rng.normal(0, 1.5, (10, n_dims))
    return (centres[rng.integers(10, size=n_obs)] + rng.normal(0, 1, (n_obs, n_dims))).astype(np.float32)


def _parse() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=100_000, help="cells of the neighbour search with all cores")
    parser.add_argument("--dims", type=int, default=50)
    parser.add_argument("--k", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    # short cases
    parser.set_defaults(repeats=7)
    return parser.parse_args()


def main() -> None:
    """Measure, compare, print and write."""
    arguments = _parse()
    view = embedding(arguments.cells, arguments.dims, rng=np.random.default_rng(arguments.seed))
    bench = Benchmark(
        "encode",
        "From an embedding to its neighbour graph; one thread, unless said otherwise",
        {"cells": arguments.cells, "dims": arguments.dims, "k": arguments.k},
        arguments.seed,
        ["scikit-learn", "umap-learn", "pynndescent"],
    )

    def run(case: str, prepare: Callable[[], Function], *data: Any, threads: int | None = 1) -> Any:
        first, times, peak, found = alone(measure, prepare, arguments.repeats, *data, threads=threads)
        bench.add(case, times, peak=peak, note=f"first call, with import and compilation: {first:.2g} s")
        return found

    indices, distances = run("rashomon: exact neighbours", exact, view, arguments.k)
    run("scikit-learn: brute force", brute, view, arguments.k)
    run("scikit-learn: brute force, all cores", brute, view, arguments.k, threads=None)
    approximate, _ = run("pynndescent: approximate", descent, view, arguments.k)
    ours = run("rashomon: fuzzy graph", fuzzy, indices, distances)
    theirs = run("umap: fuzzy graph", umap, indices, distances)
    for own, peer in (("exact neighbours", "scikit-learn: brute force"), ("fuzzy graph", "umap: fuzzy graph")):
        bench.compare(f"rashomon: {own}", peer)
    bench.compare("rashomon: exact neighbours", "pynndescent: approximate")
    # in float64: the products of float32 confuse near ties
    expected, _ = brute()(view.astype(np.float64), arguments.k)
    same = int((indices == expected).all(axis=1).sum())
    bench.check("cells with scikit-learn's float64 neighbours", f"{same} of {len(view)}", passed=same == len(view))
    found = np.mean([np.isin(a, b).mean() for a, b in zip(indices, approximate, strict=True)])
    bench.check("share of the neighbours that pynndescent finds, for information", f"{found:.3f}", passed=True)
    largest = float(abs(ours - theirs).max())
    _search_many(bench, arguments)
    bench.check("largest absolute difference to umap's graph", f"{largest:.1e}", passed=largest == 0)
    bench.finish(arguments.output)


def _search_many(bench: Benchmark, arguments: argparse.Namespace) -> None:
    """Search the neighbours of many cells with all cores; exactness and recall are checked on 200 of them."""
    rng = np.random.default_rng(arguments.seed + 1)
    view = embedding(arguments.many, arguments.dims, rng=rng)
    cases = {"rashomon: exact neighbours": exact, "pynndescent: approximate": descent}
    found = {}
    for case, prepare in cases.items():
        name = f"{case}, {arguments.many} cells, all cores"
        first, times, peak, (indices, _) = alone(measure, prepare, 2, view, arguments.k, threads=None)
        bench.add(name, times, peak=peak, note=f"first call, with import and compilation: {first:.2g} s")
        found[name] = indices
    bench.compare(*found)
    some = rng.choice(arguments.many, 200, replace=False)
    wide = view.astype(np.float64)
    expected = [np.argsort(((wide - wide[i]) ** 2).sum(axis=1), kind="stable")[: arguments.k] for i in some]
    recall = {
        name: float(np.mean([np.isin(a, b).mean() for a, b in zip(expected, indices[some], strict=True)]))
        for name, indices in found.items()
    }
    ours, theirs = recall.values()
    bench.check(f"share of the neighbours found exactly, {arguments.many} cells", f"{ours:.4f}", passed=ours == 1)
    bench.check("the same of pynndescent, for information", f"{theirs:.3f}", passed=True)


if __name__ == "__main__":
    main()
