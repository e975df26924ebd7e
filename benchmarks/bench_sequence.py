"""Seconds from a list of junctions to the graph of those one edit apart, and its components, against scirpy."""

from __future__ import annotations

import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from junction import junctions
from result import Benchmark, alone, command, peak_mib, repeat

from rashomon.encode.sequence_pair import Metric, sequence_graph, sequence_pairs

METRICS: tuple[Metric, ...] = ("hamming", "levenshtein")

LIMIT = 614
"""MiB that a process may take for the largest list: 0.6 GiB, the list and all libraries included."""


def measure(path: str, metric: Metric, n_repeats: int) -> tuple[list[float], float, tuple[int, int, int]]:
    """Return seconds, peak memory, and the numbers of pairs, components and sequences in the largest component."""
    sequences = Path(path).read_text(encoding="ascii").splitlines()
    # compiled before the clock runs
    sequence_graph(sequences[:1000], metric=metric, cutoff=1).components  # noqa: B018 - computed when asked for
    times, found = [], (0, 0, 0)
    for _ in range(n_repeats):
        begun = time.perf_counter()
        graph = sequence_graph(sequences, metric=metric, cutoff=1)
        components = graph.components
        times.append(time.perf_counter() - begun)
        size = np.bincount(components)
        found = graph.distances.nnz // 2, size.size, int(size.max())
        del graph, components
    return times, peak_mib(), found


def peer(path: str) -> tuple[list[float], float, np.ndarray]:
    """Return seconds and peak memory of scirpy's Hamming distances, and its pairs."""
    sequences = np.array(Path(path).read_text(encoding="ascii").splitlines())
    with warnings.catch_warnings():
        # its imports and its compiled loops warn of their own
        warnings.simplefilter("ignore")
        from scirpy.ir_dist import sequence_dist

        # compiled before the clock runs
        sequence_dist(sequences[:200], metric="hamming", cutoff=1, n_jobs=2)
        times, found = repeat(lambda: sequence_dist(sequences, metric="hamming", cutoff=1, n_jobs=2), 1)
    near = found.tocoo()
    upper = near.row < near.col
    keys = np.sort(near.row[upper].astype(np.int64) * sequences.size + near.col[upper])
    return times, peak_mib(), keys


def brute(sequences: list[str], metric: Metric) -> np.ndarray:
    """Return the pairs of all with all, as one number each; block by block."""
    # here: the processes that are measured import this module too
    from rapidfuzz.distance import Hamming, Levenshtein
    from rapidfuzz.process import cdist

    scorer = Hamming.distance if metric == "hamming" else Levenshtein.distance
    length, n = np.array([len(each) for each in sequences]), len(sequences)
    keys = []
    for start in range(0, n, 1000):
        near = cdist(sequences[start : start + 1000], sequences, scorer=scorer, score_cutoff=1, dtype=np.uint8) <= 1
        if metric == "hamming":
            near &= length[start : start + 1000, None] == length
        i, j = np.nonzero(near)
        keys.append(((i + start) * n + j)[i + start < j])
    return np.concatenate(keys)


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--checked", type=int, default=10_000, help="junctions compared all with all by rapidfuzz")
    parser.add_argument("--peer", type=int, default=100_000, help="junctions given to scirpy as well")
    parser.add_argument("--junctions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    sizes = {name: getattr(arguments, name) for name in ("checked", "peer", "junctions")}
    title = "From a list of junctions to the graph one edit apart and its components; two threads on both sides"
    bench = Benchmark("sequence", title, sizes, arguments.seed, ["symscan", "scirpy", "rapidfuzz"])
    sequences, _ = junctions(max(sizes.values()), rng=np.random.default_rng(arguments.seed))
    for metric in METRICS:
        _exact(bench, sequences[: arguments.checked], metric)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for n in (arguments.peer, arguments.junctions):
            paths[n] = Path(folder, f"{n}.txt")
            paths[n].write_text("\n".join(sequences[:n]) + "\n", encoding="ascii")
        for n, metric in [(n, metric) for n in paths for metric in METRICS]:
            seconds, peak, found = alone(measure, str(paths[n]), metric, arguments.repeats, threads=None)
            note = f"{found[0]:,} pairs, {found[1]:,} components, the largest of {found[2]:,}"
            bench.add(f"rashomon: {metric}, {n:,}", seconds, peak=peak, note=note)
            bench.check(f"{metric}, {n:,}: MiB, at most {LIMIT}", f"{peak:.0f}", passed=peak <= LIMIT)
        seconds, peak, theirs = alone(peer, str(paths[arguments.peer]), threads=None)
    case = f"scirpy: hamming, {arguments.peer:,}"
    bench.add(case, seconds, peak=peak, note="the matrix alone, once")
    bench.compare(f"rashomon: hamming, {arguments.peer:,}", case)
    ours = sequence_pairs(sequences[: arguments.peer], metric="hamming", cutoff=1)
    same = np.array_equal(ours.i.astype(np.int64) * arguments.peer + ours.j, theirs)
    bench.check(f"pairs of scirpy among {arguments.peer:,}", f"{theirs.size:,}", passed=same)
    bench.finish(arguments.output)


def _exact(bench: Benchmark, sequences: list[str], metric: Metric) -> None:
    found = sequence_pairs(sequences, metric=metric, cutoff=1)
    expected = brute(sequences, metric)
    same = np.array_equal(found.i.astype(np.int64) * len(sequences) + found.j, expected)
    bench.check(f"{metric}: pairs of all with all among {len(sequences):,}", f"{expected.size:,}", passed=same)


if __name__ == "__main__":
    main()
