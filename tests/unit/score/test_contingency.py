"""The contingency table: both ways of counting agree, and singletons are grouped, not lost."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics.cluster import contingency_matrix

from rashomon.core import UsageError
from rashomon.score.contingency import _count, _sort, from_totals, tabulate
from tests.strategies import labeling_pairs


def dense(table):
    full = np.zeros((table.row_size.size, table.col_size.size), dtype=int)
    full[table.row, table.col] = table.totals
    return full


@given(labeling_pairs(lowest=0))
def test_counts_equal_scikit_learn(pair):
    """Without negative codes the table is the usual one."""
    a, b = pair
    found = dense(tabulate(a, b))
    assert not found[-1].any()
    assert not found[:, -1].any()
    used = found[np.ix_(np.unique(a), np.unique(b))]
    assert np.array_equal(used, contingency_matrix(a, b))
    assert used.sum() == a.size


@given(labeling_pairs(min_size=0))
def test_dense_and_sorted_counting_agree(pair):
    """The two ways of counting give the same table in the same order."""
    a, b = pair
    for lowest in (-1, 0):
        n_rows, n_cols = a.max(initial=-1) + 2, b.max(initial=-1) + 2
        for one, other in zip(_count(a, b, n_rows, n_cols, lowest), _sort(a, b, n_rows, n_cols, lowest), strict=True):
            assert np.array_equal(one, other)


@given(labeling_pairs(min_size=0))
def test_margins_count_every_observed_item_once(pair):
    """Sizes times repeats sum to the items, in both directions and over pairs."""
    table = tabulate(*pair)
    observed = int(((pair[0] > -2) & (pair[1] > -2)).sum())
    assert table.n_obs == observed
    assert table.row_size @ table.row_times == table.col_size @ table.col_times == table.totals.sum() == observed
    assert np.bincount(table.cell[table.cell >= 0], minlength=table.count.size).tolist() == table.totals.tolist()


def test_many_classes_take_the_sorted_way():
    """All-unique labels of many items need no quadratic table (720 GB here)."""
    n = 300_000
    table = tabulate(np.arange(n), np.arange(n)[::-1])
    assert table.count.size == n
    assert table.facts.n_a == table.facts.n_b == n


def test_unassigned_items_are_one_group_per_partner():
    """Three unassigned items beside class 0 are three pairs of one item."""
    table = tabulate(np.array([-1, -1, -1, 0]), np.array([0, 0, 0, 0]))
    group = table.row == table.row_size.size - 1
    assert table.count[group].tolist() == [1]
    assert table.times[group].tolist() == [3]
    assert table.facts.n_a == 4
    assert table.n_assigned == (1, 1)
    assert table.n_assigned_both == 1


def test_left_out_means_assigned_in_both():
    """With the other policy a -1 on either side leaves the item out."""
    table = tabulate(np.array([-1, 0, 0, 1]), np.array([0, -1, 0, 1]), unassigned="left_out")
    assert table.n_obs == 2
    assert table.cell.tolist() == [-1, -1, 0, 1]


def test_totals_of_a_part_of_the_items_give_its_table():
    """Counting items per pair again is the same as tabulating the part."""
    rng = np.random.default_rng(3)
    a, b = rng.integers(-2, 4, 200), rng.integers(-2, 3, 200)
    table = tabulate(a, b)
    part = rng.random(200) < 0.3
    total = np.bincount(table.cell[part & (table.cell >= 0)], minlength=table.count.size)
    shape = {"n_rows": table.row_size.size, "n_cols": table.col_size.size}
    found = from_totals(total, row=table.row, col=table.col, cell=np.empty(0, np.int64), **shape)
    direct = tabulate(np.where(part, a, -2), b)
    assert np.array_equal(dense(found), dense(direct))
    assert found.facts == direct.facts
    assert found.n_assigned == direct.n_assigned


def test_lengths_must_agree():
    """Labelings of different items are not compared."""
    with pytest.raises(UsageError, match="the parts have 2 and 3 items"):
        tabulate(np.array([0, 1]), np.array([0, 1, 1]))
