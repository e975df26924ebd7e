"""What technical a cluster follows: copies are named, types that happen to be deep are not."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.confounding.nuisance import measured
from rashomon.ask.confounding.nuisance_table import nuisance_table
from rashomon.ask.confounding.technical import (
    Profiles,
    TechnicalRules,
    nuisance_columns,
    own_genes,
    technical_cause,
    technical_causes,
)
from rashomon.dataset import Roles
from tests.planted import N_OBS, counts, dataset, donor_role, groups, judged, technical, truth
from tests.technical_sample import column, draw, healthy, planted, request_of


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("batch", "follows lane"),
        ("depth", "follows depth"),
        ("mitochondria", "follows mitochondrial share"),
        ("doublets", "follows doublets"),
    ],
)
def test_a_planted_cluster_is_named_by_its_cause(what, cause):
    """The planted cluster, and no other, follows what made it."""
    case = planted(np.random.default_rng(3), what)
    found = technical_cause(case.request)
    assert found[case.technical[0]] == cause
    assert (found.drop(list(case.technical)) == "").all()


@pytest.mark.parametrize("what", ["none", "split"])
def test_healthy_clusters_follow_nothing(what):
    """Types of unequal depth, and halves of one type, are not technical."""
    assert (technical_cause(planted(np.random.default_rng(4), what).request) == "").all()


def test_a_deep_type_has_genes_of_its_own():
    """Depth alone tells a type twenty times as deep; without a limit on own genes it would be named."""
    rng = np.random.default_rng(6)
    rates, types, _, _ = healthy(rng)
    rates[types == 1] *= 20
    request = request_of(draw(rng, rates), types)
    assert technical_cause(request)["1"] == ""
    scores = measured(request)
    table = nuisance_table(request, scores, [])
    assert table.set_index(["cluster", "nuisance"]).loc[("1", "depth"), "cv_auc"] > 0.9
    strict = technical_causes(request, scores, table, rules=TechnicalRules(own_genes=1000))
    assert strict["1"] == "follows depth"


def test_a_doublet_score_needs_no_genes():
    """A cluster that a doublet caller's score tells is named, whatever genes it has."""
    rng = np.random.default_rng(7)
    rates, types, _, _ = healthy(rng)
    score = np.where(types == 2, 0.6, 0.1) + rng.normal(0, 0.05, types.size)
    found = technical_cause(request_of(draw(rng, rates), types, obs={"doublet_score": score}))
    assert found.to_dict() == {"0": "", "1": "", "2": "follows doublet score", "3": ""}


def test_a_label_that_cannot_be_told_from_the_lane_is_said():
    """Clusters that are lanes and types alike follow the lane, not told from the type."""
    lane = technical(groups(), name="lane")
    data = dataset(expression=False, truths=[truth()], roles=Roles(batch=lane))
    assert set(technical_cause(Request(data, judged(), 0))) == {"follows lane (not told from type)"}


def test_donors_are_another_verdict():
    """A cluster of one donor follows nothing technical, and a sample that is a donor is no column of its own."""
    donor = donor_role(groups(), n=3)
    tube = technical(groups(), name="tube")
    data = dataset(expression=False, roles=Roles(donor=donor, sample=tube))
    request = Request(data, judged(), 0)
    assert nuisance_columns(request) == []
    assert (technical_cause(request) == "").all()
    with_lane = replace(data, roles=Roles(donor=donor, batch=tube))
    assert [each.name for each in nuisance_columns(replace(request, dataset=with_lane))] == ["tube"]


def test_own_genes_are_those_that_no_mixture_has():
    """Each planted group has up to twenty; beside a copy of itself it has none."""
    profiles = Profiles.of(Request(dataset(), judged(), 0))
    nothing = np.empty(0, dtype=int)
    assert 5 <= own_genes(profiles, 0, [1, 2], nothing) <= 25
    assert own_genes(profiles, 0, [1, 2], np.arange(20)) <= 2
    halves = np.where((groups() == 0) & (np.arange(N_OBS) % 2 == 0), 3, groups()).astype(np.int32)
    copied = Profiles.of(Request(dataset(), judged(halves), 0))
    assert own_genes(copied, 0, [1, 2, 3], nothing) == 0
    assert own_genes(profiles, 0, [], nothing) == 0


def test_a_mixture_has_no_genes_of_its_own():
    """Cells that are half of the one and half of the other group, as damaged cells of both would be, have none."""
    data = dataset()
    both = counts().copy()
    mixed = np.flatnonzero(np.arange(N_OBS) % 3 == 0)
    codes = groups().copy()
    codes[mixed] = 3
    data = replace(data, expression=replace(data.expression, x=both))
    profiles = Profiles.of(Request(data, judged(codes), 0))
    assert own_genes(profiles, 3, [0, 1, 2], np.empty(0, dtype=int)) == 0
    assert own_genes(profiles, 0, [1, 2], np.empty(0, dtype=int)) >= 5


def test_profiles_are_means_of_scaled_counts():
    """Means and variances are those of counts per 10,000; without expression there are none."""
    profiles = Profiles.of(Request(dataset(), judged(), 0))
    dense = counts().toarray()
    scaled = 1e4 * dense / dense.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(profiles.mean[1], scaled[groups() == 1].mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(profiles.variance[1], scaled[groups() == 1].var(axis=0), rtol=1e-2, atol=0.1)
    assert Profiles.of(Request(dataset(expression=False), judged(), 0)) is None
    assert column("lane", groups()).kind == "technical"
