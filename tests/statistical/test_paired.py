"""Expression and receptors that have the donor in common, and nothing else, are rarely said to agree."""

import numpy as np
import pytest

from rashomon.score.receptor.clone_state import clone_states
from rashomon.study.paired_table import AGREEMENT, AMONG, COHERENCE, Paired, paired_tables

N_RUNS, N_STATES = 300, 5
MOST = 0.05 + 3 * np.sqrt(0.05 * 0.95 / N_RUNS)
"""Rejections at .05 of a valid test, three standard deviations above what is expected."""


def made(rng, *, coherent=0.0, planted=0.0, expanded=0.0, n_donors=6, n_clones=120):
    """Cells whose state and receptor cluster depend on the donor; and on the clone, the cluster, or its expansion."""
    donor = rng.integers(0, n_donors, n_clones)
    prefers = rng.dirichlet(np.full(N_STATES, 0.7), n_donors)
    # clusters that donors share, and clusters that are of one donor
    shared, own = rng.integers(0, 8, n_clones), 8 + 2 * donor + rng.integers(0, 2, n_clones)
    cluster = np.where(rng.random(n_clones) < 0.5, shared, own)
    cluster[rng.random(n_clones) < 0.5] = -1
    of_clone = np.array([rng.choice(N_STATES, p=prefers[d]) for d in donor])
    moved = (rng.random(n_clones) < planted) & (cluster >= 0)
    of_clone[moved] = cluster[moved] % N_STATES
    # some donors expand more than others
    chance = rng.uniform(0.05, 0.4, n_donors)[donor] + expanded * (of_clone == 1)
    size = 1 + (rng.random(n_clones) < chance) * rng.geometric(0.4, n_clones)
    clone = np.repeat(np.arange(n_clones), size)
    state = np.array([rng.choice(N_STATES, p=prefers[donor[c]]) for c in clone])
    state = np.where(rng.random(clone.size) < coherent, of_clone[clone], state).astype(np.int32)
    present = np.unique(cluster[cluster >= 0])
    cluster = np.where(cluster >= 0, np.searchsorted(present, cluster), -1).astype(np.int32)
    return Paired(
        state=state, clone=clone, donor=donor[clone], receptor_cluster=cluster[clone], cluster_of_clone=cluster,
        states=clone_states(state, clone, n_states=N_STATES, n_clones=n_clones),
        names=tuple("abcde"), cells=clone.astype(str), junction=clone[:n_clones].astype(str).astype(object),
        donor_of_clone=donor, donor_names=donor.astype(str), donor_role="donor",
    )  # fmt: skip


def outcome(paired, rng):
    """The p of every number, and whether any pair of clusters, or any expanded state, is a discovery."""
    found = paired_tables(paired, rule="nt+V+J, beta", clustered="", rng=rng)
    p = found["paired"].set_index("quantity")["p"]
    rows = {name: float(p[name]) for name in (AGREEMENT, "receptor cluster given state", "AMI", COHERENCE, AMONG)}
    rows["one state"] = float(found["paired_states"]["p"].iloc[0])
    rows["any pair"] = float(found["paired_clusters"]["q"].min())
    rows["any state"] = float(found["paired_states"]["q"].min())
    return rows


def shares(seed, n_runs, **settings):
    """The share of data sets in which each is at most .05."""
    rows = [
        outcome(made(np.random.default_rng([seed, i]), **settings), np.random.default_rng([seed, i, 1]))
        for i in range(n_runs)
    ]
    return {name: float(np.mean([row[name] <= 0.05 for row in rows])) for name in rows[0]}


@pytest.mark.statistical
def test_donors_alone_are_no_agreement(record):
    """Cells take states by their donor alone: every p is at most .05 in 5 % of data sets, within 3 sd."""
    found = shares(871, N_RUNS)
    record("paired_nothing", claim="share of data sets with p or q <= .05", seed=871, figures={"n": N_RUNS, **found})
    assert max(found.values()) <= MOST, found


@pytest.mark.statistical
def test_clones_in_one_state_are_no_agreement_of_clusters(record):
    """Clones that keep to a state, drawn by donor alone: clones are found, receptor clusters and expansion are not."""
    found = shares(872, N_RUNS, coherent=0.9)
    record("paired_clones", claim="share of data sets with p or q <= .05", seed=872, figures={"n": N_RUNS, **found})
    for name in (AGREEMENT, "receptor cluster given state", "AMI", "one state", "any pair", "any state"):
        assert found[name] <= MOST, found
    assert found[COHERENCE] >= 0.95
    assert found[AMONG] >= 0.95


@pytest.mark.statistical
def test_planted_agreement_is_found(record):
    """Most clustered clonotypes sit in the state of their cluster, expansion in one state: both are found."""
    found = shares(873, 60, coherent=0.9, planted=0.9, expanded=0.5, n_clones=200)
    record("paired_planted", claim="share of data sets with p or q <= .05", seed=873, figures={"n": 60, **found})
    for name in (AGREEMENT, "AMI", "any pair", "any state"):
        assert found[name] >= 0.9, found
