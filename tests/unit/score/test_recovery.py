"""Recovery of clusters: against sets, with clusters that dissolve, and against the null."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.score import cluster_recovery
from rashomon.score.recovery import mean_recovery, shuffle_observed
from tests.strategies import partitions


def best_jaccard(cluster, run, seen):
    """Compare sets of items, one cluster at a time."""
    own = set(np.flatnonzero(seen & cluster))
    others = [set(np.flatnonzero(seen & (run == code))) for code in np.unique(run[run >= 0])]
    return max((len(own & other) / len(own | other) for other in others if own | other), default=0.0) if own else np.nan


@given(partitions(min_obs=2), st.integers(0, 2**32 - 1))
def test_numbers_equal_sets(parts, seed):
    """Mean, quantile, dissolved and recovered shares from the best Jaccard index of sets."""
    rng = np.random.default_rng(seed)
    reference = rng.integers(-2, 3, size=parts.n_obs)
    table = cluster_recovery(parts.labels, reference, rng=rng)
    for row in table.to_dict("records"):
        seen = [(run > -2) & (reference > -2) for run in parts.labels.T]
        values = [
            best_jaccard(reference == row["cluster"], run, items)
            for run, items in zip(parts.labels.T, seen, strict=True)
            if items.sum() > 1 and not trivial(reference[items], run[items])
        ]
        values = [value for value in values if not np.isnan(value)]
        if len(values) == row["n_runs"] > 0:
            assert row["mean"] == pytest.approx(np.mean(values))
            assert row["low_5"] == pytest.approx(np.quantile(values, 0.05))
            assert row["dissolved"] == np.mean(np.array(values) < 0.5)
            assert row["recovered"] == np.mean(np.array(values) > 0.75)
        assert row["n_runs"] + row["n_undefined"] == parts.n_runs


def trivial(a, b):
    """Whether both have one cluster, or every item its own."""
    sizes = [np.unique(np.where(codes < 0, 100 + np.arange(codes.size), codes)).size for codes in (a, b)]
    return sizes in ([1, 1], [a.size, a.size])


def test_a_kept_and_a_split_cluster(rng):
    """One cluster is found in every run, the other is cut into quarters: recovered 1 and dissolved 1."""
    reference = np.repeat([0, 1], 40)
    runs = np.stack([np.where(reference == 0, 0, 1 + rng.permutation(80) % 4) for _ in range(10)], axis=1)
    table = cluster_recovery(runs, reference, rng=rng)
    assert table["recovered"].tolist() == [1.0, 0.0]
    assert table["dissolved"].tolist() == [0.0, 1.0]
    assert table.loc[0, "mean"] == 1.0
    assert table.loc[1, "mean"] < 0.5


def test_a_large_cluster_has_a_large_null(rng):
    """With 90 % of the items a Jaccard index of 0.8 is reached by permuted labels; with 10 % it is not."""
    reference = np.repeat([0, 1], [900, 100])
    table = cluster_recovery(np.tile(reference[:, None], 5), reference, rng=rng)
    assert table.loc[0, "null"] > 0.75
    assert table.loc[1, "null"] < 0.3
    assert table["mean"].tolist() == [1.0, 1.0]


def test_runs_that_say_nothing_are_counted(rng):
    """A cluster no run observed has no value; runs of one cluster do not count against one cluster."""
    table = cluster_recovery(np.array([[0, 0], [1, 1], [-2, -2]]), np.array([0, 1, 2]), rng=rng)
    assert table["n_undefined"].tolist() == [2, 2, 2]
    assert table[["mean", "low_5", "dissolved", "recovered", "null"]].isna().all(axis=None)
    found = mean_recovery(np.zeros((4, 3), dtype=int), np.zeros(4, dtype=int), rng=rng)
    assert (found.status, found.reason) == ("undefined", "no cluster was observed in a run")


def test_mean_counts_every_cluster_once(rng):
    """The scalar is the plain mean over the rows of the table, and so is its null."""
    reference, runs = rng.integers(4, size=60), rng.integers(3, size=(60, 6))
    table = cluster_recovery(runs, reference, rng=np.random.default_rng(1))
    found = mean_recovery(runs, reference, rng=np.random.default_rng(1))
    assert (found.value, found.null) == pytest.approx((table["mean"].mean(), table["null"].mean()))
    assert found.n_values == 4


def test_shuffling_keeps_sizes_and_places(rng):
    """Codes move among observed items in the mask only."""
    codes = np.array([0, 1, 2, 3, -2, -1, 5])
    shuffled = shuffle_observed(codes, np.array([True, True, True, False, True, True, False]), rng=rng)
    assert sorted(shuffled) == sorted(codes)
    assert shuffled[[3, 4, 6]].tolist() == [3, -2, 5]


def test_other_items_are_refused(rng):
    """Runs and reference must speak about the same items."""
    with pytest.raises(UsageError, match="4 and 3 items"):
        cluster_recovery(np.zeros((4, 2), dtype=int), np.zeros(3, dtype=int), rng=rng)
    with pytest.raises(UsageError, match=r"shape \(4,\)"):
        cluster_recovery(np.zeros(4, dtype=int), np.zeros(4, dtype=int), rng=rng)
