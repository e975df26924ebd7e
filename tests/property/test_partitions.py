"""What must stay true of partitions under relabelling, reordering, repeating, and a trip to disk."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rashomon.partitions import Partitions, read_partitions, write_partitions
from tests.strategies import partitions

seeds = st.integers(0, 2**32 - 1)


def same(a, b):
    pd.testing.assert_frame_equal(a.runs, b.runs, check_exact=True)
    return np.array_equal(a.labels, b.labels) and np.array_equal(a.obs_names, b.obs_names) and a.unit == b.unit


@given(partitions())
def test_parquet_gives_back_what_it_got(parts):
    """Any labels and any facts survive a trip to disk exactly."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.parquet"
        write_partitions(parts, path)
        assert same(read_partitions(path), parts)


@given(partitions(), seeds)
def test_align_to_another_order_and_back_is_identity(parts, seed):
    """Reordering the items loses nothing."""
    order = np.random.default_rng(seed).permutation(parts.n_obs)
    assert same(parts.align(parts.obs_names[order]).align(parts.obs_names), parts)


@given(partitions(), seeds)
def test_align_to_a_superset_and_back_is_identity(parts, seed):
    """Items that were added are unobserved in every run, and leave no trace when they are taken out again."""
    names = np.random.default_rng(seed).permutation([*parts.obs_names, "new 1", "new 2"])
    wider = parts.align(names)
    added = np.isin(wider.obs_names, ["new 1", "new 2"])
    assert (wider.labels[added] == -2).all()
    assert same(wider.align(parts.obs_names), parts)


@given(partitions(min_obs=1))
def test_collapse_to_singletons_is_identity(parts):
    """Every item its own group: labels, -1 and -2 included, stay as they are."""
    singletons = parts.collapse(parts.obs_names, unit="cell")
    assert same(singletons.align(parts.obs_names), parts)


@given(partitions(min_obs=1), seeds)
def test_collapse_does_not_see_the_order_of_items(parts, seed):
    """Permuting the cells, with their groups, changes no group."""
    rng = np.random.default_rng(seed)
    groups = rng.choice(["", "x", "y", "z"], size=parts.n_obs)
    order = rng.permutation(parts.n_obs)
    permuted = parts.align(parts.obs_names[order])
    assert same(permuted.collapse(groups[order]), parts.collapse(groups))


@given(partitions(min_obs=1), seeds, st.integers(2, 4))
def test_collapse_does_not_see_how_often_all_items_are_repeated(parts, seed, times):
    """Duplicating every cell leaves every majority as it was."""
    groups = np.random.default_rng(seed).choice(["x", "y", "z"], size=parts.n_obs)
    names = np.array([f"{name}/{copy}" for copy in range(times) for name in parts.obs_names])
    repeated = Partitions(np.tile(parts.labels, (times, 1)), names, parts.runs)
    assert same(repeated.collapse(np.tile(groups, times)), parts.collapse(groups))


@given(partitions(min_obs=1), st.integers(1, 1000))
def test_collapse_follows_an_order_preserving_relabelling(parts, shift):
    """New codes in the old order give the old groups with the new codes; -1 and -2 mean the same as before."""
    groups = np.array([f"g{i % 3}" for i in range(parts.n_obs)])

    def relabel(labels):
        return np.where(labels >= 0, labels * 2 + shift, labels)

    renamed = Partitions(relabel(parts.labels), parts.obs_names, parts.runs)
    assert np.array_equal(renamed.collapse(groups).labels, relabel(parts.collapse(groups).labels))


@given(partitions(min_obs=1))
def test_collapse_is_a_most_frequent_label(parts):
    """-2 exactly where no member was observed; else the label is among the most frequent ones of the members."""
    groups = np.array([f"g{i % 3}" for i in range(parts.n_obs)])
    collapsed = parts.collapse(groups)
    for row, name in enumerate(collapsed.obs_names):
        members = parts.labels[groups == name]
        for found, labels in zip(collapsed.labels[row], members.T, strict=True):
            seen = labels[labels > -2]
            counts = {code: int((seen == code).sum()) for code in set(seen.tolist())}
            assert (found == -2) == (seen.size == 0)
            if seen.size:
                assert counts[int(found)] == max(counts.values())


@given(partitions(), seeds)
def test_select_then_concat_gives_every_run_once(parts, seed):
    """Splitting the runs in two and putting them together again keeps labels by name of run."""
    mask = np.random.default_rng(seed).random(parts.n_runs) < 0.5
    both = parts.select(mask).concat(parts.select(~mask))
    assert sorted(both.runs["run"]) == sorted(parts.runs["run"])
    for run in parts.runs["run"]:
        assert np.array_equal(both.column(run), parts.column(run))


@given(partitions(min_obs=1, max_classes=12))
def test_frame_of_names_gives_the_same_partition(parts):
    """Codes written out as names and read again group the items alike, with -1 and -2 in place."""
    words = {-2: None, -1: "unknown"}
    frame = pd.DataFrame(
        {run: [words.get(int(code), f"cluster {code}") for code in parts.column(run)] for run in parts.runs["run"]},
        index=parts.obs_names,
        dtype=object,
    )
    found = Partitions.from_frame(frame)
    for j in range(parts.n_runs):
        a, b = parts.labels[:, j], found.labels[:, j]
        assert np.array_equal(a < 0, b < 0)
        assert np.array_equal(a[a < 0], b[b < 0])
        assert np.array_equal(a[:, None] == a[None, :], b[:, None] == b[None, :])
