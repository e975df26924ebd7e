"""Question 5 from end to end: its plan, its tables, and the diagram it rests on."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.confounding.question import (
    ADJUSTMENT_COLUMNS,
    TECHNICAL_COLUMNS,
    causal_diagram,
    conclude,
    plan,
    slots,
)
from rashomon.core import UsageError
from rashomon.dataset import Roles
from tests.planted import N_OBS, dataset, donor_role, groups, judged, technical, toy_multiverse, truth
from tests.planted_receptors import dataset as receptor_dataset
from tests.planted_receptors import frame
from tests.planted_receptors import judged as receptor_judged
from tests.technical_sample import planted

LANE = technical(np.arange(N_OBS) // 3 % 2, name="lane")
TABLES = {
    "technical", "conditional", "nuisances", "nuisances_overall", "negative_controls", "donor_entropy",
    "nuisance_effects", "causal_diagram", "adjustment",
}  # fmt: skip


def ask(codes=None, *, roles=None, truths=None, **more):
    """What is asked about labels without expression."""
    data = dataset(expression=False, truths=truths, roles=roles or Roles(donor=donor_role(), batch=LANE))
    return Request(data, judged(codes), 0, **more)


def test_healthy_clusters_are_explained_by_nothing_technical():
    """Types in every donor and lane: the verdict says so, and the agreement within donors is the estimate."""
    found = conclude(ask(), [])
    assert found.answer.verdict == "nothing technical explains the clusters"
    assert found.answer.status == "answered"
    assert found.answer.estimate == pytest.approx(1.0)
    assert found.answer.estimate_of == "agreement with type within classes of donor (conditional agreement)"
    assert set(found.tables) == TABLES
    assert list(found.tables["technical"]) == list(TECHNICAL_COLUMNS)
    assert list(found.tables["adjustment"]) == list(ADJUSTMENT_COLUMNS)


@pytest.mark.parametrize(
    ("what", "verdict"),
    [("batch", "lane explains cluster 4"), ("depth", "depth explains cluster 4")],
)
def test_a_planted_cluster_is_in_the_verdict(what, verdict):
    """The verdict names the cause and the cluster, the evidence its number, and the advice fits."""
    found = conclude(planted(np.random.default_rng(3), what).request, [])
    assert (found.answer.status, found.answer.verdict) == ("answered", verdict)
    assert "4: " in found.answer.evidence
    assert found.tables["technical"].set_index("cluster").loc["4", "cause"].startswith("follows ")


def test_aliased_columns_cannot_be_told():
    """Where type and lane are one, the verdict is that it cannot be told, and nothing is estimated."""
    lane = technical(groups(), name="lane")
    found = conclude(ask(roles=Roles(batch=lane)), [])
    assert (found.answer.status, found.answer.verdict) == ("cannot tell", "cannot be told: type and lane are aliased")
    assert found.answer.estimate is None
    assert "varies within lane" in found.answer.next_step
    assert "type varies within lane" in {
        each.statement for each in found.answer.assumptions if each.status == "violated"
    }


def test_three_donors_of_each_status_are_few():
    """With three against three donors the smallest p is printed."""
    donors = np.arange(N_OBS, dtype=np.int32) % 6
    status = truth("status", (donors % 2).astype(np.int32), categories=("ill", "well"))
    found = conclude(ask(roles=Roles(donor=donor_role(donors, n=6), condition=status)), [])
    few = next(each for each in found.answer.assumptions if each.statement.startswith("there are enough donors"))
    assert few.status == "violated"
    assert few.evidence == "20 ways to give donors their status: no one-sided p is below 0.05"


def test_a_cluster_of_one_donor_is_not_passed_over():
    """A cluster that one donor has is said, though nothing technical explains it."""
    codes = np.where(np.arange(N_OBS) % 4 == 1, 1, 0).astype(np.int32)
    found = conclude(ask(codes), [])
    assert found.answer.status == "mixed"
    assert "too few donors have 1 (in 1 of 4 donors)" in found.answer.verdict


def test_nothing_declared_cannot_be_told():
    """Without a technical column, or counts, nothing was looked at."""
    found = conclude(ask(roles=Roles()), [])
    assert found.answer.status == "cannot tell"
    assert "nothing technical was declared" in found.answer.verdict


def test_no_cluster_is_no_question():
    """Labels that are all unassigned give an answer, too."""
    found = conclude(ask(np.full(N_OBS, -1, dtype=np.int32)), [])
    assert found.answer.status == "cannot tell"
    assert found.tables == {}


def test_the_declared_diagram_is_used():
    """Arrows of the user decide what is held fixed, roles stand for their columns, and unknown names are refused."""
    dag = (("batch", "type"), ("batch", "clusters"), ("type", "clusters"))
    request = ask(dag=dag)
    assert causal_diagram(request).declared
    table = conclude(request, []).tables["adjustment"]
    assert table["held_fixed"].tolist() == ["lane"]
    with pytest.raises(UsageError, match="names 'doner'"):
        conclude(ask(dag=(("doner", "clusters"),)), [])


def test_the_quick_plan_holds_controls_only():
    """At the quick budget no twin is planned, and no slot is added for one."""
    request = Request(dataset(), judged(), 0, toy_multiverse())
    assert [unit.facts["control"] for unit in plan(request)] == ["depth only"]
    assert plan(replace(request, multiverse=None)) == []
    assert slots(request) == {}


def test_receptors_are_compared_within_genes_and_lengths():
    """For receptors, V, J and length are held fixed beside donors and batches, and depth is not asked for."""
    table = frame(300, np.random.default_rng(1))
    table["v"], table["j"] = "TRBV1*01", "TRBJ" + table["batch"].str[1].astype(int).add(1).astype(str) + "*01"
    table["cluster"] = table["epitope"].str[1].astype(int)
    found = conclude(Request(receptor_dataset(table), receptor_judged(table), 0), [])
    rows = found.tables["conditional"].set_index(["follows", "beyond"])
    assert rows.loc[("epitope", "V, J and length"), "value"] == pytest.approx(1.0)
    assert ("V, J and length", "epitope") not in rows.index
    assert set(found.tables["nuisances"]["nuisance"]) == {"batch"}
    assert "receptors have no depth" in found.answer.text
