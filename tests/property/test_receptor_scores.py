"""Scores of receptor clusterings on drawn clusterings and label sets: bounds, invariances, guards, order of scores."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rashomon.dataset import Dataset, GeneCalls, Receptors, Roles, Truth, unique_receptors
from rashomon.score.receptor import (
    RECEPTOR_SCORES,
    ScoreOptions,
    cross_donor_pairs,
    first_guard,
    group,
    label_table,
    multi_donor_share,
    percolation,
    receptor_score_table,
)
from rashomon.score.receptor.grouping import Tally
from rashomon.score.receptor.guard import SEPARATION
from tests.strategies import labelings

OF_TALLY = [record for record in RECEPTOR_SCORES.values() if record.reads == "tally"]
# the published greedy rule depends on the order of ties, which relabelling changes
ORDER_FREE = [record for record in OF_TALLY if "greedy" not in record.name]
seeds = st.integers(0, 2**32 - 1)


@st.composite
def cases(draw, *, max_classes=4, several=True):
    """A clustering, and the label sets of its receptors."""
    labels = draw(labelings(max_size=60, max_classes=8))
    n_classes = draw(st.integers(1, max_classes))
    if several:
        return labels, sp.csr_matrix(draw(npst.arrays(bool, (labels.size, n_classes))))
    codes = draw(npst.arrays(np.int32, labels.size, elements=st.integers(-2, n_classes - 1)))
    return labels, truth_of(codes, n_classes).label_sets


def truth_of(codes, n_classes):
    return Truth("epitope", "biological", codes, tuple(map(str, range(n_classes))))


def values(tally, records=OF_TALLY):
    return np.array([record.call(tally) for record in records])


@given(case=cases())
def test_all_scores_are_bounded(case):
    """Every score is in [0, 1] or undefined, and defined where no guard holds but for scores per label."""
    labels, sets = case
    tally = group(labels, sets).tally()
    found = values(tally)
    assert ((found >= 0) & (found <= 1) | np.isnan(found)).all()
    defined = {record.name for record in OF_TALLY if not first_guard(record.guards, tally)}
    assert not np.isnan(values(tally, [record for record in OF_TALLY if record.name in defined])).any()


@given(case=cases())
def test_scores_are_ordered(case):
    """Greedy is at most exact, exact at most purity, and all over all receptors at most the retention."""
    tally = group(*case).tally()
    value = dict(zip([record.name for record in OF_TALLY], values(tally), strict=True))
    if tally.n_clusters:
        within = [value[name] for name in ("consistency_clustered_greedy", "consistency_clustered", "purity")]
        overall = [value[name] for name in ("consistency_all_greedy", "consistency_all", "retention")]
        assert np.all(np.diff(within) >= -1e-12)
        assert np.all(np.diff(overall) >= -1e-12)
        assert within[0] >= within[1] / 2


@given(case=cases(), seed=seeds)
def test_names_do_not_matter(case, seed):
    """New codes for clusters and classes, and another order of receptors, change nothing but the greedy matching."""
    labels, sets = case
    rng = np.random.default_rng(seed)
    clusters, classes, rows = rng.permutation(20), rng.permutation(sets.shape[1]), rng.permutation(labels.size)
    renamed = np.where(labels >= 0, clusters[labels], labels)[rows]
    first, second = group(labels, sets).tally(), group(renamed, sets[rows][:, classes]).tally()
    np.testing.assert_allclose(values(first, ORDER_FREE), values(second, ORDER_FREE))


@given(case=cases(), seed=seeds)
def test_greedy_depends_on_ties_alone(case, seed):
    """Where all counts differ, the greedy matching is invariant under new names too."""
    tally = group(*case).tally()
    rng = np.random.default_rng(seed)
    count = rng.permutation(tally.count.size) + 1
    cluster, label = (rng.permutation(k) for k in (tally.n_clusters, tally.label_size.size))
    moved = np.lexsort((label[tally.label], cluster[tally.cluster]))
    first = replace(tally, count=count)
    second = Tally(
        tally.n_items, tally.size, cluster[tally.cluster][moved], label[tally.label][moved], count[moved],
        tally.label_size,
    )  # fmt: skip
    greedy = RECEPTOR_SCORES["consistency_all_greedy"]
    assert greedy.call(first) == pytest.approx(greedy.call(second), nan_ok=True)


@given(case=cases(several=False))
def test_one_label_each_is_the_special_case(case):
    """With one label per receptor the sets give what a plain table of counts gives."""
    labels, sets = case
    has = np.flatnonzero((np.diff(sets.indptr) > 0) & (labels > -2))
    codes = sets[has].indices
    table = pd.crosstab(labels[has], codes)
    table = table[(table.index >= 0) & (table.sum(axis=1) >= 2)]
    tally = group(labels, sets).tally()
    assert tally.n_clustered == table.to_numpy().sum()
    if len(table):
        expected = [table.max(axis=1).sum() / table.sum().sum(), (table.max(axis=1) / table.sum(axis=1) >= 0.9).mean()]
        assert values(tally, [RECEPTOR_SCORES[name] for name in ("purity", "purity_90")]) == pytest.approx(expected)


@given(codes=labelings(min_size=4, max_size=60, max_classes=4, lowest=0))
def test_perfect_clusters_are_perfect(codes):
    """Where every class has two receptors and is one cluster, all scores are 1."""
    codes = np.concatenate([codes, codes])
    tally = group(codes + 5, truth_of(codes, 4).label_sets).tally()
    found = dict(zip([record.name for record in OF_TALLY], values(tally), strict=True))
    assert {name for name, value in found.items() if not np.isnan(value) and value != pytest.approx(1)} == set()
    assert found["consistency_all"] == pytest.approx(1.0)
    some = label_table(tally, names=list("ABCD"))
    assert (some.loc[some["status"] == "ok", ["precision", "recall", "f1"]] == 1.0).all(axis=None)


@given(case=cases())
def test_singletons_and_one_giant_have_no_separation(case):
    """All singletons, all noise and one cluster of all are guarded, whatever the labels are."""
    labels, sets = case
    for degenerate in (np.arange(labels.size), np.full(labels.size, -1), np.zeros(labels.size, dtype=int)):
        assert first_guard(SEPARATION, group(degenerate, sets).tally())


@given(labels=labelings(max_size=60), seed=seeds)
def test_scores_of_donors_and_size_are_bounded(labels, seed):
    """Shares of clusters, pairs and receptors are in [0, 1] or undefined, and do not depend on names."""
    rng = np.random.default_rng(seed)
    donor, names = rng.integers(-2, 5, labels.size), rng.permutation(10)
    renamed = np.where(labels >= 0, names[labels], labels)
    for score in (multi_donor_share, cross_donor_pairs):
        value = score(labels, donor)
        assert np.isnan(value) or 0 <= value <= 1
        assert score(renamed, np.where(donor >= 0, names[donor], donor)) == pytest.approx(value, nan_ok=True)
    assert percolation(renamed) == pytest.approx(percolation(labels), nan_ok=True)


def dataset(junctions, donors, epitopes):
    """A table of beta chains with a donor and an epitope per row."""
    n = len(junctions)
    calls, empty = GeneCalls.from_texts(["TRBV9*01"] * n), GeneCalls.from_texts([""] * n)
    chains = Receptors(
        np.arange(n), np.ones(n, dtype=np.int8), np.array(junctions, dtype="S"), np.array([b""] * n), calls, calls,
        calls, calls, empty, empty, np.ones(n), np.ones(n, dtype=np.int8), "human",
    )  # fmt: skip
    obs = pd.DataFrame(index=[f"r{i}" for i in range(n)])
    donor = Truth.from_series(pd.Series(donors, name="donor"), kind="technical")
    truths = {"epitope": Truth.from_series(pd.Series(epitopes, name="epitope"), kind="biological")}
    return Dataset(obs, receptors=chains, truths=truths, roles=Roles(donor=donor), item="row")


rows = st.tuples(
    st.sampled_from([b"CASSF", b"CATSF", b"CASSLF", b"CASTLF", b"CAWWWWF"]), st.sampled_from("xyz"),
    st.sampled_from("AB"),
)  # fmt: skip


@given(rows=st.lists(rows, min_size=2, max_size=30))
def test_doubled_rows_give_the_same_table(rows):
    """At the level of unique receptors, a table with every row twice has the same scores."""
    tables = []
    for repeats in (1, 2):
        unique, _ = unique_receptors(dataset(*zip(*(rows * repeats), strict=True)))
        donor, rng = unique.roles.donor.codes, np.random.default_rng(0)
        given = {"donor": donor, "strata": donor, "options": ScoreOptions(n_permutations=3, n_pairs=2), "rng": rng}
        labels = unique.receptors.length.astype(np.int32)
        tables.append(receptor_score_table(labels, unique.truths["epitope"], **given))
    pd.testing.assert_frame_equal(*tables)
