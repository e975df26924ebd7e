"""Tables of the paired part: too little data is refused with its number, and every state has a row."""

import numpy as np
import pytest

from rashomon.score.receptor.clone_state import clone_states
from rashomon.study.paired_table import AGREEMENT, AMONG, COHERENCE, Paired, paired_tables


def made(state, clone, cluster, donor, *, role="donor"):
    """Cells by hand: state and clone of each, receptor cluster and donor of each clone."""
    state, clone = np.array(state, dtype=np.int32), np.array(clone, dtype=np.int32)
    cluster, donor = np.array(cluster, dtype=np.int32), np.array(donor)
    names = ("a", "b", "c")
    return Paired(
        state=state, clone=clone, donor=np.where(clone >= 0, donor[clone], 0), receptor_cluster=cluster[clone],
        cluster_of_clone=cluster, states=clone_states(state, clone, n_states=3, n_clones=donor.size), names=names,
        cells=np.array([f"cell{i}" for i in range(state.size)]),
        junction=np.array([f"TRBV1 CAS{i % 3}F" for i in range(donor.size)], dtype=object), donor_of_clone=donor,
        donor_names=np.array([f"d{i}" for i in donor], dtype=object), donor_role=role,
    )  # fmt: skip


def tables(paired, *, clustered=""):
    """Its tables."""
    return paired_tables(paired, rule="nt+V+J, beta", clustered=clustered, rng=np.random.default_rng(1))


def test_too_few_are_counted():
    """Three clones of two cells, two clonotypes in a cluster: nothing is told, and the numbers are said."""
    found = tables(made([0, 1, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2, 3], [0, 0, -1, -1], [0, 0, 0, 0]))
    rows = found["paired"].set_index("quantity")
    assert rows.loc[AGREEMENT, "reason"] == (
        "cannot tell: 2 clonotypes in receptor clusters of two or more, 10 are needed"
    )
    assert rows.loc[COHERENCE, "reason"] == "cannot tell: 3 clonotypes with two cells or more; 5 are needed"
    assert rows["value"].isna().all()
    states = found["paired_states"]
    assert (states["reason"] == "cannot tell: 3 clonotypes with two cells or more, 5 are needed").all()
    assert states["n_cells"].tolist() == [3, 3, 1]
    assert states["n_expanded"].tolist() == [2, 2, 0]


def test_clones_without_other_states_in_their_donor_do_not_count():
    """Six clones, three of them in a donor that has one state: three are left, which is too few."""
    clone = np.repeat(np.arange(6), 2)
    state = np.where(clone < 3, 0, np.arange(12) % 2)
    row = tables(made(state, clone, [-1] * 6, [0, 0, 0, 1, 1, 1]))["paired"].set_index("quantity").loc[COHERENCE]
    assert row["reason"] == (
        "cannot tell: 6 clonotypes with two cells or more, 3 of them where all cells compared are in one cluster; "
        "5 are needed"
    )


def test_clones_that_only_expansion_makes_alike_are_no_more_alike_than_each_other():
    """Expanded clones all sit in one state: alike beside cells of the donor, not beside cells of such clones."""
    rng = np.random.default_rng(0)
    clone = np.r_[np.repeat(np.arange(20), 3), np.arange(20, 120)]
    state = np.where(clone < 20, np.where(rng.random(160) < 0.85, 0, 1), rng.integers(0, 3, 160))
    rows = tables(made(state, clone, [-1] * 120, np.arange(120) % 4))["paired"].set_index("quantity")
    assert rows.loc[COHERENCE, "p"] == 0.005
    assert rows.loc[AMONG, "p"] > 0.05
    assert rows.loc[AMONG, "value"] == rows.loc[COHERENCE, "value"]


def test_failed_receptors_say_why():
    """Where no receptor was clustered the reason stands in place of agreement, and clones are still compared."""
    clone = np.repeat(np.arange(8), 2)
    paired = made(np.arange(16) % 3, clone, [-2] * 8, [0] * 8)
    rows = tables(paired, clustered="the receptors were not clustered: no memory")["paired"].set_index("quantity")
    assert rows.loc[AGREEMENT, "reason"] == "the receptors were not clustered: no memory"
    assert np.isfinite(rows.loc[COHERENCE, "value"])


def test_pairs_are_named_and_ranked():
    """The pair in excess comes first, with the most common receptor of its cluster and its donors."""
    cluster = np.r_[np.zeros(6, dtype=int), np.ones(6, dtype=int), np.full(30, -1)]
    state = np.r_[np.zeros(6, dtype=int), np.arange(36) % 3]
    found = tables(made(state, np.arange(42), cluster, np.arange(42) % 2))["paired_clusters"]
    first = found.iloc[0]
    assert (first["expression_cluster"], first["receptor_cluster"], first["observed"]) == ("a", 0, 6)
    assert (first["receptors"], first["n_clonotypes"], first["n_donors"]) == ("TRBV1 CAS0F", 6, 2)
    assert found["n_tests"].unique().tolist() == [6]
    assert (found["q"] >= found["p"]).all()
    assert found["p"].is_monotonic_increasing


def test_clones_are_listed_by_size():
    """Clones of two cells or more with their donor, their main state, and what chance gives."""
    clone = np.r_[np.repeat(np.arange(6), [2, 4, 2, 2, 3, 2]), [6, 7, -1]]
    state = np.r_[np.arange(15) % 2, [2, 1, 0]]
    found = tables(made(state, clone, [-1] * 8, [0] * 8))
    clones = found["paired_clones"]
    assert clones["n_cells"].tolist() == [4, 3, 2, 2, 2, 2]
    assert clones["main_share"].tolist()[:2] == [0.5, pytest.approx(2 / 3)]
    assert clones["expected_share"].between(0.4, 1).all()
    cells = found["paired_cells"]
    assert cells["used"].tolist() == [True] * 17 + [False]
    assert cells["clone_cells"].iloc[[0, 2, -1]].tolist() == [2, 4, 0]
