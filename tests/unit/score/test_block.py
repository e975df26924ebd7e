"""Blocks: tables counted together equal tables counted one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.score.block import RunCodes, count_block, split_pairs
from tests.strategies import labeling_pairs

policies = st.sampled_from(["singletons", "left_out"])


def cells(table):
    """List what a table says, by names of clusters without gaps."""
    some = table.count > 0
    row, col = (np.unique(place[some], return_inverse=True)[1] for place in (table.row, table.col))
    return sorted(zip(row, col, table.count[some], table.times[some], strict=True))


@given(labeling_pairs(min_size=0), policies)
def test_tables_equal_single_ones(pair, unassigned):
    """Pairs, sizes and facts are those of `tabulate`, with unassigned and unobserved items."""
    runs = RunCodes.of(np.stack(pair, axis=1), unassigned=unassigned)
    block = count_block(runs, np.array([[0, 1], [1, 0], [0, 0]]))
    for p, (i, j) in enumerate([(0, 1), (1, 0), (0, 0)]):
        single = runs.table(i, j)
        assert cells(block.table(p)) == cells(single)
        assert block.fact(p) == single.facts == block.table(p).facts


@given(labeling_pairs(min_size=1), policies)
def test_codes_have_no_gaps(pair, unassigned):
    """Clusters are numbered 0..k-1 in their order, then unassigned ones, then those left out."""
    labels = np.stack(pair, axis=1) * 3
    labels[labels < 0] = labels[labels < 0] // 3
    runs = RunCodes.of(labels, unassigned=unassigned)
    for j in range(2):
        column, k = labels[:, j], runs.n_clusters[j]
        assert (runs.codes[j][column >= 0] == np.unique(column[column >= 0], return_inverse=True)[1]).all()
        assert (runs.codes[j][column == -1] == (k if unassigned == "singletons" else k + 1)).all()
        assert (runs.codes[j][column == -2] == k + 1).all()
        assert runs.codes[j].max() < runs.width[j]


def test_few_clusters_take_one_byte():
    """Up to 255 clusters fit; more take four bytes."""
    assert RunCodes.of(np.arange(255)[:, None]).codes.dtype == np.uint8
    assert RunCodes.of(np.arange(256)[:, None]).codes.dtype == np.int32


def test_pairs_are_split_once(rng):
    """Every pair is in one block or among the large ones, and blocks are bounded."""
    labels = np.stack([rng.integers(k, size=400) for k in (3, 60, 120, 390)], axis=1)
    runs = RunCodes.of(labels)
    pairs = np.array([[i, j] for i in range(4) for j in range(4)])
    blocks, large = split_pairs(runs, pairs)
    assert sorted([*np.concatenate(blocks), *large]) == list(range(16))
    # 2**16 cells are exceeded by the finest run with itself only
    assert pairs[large].tolist() == [[3, 3]]
    assert all(count_block(runs, pairs[at]).count.size < 2**17 for at in blocks)


def test_labels_of_one_run_are_refused_as_a_vector():
    """A vector is no table of runs; nor are fractions codes."""
    with pytest.raises(UsageError, match=r"labels have shape \(3,\)"):
        RunCodes.of(np.zeros(3, dtype=int))
    with pytest.raises(UsageError, match=r"run 0"):
        RunCodes.of(np.array([[0.0, np.nan]]))
    assert RunCodes.of(np.zeros((3, 1), dtype=int)).n_clusters.tolist() == [1]
