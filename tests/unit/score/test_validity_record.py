"""The records of validity scores: complete, named once, and what only some of them declare."""

import inspect

import pytest

from rashomon.core import resolve
from rashomon.score.record import Facts
from rashomon.score.validity_record import VALIDITY

every_score = pytest.mark.parametrize("record", VALIDITY, ids=lambda record: record.name)


def test_users_were_promised_these_scores():
    """The list of the documentation."""
    names = (
        "silhouette calinski_harabasz davies_bouldin purity adjusted_purity dbcv bras modularity prediction_strength"
    )
    assert [record.name for record in VALIDITY] == names.split()


@every_score
def test_a_function_takes_what_the_record_says(record):
    """Labels and what is needed first, then the batches where they matter, and the policy for unassigned items."""
    names = list(inspect.signature(resolve(record.function)).parameters)
    if record.needs == "labels":
        assert names == ["table"]
    else:
        assert names == ["labels", record.needs, *(["batch"] if record.against == "batch" else []), "unassigned"]


@every_score
def test_the_trivial_labelings_are_undefined(record):
    """No item, one cluster (in one batch), every item its own: a reason for each, and none for two clusters of many."""
    n_b = 0 if record.against is None else 1
    for facts in (Facts(0, 0, 0), Facts(9, 1, n_b), Facts(9, 9, 9 if record.against else 0)):
        assert record.why_undefined(facts)
    assert record.why_undefined(Facts(9, 2, 2 if record.against else 0)) == ""
    assert record.no_value == "" or record.no_value.islower()


@every_score
def test_what_is_computed_together_exists(record):
    """A function for many labelings takes the view, the table and the random numbers, and nothing else."""
    if record.together:
        assert list(inspect.signature(resolve(record.together)).parameters) == ["view", "table", "rng"]
    assert record.max_obs is None or record.max_obs >= 1000
