"""A world as steps of a plan: the same cells as `World.sample`, with shared random numbers, for cells and receptors."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Dataset
from rashomon.multiverse import Executor, Unit
from rashomon.sim import World, consult
from rashomon.sim.pack import pack_world
from rashomon.sim.world_step import (
    BAYES,
    TRUTHS,
    Sample,
    dataset_of,
    oracle_call,
    sample_call,
    sample_world,
    world_oracle,
)

CELLS = World("two", {"n_groups": 2, "n_genes": 60, "n_markers": 10, "effect_size": 2.0, "n_batches": 2})
RECEPTORS = World("ten", {"n_donors": 2, "n_epitopes": 1, "binder_share": 0.5}, parts=("receptors",))
TRUTH_NAMES = ["type", "batch", "colour"]


def drawn(world=CELLS, *, seed=3, n_obs=40, knobs=None, truths=TRUTH_NAMES):
    """Return the slots of a sample by name."""
    sample = Sample(seed, n_obs, knobs or {})
    call = sample_call(sample, truths=truths, receptors="expression" not in world.parts)
    (record,) = Executor({"world": pack_world(world)}, 1).run([Unit((call,), call.step.writes)], task="test")
    assert record.status == "ok", record.reason
    return record.slots


def test_a_sample_is_the_one_that_the_world_draws():
    """Counts and classes are those of `World.sample` with the same seed; a truth that is not there is unknown."""
    simulated, slots = CELLS.sample(40, rng=3), drawn()
    assert (slots["x"] != simulated.counts).nnz == 0
    assert np.array_equal(slots[TRUTHS][0], simulated.obs["type"].cat.codes)
    assert np.array_equal(slots["batch"], simulated.obs["batch"].cat.codes)
    assert (slots[TRUTHS][2] == -2).all()
    assert (slots["donor"] == 0).all()


def test_levels_of_a_knob_share_their_random_numbers():
    """A knob that does not reach the types leaves every cell its type and batch, and changes counts."""
    one, other = drawn(), drawn(knobs={"effect_size": 0.0})
    assert np.array_equal(one[TRUTHS], other[TRUTHS])
    assert (one["x"] != other["x"]).nnz > 0
    assert not np.array_equal(one[TRUTHS], drawn(seed=4)[TRUTHS])


def test_the_oracle_says_what_consult_says():
    """The most probable classes are those of the posterior; truths without one are unknown."""
    sample = Sample(3, 40, {})
    call = oracle_call(sample, truths=TRUTH_NAMES)
    (record,) = Executor({"world": pack_world(CELLS)}, 1).run([Unit((call,), (BAYES,))], task="test")
    expected = consult(CELLS.sample(40, rng=3)).posterior["type"].argmax(axis=1)
    assert np.array_equal(record.slots[BAYES][0], expected)
    assert (record.slots[BAYES][1:] == -2).all()
    again = world_oracle(pack_world(CELLS), **sample.params, truths=["type"])
    assert np.array_equal(again[0], expected)


def test_receptors_are_the_unique_ones_of_each_donor():
    """Where a world has no expression, rows are receptors, with V, J and length among the truths."""
    slots = drawn(RECEPTORS, n_obs=30, truths=["donor", "v_gene"])
    dataset = dataset_of(pack_world(RECEPTORS), Sample(3, 30, {}))
    assert isinstance(dataset, Dataset)
    assert dataset.item == "receptor"
    assert slots["rows"].size == dataset.n_obs == slots[TRUTHS].shape[1]
    assert np.array_equal(slots[TRUTHS][1], dataset.truths["v_gene"].codes)


def test_cells_have_the_roles_of_their_truths():
    """Truths named donor and batch are the roles, so that steps that integrate find them."""
    dataset = dataset_of(pack_world(CELLS), Sample(3, 40, {}))
    assert dataset.roles.batch is not None
    assert dataset.roles.batch.name == "batch"
    assert dataset.roles.donor is None


def test_impossible_knobs_are_refused():
    """A setting that is no world fails with the reason, which becomes a row."""
    with pytest.raises(UsageError, match="n_markers"):
        sample_world(pack_world(CELLS), seed=1, n_obs=40, knobs={"n_markers": 500}, truths=["type"])
