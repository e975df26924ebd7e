"""Pipelines of the full multiverse run, each and every one that is offered."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.dataset import Dataset, Expression, Roles
from rashomon.multiverse import Executor, Wishes, collect, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.multiverse.resample import resample_units
from rashomon.score import score
from tests.planted import technical

N_PIPELINES = 48
N_OBS = 240
GROUPS = np.arange(N_OBS) % 3
SYMBOLS = ("TRAV1-2", "TRBC1", "IGHM", "MT-CO1", "XIST", "RPL3", "MKI67")


@pytest.fixture(scope="module")
def data():
    """Three clear groups in two batches, counts of 160 genes with some symbols."""
    rng = np.random.default_rng(5)
    profile = np.tile(np.exp(rng.normal(0, 0.7, 160)), (3, 1))
    for group in range(3):
        profile[group, 30 * group : 30 * group + 30] *= 5
    counts = rng.poisson(profile[GROUPS] * np.exp(rng.normal(0, 0.3, (N_OBS, 1))))
    genes = np.array([*SYMBOLS, *(f"g{j}" for j in range(160 - len(SYMBOLS)))])
    batch = technical(np.random.default_rng(6).integers(0, 2, N_OBS))
    return Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(N_OBS)]),
        Expression(sp.csr_matrix(counts.astype(np.float32)), genes, "counts"),
        roles=Roles(batch=batch),
        source="planted",
    )


@pytest.fixture(scope="module")
def multiverse(data):
    """All options; numba compiles the approximate search for half a minute, so that one has a test of its own."""
    wishes = Wishes({"neighbour_search": ["exact"], "n_genes": [80, 120, "all"], "n_pcs": [20, 10]}, max_pipelines=400)
    return expression_multiverse(data, budget="full", n_clusters=3, wishes=wishes)


def test_random_pipelines_run_and_find_the_groups(data, multiverse):
    """Every one of 48 drawn at random: none fails, every option occurs, and the groups are found by most of them."""
    rng = np.random.default_rng(0)
    settings = multiverse.settings()
    by_option = {}
    for place in rng.permutation(len(settings)):
        for item in settings[place].items():
            by_option.setdefault(item, int(place))
    chosen = {*by_option.values(), *rng.permutation(len(settings))[:N_PIPELINES].tolist()}
    pipelines = [multiverse.complete(settings[place]) for place in sorted(chosen)]
    assert len(pipelines) >= N_PIPELINES
    units = [label_unit(pipeline, multiverse, facts=FULL_DATA) for pipeline in pipelines]
    executor = Executor(slots_of(data), 0)
    parts = collect(units, executor.run(units, task="random"), executor.keys(units), obs_names=data.obs_names)
    assert parts.runs["reason"].tolist() == [""] * len(units)
    found = {
        (choice.name, level)
        for choice in multiverse.choices
        for level in choice.levels
        if (parts.runs[choice.name].astype(object) == level).any()
    }
    # drawn pipelines have the default resolution and seed
    free = [choice for choice in multiverse.choices if not choice.granularity and not choice.replicate]
    assert found >= {(choice.name, level) for choice in free for level in choice.levels}
    agreement = [score("ami", GROUPS.astype(np.int32), column).value for column in parts.labels.T]
    assert np.median(agreement) > 0.8


def test_branches_can_be_repeated(data, multiverse):
    """Every perturbation that has a place runs on a pipeline of every branch."""
    settings = {multiverse.branch(setting): setting for setting in multiverse.settings()}
    units = [
        unit
        for setting in settings.values()
        for unit in resample_units(
            multiverse.complete(setting), multiverse, data, n_replicates=2, rng=np.random.default_rng(0)
        )
        if unit.facts["resolution"] in {None, 1.0} and unit.facts["k"] in {None, 3}
    ]
    executor = Executor(slots_of(data), 0)
    parts = collect(units, executor.run(units, task="repeats"), executor.keys(units), obs_names=data.obs_names)
    assert set(parts.runs["branch"]) == set(settings)
    assert parts.runs["reason"].tolist() == [""] * len(units)


@pytest.mark.statistical
@pytest.mark.skipif(find_spec("pynndescent") is None, reason="the extra 'approximate' is not installed")
def test_the_approximate_search_runs(data):
    """Through the planner, with both metrics."""
    wishes = Wishes({"neighbour_search": ["exact", "pynndescent"], "n_genes": [80], "n_pcs": [20]})
    whole = expression_multiverse(data, budget="default", n_clusters=3, wishes=wishes)
    units = [
        label_unit(whole.complete({"neighbour_search": "pynndescent", "metric": metric}), whole, facts=FULL_DATA)
        for metric in ("euclidean", "cosine")
    ]
    records = Executor(slots_of(data), 0).run(units, task="approximate")
    assert [record.reason for record in records] == ["", ""]
