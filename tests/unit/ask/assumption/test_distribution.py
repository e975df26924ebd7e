"""Structure within a cluster is seen, and its absence is never a proof."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.assumption.distribution import one_distribution
from rashomon.dataset import Dataset, Expression, Roles
from tests.planted import technical
from tests.structure_sample import groups, sample


def ask(counts, codes, *, batch=None, kind="counts"):
    """A request on counts and clusters."""
    names = np.array([f"g{j}" for j in range(counts.shape[1])])
    roles = Roles() if batch is None else Roles(batch=technical(batch))
    data = Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(counts.shape[0])]), Expression(counts, names, kind), roles=roles
    )
    categories = tuple("AB"[: int(codes.max()) + 1])
    return Request(data, Judged("mine", codes.astype(np.int32), categories, own=True), 0)


@pytest.fixture(scope="module")
def two():
    """Two clear groups of two hundred cells each."""
    return groups(np.random.default_rng(3), n=400, markers=30)


def test_a_cluster_of_two_groups_is_violated(two):
    """Two groups in one cluster are seen, by its name; each by itself is not said to be one distribution."""
    status, said = one_distribution(ask(two.counts, np.zeros(400)), {})
    assert (status, said) == ("violated", "of the largest cluster, genes vary together within A")
    status, said = one_distribution(ask(two.counts, two.group), {})
    assert status == "untested"
    assert said.startswith("of the 2 largest clusters, none was seen")


def test_batches_are_looked_within(two):
    """Groups that are the two batches are no structure within these."""
    assert one_distribution(ask(two.counts, np.zeros(400), batch=two.group), {})[0] == "untested"


def test_one_population_is_seldom_violated():
    """Ten populations without structure, at level .05 each: two or more are a rarity of one in twelve."""
    found = [
        one_distribution(ask(sample("plain", np.random.default_rng([5, i]), n=120, g=60).counts, np.zeros(120)), {})[0]
        for i in range(10)
    ]
    assert found.count("violated") <= 2
    assert "holds" not in found


def test_what_cannot_be_tested_says_why(two):
    """Logs, small clusters, and nothing to read."""
    assert one_distribution(ask(two.counts, np.zeros(400), kind="lognormalised"), {})[1] == "there are no raw counts"
    few = np.where(np.arange(400) < 40, 0, -1)
    assert one_distribution(ask(two.counts, few), {})[1] == "no cluster has 50 cells"
    lone = replace(ask(two.counts, few), judged=Judged("mine", np.full(400, -1, np.int32), (), own=True))
    assert one_distribution(lone, {})[0] == "untested"
    assert "fewer than 10 genes" in one_distribution(ask(two.counts[:, :5], np.zeros(400)), {})[1]
