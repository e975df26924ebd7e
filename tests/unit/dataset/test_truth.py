import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Truth


def make(codes=(0, 1, -1, -2), **facts):
    facts = {"name": "cell_type", "kind": "annotation", "categories": ("B", "T")} | facts
    return Truth(codes=np.array(codes), **facts)


def test_series_keeps_name_classes_and_both_kinds_of_absence():
    """A column becomes codes; reserved words are -1, missing labels -2, and only classes count as labelled."""
    truth = Truth.from_series(pd.Series(["T", "B", "unknown", None], name="cell_type"), derived_from="protein")
    assert (truth.name, truth.kind, truth.derived_from) == ("cell_type", "annotation", "protein")
    assert truth.codes.tolist() == [1, 0, -1, -2]
    assert truth.n_labelled == 2


def test_given_name_wins_over_that_of_the_series():
    """The name shown may differ from the column's."""
    assert Truth.from_series(pd.Series(["a"], name="x"), name="y").name == "y"


@pytest.mark.parametrize(
    ("facts", "match", "fix"),
    [
        ({"kind": "anotation"}, "unknown kind 'anotation'", "did you mean 'annotation'"),
        ({"derived_from": "rna"}, "unknown derived_from 'rna'", "known: expression, external, protein, sequence"),
    ],
    ids=["kind", "origin"],
)
def test_unknown_kind_or_origin_names_the_nearest(facts, match, fix):
    """A misspelt kind or origin is refused with the words that exist, and the truth it was meant for."""
    with pytest.raises(UsageError, match=match) as caught:
        make(**facts)
    assert fix in caught.value.fix
    assert caught.value.where == "truth 'cell_type'"
    assert caught.value.code == f"truth.{next(iter(facts))}"


@pytest.mark.parametrize(
    ("codes", "match"),
    [
        ([0, 2], "do not match the categories"),
        ([[0, 1]], "do not match the categories"),
        ([-3], "reach from -3"),
        ([0.5], "type float64"),
    ],
    ids=["class without name", "matrix", "below -2", "fraction"],
)
def test_codes_must_fit_the_classes(codes, match):
    """Codes outside the list of classes are refused."""
    with pytest.raises(UsageError, match=match):
        make(codes)


def test_codes_are_frozen():
    """Nobody can change the labels of a truth."""
    codes = np.array([0, 1])
    truth = Truth("t", "biological", codes, ("a", "b"))
    codes[0] = 1
    assert truth.codes.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        truth.codes[0] = 1


def test_digest_is_of_the_labels_not_of_the_name():
    """Renaming a truth keeps its digest; renaming a class or moving an item changes it."""
    digest = make().digest
    assert make(name="other", kind="technical").digest == digest
    assert make(categories=("B", "NK")).digest != digest
    assert make((1, 0, -1, -2)).digest != digest
    assert make((0, 1, -2, -2)).digest != digest


def test_a_truth_is_circular_only_for_the_data_it_was_made_from():
    """Labels made from expression are circular where expression made the clusters; undeclared origin is not."""
    assert make(derived_from="expression").is_circular("expression")
    assert not make(derived_from="protein").is_circular("expression")
    assert not make().is_circular("expression")


def test_a_truth_is_circular_where_a_parent_is():
    """Origins of the labels that it was made from count as its own, each once."""
    made = make(derived_from="protein", parents=("a", "b"), also_from=("expression", "protein"))
    assert made.origins == ("protein", "expression")
    assert made.is_circular("expression")
    assert make().origins == ()
    with pytest.raises(UsageError, match="unknown derived_from 'expresion'"):
        make(also_from=("expresion",))
