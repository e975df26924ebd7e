"""Clusters of one population are hardly ever firmer than those of its fitted null; planted groups are."""

import os

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.ask import Finished, Judged, Request, StandIn
from rashomon.ask.stability.rung import best_granularity, rung_table
from rashomon.ask.structure import population as module
from rashomon.ask.structure.match import match_runs
from rashomon.ask.structure.null_cluster import with_null
from rashomon.ask.structure.population import Amount, conclude_population, plan_population
from rashomon.ask.structure.population_record import Population, monte_carlo_p
from rashomon.dataset import Dataset, Expression
from rashomon.multiverse import Executor, collect, expression_multiverse, slots_of
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.resample import resample_units

N_CELLS, N_GENES, N_HALVES = 400, 400, 10
N_SETS = {"plain": 40, "heavy": 40, "groups": 20}
BLOCK = int(os.environ.get("RASHOMON_SEED_BLOCK", "0"))


def simulate(kind, *, seed):
    """Counts of one population with dispersions that scatter a little or a lot, or of four groups; not by a world."""
    rng = np.random.default_rng([seed, 417])
    profile = np.exp(rng.normal(0, 1.0, N_GENES))
    profile *= 1500 / profile.sum()
    groups = rng.integers(0, 4, N_CELLS) if kind == "groups" else np.zeros(N_CELLS, dtype=int)
    rates = np.tile(profile, (4, 1))
    marked = rng.permutation(N_GENES)[:80].reshape(4, 20)
    for group in range(4 if kind == "groups" else 0):
        rates[group, marked[group]] *= 4
    mean = rates[groups] * np.exp(rng.normal(0, 0.3, (N_CELLS, 1)))
    dispersion = np.exp(rng.normal(np.log(0.5), 1.2 if kind == "heavy" else 0.3, N_GENES))
    x = sp.csr_matrix(rng.poisson(rng.gamma(1 / dispersion, mean * dispersion)).astype(np.float32))
    names = np.array([f"g{j}" for j in range(N_GENES)], dtype=object)
    return Dataset(pd.DataFrame(index=[f"c{i}" for i in range(N_CELLS)]), Expression(x, names, "counts")), groups


def analyse(data, *, seed, codes=None):
    """The population of one data set, and how its clusters (or `codes`) fare in half-samples."""
    multiverse = expression_multiverse(data)
    pipeline = multiverse.default
    executor = Executor(slots_of(data), seed)
    whole = label_unit(pipeline, multiverse, facts={"perturbation": "none", "replicate": 0})
    labels = executor.run([whole], task="t")[0].slots["labels"]
    labels = np.unique(labels if codes is None else codes, return_inverse=True)[1].astype(np.int32)
    judged = Judged("mine", labels, tuple(map(str, range(int(labels.max()) + 1))), own=False)
    request = Request(
        data, judged, seed, multiverse, standin=StandIn(pipeline, multiverse.name(pipeline), 1.0, declared=True)
    )
    planned = resample_units(pipeline, multiverse, data, n_replicates=N_HALVES, rng=np.random.default_rng(seed))
    halves = [unit for unit in planned if unit.facts["perturbation"] == "halves"]
    units = [*plan_population(request), *halves]
    finished = list(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))
    population = conclude_population(request, finished[: -len(halves)])
    again = [list(each) for each in zip(*finished[-len(halves) :], strict=True)]
    parts = collect(*again, obs_names=data.obs_names)
    matches = match_runs(labels, parts, n_clusters=len(judged.categories), columns=["perturbation", "replicate"])
    return population, rung_table(best_granularity(matches, by="replicate"), rung="halves"), judged.sizes


def pooled(populations):
    """One population of the draws of all data sets: one draw each, as in the warp-speed bootstrap."""
    clusters = pd.concat([each.clusters.assign(draw=i) for i, each in enumerate(populations)], ignore_index=True)
    summary = pd.concat([each.summary for each in populations], ignore_index=True)
    return Population(summary, clusters, n_obs=N_CELLS, n_data=N_CELLS)


def measure(kind, monkeypatch):
    """Per data set: how many clusters are above the null, and how many there are; p-values of the pipeline."""
    monkeypatch.setitem(module.AMOUNTS, "quick", Amount(1, N_CELLS, ("halves",)))
    seeds = [BLOCK * N_SETS[kind] + i for i in range(N_SETS[kind])]
    data = [simulate(kind, seed=seed) for seed in seeds]
    found = [
        analyse(each, seed=seed, codes=groups if kind == "groups" else None)
        for (each, groups), seed in zip(data, seeds, strict=True)
    ]
    null = pooled([population for population, *_ in found])
    rungs = [with_null(table, null, sizes=sizes, n_obs=N_CELLS) for _, table, sizes in found]
    rows = []
    for (population, *_), table in zip(found, rungs, strict=True):
        own = population.data.set_index("labels").loc["pipeline"]
        rows.append(
            {
                "n": len(table),
                "above": int(table["above_null"].fillna(value=False).sum()),
                "mean_above": int((table["jaccard"] > table["jaccard_null_95"]).sum()),
                **{
                    f"p_{name}": monte_carlo_p(own[name], null.summary[name].to_numpy())
                    for name in ("n_clusters", "modularity", "silhouette")
                },
            }
        )
    return pd.DataFrame(rows), null


MODULES = (
    "rashomon.ask.structure.population",
    "rashomon.ask.structure.null_cluster",
    "rashomon.ask.structure.match",
    "rashomon.sim.estimate",
)


@pytest.mark.statistical
@pytest.mark.parametrize("kind", ["plain", "heavy"])
def test_one_population_has_no_firm_cluster(kind, record, accumulate, monkeypatch):
    """Leiden clusters of one population, 40 data sets: at most 5 % of the data sets have a cluster above the null.

    One draw of the null per data set, pooled. Numbers of clusters and modularity of the data are those of one more
    draw: p-values are about uniform, of counts of clusters no smaller, for they have ties.
    """
    table, null = measure(kind, monkeypatch)
    table = table[table["n"] >= 2]
    any_above = float((table["above"] > 0).mean())
    figures = {
        "n_data_sets": len(table),
        "n_null_clusters": len(null.clusters),
        "any_cluster_above": any_above,
        "clusters_above": float(table["above"].sum() / table["n"].sum()),
        "clusters_with_mean_above": float(table["mean_above"].sum() / table["n"].sum()),
        **{f"{name}_mean": float(table[name].mean()) for name in table if name.startswith("p_")},
        **{f"{name}_at_5": float((table[name] <= 0.05).mean()) for name in table if name.startswith("p_")},
        **{f"{name}_at_20": float((table[name] <= 0.20).mean()) for name in table if name.startswith("p_")},
    }
    record(
        f"population_{kind}{f'_block{BLOCK}' if BLOCK else ''}",
        claim="share of data sets of one population with a cluster firmer than 95 % of null clusters of its size",
        seed=BLOCK,
        figures=figures,
    )
    accumulate(
        f"false_hold_{kind}",
        claim="data sets of one population with a cluster above the null of its size: at most 5 %",
        n=len(table),
        events={"any above": int((table["above"] > 0).sum())},
        modules=MODULES,
    )
    # two standard errors of 40 data sets
    assert any_above <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(table))
    # the modularity of scattered dispersions is no draw of the null: 8 of 80 data sets had p <= .05, which is recorded
    for name in ("p_n_clusters", "p_modularity") if kind == "plain" else ("p_n_clusters",):
        assert (table[name] <= 0.05).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(table))


@pytest.mark.statistical
def test_planted_groups_are_firmer_than_one_population(record, accumulate, monkeypatch):
    """Four groups with 20 genes four times as high, 20 data sets: 95 % of them or more are above the null."""
    table, null = measure("groups", monkeypatch)
    share = float(table["above"].sum() / table["n"].sum())
    record(
        f"population_groups{f'_block{BLOCK}' if BLOCK else ''}",
        claim="share of planted groups firmer than 95 % of null clusters of their size",
        seed=BLOCK,
        figures={
            "n_data_sets": len(table),
            "n_groups": int(table["n"].sum()),
            "n_null_clusters": len(null.clusters),
            "groups_above": share,
        },
    )
    accumulate(
        "planted_hold",
        claim="planted groups above the null of their size: at least 95 %",
        n=int(table["n"].sum()),
        events={"above": int(table["above"].sum())},
        modules=MODULES,
    )
    assert share >= 0.95
