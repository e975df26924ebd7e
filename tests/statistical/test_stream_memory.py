"""Writing a simulated matrix takes memory for a block of it, whatever its size."""

import json
import subprocess
import sys

import pytest

N_VARS, N_PER_CELL = 2000, 100
SIZES = (50_000, 200_000)

# the peak of the process is measured, so each write has a process of its own
PROGRAM = f"""
import json, resource, sys, time
from pathlib import Path
import numpy as np, pandas as pd, scipy.sparse as sp
from rashomon.io import write_stream

path, n_obs = Path(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)
width = {N_VARS} // {N_PER_CELL}

def blocks():
    for start in range(0, n_obs, 10_000):
        n = min(10_000, n_obs - start)
        indices = np.arange({N_PER_CELL}) * width + rng.integers(0, width, size=(n, {N_PER_CELL}))
        values = 1 + rng.poisson(0.5, n * {N_PER_CELL}).astype(np.float32)
        pointers = np.arange(n + 1, dtype=np.int32) * {N_PER_CELL}
        yield sp.csr_matrix((values, indices.ravel().astype(np.int32), pointers), shape=(n, {N_VARS}))

obs = pd.DataFrame(
    {{"type": pd.Categorical.from_codes(np.arange(n_obs) % 8, list("abcdefgh")), "depth": np.ones(n_obs)}},
    index=[f"cell{{i}}" for i in range(n_obs)],
)
var = pd.DataFrame(index=[f"gene{{j}}" for j in range({N_VARS})])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, begun = peak(), time.monotonic()
write_stream(path, blocks(), obs=obs, var=var, uns={{}})
files = path.rglob("*") if path.is_dir() else [path]
print(json.dumps({{
    "before": before,
    "peak": peak(),
    "seconds": round(time.monotonic() - begun, 1),
    "bytes": sum(file.stat().st_size for file in files),
}}))
"""


@pytest.mark.statistical
@pytest.mark.parametrize("suffix", [".h5ad", ".zarr", ".h5mu"])
def test_memory_does_not_grow_with_the_matrix(tmp_path, record, suffix):
    """20 million numbers (160 MB as they are) are written with less than 256 MiB more than before the first block."""
    figures = {}
    for n_obs in SIZES:
        path = tmp_path / f"{n_obs}{suffix}"
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, path, str(n_obs)], capture_output=True, text=True, check=True
        )
        figures[str(n_obs)] = json.loads(done.stdout)
    record(
        f"stream_memory_{suffix[1:]}",
        claim="peak resident bytes of a process that writes 100 numbers per cell, before and after",
        seed=0,
        figures=figures,
    )
    small, large = (figures[str(n_obs)] for n_obs in SIZES)
    assert large["peak"] - large["before"] < 256 * 2**20
    # four times the matrix, and tables that are 30 MB larger
    assert large["peak"] - small["peak"] < 192 * 2**20
