"""One population, fitted once, drawn, clustered and halved: reference numbers for groups that were planted."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Request, StandIn
from rashomon.ask.structure.population import (
    AMOUNTS,
    MOST_CELLS,
    conclude_population,
    plan_population,
    why_no_population,
)
from rashomon.ask.structure.population_record import DATA_COLUMNS, NULL_CLUSTER_COLUMNS, SUMMARY_COLUMNS
from rashomon.engine import Record
from rashomon.multiverse import Executor, expression_multiverse, slots_of
from rashomon.perturb import PERTURBATIONS
from tests.planted import blank, dataset, judged
from tests.planted_receptors import dataset as receptors
from tests.planted_receptors import frame

HALVES = ("halves",)


def request(data=None, *, agreement=1.0, budget="quick"):
    """A request with the default pipeline as its stand-in."""
    data = dataset() if data is None else data
    multiverse = expression_multiverse(data, n_clusters=3, budget=budget)
    pipeline = multiverse.default
    standin = StandIn(pipeline, multiverse.name(pipeline), agreement, declared=True)
    return Request(data, judged(), 0, multiverse, standin=standin, budget=budget)


@cache
def finished():
    """The units of the planted groups, run."""
    asked = request()
    units = plan_population(asked)
    executor = Executor(slots_of(asked.dataset), 0)
    return tuple(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def conclude(entries=None, **more):
    """The population of the planted groups."""
    return conclude_population(request(**more), finished() if entries is None else entries)


def test_the_population_is_fitted_once():
    """One step of the plan fits, one draws each population; everything else follows a draw."""
    asked = request()
    plan, _ = Executor(slots_of(asked.dataset), 0).plan(plan_population(asked))
    names = [node.call.step.name for node in plan.nodes.values()]
    assert names.count("fit_twin") == 1
    assert names.count("draw_twin") == AMOUNTS["quick"].n_draws


def test_budgets_draw_more_and_repeat_every_rung():
    """The quick budget halves its draws; larger ones repeat all that is repeated on the data."""
    quick, default = (plan_population(request(budget=budget)) for budget in ("quick", "default"))
    assert {unit.facts["perturbation"] for unit in quick} == {"none", *HALVES}
    allowed = {name for name, record in PERTURBATIONS.items() if "expression" in record.domains}
    assert {unit.facts["perturbation"] for unit in default} == {"none", *allowed}
    assert len({unit.facts["draw"] for unit in default}) == 1 + AMOUNTS["default"].n_draws == 20


def test_other_seeds_and_graphs_start_from_the_view_of_the_draw():
    """Per draw, one decomposition for the draw, its seeds and its graphs, and one for each sample or copy."""
    asked = request(budget="default")
    units = [unit for unit in plan_population(asked) if unit.facts["draw"] == 0]
    plan, _ = Executor(slots_of(asked.dataset), 0).plan(units)
    names = [node.call.step.name for node in plan.nodes.values()]
    # two halves, two donor subsets, a thinned copy, a sample
    assert [names.count(step) for step in ("pca", "leading_pca", "graph_jitter")] == [0, 7, 1]


def test_draws_have_the_cells_of_the_data_up_to_a_limit():
    """Data of 50,000 cells are compared with draws of 10,000."""
    for n_obs, expected in ((1000, 1000), (50_000, MOST_CELLS)):
        draw = plan_population(request(blank(n_obs)))[1].path[1]
        assert dict(draw.params)["n_obs"] == expected


def test_tables_hold_what_the_runs_found():
    """One row per draw with its clusters, and one row per cluster; sizes add up to the cells of the draws."""
    found = conclude()
    assert found.reason == ""
    assert list(found.summary) == list(SUMMARY_COLUMNS)
    assert list(found.clusters) == list(NULL_CLUSTER_COLUMNS)
    assert list(found.data) == list(DATA_COLUMNS)
    assert len(found.summary) == AMOUNTS["quick"].n_draws
    assert set(found.clusters["rung"]) == set(HALVES)
    sizes = found.clusters.groupby("draw")["size"].agg(["sum", "size"])
    assert (sizes["sum"] == 96).all()
    assert sizes["size"].tolist() == found.summary["n_clusters"].tolist()
    assert found.clusters["share"].to_numpy() == pytest.approx(found.clusters["size"].to_numpy() / 96)


def test_firmness_is_the_best_jaccard_of_sets():
    """For one draw: the mean over both halves of the best Jaccard index of two sets, at any resolution, by hand."""
    entries = [entry for entry in finished() if entry.unit.facts["draw"] == 2]
    labels = entries[0].record.slots["labels"]
    again = [entry for entry in entries if entry.unit.facts["perturbation"] == "halves"]
    table = conclude().clusters.query("draw == 2").set_index("cluster")
    for cluster in np.unique(labels):
        best = {}
        for entry in again:
            rows, other = entry.record.slots["rows"], entry.record.slots["labels"]
            mine = {int(i) for i in rows if labels[i] == cluster}
            for code in np.unique(other) if mine else ():
                theirs = {int(i) for i in rows[other == code]}
                value = len(mine & theirs) / len(mine | theirs)
                if 2 * len(mine) > len(rows):
                    rest = set(rows.tolist())
                    value = min(value, len((rest - mine) & (rest - theirs)) / len((rest - mine) | (rest - theirs)))
                half = entry.unit.facts["replicate"]
                best[half] = max(best.get(half, 0.0), value)
        # a cluster of a single cell has cells in one half only
        assert table.loc[cluster, "n"] == len(best) >= 1
        assert table.loc[cluster, "jaccard"] == pytest.approx(np.mean(list(best.values())))


def test_planted_groups_are_more_modular_than_one_population():
    """No draw has the modularity of the data, so that its p-value is the least there is; judged labels have none."""
    found = conclude()
    table = found.data.set_index("labels")
    assert table.loc["pipeline", "modularity"] > found.summary["modularity"].max()
    assert table.loc["pipeline", "p_modularity"] == pytest.approx(1 / (AMOUNTS["quick"].n_draws + 1))
    assert table.loc["judged", "n_clusters"] == 3
    assert np.isfinite(table.loc["judged", ["modularity", "silhouette"]].astype(float)).all()
    assert table.loc["judged", ["p_n_clusters", "p_modularity", "p_silhouette"]].isna().all()
    assert "yours: 3, " in found.sentence


def test_a_failed_draw_is_left_out():
    """The others stand; where all fail, the reason of the first is given."""
    broken = Record({}, status="failed", reason="out of luck")
    first = [e._replace(record=broken) if e.unit.facts["draw"] == 0 else e for e in finished()]
    assert conclude(first).summary["draw"].tolist() == list(range(1, AMOUNTS["quick"].n_draws))
    every = [e._replace(record=broken) if e.unit.facts["draw"] >= 0 else e for e in finished()]
    assert conclude(every).reason == "it could not be drawn and clustered (out of luck)"
    assert conclude(every).n_draws == 0


def test_draws_without_repeats_have_a_summary_and_no_clusters():
    """Where every half failed, numbers of clusters are known, and there is no yardstick."""
    broken = Record({}, status="failed", reason="out of luck")
    entries = [e._replace(record=broken) if e.unit.facts["perturbation"] in HALVES else e for e in finished()]
    found = conclude(entries)
    assert found.n_draws == AMOUNTS["quick"].n_draws
    assert found.clusters.empty
    assert list(found.clusters) == list(NULL_CLUSTER_COLUMNS)


def test_a_missing_score_is_undefined_with_its_reason():
    """A pipeline without a graph has no modularity; the sentence leaves it out."""
    entries = [entry for entry in finished() if entry.unit.facts.get("score") != "modularity"]
    found = conclude(entries)
    assert found.summary["modularity"].isna().all()
    assert set(found.summary["reason"]) == {"modularity: the pipeline has no graph"}
    assert "modularity" not in found.sentence


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        (lambda: Request(dataset(expression=False), judged(), 0), "cannot be re-made"),
        (lambda: request(dataset(kind="lognormalised")), "give raw counts"),
        (lambda: request(agreement=0.2), "no pipeline makes labels like these"),
        (lambda: replace(request(), dataset=receptors(frame(60, np.random.default_rng(0)))), "receptors"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(asked, because):
    """Nothing is planned, and the population says why."""
    asked = asked()
    assert because in why_no_population(asked)
    assert plan_population(asked) == []
    assert because in conclude_population(asked, []).sentence
    assert isinstance(conclude_population(asked, []).summary, pd.DataFrame)
