import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.guard import NO_LARGE_LABEL, SEPARATION, first_guard, warning


@pytest.mark.parametrize(
    ("labels", "rows", "reason"),
    [
        ([0, 0], [[0, 0], [0, 0]], "no receptor carries a label"),
        ([0, 0, 1], [[1, 0], [1, 0], [1, 0]], "fewer than two labels"),
        ([0, 1, -1], [[1, 0], [0, 1], [0, 1]], "no cluster has two labelled receptors"),
        ([-1, -1, -1], [[1, 0], [0, 1], [0, 1]], "no cluster has two labelled receptors"),
        ([0, 0, 0], [[1, 0], [0, 1], [0, 1]], "one cluster holds every labelled receptor"),
        ([0, 0, -1], [[1, 0], [0, 1], [0, 1]], ""),
    ],
)
def test_degenerate_clusterings_are_named(labels, rows, reason):
    """Nothing labelled, one label, singletons, noise, one giant: each has its reason; a healthy one has none."""
    tally = group(np.array(labels), sp.csr_matrix(np.array(rows, dtype=bool))).tally()
    assert first_guard(SEPARATION, tally) == reason


@pytest.mark.parametrize(("n", "reason"), [(9, "no label has 10 receptors"), (10, "")])
def test_labels_must_be_large_enough_for_scores_per_label(n, reason):
    """Nine receptors are too few, ten are enough."""
    tally = group(np.zeros(n, dtype=int), sp.csr_matrix(np.ones((n, 1), dtype=bool))).tally()
    assert first_guard((NO_LARGE_LABEL,), tally) == reason


@pytest.mark.parametrize(
    ("largest", "said"),
    [
        (10, ""),
        (11, "percolates: the largest cluster holds 11 % of the receptors"),
        (49, "percolates: the largest cluster holds 49 % of the receptors"),
        (50, "percolates: one giant cluster holds 50 % of the receptors"),
        (100, "percolates: one giant cluster holds 100 % of the receptors"),
    ],
)
def test_percolation_is_said_above_a_tenth(largest, said):
    """A tenth of the receptors in one cluster is allowed, more is said, a half and more is a giant."""
    labels = np.full(100, -1)
    labels[:largest] = 0
    assert warning(labels) == said


def test_nothing_observed_is_no_percolation():
    """An empty clustering has no flag."""
    assert warning(np.array([-2, -2])) == ""
