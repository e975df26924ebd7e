"""Identifiability: the rank is that of the design matrix, and hidden columns are never estimable."""

import numpy as np
import pytest

from rashomon.ask.confounding.identifiable import identified
from rashomon.core import UsageError

BATCH = np.repeat([0, 1, 2, 3], 25)


def test_one_to_one_columns_are_aliased():
    """Two names for one division cannot be told apart."""
    found = identified(3 - BATCH, BATCH, names=("status", "lane"))
    assert (found.design, found.estimable, found.reason) == ("aliased", False, "status and lane are one and the same")
    assert not found.rows.any()


def test_a_column_constant_in_every_batch_is_nested():
    """Nothing varies within a batch."""
    found = identified(BATCH // 2, BATCH, names=("status", "lane"))
    assert (found.design, found.estimable) == ("nested", False)
    assert found.reason == "every class of lane holds one class of status"
    assert found.rank == found.full_rank - 1


def test_types_of_their_own_batch_do_not_overlap():
    """Types that share no batch are compared within one batch at most."""
    types = 2 * (BATCH // 2) + np.arange(100) % 2
    found = identified(types, BATCH)
    assert (found.design, found.comparable) == ("no overlap", 0.5)


def test_crossed_columns_are_estimable():
    """Every type in every batch: full rank, full overlap."""
    found = identified(np.arange(100) % 3, BATCH)
    assert (found.design, found.estimable, found.rank, found.overlap) == ("crossed", True, 6, 1.0)
    assert found.rows.all()


def test_a_small_part_of_its_own_is_left_out():
    """A rare type with a batch of its own does not stop the comparison of the others."""
    types = np.concatenate([np.arange(100) % 3, np.full(5, 3)])
    found = identified(types, np.concatenate([BATCH, np.full(5, 4)]))
    assert found.estimable
    assert found.comparable == pytest.approx(100 / 105)
    assert found.rows.tolist() == [True] * 100 + [False] * 5
    assert found.rank == found.full_rank - 1


def test_items_without_label_do_not_count():
    """A batch whose cells carry no label says nothing."""
    types = np.where(BATCH == 3, -2, np.arange(100) % 2)
    assert identified(types, BATCH).rank == 4


def test_one_class_is_no_comparison():
    """A column with one class has no effect to tell."""
    found = identified(np.zeros(100, dtype=int), BATCH, names=("status", "lane"))
    assert found.design == "one class"
    assert found.reason.startswith("status has fewer than two classes")
    assert identified(BATCH, np.full(100, -1)).design == "one class"


def test_lengths_must_agree():
    """Both columns speak of the same items."""
    with pytest.raises(UsageError, match="100 and 99 items"):
        identified(BATCH, BATCH[1:])


@pytest.mark.parametrize("seed", range(25))
def test_the_rank_is_that_of_the_design_matrix(seed):
    """The count of connected parts equals the rank that numpy finds."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 5, 12), rng.integers(0, 5, 12)
    dummies = [np.unique(codes, return_inverse=True)[1] for codes in (a, b)]
    design = np.hstack([np.ones((12, 1)), *(np.eye(codes.max() + 1)[codes] for codes in dummies)])
    found = identified(a, b)
    assert found.rank == np.linalg.matrix_rank(design)
    assert found.full_rank == len(set(a)) + len(set(b)) - 1
