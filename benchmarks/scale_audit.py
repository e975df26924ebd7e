"""A whole `quick` audit from 3,000 to 100,000 cells: minutes, minutes foretold, memory of all processes together."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from result import Benchmark, command
from scale_steps import N_GENES, SIZES, exponents, sparse_counts

MEMORY_GIB = 8.0
"""What all processes may take together."""

CLOSE = 0.25
"""How far the foretold time may be from the measured one."""


def audit(counts: sp.csr_matrix, seed: int) -> dict[str, float]:
    """Return what an audit of these counts took, and what it was expected to take."""
    import anndata as ad
    import pandas as pd

    import rashomon as rs
    from rashomon.core import silent

    names = pd.DataFrame(index=[f"g{j}" for j in range(counts.shape[1])])
    cells = pd.DataFrame(index=[f"c{i}" for i in range(counts.shape[0])])
    done = rs.audit(ad.AnnData(counts, obs=cells, var=names), rng=seed, announce=silent, progress=silent)
    if done.estimate is None:
        raise RuntimeError("an audit of counts has a forecast")
    return {
        "seconds": done.seconds,
        "foretold": done.estimate.spent + done.estimate.seconds,
        "foretold_mib": done.estimate.memory * done.estimate.n_workers / 2**20,
        "runs": len(done.partitions.runs) if done.partitions is not None else 0,
        "workers": done.estimate.n_workers,
    }


def resident_mib(root: int) -> float:
    """Return the memory of a process and all that it started; what they share is counted once."""
    total, waiting = 0.0, [root]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        try:
            rollup = (process / "smaps_rollup").read_text(encoding="ascii")
            for task in (process / "task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:  # it has just ended
            continue
        total += next(float(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def measured(counts: sp.csr_matrix, seed: int) -> tuple[dict[str, float], float]:
    """Return what `audit` says from a new process, and the largest memory seen meanwhile."""
    peak = 0.0
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        root = pool.submit(os.getpid).result()
        waiting = pool.submit(audit, counts, seed)
        while not waiting.done():
            peak = max(peak, resident_mib(root))
            time.sleep(0.25)
        return waiting.result(), peak


def main() -> None:
    """Measure, fit, print and write."""
    parser = command(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    settings: dict[str, Any] = {"genes": N_GENES, "budget": "quick", "memory_gib": MEMORY_GIB}
    bench = Benchmark("audit", "A whole quick audit, from counts to answers", settings, arguments.seed)
    found: dict[int, float] = {}
    for n_cells in arguments.sizes:
        counts = sparse_counts(n_cells, rng=np.random.default_rng(arguments.seed))
        said, peak = measured(counts, arguments.seed)
        found[n_cells] = said["seconds"]
        note = f"{said['runs']} runs, {said['workers']} workers; foretold {said['foretold']:.0f} s"
        bench.add(f"{n_cells} cells", [said["seconds"]], peak=peak, note=note)
        off = said["foretold"] / said["seconds"] - 1
        # imports and the start of workers are not foretold exactly, and weigh little once an audit takes minutes
        weighty = said["seconds"] >= 60
        bench.check(
            f"foretold against measured time, {n_cells} cells", f"{off:+.0%}", passed=abs(off) <= CLOSE or not weighty
        )
        bench.check(f"foretold memory, {n_cells} cells", f"{said['foretold_mib']:.0f} MiB", passed=True)
        within = peak <= MEMORY_GIB * 1024
        bench.check(f"GiB of all processes together, {n_cells} cells", f"{peak / 1024:.1f}", passed=within)
    if len(found) > 1:
        bench.check("fitted exponent of the number of cells", exponents(found), passed=True)
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
