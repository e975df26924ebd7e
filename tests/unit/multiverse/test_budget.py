"""Budgets grow: each holds the levels of the smaller one, and names only what exists."""

from itertools import pairwise

import pytest

from rashomon.cluster import CLUSTERERS
from rashomon.encode.gene_set import GENE_SETS
from rashomon.multiverse import BUDGETS
from rashomon.multiverse.gene_flavor import GENE_FLAVORS
from rashomon.multiverse.graph_choice import METRICS, SEARCHES
from rashomon.perturb import PERTURBATIONS

LEVELS = (
    "n_genes",
    "gene_flavors",
    "gene_batches",
    "n_pcs",
    "n_neighbours",
    "metrics",
    "searches",
    "clusterers",
    "resolution",
    "factors",
    "seeds",
)


@pytest.mark.parametrize(("small", "large"), list(pairwise(BUDGETS)))
def test_a_larger_budget_holds_the_smaller(small, large):
    """Every level, more pipelines, the same defaults, and no perturbation less."""
    for name in LEVELS:
        few, many = getattr(BUDGETS[small], name), getattr(BUDGETS[large], name)
        assert set(few) <= set(many), name
        assert few[0] == many[0], name
    assert BUDGETS[small].max_pipelines < BUDGETS[large].max_pipelines
    assert set(BUDGETS[small].without) >= set(BUDGETS[large].without)


@pytest.mark.parametrize("record", BUDGETS.values(), ids=list(BUDGETS))
def test_names_exist(record):
    """Flavors, metrics, searches, clusterers, gene sets and perturbations are those of their registries."""
    assert set(record.gene_flavors) <= set(GENE_FLAVORS)
    assert set(record.metrics) <= set(METRICS)
    assert set(record.searches) <= set(SEARCHES)
    assert set(record.clusterers) <= set(CLUSTERERS)
    assert set(record.excluded_sets) <= set(GENE_SETS)
    assert set(record.without) <= set(PERTURBATIONS)


def test_the_full_budget_holds_every_clusterer():
    """Nothing that is registered is out of reach."""
    full = BUDGETS["full"]
    assert {*full.clusterers, *full.receptor_clusterers} == set(CLUSTERERS)


def test_seeds_and_resolutions_are_enough():
    """From the default budget on: five seeds, and resolutions from 0.2 to 2."""
    for name in ("default", "full"):
        assert len(BUDGETS[name].seeds) >= 5
        assert (min(BUDGETS[name].resolution), max(BUDGETS[name].resolution)) == (0.2, 2.0)
