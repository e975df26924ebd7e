"""Twins with and without a nuisance: what is planned, and what the differences say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import adjusted_mutual_info_score as ami

from rashomon.ask import Finished, Request, StandIn
from rashomon.ask.confounding.nuisance_effect import (
    NUISANCE_EFFECT_COLUMNS,
    effect_table,
    effect_units,
    twin_slots,
    why_no_twins,
)
from rashomon.dataset import Roles
from rashomon.engine import Record
from rashomon.multiverse import Executor, Unit, expression_multiverse, slots_of
from tests.planted import N_OBS, SERIAL, dataset, groups, judged, noise, technical, truth
from tests.technical_sample import column, draw, healthy, request_of

LANE = technical(np.arange(N_OBS) % 2, name="lane")


def ask(*, budget="default", agreement=0.9, roles=None, data=None):
    """What is asked about the planted counts in two lanes."""
    data = data or dataset(roles=roles or Roles(batch=LANE))
    multiverse = expression_multiverse(data)
    standin = StandIn(multiverse.default, "default", agreement, declared=True)
    return Request(data, judged(), 0, multiverse, None, standin, budget=budget)


def test_draws_are_planned_in_pairs():
    """Five pairs by default, twenty in full, none where it is quick; the fit is the first step of every path."""
    units = effect_units(ask())
    assert [unit.facts["twin"] for unit in units] == ["as it is", "batch"] * 5
    assert len(effect_units(ask(budget="full"))) == 40
    assert effect_units(ask(budget="quick")) == []
    assert all(unit.path[0] == units[0].path[0] for unit in units)
    assert [unit.path[1].params["do"] for unit in units[:2]] == [{}, {"batch_strength": 0.0}]


def test_why_there_are_no_twins():
    """Each missing thing is said."""
    assert why_no_twins(ask()) == ""
    assert 'budget="default"' in why_no_twins(ask(budget="quick"))
    assert "no pipeline" in why_no_twins(ask(agreement=0.1))
    assert "no batch or donor" in why_no_twins(ask(roles=Roles(donor=technical(np.zeros(N_OBS), name="donor"))))
    assert "holds no counts" in why_no_twins(ask(data=dataset(kind="lognormalised")))
    assert why_no_twins(replace(ask(), standin=None)) == "nothing can be re-run"
    receptors = replace(ask(), dataset=replace(dataset(), item="receptor"))
    assert "made of cells" in why_no_twins(receptors)


def test_the_types_are_the_first_label_column():
    """Twins have the types of a label column; where there is none, or the lane hides it, those of the judged labels."""
    assert list(twin_slots(ask())) == ["truth_0"]
    hidden = dataset(truths=[truth("status", LANE.codes, categories=("a", "b"))], roles=Roles(batch=LANE))
    for data in (hidden, dataset(truths=[])):
        found = twin_slots(replace(ask(), dataset=data))
        assert list(found) == ["types"]
        np.testing.assert_array_equal(found["types"], judged().codes)


def finished(labels, *, world, replicate, status="ok"):
    """A draw whose planted types are the groups."""
    slots = {"labels": labels, "rows": np.arange(N_OBS), "planted": groups()}
    record = Record(slots if status == "ok" else {}, 0.0, status, "" if status == "ok" else "the fit failed")
    return Finished(Unit((), (), {"twin": world, "replicate": replicate, "types": "type"}), record, "key")


def test_the_interval_is_the_paired_t_interval():
    """Mean difference within pairs and Student's interval over them."""
    draws = []
    for i in range(6):
        draws.append(finished(noise(groups(), 0.5, seed=i), world="as it is", replicate=i))
        draws.append(finished(noise(groups(), 0.1, seed=10 + i), world="batch", replicate=i))
    table = effect_table(ask(), draws)
    assert list(table) == list(NUISANCE_EFFECT_COLUMNS)
    row = table.iloc[0]
    with_it, without = ([ami(groups(), each.record.slots["labels"]) for each in draws[i::2]] for i in (0, 1))
    expected = ttest_rel(with_it, without).confidence_interval()
    assert (row["nuisance"], row["n_pairs"]) == ("lane", 6)
    assert row[["low", "high"]].tolist() == pytest.approx([expected.low, expected.high], abs=1e-6)
    assert row["effect"] == pytest.approx(np.mean(with_it) - np.mean(without), abs=1e-6)


def test_failed_draws_are_said():
    """Without a pair there is no effect, and the reason of the failure."""
    failed = finished(None, world="batch", replicate=0, status="failed")
    draws = [finished(groups(), world="as it is", replicate=0), failed]
    row = effect_table(ask(), draws).iloc[0]
    assert np.isnan(row["effect"])
    assert row["reason"] == "the fit failed"
    assert effect_table(ask(), []).empty


def test_without_a_strong_batch_the_twin_finds_its_types():
    """Of data with a strong batch effect, the twin without it is clustered by type, with it less so."""
    rng = np.random.default_rng(0)
    rates, types, _, _ = healthy(rng, n=400)
    lane = rng.integers(0, 2, types.size)
    rates *= np.exp(rng.normal(0, 1.0, (2, rates.shape[1])))[lane]
    roles, kind = Roles(batch=column("lane", lane)), column("type", types, kind="biological")
    made = request_of(draw(rng, rates), types, roles=roles, truths=[kind])
    request = ask(data=made.dataset)
    units = effect_units(request)[:4]
    executor = Executor({**slots_of(request.dataset), **twin_slots(request)}, 0, engine=SERIAL)
    done = list(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))
    row = effect_table(request, done).iloc[0]
    assert row["n_pairs"] == 2, row["reason"]
    assert row["effect"] < -0.1
