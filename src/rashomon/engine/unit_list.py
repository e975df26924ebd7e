"""A list of units for array jobs, where no process may wait for others: each job runs one number of the list."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon.core import FAILED_RUNS, InputError, StoreError, UsageError, publish_text, require_portable
from rashomon.engine.finished import worker_name
from rashomon.engine.plan import Plan
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore
from rashomon.engine.transfer import read_task, write_task
from rashomon.engine.unit import split
from rashomon.engine.walk import Watch, walk

__all__ = ["UNITS", "run_unit", "unit_lines", "write_units"]

UNITS = "units"
"""Name of the folder in a study."""

_LIST = "units.tsv"
_STORE = "store.json"
_COLUMNS = "unit\tn_runs\tkeys"


def write_units(
    folder: Path | str, plan: Plan, data: Mapping[str, Any], *, store: DirectoryStore, n_units: int
) -> list[int]:
    """Write what array jobs need to ``folder/units``; runs that the store holds are left out.

    The folder holds the plan and the data (as `rashomon.engine.transfer.write_task` writes them), ``units.tsv`` (unit,
    n_runs, keys) and the place of the records, as a path from there. Nothing in it is absolute, so a study may be
    moved before it is run. ``units.tsv`` is written last. Jobs need no coordinator, no ledger and no network; they may
    run twice or be killed. Afterwards `rashomon.engine.run` finds their records.

    Parameters
    ----------
    folder
        Of the study; the jobs must see it.
    plan, data
        As in `rashomon.engine.run`.
    store
        Where jobs write records; near `folder`, so that one moves with the other.
    n_units
        How many jobs to aim at; at least 1.

    Returns
    -------
    The numbers of the units, from 1.

    Raises
    ------
    UsageError
        When `n_units` is below 1, or a step has no name by which another process could find it.
    """
    if n_units < 1:
        raise UsageError(f"n_units is {n_units}", where="n_units", expected="1 or more")
    require_portable(node.call.step for node in plan.nodes.values())
    place = Path(folder) / UNITS
    missing = [key for key, slots in plan.keep.items() if store.get(key, slots) is None]
    units = split(plan, missing, n_units=n_units) if missing else []
    write_task(place, plan, data)
    relative = Path(os.path.relpath(store.path.resolve(), place.resolve()))
    publish_text(place / _STORE, json.dumps({"store": relative.as_posix()}) + "\n")
    rows = [f"{number}\t{len(keys)}\t{' '.join(keys)}" for number, keys in enumerate(units, 1)]
    publish_text(place / _LIST, "\n".join([_COLUMNS, *rows]) + "\n")
    return list(range(1, len(units) + 1))


def unit_lines(folder: Path | str) -> dict[int, list[str]]:
    """Return the keys of each unit by its number.

    Parameters
    ----------
    folder
        Of the study.

    Raises
    ------
    InputError
        When there is no list of units, or it is damaged.
    """
    file = Path(folder) / UNITS / _LIST
    try:
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        found = {int(number): keys.split() for number, _, keys in (row.split("\t") for row in rows)}
    except FileNotFoundError as error:
        raise InputError(
            "there is no list of units", where=str(file), fix="write it first: rashomon plan", code="units.none"
        ) from error
    except ValueError as error:
        raise InputError(
            "the list of units is damaged", where=str(file), fix="write it again: rashomon plan"
        ) from error
    if header != _COLUMNS:
        raise InputError("the list of units is of another kind", where=str(file), expected=_COLUMNS.replace("\t", ", "))
    return found


def run_unit(folder: Path | str, number: int) -> int:
    """Run unit `number` of the list in `folder` and write its records; those that are there already are left alone.

    When it ends, ``units/done/NUMBER.json`` says how each run ended. A killed job leaves no such file; what it had
    recorded is used when the unit is run again.

    Parameters
    ----------
    folder
        Of the study.
    number
        From 1, as in the first column of ``units.tsv``.

    Returns
    -------
    The exit code: 0, or 4 when a run failed.

    Raises
    ------
    UsageError
        When there is no such unit.
    """
    units = unit_lines(folder)
    if number not in units:
        raise UsageError(
            f"there is no unit {number}", where="number", expected=f"1 to {len(units)}" if units else "nothing to run"
        )
    place = Path(folder) / UNITS
    plan, data = read_task(place)
    store = DirectoryStore(_store_path(place))
    outcomes: dict[str, dict[str, Any]] = {}
    watch = Watch()

    def emit(key: str, record: Record) -> None:
        store.put(key, record)
        outcomes[key] = {"status": record.status, "reason": record.reason, "trace": watch.traces.pop(key, "")}

    keys = units[number]
    walk(plan, data, [key for key in keys if store.get(key, plan.keep[key]) is None], emit=emit, watch=watch)
    done = {"unit": number, "worker": worker_name(), "reused": len(keys) - len(outcomes), "runs": outcomes}
    publish_text(place / "done" / f"{number}.json", json.dumps(done, indent=1) + "\n")
    return FAILED_RUNS if any(each["status"] == "failed" for each in outcomes.values()) else 0


def _store_path(place: Path) -> Path:
    try:
        named = json.loads((place / _STORE).read_text(encoding="utf-8"))["store"]
        return place / str(named)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            "the place of the records cannot be read",
            where=str(place / _STORE),
            fix="write the list again: rashomon plan",
        ) from error
