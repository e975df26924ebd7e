"""A study file of 1,008 pipelines and 20 half-samples of each on 2,700 cells: killed three times, resumed, verified."""

from __future__ import annotations

import itertools
import math
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bench_multiverse import synthetic_counts
from result import Benchmark, command

N_GENES = 13_714
"""As many as 10x Genomics' 2,700 blood cells have after the usual filter."""

LEVELS: dict[str, tuple[Any, ...]] = {
    "normalise": ("log CP10k", "log median"),
    "n_genes": (2000, 1000),
    "scale": ("clip 10", "none"),
    "n_pcs": (50, 20),
    "clusterer": ("leiden",),
    "n_neighbours": (15, 10, 30),
    "resolution": tuple(round(0.1 * step, 1) for step in range(1, 22)),
    "seed": (0,),
}
"""48 settings at 21 resolutions: 1,008 pipelines."""

STUDY = """\
rashomon: 1
data: {{file: cells.h5ad}}
multiverse:
{levels}
max_pipelines: 48
perturbations: [halves]
n_replicates: {replicates}
repeat_all: true
questions: [stability]
scores: [modularity]
engine: {{name: processes, n_jobs: 2}}
out: study
seed: 0
"""

PROGRAM = str(Path(sys.executable).with_name("rashomon"))

KILLED_AT = (0.1, 0.4, 0.7)
"""Shares of the repeats at which the coordinator is killed."""


def prepare(folder: Path, n_cells: int, n_replicates: int) -> None:
    """Write the cells and the study file."""
    import anndata as ad
    import pandas as pd

    counts = synthetic_counts(n_cells, N_GENES, rng=np.random.default_rng(0))
    cells = pd.DataFrame(index=[f"c{i}" for i in range(n_cells)])
    ad.AnnData(counts, obs=cells, var=pd.DataFrame(index=[f"g{j}" for j in range(N_GENES)])).write_h5ad(
        folder / "cells.h5ad"
    )
    levels = "\n".join(f"  {name}: [{', '.join(map(str, values))}]" for name, values in LEVELS.items())
    (folder / "study.yaml").write_text(STUDY.format(levels=levels, replicates=n_replicates), encoding="utf-8")


@dataclass(frozen=True)
class Session:
    """One start of ``rashomon run``: how long it lived; when each record was written, and its arrays."""

    seconds: float
    recorded: dict[str, tuple[int, int]]


def files(folder: Path) -> list[Path]:
    """Return the files of the records."""
    return list(folder.glob("study/artefacts/??/[!.]*.parquet"))


def recorded(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the time of writing of each record, and how many arrays it holds."""
    import pyarrow.parquet as pq

    return {file.stem: (file.stat().st_mtime_ns, pq.read_metadata(file).num_rows) for file in files(folder)}


def session(folder: Path, *, until: int | None) -> Session:
    """Run or resume the study; kill it when `until` records are there, or let it end."""
    begun = time.perf_counter()
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen([PROGRAM, "run", "study.yaml"], cwd=folder, stdout=log, stderr=log)
        while until is not None and process.poll() is None and len(files(folder)) < until:
            time.sleep(0.5)
        if until is not None:
            process.kill()
        code = process.wait()
    if code != (0 if until is None else -signal.SIGKILL):
        raise RuntimeError(f"the run ended by itself, with {code}: {(folder / 'log.txt').read_text()[-2000:]}")
    # workers end by themselves once their coordinator is gone
    time.sleep(0 if until is None else 5)
    return Session(time.perf_counter() - begun, recorded(folder))


def main() -> None:
    """Measure, print and write the table."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=2700)
    parser.add_argument("--replicates", type=int, default=20, help="half-samples; even, they come in pairs")
    arguments = parser.parse_args()
    n_pipelines = math.prod(map(len, LEVELS.values()))
    total = n_pipelines * arguments.replicates
    named = {"cells": arguments.cells, "genes": N_GENES, "pipelines": n_pipelines}
    named |= {"half_samples": arguments.replicates, "workers": 2}
    bench = Benchmark("study", f"A study file of {total:,} repeats, killed three times and resumed", named, 0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, arguments.cells, arguments.replicates)
        sessions = [session(folder, until=int(share * total)) for share in KILLED_AT]
        sessions.append(session(folder, until=None))
        again = session(folder, until=None)
        report(bench, sessions, again, folder, total=total)
    bench.finish(arguments.output)


def report(bench: Benchmark, sessions: list[Session], again: Session, folder: Path, *, total: int) -> None:
    """Add what was measured, and what must hold."""
    import pandas as pd

    size = sum(file.stat().st_size for file in (folder / "study").rglob("*") if file.is_file()) / 2**20
    seconds = sum(each.seconds for each in sessions)
    bench.add(
        "all four sessions", [seconds], note=f"{1000 * seconds / total:.1f} ms per repeat; study of {size:.0f} MiB"
    )
    bench.add(
        "nothing left to do", [again.seconds], note="resumed when all is recorded: tables and report are made again"
    )
    before = [one.recorded for one in [*sessions, again]]
    # a record that a later question wants with more arrays is made again, with these
    rewritten = [
        key
        for old, new in itertools.pairwise(before)
        for key, at in old.items()
        if new.get(key) != at and new.get(key, at)[1] <= at[1]
    ]
    bench.check("records lost or computed again after a kill", len(rewritten), passed=not rewritten)
    runs = pd.read_parquet(folder / "study" / "tables" / "runs.parquet")
    repeats = runs[runs["perturbation"] == "halves"]
    bench.check("repeats in the table of runs", len(repeats), passed=len(repeats) == total)
    failed = int((runs["status"] != "ok").sum())
    bench.check("runs that failed", failed, passed=failed == 0)
    table = pd.read_parquet(folder / "study" / "tables" / "pipeline_repeats.parquet")
    whole = int((table["n_repeats"] == total // math.prod(map(len, LEVELS.values()))).sum())
    bench.check("pipelines with all their repeats", whole, passed=whole == len(table))
    begun = time.perf_counter()
    verify = subprocess.run(
        [PROGRAM, "verify", "study", "--rerun", "5"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    bench.add("verify", [time.perf_counter() - begun], note="every file, and five runs computed again")
    said = "5 of 5 runs computed again give the same labels, bit for bit"
    bench.check("five runs computed again are equal", said in verify.stdout, passed=said in verify.stdout)


if __name__ == "__main__":
    main()
