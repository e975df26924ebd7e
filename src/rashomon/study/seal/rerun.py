"""Runs of a study computed again from the data, and compared bit for bit with what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rashomon.core import StoreError
from rashomon.io.checksum import digest_path
from rashomon.multiverse import collect
from rashomon.partitions import Partitions, read_partitions
from rashomon.study.seal.difference import causes, key_remarks
from rashomon.study.seal.replan import Replan, replan
from rashomon.study.seal.reread import OWN, find_data, options_of, reread, why_not
from rashomon.study.seal.rerun_benchmark import rerun_benchmark
from rashomon.study.seal.statement import environment_of, inputs_of, read_statement, resolved_spec
from rashomon.study.seal.verification import Check

__all__ = ["rerun_runs"]

_NAME = "runs"


@dataclass(frozen=True)
class _Sealed:
    """What the seal says of the making: the environment, and digests of inputs; empty where it cannot be read."""

    machine: dict[str, Any]
    inputs: Mapping[str, str]


def rerun_runs(folder: Path, *, n_runs: int, data: Path | None, rng: np.random.Generator) -> Check:
    """Compute a random sample of runs again, without the store, and compare their labels.

    Parameters
    ----------
    folder
        The study.
    n_runs
        How many; all where there are fewer.
    data
        The data file; see `rashomon.study.seal.reread.find_data`.
    rng
        Draws the sample.

    Returns
    -------
    How many give the same labels; of the others, how many labels differ, and what differs between the environments.

    Raises
    ------
    UsageError
        ``seal.data`` when the data file is not there.
    InputError
        When it cannot be read.
    """
    path = folder / "partitions.parquet"
    try:
        spec = resolved_spec(folder)
        if not path.exists():
            return rerun_benchmark(folder, n_runs=n_runs, rng=rng)
        if reason := why_not(spec):
            return Check(_NAME, "not done", reason)
        parts = read_partitions(path)
    except StoreError as error:
        return Check(_NAME, "failed", "the spec or the stored labels cannot be read", (error.what,))
    file, sealed = find_data(folder, spec, data), _sealed(folder)
    wrong = _other_data(file, sealed)
    if wrong:
        return Check(_NAME, "failed", "the data file is another one", (wrong,))
    dataset, judged = reread(file, spec)
    if not np.array_equal(dataset.obs_names, parts.obs_names):
        return Check(_NAME, "failed", "the data file has other rows than the study", (f"{dataset.n_obs} rows",))
    known = judged is not None or spec["labels"] == OWN
    planned = replan(dataset, judged, parts, options=options_of(spec), known=known)
    return _compare(parts, planned, sealed, n_runs=n_runs, rng=rng)


def _sealed(folder: Path) -> _Sealed:
    try:
        statement = read_statement(folder)
        return _Sealed(environment_of(statement), inputs_of(statement))
    except (StoreError, KeyError, TypeError):
        # said by the check of the statement
        return _Sealed({}, {})


def _other_data(file: Path, sealed: _Sealed) -> str:
    """Return what shows that a file is not the one that the study was made from; empty where nothing does."""
    digest = digest_path(file)
    if not sealed.inputs or digest in sealed.inputs.values():
        return ""
    known = ", ".join(f"{name} {said[:12]}..." for name, said in sealed.inputs.items())
    return f"{file.name} has the sha256 {digest[:12]}..., and the study was made from {known}"


def _compare(parts: Partitions, planned: Replan, sealed: _Sealed, *, n_runs: int, rng: np.random.Generator) -> Check:
    runs = parts.runs
    possible = np.flatnonzero(((runs["status"] == "ok") & runs["run"].isin(set(planned.units))).to_numpy())
    n_left = int((runs["status"] == "ok").sum()) - possible.size
    left = f"{n_left} runs depend on more than data and spec say, and cannot be drawn"
    remarks = [left] if n_left else []
    if possible.size == 0:
        return Check(_NAME, "failed", "no run of the study follows from its spec and data", remarks=tuple(remarks))
    drawn = np.sort(rng.choice(possible, size=min(n_runs, possible.size), replace=False))
    names = [str(runs["run"].iloc[j]) for j in drawn]
    units = [planned.units[name] for name in names]
    keys = planned.executor.keys(units)
    records = planned.executor.run(units, task="runs again")
    again = collect(units, records, keys, obs_names=parts.obs_names, item=parts.unit)
    remarks += key_remarks(runs["key"].iloc[drawn].tolist(), keys)
    differing = _differing(parts, again, drawn)
    if not differing:
        said = f"{len(names)} of {len(names)} runs computed again give the same labels, bit for bit"
        return Check(_NAME, "ok", said, remarks=tuple(remarks))
    said = f"{len(differing)} of {len(names)} runs computed again give other labels"
    return Check(_NAME, "failed", said, (*differing, *causes(sealed.machine)), tuple(remarks))


def _differing(parts: Partitions, again: Partitions, drawn: np.ndarray) -> list[str]:
    found = []
    for position, column in enumerate(drawn):
        n_other = int((parts.labels[:, column] != again.labels[:, position]).sum())
        if n_other:
            run = parts.runs.iloc[column]
            where = f"run {run['run']} ({run['perturbation']} {run['replicate']}, {run['pipeline']})"
            failed = again.runs["reason"].iloc[position]
            found.append(f"{where}: {n_other} of {parts.n_obs} labels differ{f'; {failed}' if failed else ''}")
    return found
