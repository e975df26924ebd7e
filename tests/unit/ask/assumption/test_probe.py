"""Each probe says holds where its assumption was built in, and violated where it was broken."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.ask import Request
from rashomon.ask.assumption.probe import (
    approximate_neighbours,
    batch_not_driving,
    cells_exchangeable,
    depth_independent,
    dispersion_trend,
    index_picks_k,
    labels_independent,
    no_chaining,
    one_resolution,
    preprocessing,
    stable_is_true,
    variable_genes,
)
from rashomon.ask.structure.population_record import Population
from rashomon.dataset import Dataset, Expression, Roles
from rashomon.multiverse import Choice, Multiverse, Option
from tests.planted import (
    N_OBS,
    dataset,
    donor_role,
    groups,
    judged,
    noise,
    shuffled,
    technical,
    toy_multiverse,
    toy_parts,
    truth,
)


def request(codes=None, *, label=None, multiverse=None, **more):
    """The planted data; with `label`, a finished multiverse."""
    multiverse = multiverse or toy_multiverse()
    parts = None if label is None else toy_parts(label, multiverse=multiverse)
    return Request(dataset(**more), judged(codes), 0, multiverse, parts)


def halves(pipeline):
    """At the coarse resolution, the first two groups are one cluster."""
    return np.where(groups() == 1, 0, groups()) if pipeline.get("resolution") == 0.5 else groups()


def each_to_its_own(pipeline):
    """No resolution suits all: the fine one splits the largest group, the coarse one joins the others."""
    if pipeline.get("resolution") == 0.5:
        return np.where(groups() == 2, 1, groups())
    return np.where(groups() == 0, 3 + np.arange(N_OBS) % 2, groups())


def test_columns_that_drive_the_clusters():
    """Crossed columns hold, aliased ones are violated, missing ones are untested."""
    roles = Roles(donor=donor_role(), batch=technical(groups()))
    assert batch_not_driving(request(roles=roles), {})[0] == "violated"
    assert cells_exchangeable(request(roles=roles), {})[0] == "holds"
    assert batch_not_driving(request(), {}) == ("untested", "no batch column was declared")
    one = Roles(batch=technical(np.zeros(N_OBS)))
    assert batch_not_driving(request(np.zeros(N_OBS, dtype=np.int32), roles=one), {})[0] == "untested"


def test_depth_that_differs_between_clusters():
    """Planted counts have one depth in all groups; five times as deep in one is violated; logs cannot tell."""
    rng = np.random.default_rng(0)
    for deep, status in ((1.0, "holds"), (5.0, "violated")):
        rate = (
            np.where(groups() == 0, deep, 1.0)[:, None]
            * np.full((N_OBS, 50), 2.0)
            * np.exp(rng.normal(0, 0.3, (N_OBS, 1)))
        )
        x = sp.csr_matrix(rng.poisson(rate).astype(np.float32))
        data = Dataset(dataset().obs, Expression(x, np.array([f"g{j}" for j in range(50)]), "counts"))
        assert depth_independent(Request(data, judged(), 0), {})[0] == status
    assert depth_independent(request(kind="lognormalised"), {})[0] == "untested"


@pytest.mark.parametrize(("scatter", "status"), [(0.0, "holds"), (1.2, "violated")])
def test_dispersions_that_scatter(scatter, status):
    """Dispersions of their own come back in the other half of the cells; those of a trend do not."""
    rng = np.random.default_rng(1)
    n, genes = 400, 200
    mean = np.exp(rng.normal(1.0, 0.7, genes))
    size = 1 / (0.3 * np.exp(rng.normal(0, scatter, genes)))
    x = sp.csr_matrix(rng.poisson(rng.gamma(size, mean / size, (n, genes))).astype(np.float32))
    data = Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(n)]),
        Expression(x, np.array([f"g{j}" for j in range(genes)]), "counts"),
    )
    assert dispersion_trend(Request(data, judged(np.zeros(n, dtype=np.int32)), 0), {})[0] == status


def test_a_gene_of_one_cell_has_no_dispersion_in_the_other_half():
    """A gene whose counts are all in one cell is left out, and the others are judged as before."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.gamma(3.0, 1.0, (400, 120))).astype(np.float32)
    counts[:, 0] = 0
    counts[7, 0] = 800
    genes = np.array([f"g{j}" for j in range(120)])
    data = Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(400)]), Expression(sp.csr_matrix(counts), genes, "counts")
    )
    assert dispersion_trend(Request(data, judged(np.zeros(400, dtype=np.int32)), 0), {})[0] == "holds"


def test_few_cells_say_nothing_of_dispersion():
    """Forty cells are too few, and so are logs."""
    assert dispersion_trend(request(), {})[1].startswith("the largest cluster has 40 cells")
    assert dispersion_trend(request(kind="lognormalised"), {})[0] == "untested"


def test_one_resolution_for_all_types():
    """Holds where one run has all groups; violated where each resolution spoils one of them."""
    assert one_resolution(request(label=halves), {})[0] == "holds"
    status, said = one_resolution(request(label=each_to_its_own), {})
    assert (status, "Jaccard" in said) == ("violated", True)
    assert one_resolution(request(), {})[0] == "untested"


def test_settings_that_matter():
    """Holds where every setting gives the groups; violated where one normalisation gives others."""
    assert preprocessing(request(label=lambda pipeline: groups()), {})[0] == "holds"
    spoiled = request(label=lambda pipeline: shuffled() if pipeline["norm"] == "log" else groups())
    assert preprocessing(spoiled, {})[0] == "violated"
    assert preprocessing(request(), {})[0] == "untested"


def test_genes_that_matter():
    """Holds where all numbers of genes agree with the truth alike; violated where few genes lose it."""
    multiverse = Multiverse((Choice("n_genes", (Option(2000, ""), Option(500, ""))),))
    same = request(label=lambda pipeline: groups(), multiverse=multiverse)
    assert variable_genes(same, {})[0] == "holds"
    lost = request(label=lambda pipeline: shuffled() if pipeline["n_genes"] == 500 else groups(), multiverse=multiverse)
    assert variable_genes(lost, {})[0] == "violated"
    assert variable_genes(request(label=lambda pipeline: groups()), {})[1] == "one number of genes was run"
    assert variable_genes(request(truths=[]), {})[1] == "no label column was declared"


def test_neighbours_are_exact_unless_varied():
    """A multiverse without the choice searches exactly; one with two levels is untested."""
    assert approximate_neighbours(request(), {})[0] == "holds"
    varied = Multiverse((Choice("neighbour_search", (Option("exact", ""), Option("approximate", ""))),))
    assert approximate_neighbours(request(multiverse=varied), {})[0] == "untested"
    assert approximate_neighbours(replace(request(), multiverse=None), {})[0] == "untested"


def test_two_searches_are_compared_by_what_they_change():
    """Labels that the search changes no more than a seed hold, others are violated, and both numbers are said."""
    searches = Choice("neighbour_search", (Option("exact", ""), Option("approximate", "")))
    multiverse = Multiverse((searches, Choice("seed", (Option(0, ""), Option(1, "")), replicate=True)))

    def by_seed(pipeline):
        return noise(groups(), 0.1 * pipeline["seed"], seed=3)

    def by_search(pipeline):
        return noise(groups(), 0.5 * (pipeline["neighbour_search"] == "approximate"), seed=3)

    status, said = approximate_neighbours(request(label=by_seed, multiverse=multiverse), {})
    assert (status, said.startswith("runs that differ in the search alone agree at 1.00")) == ("holds", True)
    assert approximate_neighbours(request(label=by_search, multiverse=multiverse), {})[0] == "violated"
    alone = Multiverse((Choice("neighbour_search", (Option("approximate", ""),)),))
    assert "add exact" in approximate_neighbours(request(label=by_search, multiverse=alone), {})[1]


def test_an_index_that_picks_well_on_twins():
    """Believed: holds, by name; losing: violated; no twin: untested."""
    row = {"strength": 1.0, "among": "resolution", "score": "silhouette", "verdict": "believe", "regret": 0.0}
    assert index_picks_k(request(), {"score_track": pd.DataFrame([row])}) == (
        "holds",
        "on twins, of silhouette; of no other score",
    )
    bad = pd.DataFrame([{**row, "verdict": "do not believe", "regret": 0.3}])
    assert index_picks_k(request(), {"score_track": bad})[0] == "violated"
    assert index_picks_k(request(), {})[0] == "untested"


def test_wires_speak_for_assumptions():
    """Circular columns, giant clusters of receptors and null clusters that come back are violations."""
    assert labels_independent(request(), {})[0] == "holds"
    assert labels_independent(request(truths=[truth(derived_from="expression")]), {})[0] == "violated"
    assert no_chaining(request(), {})[0] == "untested"
    receptors = replace(request(), dataset=replace(dataset(), item="receptor", expression=None))
    assert no_chaining(receptors, {})[0] == "violated"
    drawn = replace(request(), population=Population(clusters=pd.DataFrame({"jaccard": [0.9]})))
    assert stable_is_true(drawn, {})[0] == "violated"
    assert stable_is_true(request(), {})[0] == "untested"
