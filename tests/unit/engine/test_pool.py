"""A pool feeds every unit to a worker and ends."""

from __future__ import annotations

from rashomon.engine import Call, DirectoryStore
from rashomon.engine.pool import run_pool
from rashomon.engine.transfer import write_task
from tests.unit.engine.toy import ADD, DATA, DIE, toy_plan


def test_more_jobs_than_units(tmp_path):
    """A pool larger than the work ends, and every record is told once."""
    plan, keys = toy_plan()
    write_task(tmp_path / "task", plan, DATA)
    told: list[tuple[str, str, str]] = []
    run_pool(
        tmp_path / "task",
        DirectoryStore(tmp_path / "store"),
        [keys],
        n_jobs=8,
        on_record=lambda *event: told.append(event),
    )
    assert sorted(told) == sorted((key, "ok", "") for key in keys)


def test_a_deadly_record_takes_no_other_of_its_unit(tmp_path):
    """In a unit of nine the first kills its worker every time: the other eight finish, and only it fails."""
    plan, keys = toy_plan()
    deadly = plan.add([Call(ADD), Call(DIE)], keep=["y"])
    first = next(iter(plan.nodes))
    plan.nodes = {first: plan.nodes[first], deadly: plan.nodes[deadly], **plan.nodes}
    write_task(tmp_path / "task", plan, DATA)
    told: dict[str, str] = {}
    run_pool(
        tmp_path / "task",
        DirectoryStore(tmp_path / "store"),
        [[deadly, *keys]],
        n_jobs=2,
        on_record=lambda key, status, reason: told.update({key: status + reason}),
    )
    assert told.pop(deadly) == "faileda worker process died twice on this run (exit code 3)"
    assert told == dict.fromkeys(keys, "ok")
