from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.dataset import Truth
from rashomon.pl.flow import flows, layout, spread


def truth(name, codes, n=6):
    return Truth(name, "annotation", np.array(codes), tuple(f"{name}{i}" for i in range(n)))


def columns(seed, *, n=200, n_columns=3, n_classes=6):
    rng = np.random.default_rng(seed)
    return [truth(f"t{j}", rng.integers(-2, n_classes, n), n_classes) for j in range(n_columns)]


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_no_item_is_lost(seed, max_flows):
    """Flows, the pooled one and the items left out add up; the largest flows are kept."""
    truths = columns(seed)
    found = flows(truths, max_flows=max_flows)
    assert found.sizes.sum() + found.n_left_out == 200
    assert len(found.sizes) <= max_flows
    kept = found.sizes[: len(found.sizes) - (found.n_pooled > 0)]
    assert (np.diff(kept) <= 0).all()
    assert (found.codes[: len(kept)] >= 0).all()
    together = np.stack([each.codes for each in truths], axis=1)
    for codes, size in zip(found.codes[: len(kept)], kept, strict=True):
        assert (together == codes).all(axis=1).sum() == size


def test_few_flows_are_not_pooled():
    """At the limit all are shown."""
    a, b = truth("a", [0, 1, 2]), truth("b", [0, 1, 1])
    assert (flows([a, b], max_flows=3).n_pooled, flows([a, b], max_flows=2).n_pooled) == (0, 2)


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_flows_fill_their_blocks_without_overlap(seed, max_flows):
    """In every column the flows of a block stand below each other from its top to its bottom; blocks do not meet."""
    found = flows(columns(seed), max_flows=max_flows)
    placed = layout(found)
    for column, blocks in enumerate(placed.blocks):
        edges = sorted(blocks.values())
        assert all(above[1] <= below[0] for above, below in pairwise(edges))
        assert edges[0][0] >= -1e-9
        assert edges[-1][1] <= placed.height + 1e-9
        for code, (top, bottom) in blocks.items():
            members = np.flatnonzero(found.codes[:, column] == code)
            order = members[np.argsort(placed.tops[members, column], kind="stable")]
            starts = top + np.concatenate([[0], np.cumsum(found.sizes[order])])
            np.testing.assert_allclose(placed.tops[order, column], starts[:-1])
            assert starts[-1] == pytest.approx(bottom)


def test_the_second_column_follows_the_first():
    """Classes that only change names stand in the same order: no ribbon crosses."""
    placed = layout(flows([truth("a", [0, 0, 1, 2]), truth("b", [2, 2, 0, 1])]))
    assert [list(blocks) for blocks in placed.blocks] == [[0, 1, 2], [2, 0, 1]]


def test_the_pooled_block_is_the_lowest():
    """In every column."""
    placed = layout(flows(columns(1), max_flows=5))
    assert [list(blocks)[-1] for blocks in placed.blocks] == [-1, -1, -1]


@given(st.lists(st.floats(0, 10), min_size=1, max_size=20), st.floats(0.01, 3))
def test_names_are_apart_and_inside(wanted, distance):
    """In the same order, as far apart as asked or as there is room, never outside."""
    found = spread(sorted(wanted), distance=distance, low=0.0, high=10.0)
    step = min(distance, 10 / max(len(wanted) - 1, 1))
    assert (np.diff(found) >= step - 1e-9).all()
    assert found.min() >= -1e-9
    assert found.max() <= 10 + 1e-9


def test_names_with_room_stay():
    """Nothing is moved that need not be."""
    assert spread([1.0, 4.0, 9.0], distance=2.0, low=0.0, high=10.0).tolist() == [1.0, 4.0, 9.0]
    assert spread([], distance=1.0, low=0.0, high=1.0).size == 0
