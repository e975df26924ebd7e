"""Levels are those of the budget, or those that were asked for; nothing that was asked for is ignored."""

import pytest

from rashomon.core import UsageError
from rashomon.multiverse import BUDGETS, Wishes
from rashomon.multiverse.offer import Offer
from tests.planted import blank


def offer(**levels):
    """An offer with wishes."""
    return Offer(blank(), BUDGETS["quick"], Wishes(levels))


def test_without_wishes_the_budget_decides():
    """Offered levels in their order."""
    assert offer().named("scale", ("a", "b"), {"a": 1, "b": 2}) == ("a", "b")
    assert offer().numbers("n_pcs", (50, 20)) == (50, 20)


def test_wishes_come_in_their_order_and_type():
    """Numbers take the type of those on offer, because the type is part of the keys; repeats count once."""
    assert offer(scale=["b"]).named("scale", ("a", "b"), {"a": 1, "b": 2}) == ("b",)
    assert offer(scale="b").named("scale", ("a",), {"a": 1, "b": 2}) == ("b",)
    found = offer(n_pcs=[30.0, 20, 30]).numbers("n_pcs", (50,))
    assert (found, [type(level) for level in found]) == ((30, 20), [int, int])
    assert [type(level) for level in offer(resolution=[1]).numbers("resolution", (0.5,))] == [float]
    assert offer(n_genes=["all", 500]).numbers("n_genes", (2000,), words=("all",)) == ("all", 500)
    assert offer(seed=[0, 7]).numbers("seed", (1,)) == (0, 7)


@pytest.mark.parametrize("level", [0, -3, 2.5, "many", True, float("nan"), float("inf")])
def test_numbers_must_be_numbers(level):
    """Whole and above 0, where whole ones are on offer."""
    with pytest.raises(UsageError, match="k has no level"):
        offer(k=[level]).numbers("k", (10,))


def test_what_has_no_place_is_refused():
    """A choice that is not in the multiverse, with the reason where there is one."""
    wished = offer(integrate=["none"])
    wished.skip("integrate", "harmony", "no batch column was declared")
    with pytest.raises(UsageError, match="there is no choice 'integrate' here") as caught:
        wished.refuse_unused(["scale"])
    assert caught.value.expected == "harmony: no batch column was declared"
    offer(scale=["none"]).refuse_unused(["scale"])
