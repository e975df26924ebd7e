import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.cluster import user_clusterer
from rashomon.cluster.user import checked_labels
from rashomon.core import UsageError


def halves(view):
    """Two clusters by the first coordinate, with labels that are not consecutive."""
    return np.where(view[:, 0] > 0, 7, 3)


def spoiler(view):
    view[:] = 0
    return np.zeros(len(view), dtype=int)


def shifty(view, threshold=0.0):
    return (view[:, 0] > threshold).astype(int)


VIEW = np.array([[-1.0], [2.0], [3.0]], dtype=np.float32)


def test_labels_are_renumbered_and_checked():
    """What the function returns becomes consecutive int32 codes; parameters reach the function."""
    labels = user_clusterer(halves).run({"view": VIEW}, {})["labels"]
    assert labels.tolist() == [0, 1, 1]
    assert labels.dtype == np.int32
    assert user_clusterer(shifty).run({"view": VIEW}, {"threshold": 2.5})["labels"].tolist() == [0, 0, 1]


def test_a_path_runs_wherever_it_can_be_imported():
    """A function of a module has no target, so that workers can import it."""
    step = user_clusterer("rashomon.cluster.ward:ward", name="again")
    assert (step.target, step.reads, step.name) == (None, ("view",), "again")
    assert step.run({"view": VIEW}, {"k": 2})["labels"].tolist() == [1, 0, 0]


def test_a_graph_can_be_read():
    """With reads='graph' the function is given the neighbour graph."""
    step = user_clusterer(lambda graph: np.arange(graph.shape[0]), reads="graph", name="each")
    assert step.run({"graph": sp.eye_array(3, format="csr")}, {})["labels"].tolist() == [0, 1, 2]


def test_a_function_that_spoils_its_input_harms_nobody():
    """The function is given a copy."""
    before = VIEW.copy()
    user_clusterer(spoiler).run({"view": VIEW}, {})
    np.testing.assert_array_equal(VIEW, before)


def test_noise_is_kept():
    """-1 is a cell in no cluster; the others are renumbered."""
    assert checked_labels([9, -1, 4, 9], np.zeros((4, 1))).tolist() == [1, -1, 0, 1]


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        ([0, 1], r"shape \(2,\) for 3 cells"),
        ([[0], [1], [2]], r"shape \(3, 1\) for 3 cells"),
        ([0.0, 1.0, 2.0], "type float64"),
        (["a", "b", "c"], "type <U1"),
        ([True, False, True], "type bool"),
        ([0, 1, -2], "a label -2"),
        (None, r"shape \(\) for 3 cells"),
    ],
)
def test_refuses_what_is_no_labeling(labels, match):
    """One integer per cell, -1 or more; the message says what came instead."""
    with pytest.raises(UsageError, match=match) as caught:
        checked_labels(labels, VIEW)
    assert "one integer per cell" in caught.value.expected


def test_refuses_a_name_of_ours_and_an_unknown_slot():
    """Two clusterers of one name could not be told apart; only views and graphs are read."""
    with pytest.raises(UsageError, match="the name 'ward' is taken"):
        user_clusterer("rashomon.cluster.ward:ward")
    with pytest.raises(UsageError, match="cannot read 'x'"):
        user_clusterer(halves, reads="x")
