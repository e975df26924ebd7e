"""A pool feeds every unit to a worker and ends."""

from __future__ import annotations

from rashomon.engine import DirectoryStore
from rashomon.engine.pool import run_pool
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import DATA, toy_plan


def test_more_jobs_than_units(tmp_path):
    """A pool larger than the work ends, and every record is told once."""
    plan, keys = toy_plan()
    write_task(tmp_path / "task", plan, DATA, [keys])
    told: list[tuple[str, str, str]] = []
    run_pool(
        tmp_path / "task",
        DirectoryStore(tmp_path / "store"),
        [keys],
        n_jobs=8,
        on_record=lambda *event: told.append(event),
    )
    assert sorted(told) == sorted((key, "ok", "") for key in keys)
