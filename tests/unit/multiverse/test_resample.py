"""Repeats of one pipeline: only what the data allow, at every granularity, everything redone."""

import numpy as np
import pytest

from rashomon.dataset import Roles
from rashomon.multiverse import Executor, Wishes, expression_multiverse, slots_of
from rashomon.multiverse.base import label_units
from rashomon.multiverse.resample import missing_perturbations, resample_units
from rashomon.perturb import PERTURBATIONS
from tests.planted import N_OBS, dataset, donor_role

VIEW = {"X_emb": np.random.default_rng(0).normal(size=(N_OBS, 5)).astype(np.float32)}


OF_CELLS = {name for name, record in PERTURBATIONS.items() if "expression" in record.domains}


def planned(data=None, *, n=4, use_rep=None, pipeline=None, seed=0, budget="quick"):
    """Return the multiverse of a data set and the units that repeat a pipeline."""
    data = data or dataset()
    wishes = Wishes(clusterers=["kmeans", "ward"])
    multiverse = expression_multiverse(data, budget=budget, use_rep=use_rep, n_clusters=3, wishes=wishes)
    units = resample_units(
        multiverse.complete(pipeline or {}),
        multiverse,
        data,
        n_replicates=n,
        use_rep=use_rep,
        rng=np.random.default_rng(seed),
    )
    return multiverse, units


def by_perturbation(units):
    """Units by the name of their perturbation."""
    found = {}
    for unit in units:
        found.setdefault(unit.facts["perturbation"], []).append(unit)
    return found


def test_counts_and_donors_allow_everything():
    """Every perturbation, as often as asked (donors: one at a time), at each of the three resolutions."""
    _, units = planned()
    assert {name: len(found) for name, found in by_perturbation(units).items()} == {
        "seed": 4 * 3,
        "graph_jitter": 4 * 3,
        "thinning": 4 * 3,
        "halves": 4 * 3,
        "donor_block": 4 * 3,
    }
    assert list(by_perturbation(planned(budget="default")[1])) == [name for name in PERTURBATIONS if name in OF_CELLS]


def test_the_budget_leaves_out_what_costs_most():
    """Samples of 80 % say less than halves for more time: quick leaves them out, and says so."""
    multiverse, _ = planned()
    missing = missing_perturbations(dataset(), use_rep=None, pipeline=multiverse.default, multiverse=multiverse)
    assert missing == [("subsample", "the budget quick leaves it out")]


@pytest.mark.parametrize(
    ("clusterer", "missing"),
    [
        ("leiden", set()),
        ("kmeans", {("graph_jitter", "the clusterer kmeans uses no graph")}),
        (
            "ward",
            {
                ("graph_jitter", "the clusterer ward uses no graph"),
                ("seed", "the clusterer ward draws nothing at random"),
            },
        ),
    ],
)
def test_a_perturbation_needs_a_place_in_the_pipeline(clusterer, missing):
    """Without a graph there are no weights to jitter, without a draw no seed to change."""
    multiverse, units = planned(pipeline={"clusterer": clusterer}, budget="default")
    pipeline = multiverse.complete({"clusterer": clusterer})
    found = missing_perturbations(dataset(), use_rep=None, pipeline=pipeline, multiverse=multiverse)
    assert set(found) == missing
    assert set(by_perturbation(units)) == OF_CELLS - {name for name, _ in missing}


@pytest.mark.parametrize(
    ("data", "use_rep", "missing"),
    [
        (dataset(), None, {}),
        (dataset(kind="lognormalised"), None, {"thinning": "the file holds no counts"}),
        (dataset(roles=Roles()), None, {"donor_block": "no donor column was declared"}),
        (
            dataset(roles=Roles(donor=donor_role(np.zeros(N_OBS, dtype=np.int32), n=1))),
            None,
            {"donor_block": "there is one donor"},
        ),
        (dataset(views=VIEW), "X_emb", {"thinning": "the analysis starts from the embedding 'X_emb'"}),
    ],
    ids=["all", "log-normalised", "no donor", "one donor", "embedding"],
)
def test_needs_are_respected(data, use_rep, missing):
    """What the data do not allow is not planned and is listed with the reason."""
    assert dict(missing_perturbations(data, use_rep=use_rep)) == missing
    _, units = planned(data, use_rep=use_rep)
    assert set(by_perturbation(units)) == OF_CELLS - set(missing) - {"subsample"}


def test_everything_is_redone_after_the_perturbation():
    """Data are disturbed before the first step, the graph right behind it; all that follows is made again.

    On disturbed data, only the components asked for are computed.
    """
    multiverse, units = planned()
    full = next(
        unit for unit in label_units(multiverse) if unit.facts["pipeline"] == multiverse.name(multiverse.default)
    )
    for name, found in by_perturbation(units).items():
        names = [call.step.name for call in found[0].path]
        expected = [call.step.name for call in full.path]
        place = {"seed": None, "graph_jitter": expected.index("igraph")}.get(name, 0)
        if place == 0:
            expected = ["leading_pca" if step == "pca" else step for step in expected]
        assert names == (expected if place is None else [*expected[:place], name, *expected[place:]])


def test_an_embedding_is_subsampled_itself():
    """From an embedding, its rows are taken in place of those of the matrix, and nothing else is done."""
    _, units = planned(dataset(views=VIEW), use_rep="X_emb")
    path = by_perturbation(units)["halves"][0].path
    assert (path[0].step.reads, path[0].step.writes) == (("view", "rows"), ("view", "rows"))
    assert [call.step.name for call in path] == ["halves", "neighbours", "fuzzy_graph", "igraph", "leiden"]


def test_every_repeat_is_its_own():
    """No two repeats share a record, and none is a run of the multiverse."""
    multiverse, units = planned()
    executor = Executor(slots_of(dataset()), 0)
    keys = executor.keys([*units, *label_units(multiverse)])
    assert len(set(keys)) == len(keys)
    assert len({unit.facts["run"] for unit in units}) == len(units)


def test_resolutions_of_a_repeat_share_its_cells():
    """The three resolutions of a half-sample are cut from one graph; the two halves are not."""
    _, units = planned()
    plan, _ = Executor(slots_of(dataset()), 0).plan(by_perturbation(units)["halves"])
    assert plan.count_steps()["halves"] == plan.count_steps()["igraph"] == 4
    assert plan.count_steps()["leiden"] == 12


def test_seeds_are_drawn_and_replace_that_of_the_pipeline():
    """Other seeds than those of the multiverse, the same for the same generator."""

    def seeds(seed):
        return [unit.facts["seed"] for unit in by_perturbation(planned(seed=seed)[1])["seed"]]

    assert len(set(seeds(0))) == 4
    assert not set(seeds(0)) & {0, 1}
    assert seeds(0) == seeds(0) != seeds(1)


def test_means_are_repeated_at_every_k():
    """The granularity of k-means is k."""
    multiverse, units = planned(pipeline={"clusterer": "kmeans"})
    assert {unit.facts["k"] for unit in units} == set(multiverse["k"].levels)
