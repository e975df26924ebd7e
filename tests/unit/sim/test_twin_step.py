"""Twins as steps of a plan: fitted once, drawn with shared random numbers, in the codes of the data."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import Roles
from rashomon.multiverse import Executor, Unit, slots_of
from rashomon.sim.pack import unpack_world
from rashomon.sim.twin_step import (
    PLANTED,
    TYPES,
    draw_call,
    draw_twin,
    fit_call,
    fit_twin,
    twin_roles,
)
from tests.planted import N_OBS, N_VARS, counts, dataset, donor_role, donors, groups, technical


def fitted(*codes, roles=(), null=False, max_obs=2000, x=None, seed=0):
    """A twin of the planted counts."""
    x = counts() if x is None else x
    return fit_twin(x, *codes, roles=list(roles), null=null, max_obs=max_obs, rng=np.random.default_rng(seed))


def drawn(twin, *, roles=(), n_obs=60, seed=1, knobs=None, do=None):
    """One draw."""
    rng = np.random.default_rng(seed)
    return draw_twin(twin, roles=list(roles), replicate=0, n_obs=n_obs, knobs=knobs or {}, do=do or {}, rng=rng)


@pytest.fixture(scope="module")
def twin():
    """The twin of the three planted groups."""
    return fitted(groups())


def test_a_draw_has_the_genes_of_the_data_and_the_cells_asked_for(twin):
    """Whole counts, CSR, with positions and planted types of every cell."""
    x, rows, planted = drawn(twin)
    assert sp.issparse(x)
    assert x.shape == (60, N_VARS)
    assert np.array_equal(x.data, np.floor(x.data))
    assert rows.tolist() == list(range(60))
    assert set(planted) <= {0, 1, 2}
    assert planted.dtype == np.int32


def test_planted_types_have_the_markers_of_the_data(twin):
    """In draws as in the data, the genes of each group are higher in its cells than in others."""
    x, _, planted = drawn(twin, n_obs=400)
    share = x.toarray() / x.sum(axis=1)
    for group in range(3):
        genes = slice(20 * group, 20 * (group + 1))
        assert (
            share[planted == group, genes].sum(axis=1).mean() > 1.5 * share[planted != group, genes].sum(axis=1).mean()
        )


def test_a_null_has_one_type():
    """One population: every cell has the same planted type, and the types of the data are not read."""
    assert set(drawn(fitted(null=True))[2]) == {0}
    assert TYPES not in fit_call((), null=True).step.reads
    assert TYPES in fit_call((), null=False).step.reads


def test_a_null_keeps_the_mean_of_every_gene():
    """Shares of common genes in draws of one population are those of the data, within a quarter."""
    real = np.asarray(counts().sum(axis=0)).ravel()
    found = np.asarray(drawn(fitted(null=True), n_obs=2000)[0].sum(axis=0)).ravel()
    ratio = (found / found.sum()) / (real / real.sum())
    common = real > 200
    assert common.sum() > 20
    assert np.abs(np.log(ratio[common])).max() < np.log(1.25)


def test_codes_are_those_of_the_data():
    """Levels without cells, and types too small to be fitted, leave the codes of the others as they are."""
    donor = donors() + 2
    types = groups().copy() + 1
    types[:4] = 0
    found = fitted(donor, types, roles=("donor",))
    _, _, planted, drawn_donor = drawn(found, roles=("donor",), n_obs=300)
    assert set(planted) == {1, 2, 3}
    assert set(drawn_donor) == {2, 3, 4, 5}


def test_types_planted_by_a_knob_have_codes_of_their_own():
    """A null in which four groups are planted has types 0 to 3."""
    _, _, planted = drawn(fitted(null=True), n_obs=200, knobs={"n_groups": 4, "effect_size": 1.0})
    assert set(planted) == {0, 1, 2, 3}


def test_cells_without_a_type_are_not_fitted():
    """Unassigned cells are left out: their counts say nothing about the twin."""
    types = np.where(np.arange(N_OBS) < 70, groups(), -1).astype(np.int32)
    x = counts().toarray()
    x[70:] = 999.0
    world = unpack_world(fitted(types, x=sp.csr_matrix(x)))
    assert world.n_obs == 70
    with pytest.raises(UsageError, match="no cell has a known types"):
        fitted(np.full(N_OBS, -1, dtype=np.int32))


def test_large_data_are_fitted_to_a_part():
    """Only `max_obs` cells enter, the same for the same random numbers."""
    first, again, other = (fitted(null=True, max_obs=60, seed=seed) for seed in (0, 0, 1))
    assert unpack_world(first).n_obs == 60
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_packing_loses_nothing(twin):
    """What is read back draws the same cells as a second reading, to the last bit, and is made without pickle."""
    world = unpack_world(twin)
    assert world.digest == unpack_world(twin.copy()).digest
    assert twin.dtype == np.uint8
    first, second = world.sample(30, rng=5), unpack_world(twin).sample(30, rng=5)
    assert (first.counts != second.counts).nnz == 0


def test_interventions_share_random_numbers(twin):
    """With no effect between types the planted types stay, and the markers are gone."""
    x, _, planted = drawn(twin, n_obs=400)
    flat, _, same = drawn(twin, n_obs=400, do={"type_profile": 0})
    assert np.array_equal(planted, same)
    genes = slice(0, 20)
    gap = [each[planted == 0, genes].mean() / each[planted != 0, genes].mean() for each in (x, flat)]
    assert gap[0] > 1.5
    assert abs(np.log(gap[1])) < 0.25


def test_unknown_knobs_are_refused(twin):
    """A knob that the world does not have is an error with its name."""
    with pytest.raises(UsageError, match="effect_sise"):
        drawn(twin, knobs={"effect_sise": 1.0})


def test_roles_with_one_level_are_no_roles():
    """Batches or donors of one level, missing ones not counted, are left out; their order is fixed."""
    one = np.where(np.arange(N_OBS) < 5, -1, 0)
    assert twin_roles(dataset()) == ("donor",)
    assert twin_roles(dataset(roles=Roles(batch=technical(donors()), donor=donor_role()))) == ("donor", "batch")
    assert twin_roles(dataset(roles=Roles(batch=replace(technical(donors()), codes=one)))) == ()
    assert twin_roles(dataset(roles=Roles())) == ()


def test_a_plan_fits_once_and_draws_alike():
    """Two draws of one number under two interventions share their types; another number has others."""
    data = dataset()
    roles = twin_roles(data)
    fit = fit_call(roles, null=False)
    calls = [
        draw_call(roles, replicate=0, n_obs=80),
        draw_call(roles, replicate=0, n_obs=80, do={"type_profile": 0}),
        draw_call(roles, replicate=1, n_obs=80),
    ]
    executor = Executor({**slots_of(data), TYPES: groups()}, 0)
    units = [Unit((fit, call), ("x", "rows", PLANTED, "donor")) for call in calls]
    plan, _ = executor.plan(units)
    first, second, third = executor.run(units, task="t")
    assert [each.status for each in (first, second, third)] == ["ok"] * 3
    assert [node.call.step.name for node in plan.nodes.values()].count("fit_twin") == 1
    assert np.array_equal(first.slots[PLANTED], second.slots[PLANTED])
    assert np.array_equal(first.slots["donor"], second.slots["donor"])
    assert not np.array_equal(first.slots[PLANTED], third.slots[PLANTED])
