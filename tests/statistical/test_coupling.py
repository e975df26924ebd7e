"""What a change cannot reach stays to the last bit, and what is neutral does nothing: over worlds of many seeds."""

import numpy as np
import pytest

from rashomon.sim import KNOBS
from tests.busy_world import CLEAN, ERASED, REACH, busy, counts, nodes_of

SEEDS = range(2000, 2020)


@pytest.mark.statistical
def test_neutral_knobs_do_nothing(record):
    """Every knob at its neutral value gives the counts of the world whose mechanism was removed by hand."""
    figures = {}
    for name, case in ERASED.items():
        world = busy(**case.context)
        other = differ = entries = 0
        for root in SEEDS:
            neutral = counts(world.do(**{name: KNOBS[name].neutral}, **case.also), root=root)
            erase = case.erase(world, root) if callable(case.erase) else case.erase
            other += int((neutral != counts(world.do(**erase), root=root)).sum())
            differ += int((neutral != counts(world, root=root)).sum()) if neutral.shape == counts(world).shape else 0
            entries += neutral.size
        figures[name] = {"entries": entries, "unlike_removed": other, "changed_by_the_knob": differ}
    record(
        "neutral_knobs", claim="no entry differs from the world without the mechanism", seed=SEEDS[0], figures=figures
    )
    assert {name: each["unlike_removed"] for name, each in figures.items() if each["unlike_removed"]} == {}
    assert all(each["changed_by_the_knob"] for each in figures.values())


@pytest.mark.statistical
def test_interventions_change_what_they_reach_only(record):
    """No entry without a causal path from the intervention changes, whatever the seed."""
    figures = {}
    for name, (changes, do, reach) in REACH.items():
        world = busy(**{**CLEAN, **changes})
        found = np.zeros(4, dtype=int)
        for root in SEEDS:
            before = nodes_of(world, root=root)
            done = world.do(**(do(before) if callable(do) else do))
            reached = reach(before, nodes_of(done, root=root))
            moved = counts(world, root=root) != counts(done, root=root)
            found += [moved.size, reached.sum(), moved.sum(), (moved & ~reached).sum()]
        figures[name] = dict(
            zip(("entries", "reachable", "changed", "changed_out_of_reach"), found.tolist(), strict=True)
        )
    record("coupling", claim="no entry out of reach of an intervention changes", seed=SEEDS[0], figures=figures)
    assert {name: each["changed_out_of_reach"] for name, each in figures.items() if each["changed_out_of_reach"]} == {}
