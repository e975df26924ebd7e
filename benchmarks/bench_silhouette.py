"""Seconds of mean silhouettes: one labeling, many of one view at once, and sampled, against scikit-learn."""

from __future__ import annotations

import numpy as np
from result import Benchmark, command, repeat
from sklearn.metrics import silhouette_score

from rashomon.score.silhouette import N_ANCHORS, mean_silhouette, silhouettes

TOLERANCE = 1e-6
"""Largest difference from scikit-learn; the view is in single precision."""


def blobs(n_obs: int, n_dims: int, n_clusters: int, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return overlapping round groups: labels and a view as principal components are, in single precision."""
    labels = rng.integers(n_clusters, size=n_obs)
    centres = rng.normal(size=(n_clusters, n_dims))
    return labels, (centres[labels] + rng.normal(size=(n_obs, n_dims))).astype(np.float32)


def labelings(labels: np.ndarray, n_runs: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return the labels with more and more of them replaced at random, as columns."""
    n_clusters = int(labels.max()) + 1
    shares = np.linspace(0, 0.5, n_runs)
    columns = [
        np.where(rng.random(labels.size) < share, rng.integers(n_clusters, size=labels.size), labels)
        for share in shares
    ]
    return np.stack(columns, axis=1)


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--dims", type=int, default=50)
    parser.add_argument("--clusters", type=int, default=15)
    parser.add_argument("--runs", type=int, default=20, help="labelings scored at once")
    parser.add_argument("--many", type=int, default=100_000, help="cells of which only some are scored; 0: none")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    labels, view = blobs(arguments.cells, arguments.dims, arguments.clusters, rng=rng)
    table = labelings(labels, arguments.runs, rng=rng)
    bench = Benchmark(
        "silhouette",
        "Mean silhouette widths; as many threads as there are cores on both sides",
        {name: getattr(arguments, name) for name in ("cells", "dims", "clusters", "runs", "many")},
        arguments.seed,
        ["scikit-learn"],
    )
    # compiled before the clock runs
    silhouettes(view[:1000], table[:1000])
    _exact(bench, view, table, arguments.repeats)
    if arguments.many:
        many, wide = blobs(arguments.many, arguments.dims, arguments.clusters, rng=rng)
        _sampled(bench, wide, many, arguments.repeats, rng=rng)
    bench.finish(arguments.output)


def _exact(bench: Benchmark, view: np.ndarray, table: np.ndarray, n: int) -> None:
    seconds, one = repeat(lambda: mean_silhouette(table[:, 0], view), n)
    bench.add("rashomon: one labeling", seconds)
    seconds, many = repeat(lambda: silhouettes(view, table).value, n)
    bench.add(f"rashomon: {table.shape[1]} labelings", seconds)
    seconds, found = repeat(lambda: silhouette_score(view, table[:, 0]), n)
    bench.add("scikit-learn: one labeling", seconds)
    times = [value * table.shape[1] for value in seconds]
    bench.add(f"scikit-learn: {table.shape[1]} labelings", times, note=f"one measured, times {table.shape[1]}")
    for what in ("one labeling", f"{table.shape[1]} labelings"):
        bench.compare(f"rashomon: {what}", f"scikit-learn: {what}")
    last = silhouette_score(view, table[:, -1])
    apart = max(abs(one - found), abs(many[0] - found), abs(many[-1] - last))
    bench.check("largest difference from scikit-learn", f"{apart:.1e}", passed=apart <= TOLERANCE)


def _sampled(bench: Benchmark, view: np.ndarray, labels: np.ndarray, n: int, *, rng: np.random.Generator) -> None:
    exact, value = repeat(lambda: mean_silhouette(labels, view), 1)
    bench.add("rashomon: many cells, exact", exact)
    seconds, found = repeat(lambda: silhouettes(view, labels[:, None], n_anchors=N_ANCHORS, rng=rng), n)
    error = float(found.error[0])
    bench.add("rashomon: many cells, sampled", seconds, note=f"{N_ANCHORS} anchors, standard error {error:.4f}")
    bench.compare("rashomon: many cells, sampled", "rashomon: many cells, exact")
    off = abs(float(found.value[0]) - value) / error
    bench.check("standard errors from the exact mean, at most 4", f"{off:.2f}", passed=off <= 4)


if __name__ == "__main__":
    main()
