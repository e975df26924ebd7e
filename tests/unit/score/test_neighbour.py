"""What the neighbours say: the majority without the item itself, nearness for ties, silence where none votes."""

import numpy as np
import pytest

from rashomon.score.neighbour import predict_from_neighbours


def predict(neighbours, classes):
    """Predict the first item from the classes of its neighbours; the item itself stands in column 0."""
    table = np.tile([0, *neighbours], (len(classes), 1))
    return int(predict_from_neighbours(table, np.array(classes, dtype=np.int32))[0])


def test_the_majority_wins():
    """Two votes beat one nearer vote."""
    assert predict([1, 2, 3], [0, 0, 1, 1]) == 1


def test_the_item_itself_has_no_vote():
    """An item of class 0 among neighbours of class 1 is predicted as 1."""
    assert predict([1, 2], [0, 1, 1]) == 1


@pytest.mark.parametrize(("order", "expected"), [([1, 2], 0), ([2, 1], 1), ([1, 2, 4, 3], 0), ([2, 1, 3, 4], 1)])
def test_ties_go_to_the_nearest(order, expected):
    """With equal votes the class with the nearest neighbour wins."""
    assert predict(order, [0, 0, 1, 1, 0]) == expected


def test_nearness_never_beats_a_vote():
    """However near, n votes do not beat n + 1, up to many neighbours."""
    for n in (1, 3, 10, 40):
        classes = [0, *[0] * n, *[1] * (n + 1)]
        assert predict(list(range(1, 2 * n + 2)), classes) == 1


def test_items_without_class_do_not_vote():
    """Unassigned and missing neighbours are passed over; where nobody votes the answer is unassigned."""
    assert predict([1, 2, 3], [0, -1, -2, 1]) == 1
    assert predict([1, 2], [0, -1, -2]) == -1


@pytest.mark.parametrize("code", [-1, -2])
def test_items_without_class_are_not_predicted(code):
    """There is nothing to compare a prediction with."""
    assert predict([1, 2], [code, 0, 0]) == -2


def test_no_class_at_all():
    """Without any class every item is missing, as codes of the right type."""
    found = predict_from_neighbours(np.array([[0, 1], [1, 0]]), np.array([-1, -2], dtype=np.int32))
    assert found.tolist() == [-2, -2]
    assert found.dtype == np.int32


def test_votes_are_counted_as_one_by_one(rng):
    """The table of votes gives what counting each item's neighbours gives."""
    n, k = 60, 7
    classes = rng.integers(-2, 4, n).astype(np.int32)
    others = np.stack([rng.permutation(np.delete(np.arange(n), i))[:k] for i in range(n)])
    table = np.column_stack([np.arange(n), others])
    found = predict_from_neighbours(table, classes)
    for i in range(n):
        votes = [int(code) for code in classes[others[i]] if code >= 0]
        best = max(votes, key=lambda code, votes=votes: (votes.count(code), -votes.index(code)), default=-1)
        assert found[i] == (best if classes[i] >= 0 else -2)
