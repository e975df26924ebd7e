"""Donors of each cluster: how many, how evenly, against chance."""

import numpy as np
import pytest
from scipy.stats import entropy

from rashomon.ask import Request
from rashomon.ask.confounding.donor_entropy import (
    DONOR_COLUMNS,
    donor_entropy,
    expected_entropy,
    lone_clusters,
    relabelings,
)
from rashomon.dataset import Roles, Truth
from tests.planted import N_OBS, dataset, donor_role, donors, groups, judged, technical


def ask(codes, donor=None):
    """The table of donors of some labels."""
    role = donor_role() if donor is None else donor
    return donor_entropy(Request(dataset(expression=False, roles=Roles(donor=role)), judged(codes), 0))


def test_the_entropy_is_scipys():
    """Entropies in nats of the donors' shares."""
    table = ask(groups())
    for code in range(3):
        assert table["entropy"][code] == pytest.approx(entropy(np.bincount(donors()[groups() == code])))
    assert list(table) == list(DONOR_COLUMNS)
    assert table["donors"].tolist() == ["in 4 of 4"] * 3
    assert table["widespread"].all()


@pytest.mark.parametrize("n", [1, 5, 30])
def test_the_expected_entropy_is_the_mean_of_draws(n):
    """The closed form equals the mean over random draws of items."""
    held = np.array([50, 30, 5, 0, 1])
    draws = np.random.default_rng(0).multivariate_hypergeometric(held, n, size=4000)
    mean = np.mean([entropy(row) for row in draws])
    assert expected_entropy(held, n) == pytest.approx(mean, abs=0.02)


def test_a_cluster_of_one_donor_is_told():
    """One donor's cluster has entropy 0, the smallest p, and is not widespread."""
    codes = np.where(donors() == 2, 1, 0).astype(np.int32)
    row = ask(codes).iloc[1]
    assert (row["entropy"], row["p"], row["top_donor"], row["donors"]) == (0.0, 0.001, "d2", "in 1 of 4")
    assert not row["widespread"]
    assert lone_clusters(ask(codes)) == "1 (in 1 of 4 donors)"


def test_a_small_cluster_is_not_asked_of_every_donor():
    """Donors from whom fewer than five items would be expected do not count against it."""
    codes = np.zeros(N_OBS, dtype=np.int32)
    codes[np.flatnonzero(donors() < 2)[:8]] = 1
    row = ask(codes).iloc[1]
    assert (row["n_enough"], row["donors"]) == (0, "in 2 of 2")
    assert row["widespread"]


def test_one_donor_gives_no_table():
    """With one donor, or none declared, nothing can be compared."""
    assert ask(groups(), technical(np.zeros(N_OBS, dtype=int), name="donor")).empty
    assert donor_entropy(Request(dataset(expression=False, roles=Roles()), judged(), 0)).empty


def test_three_against_three_donors_have_twenty_relabelings():
    """No one-sided p of three against three donors is below 0.05; donors with both conditions flip them."""
    donor = Truth("donor", "technical", np.repeat(np.arange(6), 2), tuple("abcdef"))
    status = Truth("status", "biological", np.repeat([0, 1], 6), ("ill", "well"))
    assert relabelings(donor, status) == (20, 0.05)
    mixed = Truth("status", "biological", np.tile([0, 1], 6), ("ill", "well"))
    assert relabelings(donor, mixed) == (64, 1 / 64)
    same = Truth("status", "biological", np.zeros(12, dtype=int), ("ill",))
    assert relabelings(donor, same) == (1, 1.0)


def test_a_cluster_of_one_small_donor_is_said_to_be_small():
    """Where one donor at most could have a cluster, its size is named and not a share of one donor."""
    codes = np.zeros(N_OBS, dtype=np.int32)
    codes[np.flatnonzero(donors() == 2)[:4]] = 1
    assert ask(codes).iloc[1]["donors"] == "in 1 of 1"
    assert lone_clusters(ask(codes)) == "1 (too small to be seen in two)"
