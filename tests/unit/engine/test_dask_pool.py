"""A dask cluster gives the same records as this process, whatever its workers do."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from rashomon.core import StoreError
from rashomon.engine import Call, DirectoryStore, Engine, MemoryStore, run
from rashomon.engine.dask_cluster import check_sight, connect
from tests.unit.engine.toy import ADD, DATA, DIE, toy_plan
from tests.unit.engine.trouble import FAIL_HERE, text

# clusters of processes start and end: half a minute
pytestmark = pytest.mark.statistical

ENGINE = Engine("dask", 2)


@pytest.fixture(scope="module")
def cluster():
    """A local cluster, which every plan with the same settings uses."""
    found = connect(ENGINE)
    yield found
    found.close()


def test_a_cluster_gives_the_same_bits_and_isolates_what_kills(cluster, tmp_path):
    """Eight records and one that kills its worker: the eight equal those of this process bit for bit, one fails."""
    plan, keys = toy_plan()
    serial = run(plan, DATA, store=MemoryStore(), engine=Engine("serial"))
    deadly = plan.add([Call(ADD), Call(DIE)], keep=["y"])
    raising = plan.add([Call(FAIL_HERE)], keep=["calls"])
    found = run(plan, DATA | {"folder": text(tmp_path)}, store=DirectoryStore(tmp_path / "artefacts"), engine=ENGINE)
    assert found[deadly].reason == "die: the dask worker died in each of 3 attempts"
    assert found[raising].reason == "fail_here: ValueError: no such luck (fail_here)"
    for key in keys:
        for slot, value in serial[key].slots.items():
            assert value.tobytes() == found[key].slots[slot].tobytes()
    # nothing of the run is left beside the records
    assert [file.name for file in tmp_path.iterdir()] == ["artefacts"]


def test_an_open_cluster_is_used_again(cluster):
    """A second plan with the same settings does not start another cluster."""
    assert connect(Engine("dask", 2)) is cluster


def test_workers_see_the_folder(cluster, tmp_path):
    """Workers that share the folder pass and leave nothing behind; a folder they may not see is refused."""
    check_sight(cluster, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_joined_scheduler_that_dies_is_said(tmp_path, monkeypatch):
    """When the scheduler of an address dies within a plan, the error names it; finished records are reused."""
    monkeypatch.setattr("rashomon.engine.dask_pool._SILENCE", 1.0)
    ours = connect(Engine("dask", 1))
    plan, _ = toy_plan()
    store = DirectoryStore(tmp_path / "artefacts")

    def end_scheduler(event):
        if event.done == 2:
            ours.ours[0].kill()

    with pytest.raises(StoreError, match="the dask scheduler is gone") as caught:
        run(plan, DATA, store=store, engine=Engine("dask", 1, end_scheduler, address=ours.address))
    assert caught.value.where == ours.address
    ours.close()
    assert run(plan, DATA, store=store, engine=Engine("serial")).n_reused >= 2


def test_a_split_that_heals_loses_nothing(tmp_path):
    """The scheduler does not answer for two seconds within a plan: it goes on, and every record is there."""
    ours = connect(Engine("dask", 1))
    scheduler = ours.ours[0].pid
    plan, keys = toy_plan()
    serial = run(plan, DATA, store=MemoryStore(), engine=Engine("serial"))

    def split(event):
        if event.done == 2:
            os.kill(scheduler, signal.SIGSTOP)
            threading.Timer(2.0, os.kill, (scheduler, signal.SIGCONT)).start()

    found = run(plan, DATA, store=DirectoryStore(tmp_path), engine=Engine("dask", 1, split, address=ours.address))
    ours.close()
    for key in keys:
        for slot, value in serial[key].slots.items():
            assert value.tobytes() == found[key].slots[slot].tobytes()
