"""A list of units is run job by job, without a coordinator."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rashomon.core import InputError, Step, UsageError
from rashomon.engine import Call, DirectoryStore, Engine, MemoryStore, Plan, run
from rashomon.engine.unit_list import run_unit, unit_lines, write_units
from tests.unit.engine.toy import ADD, DATA, FAIL, SUM, repeated, toy_plan

SERIAL = Engine("serial")


def test_units_together_are_the_plan_bit_for_bit(tmp_path):
    """After every unit was run alone, a run of the plan computes nothing and equals one without units."""
    plan, keys = toy_plan()
    store = DirectoryStore(tmp_path / "artefacts")
    numbers = write_units(tmp_path, plan, DATA, store=store, n_units=3)
    assert sorted(key for unit in unit_lines(tmp_path).values() for key in unit) == sorted(keys)
    assert [run_unit(tmp_path, number) for number in numbers] == [0] * len(numbers)
    found = run(plan, {}, store=store, engine=SERIAL)
    assert found.n_reused == len(keys)
    serial = run(plan, DATA, store=MemoryStore(), engine=SERIAL)
    for key in keys:
        for slot, value in serial[key].slots.items():
            assert np.array_equal(value, found[key].slots[slot])


def test_a_moved_study_still_runs(tmp_path):
    """Nothing in the folder is absolute: after a move, units write where the records now are."""
    plan, _ = toy_plan()
    write_units(tmp_path / "a", plan, DATA, store=DirectoryStore(tmp_path / "a" / "artefacts"), n_units=1)
    (tmp_path / "a").rename(tmp_path / "b")
    assert run_unit(tmp_path / "b", 1) == 0
    assert run(plan, {}, store=DirectoryStore(tmp_path / "b" / "artefacts"), engine=SERIAL).n_reused == len(plan)
    written = "".join(file.read_text() for file in (tmp_path / "b" / "units").rglob("*.[jt]s*"))
    assert str(tmp_path) not in written


def test_a_failed_run_is_exit_code_four_and_keeps_its_traceback(tmp_path):
    """One failing run leaves the others, and says where it failed."""
    plan = Plan("toy", entropy=1)
    bad = plan.add([Call(FAIL)], keep=["y"])
    good = plan.add([Call(ADD)], keep=["x"])
    store = DirectoryStore(tmp_path / "artefacts")
    write_units(tmp_path, plan, DATA, store=store, n_units=1)
    assert run_unit(tmp_path, 1) == 4
    done = json.loads((tmp_path / "units" / "done" / "1.json").read_text())
    assert done["runs"][good] == {"status": "ok", "reason": "", "trace": ""}
    assert done["runs"][bad]["reason"].startswith("fail: TypeError: ")
    assert done["runs"][bad]["trace"].startswith("Traceback (most recent call last):")


def test_what_is_there_is_not_listed_and_not_run_again(tmp_path):
    """A new list holds only what is missing; running a unit twice reuses it."""
    plan, _ = toy_plan()
    store = DirectoryStore(tmp_path / "artefacts")
    run(plan, DATA, store=store, engine=SERIAL)
    new = plan.add([Call(ADD), repeated(7), Call(SUM)], keep=["total"])
    write_units(tmp_path, plan, DATA, store=store, n_units=4)
    assert unit_lines(tmp_path) == {1: [new]}
    for reused in (0, 1):
        assert run_unit(tmp_path, 1) == 0
        assert json.loads((tmp_path / "units" / "done" / "1.json").read_text())["reused"] == reused
    assert write_units(tmp_path, plan, DATA, store=store, n_units=4) == []


def test_wrong_numbers_and_missing_lists_are_refused(tmp_path):
    """A unit outside the list names the range; a folder without a list says how to write one."""
    plan, _ = toy_plan()
    with pytest.raises(InputError, match="there is no list of units"):
        run_unit(tmp_path, 1)
    with pytest.raises(UsageError, match="n_units is 0"):
        write_units(tmp_path, plan, DATA, store=DirectoryStore(tmp_path / "artefacts"), n_units=0)
    write_units(tmp_path, plan, DATA, store=DirectoryStore(tmp_path / "artefacts"), n_units=2)
    with pytest.raises(UsageError, match="there is no unit 3") as caught:
        run_unit(tmp_path, 3)
    assert caught.value.expected == "1 to 2"
    (tmp_path / "units" / "units.tsv").write_text("unit\tn_runs\tkeys\n1\n")
    with pytest.raises(InputError, match="damaged"):
        run_unit(tmp_path, 1)


def test_a_function_of_this_process_is_refused(tmp_path):
    """A step without a name that a job could find is refused before anything is written."""
    plan = Plan("toy", entropy=1)
    plan.add([Call(Step("mine", "numpy:sqrt", reads=("x",), writes=("x",), target=np.sqrt))], keep=["x"])
    with pytest.raises(UsageError, match="mine cannot run in worker processes"):
        write_units(tmp_path, plan, DATA, store=DirectoryStore(tmp_path / "artefacts"), n_units=1)
    assert list(tmp_path.iterdir()) == []
