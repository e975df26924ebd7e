"""The records of agreement: which there are, and that they say when nothing can be said."""

import pytest

from rashomon.core import resolve
from rashomon.score.agreement_record import AGREEMENT, PAIR
from rashomon.score.record import Facts, first_reason

every_record = pytest.mark.parametrize("record", AGREEMENT, ids=lambda record: record.name)


def test_these_scores_compare_two_labelings():
    """The list that users were promised."""
    names = "ari ami nmi homogeneity completeness v_measure variation_of_information element_centric best_jaccard"
    assert [record.name for record in AGREEMENT] == [*names.split(), "fowlkes_mallows", "pair_sets", "macro_f1"]


@every_record
def test_every_one_needs_labels_and_a_truth(record):
    """Nothing else is needed, so all of them can be computed for all pairs of runs."""
    assert (record.needs, record.against) == ("labels", "truth")


@every_record
def test_every_one_is_undefined_where_both_say_nothing(record):
    """The three conditions are part of every record, in front."""
    assert record.undefined[: len(PAIR)] == PAIR


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(0, 0, 0), "no item is labelled in both"),
        (Facts(5, 1, 1), "one cluster in both"),
        (Facts(5, 5, 5), "every item is its own cluster in both"),
        (Facts(5, 1, 2), ""),
        (Facts(5, 5, 2), ""),
    ],
)
def test_conditions(facts, reason):
    """One side that says nothing is a poor labeling; two are no comparison."""
    assert first_reason(PAIR, facts) == reason


@every_record
def test_bulk_functions_exist(record):
    """A dotted path that cannot be resolved would be noticed by the first user otherwise."""
    assert not record.bulk or callable(resolve(record.bulk))
