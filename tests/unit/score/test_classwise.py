"""Class by class: recall, precision and F1 against sets and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import precision_recall_fscore_support

from rashomon.core import UsageError
from rashomon.score import class_scores
from rashomon.score.classwise import macro_f1
from rashomon.score.contingency import tabulate
from tests.strategies import labeling_pairs


@given(labeling_pairs(lowest=-2))
def test_rows_equal_sets(pair):
    """Sizes, recall, precision and F1 follow from the items of the class and of its cluster."""
    found, truth = pair
    seen = (found > -2) & (truth > -2)
    for row in class_scores(found, truth).to_dict("records"):
        own = set(np.flatnonzero(seen & (truth == row["class"])))
        assert row["size"] == len(own)
        if row["cluster"] < 0:
            continue
        cluster = set(np.flatnonzero(seen & (found == row["cluster"])))
        assert row["recall"] == pytest.approx(len(own & cluster) / len(own))
        assert row["precision"] == pytest.approx(len(own & cluster) / len(cluster))
        assert row["f1"] == pytest.approx(2 * len(own & cluster) / (len(own) + len(cluster)))


def test_equals_scikit_learn_after_renaming(rng):
    """With clusters renamed to their classes, recall, precision and F1 are those of a classifier."""
    truth = rng.integers(4, size=300)
    found = np.array([2, 0, 3, 1])[np.where(rng.random(300) < 0.7, truth, rng.integers(4, size=300))]
    table = class_scores(found, truth)
    name = dict(zip(table["cluster"], table["class"], strict=True))
    precision, recall, f1, size = precision_recall_fscore_support(truth, [name[code] for code in found])
    for column, expected in (("precision", precision), ("recall", recall), ("f1", f1), ("size", size)):
        np.testing.assert_allclose(table[column], expected)


@given(labeling_pairs(lowest=0))
def test_macro_f1_is_the_mean_of_the_table(pair):
    """Where the truth leaves nothing unassigned the score is the mean F1 of its classes."""
    assert macro_f1(tabulate(*pair)) == pytest.approx(class_scores(*pair)["f1"].mean(), abs=1e-12)


def test_a_rare_class_that_was_lost_shows():
    """One of three classes in no cluster of its own: recall 0, and macro F1 below 2/3 whatever its size."""
    truth = np.repeat([0, 1, 2], [1000, 1000, 10])
    found = np.where(truth == 2, 1, truth)
    table = class_scores(found, truth)
    assert table["recall"].tolist() == [1.0, 1.0, 0.0]
    assert table["cluster"].tolist() == [0, 1, -1]
    assert np.isnan(table["precision"][2])
    assert 0.66 < macro_f1(tabulate(found, truth)) < 2 / 3


def test_unassigned_items_are_clusters_of_one():
    """An unassigned item may be all that is left for a class; it then counts as a cluster of size 1."""
    table = class_scores(np.array([0, 0, -1, -1]), np.array([0, 0, 1, 1]))
    assert table[["cluster", "cluster_size"]].values.tolist() == [[0, 2], [-1, 1]]
    assert table["recall"].tolist() == [1.0, 0.5]


def test_classes_without_observed_items_have_no_value():
    """A class whose items were not observed in `found` is listed, with NaN."""
    table = class_scores(np.array([0, -2]), np.array([0, 1]))
    assert table["size"].tolist() == [1, 0]
    assert np.isnan(table.loc[1, ["recall", "precision", "f1"]].astype(float)).all()


def test_different_lengths_are_refused():
    """Labels of other items are an error, not a comparison."""
    with pytest.raises(UsageError, match="3 and 2 items"):
        class_scores(np.zeros(3, dtype=int), np.zeros(2, dtype=int))
