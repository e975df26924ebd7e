import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.truth import RELATION_COLUMNS, deciding, relate, relations


def truth(name, codes, categories=("a", "b", "c")):
    return Truth(name, "annotation", np.array(codes), categories)


FINE = truth("fine", [0, 0, 1, 1, 2, 2, -2, -1])
COARSE = truth("coarse", [0, 0, 0, 0, 1, 1, 1, 1])


def test_a_row_has_every_column():
    """The columns are those that are documented, in their order."""
    assert list(relate(FINE, COARSE)) == list(RELATION_COLUMNS)


def test_a_finer_truth_is_nested():
    """Each class of the fine truth lies in one of the coarse one, not the reverse."""
    row = relate(FINE, COARSE)
    assert (row["nesting"], row["homogeneity"]) == ("nested", pytest.approx(1.0))
    assert row["completeness"] < 1
    assert relate(COARSE, FINE)["nesting"] == "contains"
    assert relate(COARSE, FINE)["completeness"] == pytest.approx(1.0)


def test_only_items_with_a_class_in_both_count():
    """Missing and unassigned items take no part."""
    row = relate(FINE, COARSE)
    assert (row["n_common"], row["n_classes_a"], row["n_classes_b"]) == (6, 3, 2)
    assert row["ari"] == score("ari", FINE.codes[:6], COARSE.codes[:6]).value


def test_equal_truths_leave_nothing_to_decide():
    """All scores are 1."""
    row = relate(FINE, truth("again", FINE.codes))
    assert [row[name] for name in ("ami", "ari", "homogeneity", "completeness")] == pytest.approx([1, 1, 1, 1])
    assert (row["nesting"], row["n_deciding"], row["deciding"]) == ("same", 0, "")


def test_truths_without_common_items_are_undefined():
    """NaN, never 0 or 1."""
    row = relate(truth("a", [0, 1, -2, -2]), truth("b", [-2, -2, 0, 1]))
    assert (row["n_common"], row["nesting"], row["n_deciding"]) == (0, "none", 0)
    assert np.isnan([row["ami"], row["ari"], row["homogeneity"], row["completeness"]]).all()


def test_the_items_that_decide_are_found():
    """20 items of one class that the other truth puts elsewhere are the group with the lowest agreement."""
    a, b = np.repeat([0, 1], 100), np.repeat([0, 1], 100)
    b[:20] = 1
    groups = deciding(truth("a", a, ("T", "B")), truth("b", b, ("t", "b")))
    assert groups.iloc[0].to_dict() == {"class_a": "T", "class_b": "b", "n_obs": 20, "agreement": 20 / 120}
    assert groups["agreement"].is_monotonic_increasing
    row = relate(truth("a", a, ("T", "B")), truth("b", b, ("t", "b")))
    assert (row["n_deciding"], row["deciding"]) == (20, "T / b")


def test_no_common_items_give_an_empty_table():
    """With its columns."""
    groups = deciding(truth("a", [0, -2]), truth("b", [-2, 0]))
    assert (len(groups), list(groups)) == (0, ["class_a", "class_b", "n_obs", "agreement"])


def test_truths_of_other_items_are_a_mistake_of_the_call():
    """Both numbers are named."""
    with pytest.raises(UsageError, match="truths 'fine' and 'x' have 8 and 2 items"):
        relate(FINE, truth("x", [0, 1]))


def test_every_pair_has_one_row():
    """In the order of the truths."""
    named = {"f": FINE, "c": COARSE, "g": truth("gate", [0, 1] * 4)}
    table = relations(named)
    assert list(zip(table["truth_a"], table["truth_b"], strict=True)) == [
        ("fine", "coarse"),
        ("fine", "gate"),
        ("coarse", "gate"),
    ]
    assert list(table) == list(RELATION_COLUMNS)
