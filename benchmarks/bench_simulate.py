"""Seconds and memory of drawing sparse counts: a world, against numpy's gamma-Poisson mixture in chunks."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, alone, command, peak_mib

KNOBS = {
    "n_groups": 8,
    "n_markers": 25,
    "effect_size": 2.0,
    "gene_mean_sd": 1.6,
    "depth_sd": 0.4,
    "depth": 130.0,
    "dispersion": 0.5,
}
"""About 95 % zeros in 2,000 genes."""

TARGET, FACTOR_TARGET, MEMORY_MIB, DISK_MIB = 10.0, 3.0, 512, 4096
TOLERANCES = {"zeros": 0.001, "mean": 0.01, "variance": 0.05}
"""Sampling error of the variance: a few genes of heavy tails make most of it."""

CHUNK = 2000
"""Cells of a chunk of numpy, for which its memory and speed are at their best."""


def world(n_genes: int, *, factors: bool) -> Any:
    """Return the world that is drawn."""
    from rashomon.sim import World

    return World("benchmark", {**KNOBS, "n_genes": n_genes, **({"factor_sd": 0.4} if factors else {})})


def ours(n_cells: int, n_genes: int, factors: bool, repeats: int) -> dict[str, Any]:  # noqa: FBT001 - for `alone`
    """Return the seconds of drawing all cells into one matrix, and moments of the counts."""
    drawn = world(n_genes, factors=factors)
    drawn.sample(2 * CHUNK, rng=0)
    seconds = []
    for _ in range(repeats):
        counts = None
        begun = time.perf_counter()
        counts = drawn.sample(n_cells, rng=1).counts
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds, "peak": peak_mib(), "moments": moments(counts)}


def means(drawn: Any, n_cells: int) -> Any:
    """Yield the expected counts of the same cells, chunk by chunk: what numpy is given to start from."""
    from rashomon.sim.block import cell_mixture

    scene = drawn.scene(n_cells, root=1)
    for start in range(0, n_cells, CHUNK):
        yield cell_mixture(scene.cells(np.arange(start, min(start + CHUNK, n_cells)))).means()


def numpys(n_cells: int, n_genes: int, factors: bool) -> dict[str, Any]:  # noqa: FBT001 - for `alone`
    """Return the seconds that numpy takes for the same law from given means, which are not timed, and moments."""
    rng = np.random.default_rng(1)
    shape = 1.0 / KNOBS["dispersion"]
    parts, seconds = [], 0.0
    for chunk in means(world(n_genes, factors=factors), n_cells):
        begun = time.perf_counter()
        parts.append(sp.csr_matrix(rng.poisson(rng.gamma(shape, chunk / shape)).astype(np.float32)))
        seconds += time.perf_counter() - begun
    begun = time.perf_counter()
    counts = sp.vstack(parts, format="csr")
    return {"seconds": [seconds + time.perf_counter() - begun], "peak": peak_mib(), "moments": moments(counts)}


def moments(counts: sp.csr_matrix) -> dict[str, float]:
    """Return the share of zeros, the mean, and the mean variance of a gene."""
    mean = np.asarray(counts.mean(axis=0)).ravel()
    squares = np.asarray(counts.multiply(counts).mean(axis=0)).ravel()
    zeros = 1 - counts.nnz / (counts.shape[0] * counts.shape[1])
    return {"zeros": zeros, "mean": float(mean.mean()), "variance": float((squares - mean**2).mean())}


def to_disk(n_cells: int, n_genes: int, suffix: str) -> dict[str, Any]:
    """Return the seconds and the memory of writing a world straight to a file, and its size."""
    from rashomon.core import silent
    from rashomon.sim import write_sample

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"world{suffix}"
        begun = time.perf_counter()
        write_sample(world(n_genes, factors=False), path, n_obs=n_cells, rng=1, listener=silent)
        seconds = time.perf_counter() - begun
        files = [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
        return {"seconds": [seconds], "peak": peak_mib(), "mib": sum(item.stat().st_size for item in files) / 2**20}


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--genes", type=int, default=2000)
    parser.add_argument("--disk-cells", type=int, default=1_000_000, help="cells written to disk; 0: none")
    arguments = parser.parse_args()
    sizes = {"cells": arguments.cells, "genes": arguments.genes, "disk_cells": arguments.disk_cells}
    bench = Benchmark("simulate", "Counts of a world, as many threads as cores, against numpy (one thread)", sizes, 1)
    for factors, target in ((False, TARGET), (True, FACTOR_TARGET)):
        _compare(bench, arguments, factors=factors, target=target)
    if arguments.disk_cells:
        for suffix in (".h5ad", ".zarr"):
            found = alone(to_disk, arguments.disk_cells, arguments.genes, suffix, threads=None)
            bench.add(f"to disk {suffix}", found["seconds"], peak=found["peak"], note=f"{found['mib']:,.0f} MiB")
            said = f"{found['peak']:.0f} MiB"
            bench.check(f"{suffix}: memory below {DISK_MIB:,} MiB", said, passed=found["peak"] < DISK_MIB)
    bench.finish(arguments.output)


def _compare(bench: Benchmark, arguments: Any, *, factors: bool, target: float) -> None:
    kind = "10 factors" if factors else "independent genes"
    found = alone(ours, arguments.cells, arguments.genes, factors, arguments.repeats, threads=None)
    peer = alone(numpys, arguments.cells, arguments.genes, factors)
    bench.add(f"rashomon: {kind}", found["seconds"], peak=found["peak"])
    bench.add(f"numpy in chunks: {kind}", peer["seconds"], peak=peer["peak"], note="from given means, not timed")
    bench.compare(f"rashomon: {kind}", f"numpy in chunks: {kind}")
    ratio = peer["seconds"][0] / float(np.median(found["seconds"]))
    bench.check(f"{kind}: at least {target:g} times numpy", f"{ratio:.1f}", passed=ratio >= target)
    bench.check(f"{kind}: memory below {MEMORY_MIB} MiB", f"{found['peak']:.0f} MiB", passed=found["peak"] < MEMORY_MIB)
    for name, value in found["moments"].items():
        apart = abs(value / peer["moments"][name] - 1)
        bound = TOLERANCES[name]
        said = f"{value:.4g}, {peer['moments'][name]:.4g}"
        bench.check(f"{kind}: {name} equal to {bound:.0%}", said, passed=apart < bound)


if __name__ == "__main__":
    main()
