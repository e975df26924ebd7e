"""Question 5 without an audit gives what its units give."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Roles
from rashomon.study.confounding import find_confounders
from tests.planted import N_OBS, dataset, donor_role, judged, technical

LANE = technical(np.arange(N_OBS) // 3 % 2, name="lane")


def test_labels_alone_are_answered_by_their_columns():
    """Without expression there are no controls, and columns are still compared."""
    data = dataset(expression=False, roles=Roles(donor=donor_role(), batch=LANE))
    found = find_confounders(data, judged())
    assert found.answer.status == "answered"
    assert found.tables["negative_controls"].empty
    assert len(found.tables["conditional"]) == 7


def test_the_answer_is_the_same_twice():
    """All random numbers come from the root."""
    data = dataset(roles=Roles(donor=donor_role(), batch=LANE))
    one, two = (find_confounders(data, judged(), rng=3) for _ in range(2))
    for name, table in one.tables.items():
        assert table.equals(two.tables[name]), name


def test_a_larger_budget_draws_twins():
    """Above quick, the size of the batch is measured on five pairs of draws of a twin."""
    data = dataset(roles=Roles(batch=LANE))
    found = find_confounders(data, judged(), budget="default")
    effects = found.tables["nuisance_effects"]
    assert effects["nuisance"].tolist() == ["lane"]
    assert effects["n_pairs"].tolist() == [5], effects["reason"].tolist()
    assert np.isfinite(found.tables["negative_controls"]["seed_to_seed"]).all()


def test_wrong_arrows_are_refused_before_anything_runs():
    """What is no arrow is an error of the call."""
    with pytest.raises(UsageError, match="is no arrow"):
        find_confounders(dataset(), judged(), dag=["donor"])
