"""What twins say of a score is what the data say of it, and trip-wires of scores fire where they should."""

import os
from dataclasses import replace

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
from rashomon.sim.judge_receptor import cluster_receptors
from rashomon.sim.world import World
from tests.receptor_sample import receptors, table

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


RECEPTOR_WIRES = {
    "giant_cluster": (("percolation",), ("motifs", "v_gene_wins", "donor_epitope")),
    "v_gene_alone": (("v_gene_wins", "donor_epitope"), ("motifs",)),
    "labels_follow_source": (("donor_epitope",), ("motifs", "v_gene_wins", "percolation")),
}
"""Worlds of the catalogue in which each wire should fire, and in which it should not, clustered as they say."""


def receptor_wires(world, seed):
    """Which wires fire on the clusters of a world of receptors, under the pipeline that the catalogue names."""
    case = WORLDS[world]
    found = cluster_receptors(case.world.sample(rng=seed), pipeline=case.pipeline, rng=seed)
    epitope = replace(found.dataset.truths["epitope"], kind="biological", derived_from="external")
    names = tuple(map(str, range(int(found.labels.max()) + 1)))
    data = replace(found.dataset, truths={"epitope": epitope})
    request = Request(data, Judged("mine", found.labels, names, own=True), seed)
    return {wire: SCORE_TRIPWIRES[wire].check(request, None).status == "fired" for wire in RECEPTOR_WIRES}


@pytest.mark.statistical
def test_wires_of_receptors(record):
    """Each fires where its failure was planted, and hardly where others were, or none."""
    first, n = 40 * BLOCK, 15
    worlds = list(dict.fromkeys(w for sides in RECEPTOR_WIRES.values() for side in sides for w in side))
    fired = {world: [receptor_wires(world, first + i) for i in range(n)] for world in worlds}
    for wire, (failing, healthy) in RECEPTOR_WIRES.items():
        rates = {world: float(np.mean([each[wire] for each in fired[world]])) for world in worlds}
        sensitivity, alarm = (float(np.mean([rates[w] for w in side])) for side in (failing, healthy))
        figures = {"n_draws": n, "sensitivity": sensitivity, "false_alarm": alarm, **rates}
        record(f"score_tripwire_{wire}", claim=f"the wire {wire} fires where its failure is planted", seed=first,
               figures=figures)  # fmt: skip
        assert sensitivity >= 0.9
        assert alarm <= 0.1


def pure_by_chance(rng, shares):
    """Whether clusters of two and three of 120 receptors with labels of these shares are pure by chance."""
    labels = rng.choice(len(shares), size=120, p=shares)
    codes = np.repeat(np.arange(50), np.where(np.arange(50) < 20, 3, 2)).astype(np.int32)[:120]
    codes = np.concatenate([codes, np.full(120 - codes.size, -1, dtype=np.int32)])
    aa = [f"CASS{i:03d}EQF".translate(str.maketrans("0123456789", "ADEGHKLNPQ")) for i in range(120)]
    data = table(receptors(aa), item="receptor", epitope=[f"e{code}" for code in labels])
    judged = Judged("mine", codes, tuple(map(str, range(50))), own=True)
    wire = SCORE_TRIPWIRES["pure_by_chance"]
    return wire.check(Request(data, judged, int(rng.integers(2**31))), None).status == "fired"


@pytest.mark.statistical
def test_pure_by_chance(record):
    """The wire fires where one of three labels has 80 %, and not where ten labels share the receptors."""
    rng = np.random.default_rng(BLOCK)
    figures = {
        "sensitivity": float(np.mean([pure_by_chance(rng, [0.8, 0.1, 0.1]) for _ in range(200)])),
        "false_alarm": float(np.mean([pure_by_chance(rng, np.full(10, 0.1)) for _ in range(200)])),
        "three_even_labels": float(np.mean([pure_by_chance(rng, np.full(3, 1 / 3)) for _ in range(200)])),
    }
    record("score_tripwire_pure_by_chance", claim="the wire on chance fires where permuted labels are pure",
           seed=BLOCK, figures=figures)  # fmt: skip
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
