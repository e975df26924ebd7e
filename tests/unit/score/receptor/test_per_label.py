import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import precision_recall_fscore_support

from rashomon.core import UsageError
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.per_label import MIN_LABEL_ITEMS, label_table, macro_f1, macro_precision, macro_recall


def tally(labels, rows):
    return group(np.asarray(labels), sp.csr_matrix(np.asarray(rows, dtype=bool))).tally()


def test_equals_scikit_learn_where_majorities_are_clear(rng):
    """With one label each, the prediction being the most frequent label of the cluster, and none when unclustered."""
    truth = np.repeat([0, 1, 2], [60, 40, 30])
    labels = np.where(rng.random(130) < 0.3, rng.integers(0, 12, 130), truth * 4 + rng.integers(0, 4, 130))
    labels[rng.random(130) < 0.2] = -1
    counts = np.stack([np.bincount(labels[labels >= 0], truth[labels >= 0] == k, 12) for k in range(3)], axis=1)
    ordered = np.sort(counts, axis=1)
    assert (ordered[:, -1] > ordered[:, -2]).all()
    predicted = np.where(labels >= 0, counts.argmax(axis=1)[labels], 3)
    expected = precision_recall_fscore_support(truth, predicted, labels=[0, 1, 2], zero_division=0)
    found = label_table(tally(labels, np.eye(3)[truth]), names=["A", "B", "C"])
    for name, values in zip(("precision", "recall", "f1"), expected[:3], strict=True):
        np.testing.assert_allclose(found[name], values)
    assert macro_f1(tally(labels, np.eye(3)[truth])) == pytest.approx(expected[2].mean())


def test_rare_labels_are_listed_and_not_scored():
    """Below the minimum a label has no numbers but a reason; at the minimum it is scored."""
    n = MIN_LABEL_ITEMS
    found = tally([0] * (2 * n - 1), np.eye(2)[[0] * n + [1] * (n - 1)])
    table = label_table(found, names=["often", "rare"])
    assert table["status"].tolist() == ["ok", "undefined"]
    assert table["reason"].tolist() == ["", f"{n - 1} items, fewer than {n}"]
    assert macro_recall(found) == 1.0
    assert macro_precision(found) == pytest.approx(n / (2 * n - 1))


def test_tied_majorities_are_shared():
    """A cluster of two equally frequent labels stands for each by half, whatever their order."""
    found = label_table(tally([0] * 20, np.eye(2)[[0, 1] * 10]), names=["A", "B"])
    assert found["recall"].tolist() == [0.5, 0.5]
    assert found["precision"].tolist() == [0.5, 0.5]


def test_a_label_without_cluster_counts_with_zero():
    """It pulls F1 and recall down; its precision is undefined and left out of the mean, with a reason."""
    found = tally([0] * 20 + [-1] * 10, np.eye(2)[[0] * 20 + [1] * 10])
    table = label_table(found, names=["A", "B"])
    assert table.loc[1, ["recall", "f1"]].tolist() == [0.0, 0.0]
    assert np.isnan(table.loc[1, "precision"])
    assert table.loc[1, "reason"] == "no precision: no cluster stands for it"
    assert (macro_f1(found), macro_precision(found)) == (0.5, 1.0)


def test_no_label_large_enough_is_undefined():
    """Macro means over no label are NaN."""
    found = tally([0, 0], np.eye(2))
    assert all(np.isnan(score(found)) for score in (macro_f1, macro_precision, macro_recall))


def test_names_of_other_labels_are_refused():
    """There is one name per label."""
    with pytest.raises(UsageError, match="2 and 1 items"):
        label_table(tally([0, 0], np.eye(2)), names=["A"])
