"""1,000 pipelines and 20 half-samples of each on 2,700 cells: killed three times, resumed, nothing lost or done twice.

As a program with ``--coordinate FOLDER`` it is the process that is killed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
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
    "scale": ("clip 10",),
    "n_pcs": (50, 20),
    "clusterer": ("leiden",),
    "n_neighbours": (15, 10, 30),
    "resolution": tuple(round(0.1 * step, 1) for step in range(1, 22)),
    "seed": (0, 1),
}
"""1,008 pipelines."""

KILLED_AT = (0.1, 0.4, 0.7)
"""Shares of the records at which the coordinator is killed."""


def planned(n_cells: int, n_replicates: int) -> tuple[Any, list[Any]]:
    """Return the data set, and a unit per pipeline and per pipeline and half-sample."""
    import pandas as pd

    from rashomon.dataset import Dataset, Expression
    from rashomon.multiverse import Choice, Multiverse, Option
    from rashomon.multiverse.base import label_units
    from rashomon.multiverse.resample import resample_units
    from rashomon.perturb import PERTURBATIONS

    counts = synthetic_counts(n_cells, N_GENES, rng=np.random.default_rng(0))
    genes = np.array([f"g{j}" for j in range(N_GENES)])
    dataset = Dataset(pd.DataFrame(index=[f"c{i}" for i in range(n_cells)]), Expression(counts, genes, "counts"))
    choices = tuple(
        Choice(
            name,
            tuple(Option(level, "") for level in levels),
            granularity=name == "resolution",
            replicate=name == "seed",
        )
        for name, levels in LEVELS.items()
    )
    others = dict.fromkeys(set(PERTURBATIONS) - {"halves"}, "not asked")
    multiverse = Multiverse(choices, without=others)
    # a pipeline is repeated at every resolution, so those of the first one stand for all
    first = [pipeline for pipeline in multiverse if pipeline["resolution"] == LEVELS["resolution"][0]]
    repeats = [
        unit
        for pipeline in first
        for unit in resample_units(
            pipeline, multiverse, dataset, n_replicates=n_replicates, rng=np.random.default_rng(1)
        )
    ]
    # half-samples one after another: pipelines of one half-sample share its steps
    return dataset, [*label_units(multiverse), *sorted(repeats, key=lambda unit: unit.facts["replicate"])]


def coordinate(folder: Path, sizes: list[int]) -> None:
    """Run or resume the study in `folder` with two workers; say what it took."""
    from rashomon.core import silent
    from rashomon.engine import Engine, LedgerStore
    from rashomon.multiverse import Executor, collect, slots_of

    dataset, units = planned(*sizes)
    with LedgerStore.open(folder, command="benchmark", spec_digest="scale") as store:
        engine = Engine("processes", 2, listener=silent)
        executor = Executor(slots_of(dataset), 0, store=store, engine=engine)
        begun = time.perf_counter()
        records = executor.run(units, task="runs")
        seconds = time.perf_counter() - begun
        found = collect(units, records, executor.keys(units), obs_names=np.asarray(dataset.obs_names))
    said = {"seconds": seconds, "failed": int((found.runs["status"] != "ok").sum())}
    sys.stdout.write(json.dumps(said) + "\n")


@dataclass(frozen=True)
class Session:
    """One start of the coordinator: how long it lived, what was recorded after it, what it said at its end."""

    seconds: float
    recorded: dict[str, int]
    said: dict[str, Any]


def recorded(folder: Path) -> dict[str, int]:
    """Return the time of writing of each record."""
    found = {}
    for file in folder.glob("artefacts/??/[!.]*.parquet"):
        with contextlib.suppress(FileNotFoundError):
            found[file.stem] = file.stat().st_mtime_ns
    return found


def session(folder: Path, sizes: list[int], *, until: int | None) -> Session:
    """Start the coordinator; kill it when `until` records are there, or let it end."""
    given = [sys.executable, __file__, "--coordinate", str(folder), *map(str, sizes)]
    begun = time.perf_counter()
    process = subprocess.Popen(given, stdout=subprocess.PIPE, text=True)
    while until is not None and process.poll() is None and len(recorded(folder)) < until:
        time.sleep(0.5)
    if until is not None:
        process.kill()
    out = process.communicate()[0]
    if process.returncode != (0 if until is None else -signal.SIGKILL):
        raise RuntimeError(f"the coordinator ended by itself, with {process.returncode}")
    # workers end by themselves once their coordinator is gone
    time.sleep(0 if until is None else 5)
    return Session(time.perf_counter() - begun, recorded(folder), json.loads(out) if until is None else {})


def main() -> None:
    """Measure, print and write the table."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=2700)
    parser.add_argument("--replicates", type=int, default=20, help="half-samples; even, they come in pairs")
    parser.add_argument("--coordinate", nargs=3, metavar=("FOLDER", "CELLS", "REPLICATES"))
    arguments = parser.parse_args()
    if arguments.coordinate:
        coordinate(Path(arguments.coordinate[0]), [int(size) for size in arguments.coordinate[1:]])
        return
    sizes = [arguments.cells, arguments.replicates]
    n_pipelines = math.prod(map(len, LEVELS.values()))
    total = n_pipelines * (1 + arguments.replicates)
    named = {"cells": sizes[0], "genes": N_GENES, "pipelines": n_pipelines, "half_samples": sizes[1], "workers": 2}
    bench = Benchmark("study", f"A study of {total:,} runs, killed three times and resumed", named, 0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        sessions = [session(folder, sizes, until=int(share * total)) for share in KILLED_AT]
        sessions.append(session(folder, sizes, until=None))
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        again = session(folder, sizes, until=None)
    report(bench, sessions, again, total=total, mib=size / 2**20)
    bench.finish(arguments.output)


def report(bench: Benchmark, sessions: list[Session], again: Session, *, total: int, mib: float) -> None:
    """Add what was measured, and what must hold."""
    last = sessions[-1]
    seconds = sum(each.seconds for each in sessions)
    bench.add("all four sessions", [seconds], note=f"{1000 * seconds / total:.1f} ms per run; study of {mib:.0f} MiB")
    bench.add("nothing left to do", [again.said["seconds"]], note="resumed when all is recorded")
    before = [one.recorded for one in sessions]
    rewritten = [key for old, new in itertools.pairwise(before) for key, at in old.items() if new.get(key) != at]
    bench.check("runs recorded", len(last.recorded), passed=len(last.recorded) == total)
    bench.check("records lost or computed again after a kill", len(rewritten), passed=not rewritten)
    bench.check("runs that failed", last.said["failed"], passed=last.said["failed"] == 0)
    new = len(last.recorded) - len(before[-2])
    each = 2 * 1000 * last.said["seconds"] / max(1, new)
    bench.check("milliseconds of a worker per run, last session", f"{each:.1f}", passed=True)


if __name__ == "__main__":
    main()
