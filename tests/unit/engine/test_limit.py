"""Limits are learned from the steps that ran before."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.engine.limit import Limits, data_size
from tests.unit.engine.toy import toy_plan

GIB = 2**30


@pytest.fixture
def tree():
    """A plan with paths add/repeat/sum and add/repeat/root, and the keys of its records."""
    return toy_plan()


def test_time_is_ten_medians_of_the_kind_and_at_least_ten_minutes(tree):
    """An hour while unknown; then ten times the median of steps with the same names above, or 600 s."""
    plan, keys = tree
    limits = Limits(plan, memory=GIB)
    assert limits.seconds(keys[0]) == 3600
    for seconds in (100.0, 120.0, 500.0):
        limits.learn(keys[0], seconds=seconds)
    # keys[2] is another sum with another parameter above; keys[1] is a root
    assert [limits.seconds(key) for key in (keys[0], keys[2], keys[1])] == [1200, 1200, 3600]
    limits.learn(keys[1], seconds=0.1)
    assert limits.seconds(keys[1]) == 600


def test_a_given_time_limit_holds_for_steps_and_not_for_the_start(tree):
    """The limit of the user is taken as it is; a worker that loads its libraries is not at a step."""
    plan, keys = tree
    limits = Limits(plan, memory=GIB, time_limit=5.0)
    limits.learn(keys[0], seconds=100.0)
    assert (limits.seconds(keys[0]), limits.seconds("")) == (5.0, 3600)


def test_memory_is_expected_from_the_largest_known_kind(tree):
    """Unknown kinds are expected to take what the largest known one took, and at least libraries and data twice."""
    plan, keys = tree
    limits = Limits(plan, memory=4 * GIB, size=100)
    sums, roots = limits.kinds(keys[:1]), limits.kinds(keys[1:2])
    assert len(sums) == len(roots) == 3
    assert limits.peak(sums) == 150 * 2**20 + 200
    limits.learn(keys[0], peak=2 * GIB)
    limits.learn(keys[0], peak=GIB)
    assert limits.peak(sums) == 2 * GIB
    assert limits.peak(roots) == 2 * GIB
    limits.learn(plan.nodes[keys[1]].parent, peak=GIB)
    assert limits.peak(roots) == GIB


def test_what_took_more_than_the_ceiling_is_refused_by_name(tree):
    """At 90 % of the budget a unit may start; above, the reason names the step and both sizes."""
    plan, keys = tree
    limits = Limits(plan, memory=GIB)
    sums = limits.kinds(keys[:1])
    limits.learn(keys[0], peak=limits.ceiling)
    assert limits.refusal(sums) == ""
    limits.learn(keys[0], peak=2 * GIB)
    assert limits.refusal(sums) == "not started: sum took 2.00 GiB before and 0.90 GiB are allowed"
    assert limits.refusal(limits.kinds(keys[1:2])) == ""


def test_by_default_four_fifths_of_what_is_available(tree, monkeypatch):
    """Nobody says how much: 80 % of the available memory."""
    monkeypatch.setattr("rashomon.engine.limit.available_memory", lambda: 1000)
    assert Limits(tree[0]).memory == 800


def test_sizes_of_data_are_bytes():
    """A dense array of 24 bytes and a CSR matrix of 2 values, 2 columns and 4 row ends."""
    matrix = sp.csr_matrix(np.array([[0, 1.0], [2.0, 0], [0, 0]]))
    expected = 24 + 2 * 8 + 2 * matrix.indices.itemsize + 4 * matrix.indptr.itemsize
    assert data_size({"a": np.zeros(3), "x": matrix}) == expected
