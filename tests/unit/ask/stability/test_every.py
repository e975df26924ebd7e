"""Every pipeline is repeated when asked, and each is compared with itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request, StandIn
from rashomon.ask.stability.every import (
    PIPELINE_REPEAT_COLUMNS,
    of_others,
    pipeline_repeats,
    pipeline_words,
    plan_others,
)
from rashomon.multiverse import Wishes, expression_multiverse
from rashomon.partitions import Partitions
from tests.planted import N_OBS, dataset, groups, judged, noise, toy_multiverse, toy_parts

LEVELS = {"n_pcs": [20, 10], "n_genes": [100], "resolution": [1.0, 0.5], "seed": [0, 1]}
LOG, RESIDUALS = "norm=log | scale=clip | clusterer=leiden", "norm=residuals | clusterer=leiden"


def planned(**asked):
    """The repeats of the other pipelines of a small multiverse."""
    wishes = Wishes(LEVELS, perturbations=["halves", "seed"])
    multiverse = expression_multiverse(dataset(), wishes=wishes)
    standin = StandIn(multiverse.default, multiverse.name(multiverse.default), 1.0, declared=True)
    request = Request(dataset(), judged(), 0, multiverse, standin=standin, n_replicates=2, **asked)
    return multiverse, standin, plan_others(request)


def test_nothing_is_planned_unless_it_is_asked_for():
    """Repeating every pipeline costs as many times more."""
    assert planned()[2] == []


def test_every_other_pipeline_is_repeated_at_every_resolution():
    """Not the one that stands in, which is repeated anyway; not each seed, which are repeats themselves."""
    multiverse, standin, units = planned(repeat_all=True)
    others = {multiverse.name(setting) for setting in multiverse.settings()} - {standin.name}
    assert {unit.facts["pipeline"] for unit in units} == others
    assert len(units) == len(others) * 2 * (2 + 2)
    halves = pd.DataFrame([unit.facts for unit in units if unit.facts["perturbation"] == "halves"])
    assert set(halves["seed"]) == {0}
    assert halves["replicate"].is_monotonic_increasing


def repeats(label, *, pipelines=(LOG, RESIDUALS), kind="halves", n=4, failed=0):
    """The labels `label(pipeline, replicate, resolution)` of repeats; the first `failed` of each pipeline failed."""
    columns, facts = [], []
    for pipeline in pipelines:
        for replicate in range(n):
            for resolution in (1.0, 0.5):
                codes = np.array(label(pipeline, replicate, resolution))
                order = np.random.default_rng(replicate // 2).permutation(N_OBS)
                codes[order[replicate % 2 :: 2]] = -2
                status = "failed" if replicate < failed else "ok"
                columns.append(codes if status == "ok" else np.full(N_OBS, -2))
                facts.append({"pipeline": f"{pipeline} | n_neighbours=15", "branch": "", "replicate": replicate})
                facts[-1] |= {"run": f"r{len(facts)}", "perturbation": kind, "resolution": resolution}
                facts[-1] |= {"status": status, "reason": "", "n_clusters": np.unique(codes[codes >= 0]).size}
    names = np.array([f"c{i}" for i in range(N_OBS)])
    return Partitions(np.stack(columns, axis=1), names, pd.DataFrame(facts))


def request(standin=LOG, **more):
    """Asks for all pipelines, each of which found the groups."""
    multiverse = toy_multiverse()
    found = StandIn(multiverse.default, f"{standin} | n_neighbours=15", 1.0, declared=True)
    parts = toy_parts(lambda pipeline: groups(), multiverse=multiverse)
    return Request(dataset(), judged(), 0, multiverse, parts, found, repeat_all=True, **more)


def test_each_pipeline_is_compared_with_its_own_labels():
    """One that repeats itself agrees wholly, one whose labels are noisy does not; failed repeats are counted."""
    label = lambda pipeline, i, resolution: groups() if pipeline == LOG else noise(groups(), 0.5, seed=i)  # noqa: E731
    table = pipeline_repeats(request(), repeats(label, failed=1))
    assert set(table) == {*PIPELINE_REPEAT_COLUMNS, "resolution"}
    assert len(table) == 2 * 2
    mine = table[table["stands_in"]]
    assert mine["pipeline"].unique().tolist() == [f"{LOG} | n_neighbours=15"]
    assert mine["agreement"].to_numpy() == pytest.approx(1)
    assert (table.loc[~table["stands_in"], "agreement"] < 0.9).all()
    assert (table["n_repeats"] == 3).all()
    assert (table["n_failed"] == 1).all()


def test_pipelines_stand_in_the_order_of_the_multiverse():
    """Whatever the order in which their repeats ended."""
    table = pipeline_repeats(request(), repeats(lambda *repeat: groups(), pipelines=(RESIDUALS, LOG)))
    assert table["pipeline"].str.startswith("norm=log").tolist() == [True, True, False, False]


def test_a_sentence_says_where_the_one_on_trial_stands():
    """Range over the pipelines, its own number, and how many are above it; silent where there is nothing to compare."""
    label = lambda pipeline, i, resolution: groups() if pipeline == LOG else noise(groups(), 0.5, seed=i)  # noqa: E731
    said = pipeline_words(request(), pipeline_repeats(request(), repeats(label)))
    assert said.startswith("In half-samples 2 pipelines find their own labels again with a mean agreement of 0.")
    assert said.endswith("the one re-run here with 1.00, and 0 of the others with more.")
    worse = request(standin=RESIDUALS)
    assert "and 1 of the others with more" in pipeline_words(worse, pipeline_repeats(worse, repeats(label)))
    alone = pipeline_repeats(request(), repeats(label, pipelines=(LOG,)))
    assert pipeline_words(request(), alone) == pipeline_words(request(), pd.DataFrame()) == ""
    seeds = pipeline_repeats(request(), repeats(label, kind="seed"))
    assert pipeline_words(request(), seeds) == ""


def test_all_repeats_failed_is_no_number():
    """A pipeline none of whose repeats ended is in the table, with nothing measured."""
    table = pipeline_repeats(request(), repeats(lambda *repeat: groups(), failed=4))
    assert (table["n_failed"] == 4).all()
    assert table[["agreement", "low", "high"]].isna().all(axis=None)
    assert pipeline_words(request(), table) == ""


def test_a_pipeline_that_failed_on_all_data_stays_in_the_table():
    """Its repeats have nothing to be compared with; they are counted, and nothing is measured."""
    asked = request()
    failed = asked.parts.runs["pipeline"].str.startswith("norm=residuals | clusterer=leiden").to_numpy()
    runs = asked.parts.runs.assign(status=np.where(failed, "failed", "ok"))
    table = pipeline_repeats(replace(asked, parts=replace(asked.parts, runs=runs)), repeats(lambda *repeat: groups()))
    lost = table[~table["stands_in"]]
    assert len(lost) == 2
    assert (lost["n_repeats"] == 4).all()
    assert lost[["n_clusters", "agreement"]].isna().all(axis=None)
    assert table.loc[table["stands_in"], "agreement"].to_numpy() == pytest.approx(1)


def test_repeats_of_others_are_told_from_those_of_the_standin():
    """Undisturbed runs are of nobody; where no pipeline stands in, every repeat is of others."""
    runs = pd.DataFrame({"perturbation": ["none", "halves", "halves"], "pipeline": ["a", "a", "b"]})
    own = StandIn({}, "a", 1.0, declared=True)
    assert of_others(runs, own).tolist() == [False, False, True]
    assert of_others(runs, None).tolist() == [False, True, True]
    assert of_others(runs, StandIn({}, "a", 0.1, declared=False)).tolist() == [False, True, True]
    assert of_others(pd.DataFrame({"run": ["x"]}), own).tolist() == [False]
