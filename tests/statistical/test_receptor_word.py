"""A V-gene group is rarely taken for a shared target, nor are links that chance makes."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from rashomon.ask.receptor.cluster import receptor_clusters
from rashomon.ask.receptor.link import link_excess
from tests import planted_receptors as plant

N_RUNS = 100
TARGET = "same-target candidate (beyond V/J, two donors or more)"


def gene_groups(rng, *, follows="V", labelled=1.0):
    """Eight clusters of one V gene each; the labels follow V, or V, J and length, and nothing else."""
    table = plant.frame(3000, rng)
    rows = [plant.frame(12, rng).assign(cluster=i, v=f"TRBV{i + 1}*01") for i in range(8)]
    if follows == "V, J and length":
        rows = [each.assign(j="TRBJ2*01", aa=plant.junctions(12, rng)) for each in rows]
    table = pd.concat([table, *rows], ignore_index=True)
    key = table["v"] + (table["j"] + table["aa"].str.len().astype(str) if follows == "V, J and length" else "")
    weights = {name: rng.dirichlet(np.full(6, 0.4)) for name in sorted(key.unique())}
    table["epitope"] = [f"e{rng.choice(6, p=weights[name])}" for name in key]
    table.loc[rng.random(len(table)) > labelled, "epitope"] = ""
    return table


@pytest.mark.statistical
@pytest.mark.parametrize("labelled", [1.0, 0.4])
@pytest.mark.parametrize("follows", ["V", "V, J and length"])
def test_gene_groups_are_no_targets(follows, labelled, record):
    """In at most 5 % of 100 runs is any of eight V-gene groups called a same-target candidate."""
    words, wrong = [], 0
    for i in range(N_RUNS):
        table = gene_groups(np.random.default_rng([801, i]), labelled=labelled, follows=follows)
        found = receptor_clusters(plant.judged(table), plant.dataset(table))["verdict"]
        words += found.tolist()
        wrong += bool((found == TARGET).any())
    shares = pd.Series(words).value_counts(normalize=True).round(4).to_dict()
    record(
        f"gene_groups_{follows.split()[-1].lower()}_{labelled:g}",
        claim="share of runs in which a V-gene group is called a same-target candidate",
        seed=801,
        figures={"n_runs": N_RUNS, "wrong": wrong / N_RUNS, **shares},
    )
    assert wrong / N_RUNS <= 0.05


@pytest.mark.statistical
@pytest.mark.parametrize("mean", [0.02, 0.1, 0.3, 0.6])
def test_links_of_chance_are_no_targets(mean, record):
    """In random graphs with the expected number of links, any cluster is a discovery in at most 7.5 % of 400 runs.

    At a false discovery rate of 5 %, where nothing is to be found, 5 % of the runs may have one; with 400 runs,
    7.5 % or more has a chance of about 2 %.
    """
    n, wrong = 1000, 0
    for i in range(400):
        rng = np.random.default_rng([802, i])
        pairs = rng.integers(0, n, (rng.poisson(mean * n / 2), 2))
        pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
        graph = sp.csr_matrix((np.ones(len(pairs)), tuple(pairs.T)), shape=(n, n))
        labels = connected_components(graph, directed=False)[1]
        sizes, links = np.bincount(labels), np.bincount(labels[pairs[:, 0]], minlength=labels.max() + 1)
        large = sizes > 1
        rate = link_excess(links[large], sizes[large], mean * sizes[large] / 2, n_receptors=n)
        wrong += bool((rate <= 0.05).any())
    record(
        f"links_of_chance_{mean:g}",
        claim="share of random graphs in which a cluster has more links than expected",
        seed=802,
        figures={"n_runs": 400, "mean": mean, "wrong": wrong / 400},
    )
    assert wrong / 400 <= 0.075


@pytest.mark.statistical
def test_planted_targets_are_found(record):
    """Clusters of eight receptors of several donors with one rare label are called candidates in 95 % of the cases."""
    right = 0
    for i in range(25):
        rng = np.random.default_rng([803, i])
        table = gene_groups(rng)
        rows = [
            plant.frame(8, rng).assign(cluster=8 + k, epitope=f"e{k}", donor=[f"d{d}" for d in range(8)])
            for k in range(4)
        ]
        table = pd.concat([table, *rows], ignore_index=True)
        found = receptor_clusters(plant.judged(table), plant.dataset(table)).set_index("cluster")["verdict"]
        right += int((found.loc[8:] == TARGET).sum())
    record(
        "planted_targets", claim="share of planted targets that are called so", seed=803, figures={"found": right / 100}
    )
    assert right / 100 >= 0.95
