"""Units cover every record once."""

from __future__ import annotations

import pytest

from rashomon.engine.unit import split
from tests.unit.engine.toy import toy_plan


@pytest.mark.parametrize("n_units", [1, 2, 3, 5, 8, 50])
def test_units_partition_the_records(n_units):
    """Every record is in exactly one unit, and no unit is larger than its fair share."""
    plan, keys = toy_plan()
    units = split(plan, keys, n_units=n_units)
    assert sorted(key for unit in units for key in unit) == sorted(keys)
    assert max(map(len, units)) <= -(-len(keys) // n_units)


def test_units_follow_the_tree():
    """With as many units as branches, records that share a branch stay together."""
    plan, keys = toy_plan()
    units = split(plan, keys, n_units=4)
    assert {frozenset(unit) for unit in units} == {frozenset(keys[i : i + 2]) for i in range(0, 8, 2)}
