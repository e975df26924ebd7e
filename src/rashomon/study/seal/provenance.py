"""Where every row comes from: one line per run, with all that is needed to compute it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from rashomon.core import digest_file
from rashomon.partitions import read_partitions
from rashomon.study.directory import SPEC, write_table
from rashomon.study.seal.ledger_fact import ledger_rows
from rashomon.study.seal.machine import describe_machine
from rashomon.study.seal.statement import resolved_spec

__all__ = ["PROVENANCE", "PROVENANCE_COLUMNS", "provenance_rows", "write_provenance"]

PROVENANCE = "provenance"
"""Name of the table."""

PROVENANCE_COLUMNS: Mapping[str, str] = {
    "key": "name of the record: a digest of the data, every step, its parameters, the seed and the versions",
    "run": "run in the other tables; empty where the record is no run",
    "task": "part of the study that asked for it; empty without a ledger",
    "step": "last step; empty without a ledger",
    "params": "resolved settings of the run, or the parameters of the last step, as JSON",
    "perturbation": "how the data were disturbed; none: they were not",
    "replicate": "which repeat of the perturbation",
    "status": "ok or failed",
    "reason": "why it failed, in one line",
    "seconds": "time of its own step; empty without a ledger",
    "attempt": "how often it was tried; empty without a ledger",
    "data_digest": "digest of the data set",
    "spec_digest": "sha256 of the resolved spec",
    "seed": "root of all random streams; the stream of a step is named by its key",
    "versions": "of this package and of the libraries that can change a number, as JSON",
    "python": "interpreter; empty: not known",
    "platform": "system and architecture; empty: not known",
    "cpu": "model of the processor; empty: not known",
    "threads": "of each numeric library in a step: always 1",
    "blas": "libraries of threads, with version and kernel; empty: not known",
    "session": "session of the ledger in which it was acknowledged; empty without a ledger",
}
"""Columns of the table, and what they mean."""

_FACTS = {"run", "perturbation", "replicate", "pipeline", "branch", "domain", "view", "task"}
_ENDED = {"n_clusters", "n_used", "n_dropped", "status", "reason", "key"}
_MACHINE = ("python", "platform", "cpu")


def write_provenance(folder: Path) -> pd.DataFrame:
    """Write the table ``provenance`` of a study beside the others, as parquet and CSV.

    Parameters
    ----------
    folder
        The study.

    Returns
    -------
    See `provenance_rows`.
    """
    path = folder / "partitions.parquet"
    runs = read_partitions(path).runs if path.exists() else pd.DataFrame()
    spec_digest = digest_file(folder / SPEC) if (folder / SPEC).exists() else ""
    table = provenance_rows(
        runs,
        records=ledger_rows(folder, "record"),
        sessions=ledger_rows(folder, "session"),
        spec={**resolved_spec(folder), "spec_digest": spec_digest},
        machine=describe_machine(),
    )
    write_table(table, folder / "tables" / PROVENANCE)
    return table


def provenance_rows(
    runs: pd.DataFrame,
    *,
    records: list[dict[str, Any]],
    sessions: list[dict[str, Any]],
    spec: Mapping[str, Any],
    machine: Mapping[str, Any],
) -> pd.DataFrame:
    """Return one row per record, with all that is needed to compute it again.

    Parameters
    ----------
    runs
        Table of runs: facts, settings and ``key``.
    records, sessions
        Rows of the ledger; empty without one.
    spec
        The resolved spec with its ``spec_digest``.
    machine
        Environment of records of which the ledger does not know it; from `rashomon.study.seal.machine`.

    Returns
    -------
    Columns `PROVENANCE_COLUMNS`; runs first, in their order, then the other records, in the order in which they were
    acknowledged. Rows of other tables are joined by ``run``, or by ``key``.
    """
    known = {str(row["key"]): row for row in records}
    at = {row["seq"]: _environment(row, machine) for row in sessions}
    common = {
        "data_digest": str(spec.get("data_digest") or ""),
        "spec_digest": str(spec.get("spec_digest") or ""),
        "seed": str(spec.get("rng", spec.get("seed", ""))),
        "threads": 1,
    }
    rows = []
    listed: set[str] = set()
    for run in runs.to_dict("records"):
        key = str(run["key"])
        listed.add(key)
        record = known.get(key, {})
        rows.append(
            {
                **_noted(record),
                **_run({str(name): value for name, value in run.items()}),
                **common,
                **at.get(record.get("session"), _flat(machine)),
            }
        )
    for key, record in known.items():
        if key not in listed:
            rows.append({**_noted(record), **common, **at.get(record.get("session"), _flat(machine))})
    return _typed(pd.DataFrame(rows, columns=list(PROVENANCE_COLUMNS)))


def _run(run: Mapping[str, Any]) -> dict[str, Any]:
    settings = {
        str(name): value.item() if hasattr(value, "item") else value
        for name, value in run.items()
        if name not in _FACTS | _ENDED and pd.notna(value)
    }
    named = {name: run.get(name) for name in ("run", "perturbation", "replicate", "status", "reason", "key")}
    return {**named, "params": json.dumps(settings, sort_keys=True)}


def _noted(record: Mapping[str, Any]) -> dict[str, Any]:
    names = ("key", "task", "step", "params", "status", "reason", "seconds", "attempt", "session")
    return {name: record.get(name) for name in names}


def _environment(session: Mapping[str, Any], machine: Mapping[str, Any]) -> dict[str, Any]:
    """Return the environment of a session; what it did not write down was the same unless the versions differ."""
    try:
        found = json.loads(session["versions"])
    except ValueError:
        found = {}
    if isinstance(found.get("versions"), dict):
        return _flat(found)
    same = all(machine["versions"].get(name) == value for name, value in found.items())
    return _flat(machine if same else {"versions": found})


def _flat(machine: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "versions": json.dumps(machine.get("versions", {}), sort_keys=True),
        **{name: str(machine.get(name, "")) for name in _MACHINE},
        "blas": "; ".join(machine.get("blas", ())),
    }


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with one type per column, the same whether or not there is a row."""
    whole = {"replicate", "attempt", "threads", "session"}
    for name in table.columns:
        if name == "seconds":
            table[name] = pd.to_numeric(table[name]).astype("float64")
        elif name in whole:
            table[name] = pd.to_numeric(table[name]).astype("Int64")
        else:
            table[name] = table[name].fillna("").astype(str).astype(object)
    return table
