"""The labelings on which scores are checked are what their docstrings say."""

import random

import numpy as np
import pytest

from rashomon.score import SCORES, score
from rashomon.score.check_sample import (
    FOUR,
    Items,
    cases,
    doubled,
    drawn,
    moves_global_random,
    planted,
    renamed,
    taken,
)

every_need = pytest.mark.parametrize("name", ["ari", "silhouette", "modularity", "purity", "bras"])


def test_four_items_are_grouped_in_fifteen_ways():
    """Pairs of as many labelings as the Bell number of 4 says."""
    assert len(FOUR) == 15 * 14 / 2
    assert len({frozenset([tuple(a), tuple(b)]) for a, b in FOUR}) == len(FOUR)


@every_need
def test_a_score_gets_what_it_needs_and_nothing_else(name, rng):
    """`score` refuses more and less, and gives a value for three clusters."""
    record, codes = SCORES[name], np.repeat([0, 1, 2], 6)
    items = drawn(record, codes, rng.integers(2, size=18), rng)
    assert score(record, items.a, **items.needs).status == "ok"


@every_need
def test_all_items_in_their_order_are_the_same_items(name, rng):
    """And an order with its inverse leads back."""
    for items in cases(SCORES[name], "back"):
        order = rng.permutation(items.a.size)
        back = taken(taken(items, order), np.argsort(order))
        np.testing.assert_array_equal(back.a, items.a)
        for need, value in items.needs.items():
            assert abs(back.needs[need] - value).max() == 0


@pytest.mark.parametrize("lowest", [-2, -1, 0])
def test_cases_go_down_to_the_lowest_code(lowest):
    """Unobserved and unassigned items occur where they may, and nowhere else."""
    assert min(items.a.min() for items in cases(SCORES["ari"], "low", lowest=lowest)) == lowest


def test_names_are_changed_one_to_one(rng):
    """Equal codes stay equal, others stay others."""
    codes = np.array([3, 0, 3, -1, -2, 7])
    new = renamed(codes, rng)
    assert len(set(new.tolist())) == 5
    assert new[0] == new[2]
    assert new[3:5].tolist() == [-1, -2]


def test_a_copy_is_the_nearest_neighbour():
    """Item by item: itself, its copy, then the others of the old list in pairs."""
    items = Items(np.array([0, 1]), {"neighbours": np.array([[0, 1, -1], [1, 0, -1]])})
    assert doubled(items).needs["neighbours"][:, :3].tolist() == [[0, 1, 2], [1, 0, 2], [2, 3, 0], [3, 2, 0]]


@pytest.mark.parametrize("name", ["silhouette", "dbcv", "purity", "modularity", "bras"])
def test_planted_groups_are_better_than_wrong_ones(name, rng):
    """By a wide margin for every kind of need."""
    values = [score(SCORES[name], items.a, **items.needs).value for items in planted(SCORES[name], rng)]
    assert values[0] > values[1] + 0.2


def test_small_examples_are_shown_and_large_ones_counted():
    """Twenty items fit a line or two."""
    assert str(Items(np.array([0, 1]), {"b": np.array([1, 1])})) == "a = [0, 1], b = [1, 1]"
    assert str(Items(np.zeros(21), {})) == "21 items"


def test_global_generators_are_watched_and_put_back():
    """Draws and seeds are seen, the second time too, and nobody else notices."""
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - read only
    for _ in range(2):
        assert moves_global_random(lambda: np.random.seed(0))  # noqa: NPY002, TID251 - what is to be seen
        assert moves_global_random(lambda: random.seed(0))  # noqa: TID251 - as above
        assert not moves_global_random(lambda: np.random.default_rng(0).random())
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002 - read only
