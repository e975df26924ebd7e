"""The step at which workers ended is blamed, and nothing beside it."""

from __future__ import annotations

import pytest

from rashomon.engine.attempt import Attempts
from tests.unit.engine.toy import toy_plan


@pytest.fixture
def tree():
    """A plan, its keys, and the second step of the first path: two records stand below it."""
    plan, keys = toy_plan()
    return plan, keys, plan.nodes[keys[0]].parent


def test_three_blames_give_up_what_is_below(tree):
    """After three deaths at a step the two records below it fail with the last cause; six others do not."""
    plan, keys, shared = tree
    attempts = Attempts(plan)
    assert [attempts.blame(shared, f"exit code {code}", worker=f"host:{code}") for code in (1, 2, 3)] == [
        False,
        False,
        True,
    ]
    failed = {key: attempts.given_up(key) for key in keys}
    assert [key for key in keys if failed[key] is not None] == keys[:2]
    told = failed[keys[0]]
    assert told.reason == "repeat: the worker process ended in each of 3 attempts (exit code 3)"
    assert told.trace.splitlines()[0] == "attempt 1: repeat: exit code 1"
    assert (told.status, told.attempt, told.worker) == ("failed", 3, "host:3")


def test_attempts_add_up_along_the_path(tree):
    """A death at the shared step and one at the last: the third attempt of this record, the second of its sibling."""
    plan, keys, shared = tree
    attempts = Attempts(plan)
    attempts.blame(shared, "x")
    attempts.blame(keys[0], "x")
    assert [attempts.count(key) for key in keys[:3]] == [3, 2, 1]


def test_a_unit_is_cut_where_its_worker_died(tree):
    """What stands beside the step comes first, then what stands below it; empty parts are left out."""
    plan, keys, shared = tree
    attempts = Attempts(plan)
    assert attempts.split(keys, shared) == [keys[2:], keys[:2]]
    assert attempts.split(keys[:2], shared) == [keys[:2]]
