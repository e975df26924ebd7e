"""The estimate counts the steps that are missing, learns from what it ran, and keeps what it computed."""

from __future__ import annotations

import pytest

from rashomon.engine import Call, Costs, DirectoryStore, Engine, Estimate, MemoryStore, Plan, estimate, run
from rashomon.engine.estimate import _SHARED, _START
from tests.unit.engine.toy import DATA, toy_plan


def timed(plan, seconds):
    """Costs learned from made-up times: `seconds` of a node."""
    costs = Costs()
    # the first time of each step is left out, so every node is met twice
    for _ in range(2):
        costs.learn(plan, {key: seconds(node) for key, node in plan.nodes.items()})
    return costs


def test_counts_and_reuse():
    """Before: everything is missing. The probes are kept. After a run: nothing is left to do."""
    plan, _ = toy_plan()
    store, engine = MemoryStore(), Engine("serial")
    first = estimate(plan, DATA, store=store, engine=engine)
    assert (first.n_records, first.n_reused, dict(first.steps)) == (8, 0, plan.count_steps())
    assert 0 < first.seconds < 1
    assert first.spent > 0
    # each of the last steps twice: the first call of a step may compile it
    assert run(plan, DATA, store=store, engine=engine).n_reused == 4
    last = estimate(plan, DATA, store=store, engine=engine)
    assert (last.n_reused, last.seconds) == (8, 0.0)


def test_records_that_were_found_are_not_read_again():
    """The first estimate reads what is there, and the next, with its costs, only what was not; both say the same."""
    plan, _ = toy_plan()
    store, engine, costs = MemoryStore(), Engine("serial"), Costs()
    run(plan, DATA, store=store, engine=engine)
    read = []
    store.get = lambda key, slots: read.append(key) or MemoryStore.get(store, key, slots)
    found = [estimate(plan, DATA, store=store, engine=engine, costs=costs, n_probes=0).n_reused for _ in range(2)]
    assert found == [8, 8]
    assert sorted(read) == sorted(plan.keep)


def test_without_probes_nothing_is_run():
    """What is known already decides; what is unknown costs nothing."""
    plan, _ = toy_plan()
    store = MemoryStore()
    found = estimate(plan, DATA, store=store, engine=Engine("serial"), n_probes=0)
    assert (found.seconds, found.n_reused) == (0.0, 0)
    assert all(store.get(key, slots) is None for key, slots in plan.keep.items())


def test_every_step_counts_once_in_one_process():
    """The sum over the nodes that are left."""
    plan, _ = toy_plan()
    costs = timed(plan, lambda node: 2.0)
    found = estimate(plan, DATA, store=MemoryStore(), engine=Engine("serial"), costs=costs, n_probes=0)
    assert found.seconds == pytest.approx(2.0 * len(plan.nodes))


def test_workers_share_the_work_and_repeat_the_path_above_it():
    """Two workers need less than one and more than half, and a start."""
    plan, _ = toy_plan()
    costs = timed(plan, lambda node: 100.0)
    alone, both = (
        estimate(plan, DATA, store=MemoryStore(), engine=engine, costs=costs, n_probes=0)
        for engine in (Engine("serial"), Engine("processes", 2))
    )
    assert _SHARED * alone.seconds / 2 + _START <= both.seconds < _SHARED * alone.seconds
    assert both.n_workers == 2


def test_a_step_costs_what_the_one_most_like_it_did():
    """Times by parameter; an unknown parameter costs the median of the step; a repeat costs the same."""
    step = next(iter(toy_plan()[0].nodes.values())).call.step
    plan = Plan("data", 0)
    for size in (1, 2, 9):
        plan.add([Call(step, {"size": size, "seed": 0})], keep=["x"])
    keys = {node.call.params["size"]: key for key, node in plan.nodes.items()}
    costs = Costs()
    costs.learn(plan, {keys[9]: 50.0})
    costs.learn(plan, {keys[1]: 1.0, keys[2]: 3.0})
    other = Plan("other", 0)
    for size in (1, 2, 5):
        other.add([Call(step, {"size": size, "seed": 7})], keep=["x"])
    expected = costs.expected(other)
    assert [expected[key] for key in other.nodes] == [1.0, 3.0, 2.0]


def test_the_first_call_is_left_out():
    """It also imports and compiles; alone it is better than nothing."""
    plan, _ = toy_plan()
    key, node = next(iter(plan.nodes.items()))
    costs = Costs()
    costs.learn(plan, {key: 9.0})
    assert costs.expected(plan)[key] == 9.0
    costs.learn(plan, {key: 1.0})
    assert costs.expected(plan)[key] == 1.0
    assert node.call.step.name in {each.call.step.name for each in plan.nodes.values()}


def test_two_plans_add_up():
    """Runs, steps and seconds are added; memory is that of the larger."""
    a = Estimate(2, 1, {"x": 1}, 3.0, 1.0, 10, 2, 100)
    b = Estimate(1, 0, {"x": 2, "y": 1}, 4.0).with_memory(20).after(2.0)
    assert a + b == Estimate(3, 1, {"x": 3, "y": 1}, 7.0, 3.0, 20, 2, 100)


def test_what_the_records_take_on_disk_is_foretold(tmp_path):
    """Within a tenth of the files that are written; nothing where nothing was run, and nothing once all is there."""
    plan, _ = toy_plan()
    store, engine = DirectoryStore(tmp_path), Engine("serial")
    assert estimate(plan, DATA, store=store, engine=engine, n_probes=0).on_disk == []
    found = estimate(plan, DATA, store=store, engine=engine)
    run(plan, DATA, store=store, engine=engine)
    written = sum(file.stat().st_size for file in tmp_path.rglob("*.parquet"))
    assert found.disk == pytest.approx(written, rel=0.1)
    assert found.on_disk[0].startswith("on disk: about 1 MiB of records")
    assert estimate(plan, DATA, store=store, engine=engine).disk == 0


def test_it_reads_as_a_sentence():
    """Runs, steps, time and memory are named."""
    plan, _ = toy_plan()
    found = estimate(plan, DATA, store=MemoryStore(), engine=Engine("serial"))
    assert str(found) == "8 runs; steps: 1 add, 4 repeat, 4 sum, 4 root; about 1 s"
    assert str(found.with_memory(2**30)).endswith("about 1 s, 1.0 GiB")
    assert str(Estimate(9, 4, {}, 600.0, memory=2**31, n_workers=2)) == (
        "9 runs, 4 of them reused; steps: none; about 10.0 min, 2.0 GiB in each of 2 processes"
    )
