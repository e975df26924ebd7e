"""Runs of a benchmark computed again from its worlds, and compared bit for bit with what was stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from rashomon.core import RashomonError, StoreError, root_entropy
from rashomon.engine import DirectoryStore, Engine, MemoryStore, Record
from rashomon.engine.record import read_record
from rashomon.multiverse import Executor
from rashomon.study.benchmark.run import plan_spec
from rashomon.study.directory import ARTEFACTS, STUDY_FILE
from rashomon.study.seal.difference import causes, key_remarks
from rashomon.study.seal.statement import environment_of, read_statement
from rashomon.study.seal.verification import Check
from rashomon.study.spec import BenchmarkSpec, parse_spec

__all__ = ["rerun_benchmark"]

_NAME = "runs"
_SLOTS = ("labels", "rows")


def rerun_benchmark(folder: Path, *, n_runs: int, rng: np.random.Generator) -> Check:
    """Draw worlds and cluster them again for a random sample of runs, without the store, and compare the labels.

    Functions of the user are never executed here, and a world in a file of its own is not part of the study: with
    either, nothing is computed, and the check says so.

    Parameters
    ----------
    folder
        The study.
    n_runs
        How many; all where there are fewer.
    rng
        Draws the sample.

    Returns
    -------
    How many give the same labels; of the others, what differs.
    """
    try:
        spec = _spec(folder)
        if isinstance(spec, str):
            return Check(_NAME, "not done", spec)
        plan, _ = plan_spec(spec, folder=folder)
        runs = pd.read_parquet(folder / "tables" / "runs.parquet")
    except (RashomonError, OSError, ValueError) as error:
        return Check(_NAME, "failed", "the study file or the table of runs cannot be read", (str(error),))
    units = plan.label_units()
    if len(units) != len(runs):
        said = f"the study file asks for {len(units)} runs, and the table holds {len(runs)}"
        return Check(_NAME, "failed", "the table of runs is not that of the study file", (said,))
    possible = np.flatnonzero((runs["status"] == "ok").to_numpy())
    if possible.size == 0:
        return Check(_NAME, "not done", "no run was finished")
    drawn = np.sort(rng.choice(possible, size=min(n_runs, possible.size), replace=False))
    chosen, rows = [units[j] for j in drawn], runs.iloc[drawn]
    executor = Executor(plan.data, root_entropy(spec.seed), MemoryStore(), Engine("serial"))
    again = executor.run(chosen, task="runs again")
    remarks = tuple(key_remarks(rows["key"].tolist(), executor.keys(chosen)))
    store = DirectoryStore(folder / ARTEFACTS)
    problems = [_problem(row, store, record) for (_, row), record in zip(rows.iterrows(), again, strict=True)]
    differing = [problem for problem in problems if problem]
    if not differing:
        said = f"{len(drawn)} of {len(drawn)} runs computed again give the same labels, bit for bit"
        return Check(_NAME, "ok", said, remarks=remarks)
    said = f"{len(differing)} of {len(drawn)} runs computed again give other labels"
    return Check(_NAME, "failed", said, (*differing, *causes(_machine(folder))), remarks)


def _spec(folder: Path) -> BenchmarkSpec | str:
    """Return the study file of a benchmark that can be run from the study alone, or why it cannot."""
    file = folder / STUDY_FILE
    if not file.exists():
        return f"the study holds neither runs nor {STUDY_FILE}"
    spec, _ = parse_spec(file.read_bytes(), name=STUDY_FILE, where=str(file))
    if not isinstance(spec, BenchmarkSpec):
        return "the study holds no runs"
    if [each for each in (*spec.clusterers, *spec.steps) if ":" in each]:
        return "functions of the user made them, which are not executed here"
    world = spec.data.worlds.world
    if world.lower().endswith((".yaml", ".yml")) and not (folder / world).exists():
        return f"their world stands in {Path(world).name}, which the study does not hold"
    return spec


def _problem(row: pd.Series, store: DirectoryStore, again: Record) -> str:
    """Return what differs between a stored run and the same one computed again; empty where nothing does."""
    where = f"run of {row['pipeline']} at {row['point']}, data set {row['world_seed']}"
    try:
        stored = read_record(store.file(str(row["key"])))
    except (StoreError, OSError):
        return f"{where}: its record is missing or damaged"
    if again.status != "ok":
        return f"{where}: {again.reason}"
    same = all(np.array_equal(stored.slots[name], again.slots[name]) for name in _SLOTS)
    return "" if same else f"{where}: the labels differ"


def _machine(folder: Path) -> dict[str, object]:
    try:
        return environment_of(read_statement(folder))
    except (StoreError, KeyError, TypeError):
        # said by the check of the statement
        return {}
