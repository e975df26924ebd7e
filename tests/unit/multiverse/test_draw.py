"""Draws against the best that a search of all subsets can find."""

import time
from itertools import combinations, product

import numpy as np
import pytest

from rashomon.multiverse import Choice, Option
from rashomon.multiverse.design import effects
from rashomon.multiverse.draw import draw, imbalance


def factorial(*sizes):
    """All rows of a factorial design, and its effects."""
    codes = np.array(list(product(*(range(size) for size in sizes))))
    choices = [Choice(f"c{j}", tuple(Option(i, "") for i in range(size))) for j, size in enumerate(sizes)]
    return codes, effects(codes, choices)[0]


def determinant(columns, rows):
    """The information of some rows."""
    design = np.hstack([np.ones((len(rows), 1)), columns[list(rows)]])
    return np.linalg.det(design.T @ design)


@pytest.mark.parametrize(("sizes", "n"), [((2, 2, 2), 4), ((2, 3), 4), ((3, 3), 6), ((2, 2, 3), 6)])
def test_no_balanced_subset_is_better(sizes, n):
    """The determinant is the largest of all subsets that are as balanced."""
    codes, columns = factorial(*sizes)
    rows = draw(codes, columns, n=n, fixed=np.array([0]), rng=np.random.default_rng(0))
    balanced = [each for each in combinations(range(len(codes)), n) if imbalance(codes[list(each)]) == 0]
    best = max(determinant(columns, each) for each in balanced)
    assert imbalance(codes[rows]) == 0
    assert determinant(columns, rows) == pytest.approx(best)


def test_fixed_rows_stay_and_rows_are_distinct():
    """Whatever has to be there is; no row is drawn twice."""
    codes, columns = factorial(3, 3, 2)
    fixed = np.array([4, 11])
    rows = draw(codes, columns, n=9, fixed=fixed, rng=np.random.default_rng(1))
    assert set(fixed) <= set(rows.tolist())
    assert np.unique(rows).size == 9
    assert draw(codes, columns, n=2, fixed=fixed, rng=np.random.default_rng(1)).tolist() == [4, 11]


def test_rows_for_as_many_effects_are_enough():
    """With one row per effect all effects can be estimated, though levels cannot occur equally often."""
    codes, columns = factorial(3, 3, 2, 2)
    n = 1 + columns.shape[1]
    rows = draw(codes, columns, n=n, fixed=np.array([0]), rng=np.random.default_rng(0))
    assert np.linalg.matrix_rank(np.hstack([np.ones((n, 1)), columns[rows]])) == n


def test_imbalance_is_what_could_be_avoided():
    """0 for counts within one of each other, and for levels that do not apply."""
    assert imbalance(np.array([[0], [1], [1], [-1]])) == 0
    assert imbalance(np.array([[0, 0], [0, 1], [1, 0], [1, 0]])) == 2


def test_ten_thousand_candidates_take_seconds():
    """A default budget of any data set is drawn while the user waits; twice the time is allowed for a busy machine."""
    codes, columns = factorial(3, 3, 3, 2, 2, 2, 3, 3, 2, 3)
    begun = time.process_time()
    rows = draw(codes, columns, n=96, fixed=np.array([0]), rng=np.random.default_rng(0))
    assert len(codes) == 11_664
    assert time.process_time() - begun < 4
    assert imbalance(codes[rows]) == 0
