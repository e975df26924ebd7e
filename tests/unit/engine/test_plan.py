"""A plan is a prefix tree with keys that depend on everything above them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rashomon.core import Step, UsageError
from rashomon.engine import Call, Plan
from tests.unit.engine.toy import ADD, ROOT, SUM, repeated, toy_plan


def test_shared_prefixes_are_one_node():
    """Eight records over four repeats of one first step are 1 + 4 + 8 nodes."""
    plan, keys = toy_plan()
    assert plan.count_steps() == {"add": 1, "repeat": 4, "sum": 4, "root": 4}
    assert len(set(keys)) == len(plan) == 8


def test_count_steps_of_a_part_counts_only_its_paths():
    """One record needs its own path and nothing else."""
    plan, keys = toy_plan()
    assert plan.count_steps([keys[0]]) == {"add": 1, "repeat": 1, "sum": 1}


@pytest.mark.parametrize(
    "other",
    [
        [Call(ADD), repeated(3)],
        [repeated(2), Call(ADD)],
        [Call(dataclasses.replace(ADD, version=2)), repeated(2)],
        [Call(dataclasses.replace(ADD, function="numpy:subtract")), repeated(2)],
    ],
    ids=["parameter", "order", "version", "function"],
)
def test_key_changes_with(other):
    """A parameter, the order, a version, or a function changes the key."""
    plan = Plan("toy", entropy=1)
    assert plan.add([Call(ADD), repeated(2)], keep=["x"]) != plan.add(other, keep=["x"])


def test_key_changes_with_the_data():
    """The same path on other data has another key."""
    keys = {Plan(root, entropy=1).add([Call(ADD)], keep=["x"]) for root in ("a", "b")}
    assert len(keys) == 2


def test_entropy_changes_stochastic_keys_only():
    """Deterministic steps are reused under another seed; stochastic ones, and what is below them, are not."""
    noisy = Step("noisy", "numpy:add", reads=("x", "y"), writes=("x",), stochastic=True)
    plans = [Plan("toy", entropy=e) for e in (1, 2)]
    assert len({plan.add([Call(ADD), Call(SUM)], keep=["total"]) for plan in plans}) == 1
    assert len({plan.add([Call(noisy), Call(SUM)], keep=["total"]) for plan in plans}) == 2


def test_stream_parameters_name_the_random_numbers():
    """Nodes that agree on the stream parameters draw the same numbers; others do not."""
    step = Step("half", "numpy:add", reads=("x",), writes=("x",), stochastic=True, stream=("pair",))
    plan = Plan("toy", entropy=5)
    draws = {}
    for pair in (0, 1):
        for half in (0, 1):
            node = plan.nodes[plan.add([Call(step, {"pair": pair, "half": half})], keep=["x"])]
            draws[pair, half] = node.rng(5).integers(2**62)
    assert draws[0, 0] == draws[0, 1] != draws[1, 0] == draws[1, 1]


def test_deterministic_steps_get_no_generator():
    """A step that is not stochastic has no stream."""
    plan, keys = toy_plan()
    assert plan.nodes[keys[0]].rng(1) is None


def test_json_round_trip_keeps_keys():
    """A plan read from its text has the same nodes and records."""
    plan, _ = toy_plan()
    again = Plan.from_json(plan.to_json())
    assert again.nodes == plan.nodes
    assert again.keep == plan.keep
    assert again.add([Call(ADD), repeated(2), Call(ROOT)], keep=["root"]) in plan.keep


def test_empty_path_is_refused():
    """A record without steps would be the data themselves."""
    with pytest.raises(UsageError, match="at least one step"):
        Plan("toy", entropy=1).add([], keep=["x"])


def test_parameters_must_be_json():
    """An array in the parameters is refused: it would have no key."""
    with pytest.raises(TypeError, match="JSON"):
        Plan("toy", entropy=1).add([Call(ADD, {"x": np.arange(3)})], keep=["x"])
