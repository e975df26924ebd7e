import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment

from rashomon.score.receptor.assignment import exact_assignment, greedy_assignment
from rashomon.score.receptor.grouping import Tally, group


def from_table(table):
    """The tally of a table of clusters and labels."""
    cluster, label = np.nonzero(table)
    return Tally(int(table.sum()), table.sum(axis=1), cluster, label, table[cluster, label], table.sum(axis=0))


def greedy_by_hand(table):
    """Take the largest entry, cross out its row and column, and go on; the first of equal ones."""
    left, total = table.astype(float), 0.0
    for _ in range(min(table.shape)):
        row, column = np.unravel_index(np.argmax(left), left.shape)
        total += max(left[row, column], 0)
        left[row, :] = left[:, column] = -1
    return total


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (12, 12), (1, 5), (60, 9)])
def test_exact_equals_the_assignment_problem(rng, shape):
    """The number matched is that of scipy's dense solver, and clusters and labels occur once."""
    for _ in range(20):
        table = rng.poisson(0.8, shape) * rng.integers(1, 5, shape)
        table[:, table.sum(axis=0) == 0] = 1
        table[table.sum(axis=1) == 0] = 1
        tally = from_table(table)
        matched = exact_assignment(tally)
        rows, columns = linear_sum_assignment(table, maximize=True)
        assert tally.count[matched].sum() == table[rows, columns].sum()
        for side in (tally.cluster, tally.label):
            assert np.bincount(side[matched]).max() == 1


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (12, 12)])
def test_greedy_equals_crossing_out_the_largest(rng, shape):
    """The published rule, spelt out; ties go to the lower cluster, then to the lower label."""
    for _ in range(20):
        table = rng.poisson(1.5, shape) + 1
        tally = from_table(table)
        found = tally.count[greedy_assignment(tally)].sum()
        assert found == greedy_by_hand(table)
        exact = tally.count[exact_assignment(tally)].sum()
        assert exact / 2 <= found <= exact


def test_greedy_depends_on_the_order_of_ties():
    """The fault of the published rule: the same clusters, numbered otherwise, match another number of receptors."""
    table = np.array([[2, 2], [2, 0]])
    first, second = (tally.count[greedy_assignment(tally)].sum() for tally in map(from_table, (table, table[::-1])))
    assert (first, second) == (2, 4)


def test_nothing_to_match():
    """Without clusters both are empty."""
    tally = group(np.array([-1, -1]), sp.csr_matrix(np.eye(2, dtype=bool))).tally()
    assert exact_assignment(tally).size == greedy_assignment(tally).size == 0
