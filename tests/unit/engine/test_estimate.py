"""The estimate counts the steps that are missing and keeps what it computed."""

from __future__ import annotations

from rashomon.engine import Engine, MemoryStore, estimate, run
from tests.unit.engine.toy import DATA, toy_plan


def test_counts_and_reuse():
    """Before: everything is missing. The probes are kept. After a run: nothing is left to do."""
    plan, _ = toy_plan()
    store, engine = MemoryStore(), Engine("serial")
    first = estimate(plan, DATA, store=store, engine=engine)
    assert (first.n_records, first.n_reused, dict(first.steps)) == (8, 0, plan.count_steps())
    assert 0 < first.seconds < 1
    assert run(plan, DATA, store=store, engine=engine).n_reused == 2
    last = estimate(plan, DATA, store=store, engine=engine)
    assert (last.n_reused, last.seconds) == (8, 0.0)


def test_it_reads_as_a_sentence():
    """Runs, steps and time are named."""
    plan, _ = toy_plan()
    text = str(estimate(plan, DATA, store=MemoryStore(), engine=Engine("serial")))
    assert text == "8 runs; steps: 1 add, 4 repeat, 4 sum, 4 root; about 1 s"
