import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.dataset import Truth
from rashomon.score import element_centric_items
from rashomon.truth import deciding, deciding_groups


def truth(name, codes, categories=("a", "b", "c", "d")):
    return Truth(name, "annotation", np.array(codes), categories)


def test_the_items_that_decide_are_found():
    """20 items of one class that the other truth puts elsewhere agree least, with their part of the disagreement."""
    a, b = np.repeat([0, 1], 100), np.repeat([0, 1], 100)
    b[:20] = 1
    groups = deciding(truth("a", a, ("T", "B")), truth("b", b, ("t", "b"))).set_index(["class_a", "class_b"])
    assert groups.loc[("T", "b"), ["n_obs", "agreement"]].tolist() == [20, 20 / 120]
    apart = {("T", "t"): 80 * 0.2, ("T", "b"): 20 * (1 - 20 / 120), ("B", "b"): 100 * (1 - 100 / 120)}
    for pair, amount in apart.items():
        assert groups.loc[pair, "share"] == pytest.approx(amount / sum(apart.values()))


@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3)), min_size=1, max_size=80))
def test_shares_are_those_of_the_items(pairs):
    """Summed over items, the shares are 1 where there is disagreement; sizes count the common items."""
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    groups = deciding(truth("a", a), truth("b", b))
    assert groups["n_obs"].sum() == ((a >= 0) & (b >= 0)).sum()
    items = element_centric_items(a, b, unassigned="left_out")
    assert groups["share"].sum() == pytest.approx(1.0 if (items[np.isfinite(items)] < 1).any() else 0.0)
    assert groups["share"].is_monotonic_decreasing


def test_no_common_items_give_an_empty_table():
    """With its columns."""
    groups = deciding(truth("a", [0, -2]), truth("b", [-2, 0]))
    assert (len(groups), list(groups)) == (0, ["class_a", "class_b", "n_obs", "agreement", "share"])


def test_the_list_of_all_pairs_is_capped_and_says_so(rng):
    """At most so many groups per pair; how many there are stands beside."""
    named = {name: truth(name, rng.integers(0, 4, 200)) for name in "abc"}
    found = deciding_groups(named, n_groups=5)
    assert found.groupby(["truth_a", "truth_b"]).size().tolist() == [5, 5, 5]
    assert (found["n_groups"] == 16).all()


def test_equal_truths_leave_nothing_to_decide():
    """No row."""
    same = {"a": truth("a", [0, 0, 1, 1]), "b": truth("b", [1, 1, 0, 0])}
    assert deciding_groups(same).empty
    assert list(deciding_groups({})) == list(deciding_groups(same))
