import re
from math import log

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.truth import RELATION_COLUMNS, RELATIONS, TAU, relate, relations


def truth(name, codes, **more):
    codes = np.asarray(codes, dtype=np.int32)
    return Truth(name, "annotation", codes, tuple(f"c{i}" for i in range(max(codes.max(initial=0) + 1, 3))), **more)


def pair(a, b, **more):
    return relate(truth("a", a), truth("b", b), rng=np.random.default_rng(0), **more)


FINE = truth("fine", np.tile([0, 0, 1, 1, 2, 2, -2, -1], 20))
COARSE = truth("coarse", np.tile([0, 0, 0, 0, 1, 1, 1, 1], 20))


def test_a_row_has_every_column(rng):
    """The columns are those that are documented, in any order; the word is one of the words."""
    row = relate(FINE, COARSE, rng=rng)
    assert set(row) == set(RELATION_COLUMNS)
    assert row["relation"] in RELATIONS


def test_a_finer_truth_refines_and_a_coarser_one_coarsens(rng):
    """Each class of the fine truth lies in one of the coarse one, not the reverse."""
    row, back = relate(FINE, COARSE, rng=rng), relate(COARSE, FINE, rng=rng)
    assert (row["relation"], row["nesting"], row["b_given_a"]) == ("refines", "nested", pytest.approx(0.0, abs=1e-12))
    assert (back["relation"], back["nesting"]) == ("coarsens", "contains")
    assert row["a_given_b"] == pytest.approx(back["b_given_a"])
    assert row["a_given_b_low"] > TAU


def test_only_items_with_a_class_in_both_count(rng):
    """Missing and unassigned items take no part."""
    row = relate(FINE, COARSE, rng=rng)
    assert (row["n_common"], row["n_classes_a"], row["n_classes_b"]) == (120, 3, 2)
    both = (FINE.codes >= 0) & (COARSE.codes >= 0)
    assert row["ari"] == score("ari", FINE.codes[both], COARSE.codes[both]).value
    assert row["ami"] == pytest.approx(score("ami", FINE.codes[both], COARSE.codes[both]).value)


def test_the_ratio_is_that_of_permutations(rng):
    """h(a|b) against entropies by hand and 2,000 permutations; the exact mean lies within 0.2 % of theirs."""
    a = rng.integers(0, 4, 400)
    b = np.where(rng.random(400) < 0.5, a, rng.integers(0, 4, 400))

    def left_open(b):
        counts = np.zeros((4, 4))
        np.add.at(counts, (a, b), 1)
        some = counts[counts > 0]
        return -np.sum(some * np.log(some)) / 400 + np.sum(counts.sum(0) * np.log(counts.sum(0))) / 400

    chance = np.mean([left_open(rng.permutation(b)) for _ in range(2000)])
    assert pair(a, b)["a_given_b"] == pytest.approx(left_open(b) / chance, rel=2e-3)


def test_equal_truths_are_the_same():
    """Also when the classes have other names; nothing is left to decide."""
    row = pair(np.tile([0, 1, 2], 30), np.tile([2, 0, 1], 30))
    assert (row["relation"], row["nesting"], row["n_deciding"], row["deciding"]) == ("same", "same", 0, "")
    assert row["ami"] == pytest.approx(1.0)


def test_a_few_swaps_leave_truths_the_same(rng):
    """One per cent of 1,000 labels swapped: the line allows about 3 % in a balanced pair of classes."""
    a = np.repeat([0, 1], 500)
    b = np.where(np.arange(1000) % 100 == 0, 1 - a, a)
    row = pair(a, b)
    assert row["relation"] == "same"
    assert row["swaps_a"] == pytest.approx(0.031, abs=5e-4)
    assert pair(a, np.where(rng.random(1000) < 0.2, 1 - a, a))["relation"] == "overlaps"


def test_independence_needs_items(rng):
    """With 3,000 items it is shown; with 60 an agreement above 0.02 cannot be ruled out."""
    assert pair(rng.integers(0, 3, 3000), rng.integers(0, 3, 3000))["relation"] == "independent"
    few = pair(rng.integers(0, 3, 60), rng.integers(0, 3, 60))
    assert few["relation"] == "cannot tell"
    assert re.match(r"the agreement could be chance, and up to 0\.\d\d", few["reason"])


def test_an_interval_across_the_line_decides_nothing(rng):
    """7 % of 60 labels swapped: the truth may lie on either side."""
    a = np.repeat([0, 1, 2], 20)
    b = np.where(np.arange(60) % 15 == 0, (a + 1) % 3, a)
    row = pair(a, b)
    assert (row["relation"], row["reason"]) == ("cannot tell", "an interval includes 0.2")
    assert row["a_given_b_low"] < TAU <= row["a_given_b_high"]


def test_too_fine_a_truth_is_not_judged():
    """A class for nearly every item determines anything: chance leaves less than a fifth of the entropy open."""
    row = pair(np.arange(120) % 2, np.concatenate([np.arange(100), np.repeat(np.arange(100, 110), 2)]))
    assert (row["relation"], row["reason"]) == ("cannot tell", "too many labels for n")


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([0, 1, -2, -2], [-2, -2, 0, 1], "no item carries a class in both"),
        ([0, 0, 0, 1], [0, 1, 1, -2], "one class only among the common items"),
    ],
)
def test_what_is_undefined_is_nan_with_a_reason(a, b, reason):
    """NaN, never 0 or 1."""
    row = pair(a, b)
    assert (row["relation"], row["reason"]) == ("cannot tell", reason)
    assert np.isnan(row["a_given_b"])


def test_strata_are_what_chance_knows(rng):
    """Two truths that agree only because both differ between donors: overlapping overall, chance within donors."""
    donors = np.repeat(np.arange(2), 600)
    a, b = (np.where(rng.random(1200) < 0.9, donors, 1 - donors) for _ in range(2))
    plain, within = pair(a, b), pair(a, b, strata=donors)
    assert plain["relation"] == "overlaps"
    assert plain["a_given_b"] < 0.8
    assert within["a_given_b"] == pytest.approx(1.0, abs=0.02)
    assert within["relation"] in ("independent", "cannot tell")
    constant = pair(a, donors, strata=donors)
    assert constant["reason"] == "constant within the strata, so nothing can be permuted"


def test_donors_widen_the_interval_where_they_differ(rng):
    """Ten donors, half of which agree on everything: the interval is over donors, and wider than that over cells."""
    donors = np.repeat(np.arange(10), 60)
    a = rng.integers(0, 3, 600)
    b = np.where(donors % 2 == 0, a, rng.integers(0, 3, 600))
    cells, blocks = pair(a, b), pair(a, b, donors=donors)
    assert blocks["over"] == "200 half-samples of 10 donors"
    assert cells["over"] == "200 half-samples of cells"
    assert blocks["ami_high"] - blocks["ami_low"] > 1.5 * (cells["ami_high"] - cells["ami_low"])
    few = pair(a, b, donors=donors // 2)
    assert few["over"] == "200 half-samples of cells (5 donors are too few)"


def test_truths_that_confirm_nothing_are_marked(rng):
    """Made from expression, made from the same data, made from each other."""
    a = truth("a", np.tile([0, 1, 2], 40), derived_from="expression")
    b = truth("b", np.tile([0, 1, 2], 40), derived_from="protein", also_from=("expression",), parents=("a",))
    c = truth("c", np.tile([0, 1, 2], 40), derived_from="protein")
    table = relations({"a": a, "b": b, "c": c}, rng=rng).set_index(["truth_a", "truth_b"])
    assert table.loc[("a", "b"), ["circular", "shared_origin", "derivation"]].tolist() == [
        "a, b",
        "expression",
        "made from a",
    ]
    assert table.loc[("a", "c"), ["circular", "shared_origin", "derivation"]].tolist() == ["a", "", ""]
    assert table.loc[("b", "c"), ["circular", "shared_origin", "derivation"]].tolist() == ["b", "protein", ""]


def test_truths_of_other_items_are_a_mistake_of_the_call(rng):
    """Both numbers are named."""
    with pytest.raises(UsageError, match="truths 'fine' and 'x' have 160 and 2 items"):
        relate(FINE, truth("x", [0, 1]), rng=rng)


def test_every_pair_has_one_row_that_no_other_truth_changes():
    """In the order of the truths; the half-samples of a pair depend on its names alone."""
    named = {"f": FINE, "c": COARSE, "g": truth("gate", np.tile([0, 1], 80))}
    table = relations(named, rng=4)
    assert list(table) == list(RELATION_COLUMNS)
    assert table[["truth_a", "truth_b"]].to_numpy().tolist() == [
        ["fine", "coarse"],
        ["fine", "gate"],
        ["coarse", "gate"],
    ]
    alone = relations({"c": COARSE, "g": named["g"]}, rng=4)
    assert alone.iloc[0].to_dict() == table.iloc[2].to_dict()


def test_half_the_entropy_is_half_of_the_ratio():
    """A truth with four equal classes and its halves: what is left open is log 2 of log 4, chance leaves nearly all."""
    row = pair(np.tile([0, 1, 2, 3], 500), np.tile([0, 0, 1, 1], 500))
    assert row["a_given_b"] == pytest.approx(log(2) / log(4), abs=1e-3)
