"""What twins say of a score is what the data say of it, and trip-wires of scores fire where they should."""

import os

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.which_score.outcome import direction, trials
from rashomon.ask.which_score.track import deciding, pick, track
from rashomon.ask.which_score.trial import ON_TRIAL, TrialSize, planted_slots, trial_pipelines, trial_units
from rashomon.ask.which_score.tripwire import SCORE_TRIPWIRES
from rashomon.ask.which_score.wire import size_gini
from rashomon.encode.neighbour import neighbours
from rashomon.multiverse import Executor, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit, score_units
from rashomon.score import half_sample_draws, score
from rashomon.sim.catalogue import WORLDS
from rashomon.sim.judge import cluster
from rashomon.sim.world import World

BLOCK = int(os.environ.get("RASHOMON_SEED_BLOCK", "0"))
N_DRAWS = 20
GRADED = ("line", "branching", "cycle", "one_population")
SEPARATE = ("ideal", "hierarchy", "rare", "batches")


def border_fires(world, seed):
    """Whether the wire on touching clusters fires on the clusters of the default pipeline."""
    simulated = WORLDS[world].world.sample(500, rng=seed)
    found = cluster(simulated, rng=seed)
    codes = found.labels
    judged = Judged("mine", codes, tuple(map(str, range(int(codes.max()) + 1))), own=True)
    near = {"rows": found.rows, "knn_indices": neighbours(found.view, k=15)[0]}
    request = Request(simulated.dataset, judged, seed)
    return SCORE_TRIPWIRES["touching_clusters"].check(request, near).status == "fired"


@pytest.mark.statistical
@pytest.mark.parametrize("kind", ["graded", "separate"])
def test_touching_clusters(kind, record):
    """The wire fires on continua and on one population, and not on separate types."""
    worlds = GRADED if kind == "graded" else SEPARATE
    first = BLOCK * N_DRAWS
    rates = {w: float(np.mean([border_fires(w, first + i) for i in range(N_DRAWS)])) for w in worlds}
    record(
        f"score_tripwire_touching_{kind}",
        claim="the wire on touching clusters fires on graded worlds, and hardly on separate types",
        seed=first,
        figures={"n_draws": N_DRAWS, **rates},
    )
    mean = np.mean(list(rates.values()))
    assert mean >= 0.9 if kind == "graded" else mean <= 0.1


@pytest.mark.statistical
def test_unequal_sizes(record):
    """The wire fires where one type of four holds 88 %, and not where six types have similar shares."""
    rng = np.random.default_rng(BLOCK)
    gini = SCORE_TRIPWIRES["unequal_sizes"].thresholds["gini"]
    unequal = [size_gini(rng.multinomial(600, [0.88, 0.06, 0.03, 0.03])) > gini for _ in range(200)]
    similar = [size_gini(rng.multinomial(600, rng.dirichlet(np.full(6, 5.0)))) > gini for _ in range(200)]
    figures = {"sensitivity": float(np.mean(unequal)), "false_alarm": float(np.mean(similar))}
    record(
        "score_tripwire_unequal_sizes", claim="the wire on sizes fires on dominance alone", seed=BLOCK, figures=figures
    )
    assert figures["sensitivity"] >= 0.9
    assert figures["false_alarm"] <= 0.05


KNOBS = {"n_genes": 500, "depth": 2000.0, "depth_sd": 0.3, "n_markers": 30}
TRIED = (
    {**KNOBS, "n_groups": 3, "effect_size": 2.0},
    {**KNOBS, "hierarchy": [3, 2], "level_effects": [3.0, 0.8]},
    {**KNOBS, "n_groups": 6, "effect_size": 1.2},
    {**KNOBS, "n_groups": 5, "effect_size": 2.0, "proportions": [0.7, 0.12, 0.08, 0.06, 0.04]},
)
SIZE = TrialSize(n_deciding=10, n_other=0, n_settings=0, n_truths=1, n_seeds=1)


def ask(world, seed):
    """The record of each score on twins of one data set, and what its pick loses on the data themselves."""
    data = World("tried", world).sample(500, rng=seed).dataset
    truth = data.truths["type"]
    multiverse = expression_multiverse(data, budget="default")
    request = Request(data, Judged("type", truth.codes, truth.categories, own=True), seed, multiverse, budget="default")
    units = trial_units(request, size=SIZE, strengths=(1.0,))
    executor = Executor({**slots_of(data), **planted_slots(request)}, seed)
    done = list(map(Finished, units, executor.run(units, task="twins"), executor.keys(units)))
    rows = deciding(track(trials(request, done)[0]), truth="type")
    return rows.assign(loss=[on_data(request, executor, name) for name in rows["score"]])


def on_data(request, executor, name):
    """Agreement that the pick of a score loses on the data themselves; NaN for scores of re-runs."""
    pipelines = trial_pipelines(request.multiverse, n_settings=0)
    own = [label_unit(p, request.multiverse, facts=FULL_DATA) for p in pipelines]
    scored = [unit for unit in score_units(own) if unit.facts["score"] == name]
    if not scored:
        return np.nan
    runs = executor.run([*own, *scored], task="data")
    truth = request.judged.codes
    pairs = []
    for each in runs[: len(own)]:
        labels = np.full(truth.size, -2, dtype=np.int32)
        labels[each.slots["rows"]] = each.slots["labels"]
        pairs.append((labels, truth))
    agreement = np.array([score("ami", *pair).value for pair in pairs])
    halves = half_sample_draws("ami", pairs, n_pairs=10, rng=np.random.default_rng(0))
    values = direction(name) * np.array([float(each.slots["value"]) for each in runs[len(own) :]])
    return pick(values, agreement, halves).regret


@pytest.mark.statistical
@pytest.mark.parametrize("place", range(len(TRIED)))
def test_twins_foretell_the_data(place, record):
    """A score whose pick loses agreement on twins loses it on the data, and one whose pick does not, does not.

    How much is lost carries over less well: twins of types that can barely be told apart are told apart better.
    """
    n = 3
    rows = pd.concat([ask(TRIED[place], BLOCK * n + i) for i in range(n)])
    known = rows.dropna(subset=["loss", "regret"])
    away = (known["loss"] - known["regret"]).abs()
    believed = known[known["verdict"].isin(["believe", "no matter"])]
    losing = known[(known["verdict"] == "do not believe") & (known["regret"] > 0.05)]
    within = (known["loss"] >= known["regret_low"] - 0.05) & (known["loss"] <= known["regret_high"] + 0.05)
    same = (known["loss"] > 0.05) == (known["regret"] > 0.05)
    figures = {
        "n_data_sets": n,
        "same_side": float(same.mean()),
        "n_scores": int(known["score"].nunique()),
        "median_difference": float(away.median()),
        "within_range_of_twins": float(within.mean()),
        "n_believed": len(believed),
        "believed_lose_little": float((believed["loss"] <= 0.1).mean()) if len(believed) else float("nan"),
        "n_losing": len(losing),
        "losing_lose": float((losing["loss"] > 0.05).mean()) if len(losing) else float("nan"),
        "default_hit": float(known["default_hit"].mean()),
    }
    record(
        f"which_score_foretells_{place}",
        claim="scores that lose agreement by their pick on twins lose it on the data, others do not",
        seed=BLOCK * n,
        figures=figures,
    )
    assert set(known["score"]) <= set(ON_TRIAL)
    assert figures["same_side"] >= 0.8
    assert not len(believed) or figures["believed_lose_little"] >= 0.8
