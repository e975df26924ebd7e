"""Worlds: frozen descriptions that are sampled and intervened on."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim import KNOBS, World

KNOBS_OF_WORLD = {"n_genes": 60, "n_groups": 3, "n_markers": 8, "effect_size": 2.0, "n_batches": 2, "batch_effect": 0.5}
WORLD = World("w", KNOBS_OF_WORLD)


def counts(world, n=80, seed=1):
    return world.sample(n, rng=seed).counts.toarray()


def test_a_world_has_a_value_for_every_knob():
    """What is not given is at its default; nothing can be changed afterwards."""
    assert list(WORLD.knobs) == [name for name, knob in KNOBS.items() if knob.of(WORLD.parts)]
    assert WORLD.knobs["batch_effect"] == 0.5
    assert WORLD.knobs["depth"] == KNOBS["depth"].default
    with pytest.raises(FrozenInstanceError):
        WORLD.name = "other"


def test_an_impossible_world_cannot_be_made():
    """The error comes when the world is described, not when it is drawn."""
    with pytest.raises(UsageError, match="the world has 2 errors"):
        World("w", {"n_groups": 0, "n_genes": "many"})
    assert World("w", {"n_groups": 1, "n_genes": 5}).knobs["n_genes"] == 5


def test_everything_has_a_name():
    """Genes count noise genes; types are the leaves of the hierarchy."""
    names = World("w", {"n_genes": 3, "n_noise_genes": 2, "hierarchy": {"a": ["x", "y"]}, "n_donors": 2}).names
    assert names["gene"] == ("gene_1", "gene_2", "gene_3", "gene_4", "gene_5")
    assert names["type"] == ("x", "y")
    assert names["donor"] == ("donor_1", "donor_2")
    assert names["batch"] == ("batch_1",)


def test_one_seed_gives_one_sample():
    """The same seed gives the same counts and tables; another seed others; a world with the same knobs is the same."""
    first, again = WORLD.sample(80, rng=1), World("other name", KNOBS_OF_WORLD).sample(80, rng=1)
    np.testing.assert_array_equal(first.counts.toarray(), again.counts.toarray())
    assert first.obs.equals(again.obs)
    assert first.var.equals(again.var)
    assert (counts(WORLD, seed=2) != first.counts.toarray()).mean() > 0.3


def test_more_cells_continue_the_same_ones():
    """Without doublets, whose rate grows with the cells, a smaller sample is the beginning of a larger one."""
    np.testing.assert_array_equal(counts(WORLD, n=200)[:80], counts(WORLD, n=80))


def test_the_number_of_cells_has_a_default():
    """Nobody said how many: the world's own number."""
    assert World("w", KNOBS_OF_WORLD, n_obs=17).sample(rng=1).n_obs == 17


@pytest.mark.parametrize(
    ("knobs", "n"),
    [
        ({"n_genes": 1}, 1),
        ({"n_genes": 1, "n_groups": 1, "factor_sd": 0.5, "n_factors": 3}, 1),
        ({"n_genes": 5, "dispersion": 0.0, "gene_mean_sd": 0.0}, 3),
        ({"n_genes": 5, "n_donors": 4, "composition_variation": 1.0, "n_groups": 2}, 3),
        ({"n_genes": 5, "doublet_rate": 1.0, "ambient": 1.0, "swapping": 1.0}, 2),
        ({"n_genes": 5, "n_batches": 40, "n_donors": 40, "batch_plan": "nested", "swapping": 0.1, "ambient": 0.1}, 2),
        ({"n_genes": 5, "n_noise_genes": 5, "n_groups": 2, "n_markers": 2, "effect_size": 20.0}, 4),
        ({"n_genes": 5, "topology": "branching", "path_length": 3.0, "n_segments": 2}, 2),
    ],
)
def test_degenerate_worlds_are_drawn(knobs, n):
    """One cell, one gene, more donors than cells, nothing but swapped molecules: finite whole counts."""
    found = World("w", knobs).sample(n, rng=1)
    assert found.counts.shape == (n, knobs["n_genes"] + knobs.get("n_noise_genes", 0))
    assert np.isfinite(found.counts.data).all()
    np.testing.assert_array_equal(found.counts.data, np.round(found.counts.data))
    assert found.counts.sum() > 0
    assert len(found.obs) == n


@pytest.mark.parametrize(
    "knobs", [{"depth": 0.0}, {"extra_zeros": 1.0}, {"depth": 0.0, "ambient": 1.0, "swapping": 0.5}]
)
def test_worlds_without_molecules_are_empty(knobs):
    """No depth, or every entry set to zero: a matrix of its shape without a count."""
    found = World("w", {"n_genes": 30, "dispersion_trend": 0.2, "depth_sd": 0.5, **knobs}).sample(10, rng=1).counts
    assert found.shape == (10, 30)
    assert found.nnz == 0


def test_mean_counts_are_the_depth():
    """Over many cells the mean total is the depth: within 5 standard errors."""
    totals = counts(World("w", {"n_genes": 200, "depth": 500.0, "dispersion": 0.1}), n=2000).sum(axis=1)
    assert abs(totals.mean() - 500) < 5 * totals.std() / np.sqrt(2000)


def test_do_nothing_is_the_same_world():
    """An intervention that changes no value leaves every count as it is."""
    for change in ({}, {"batch_effect": 0.5}, {"doublet": False}, {"donor": "donor_1"}, {"donor": 0}, {"stress": 0}):
        np.testing.assert_array_equal(counts(WORLD.do(**change)), counts(WORLD))


def test_do_leaves_the_world_it_is_asked_of():
    """A do makes a new world; the old one draws what it did."""
    before = counts(WORLD)
    changed = WORLD.do(batch_effect=2.0, type="type_2")
    assert (changed.knobs["batch_effect"], changed.done, changed.turned) == (2.0, {"type": 1}, ("batch_effect",))
    assert (WORLD.knobs["batch_effect"], WORLD.done, WORLD.turned) == (0.5, {}, ())
    np.testing.assert_array_equal(counts(WORLD), before)


def test_interventions_follow_each_other():
    """do(a).do(b) is do(a, b); the last word on one node counts."""
    both = WORLD.do(batch="batch_1", effect_size=0.0)
    np.testing.assert_array_equal(counts(WORLD.do(batch="batch_1").do(effect_size=0.0)), counts(both))
    assert WORLD.do(batch="batch_1").do(batch="batch_2").done == {"batch": 1}


def test_classes_are_set_by_name_or_number():
    """A class is meant by its name, or by its number from 0."""
    assert WORLD.do(type="type_3").done == WORLD.do(type=2).done == {"type": 2}
    assert WORLD.do(depth_mode="low").done == {"depth_mode": 0}
    assert (WORLD.do(batch="batch_2").sample(30, rng=1).obs["batch"] == "batch_2").all()


@pytest.mark.parametrize(
    ("change", "what", "fix"),
    [
        ({"compositon": 1.0}, "no node or knob 'compositon'", "did you mean 'composition'"),
        ({"bach_effect": 1.0}, "no node or knob 'bach_effect'", "did you mean 'batch_effect'"),
        ({"count": 0}, "count cannot be set", "known:"),
        ({"mean": 1.0}, "mean cannot be set", "known:"),
        ({"type": "type_9"}, "'type_9' is no type of this world", "did you mean"),
        ({"batch": 2}, "2 is no batch of this world", "known: batch_1, batch_2"),
        ({"batch": True}, "True is no batch", "known: batch_1, batch_2"),
        ({"batch": -1}, "-1 is no batch", "known: batch_1, batch_2"),
    ],
)
def test_what_cannot_be_done_is_refused(change, what, fix):
    """Unknown names, entries, and classes that do not exist are refused with the nearest that do."""
    with pytest.raises(UsageError, match=what) as error:
        WORLD.do(**change)
    assert error.value.code == "world.do"
    assert fix in error.value.fix


def test_an_illegal_knob_is_refused_by_do_as_anywhere():
    """do checks knobs as the world itself does."""
    with pytest.raises(UsageError, match="batch_effect is -1") as error:
        WORLD.do(batch_effect=-1)
    assert error.value.code == "world.knobs"


def test_a_table_of_another_shape_is_refused_when_it_is_played():
    """A table must have the shape of the node that it replaces."""
    with pytest.raises(UsageError, match="value of batch_profile has shape \\(3,\\)") as error:
        WORLD.do(batch_profile=[1.0, 2.0, 3.0]).sample(10, rng=1)
    assert error.value.expected == "one number, or shape (2, 60)"
    assert WORLD.do(batch_profile=np.zeros((2, 60))).sample(10, rng=1).n_obs == 10


def test_the_digest_is_what_decides_the_draw():
    """It changes with knobs, interventions and tables, not with names, summaries, seeds, or what equals a default."""
    same = [World("x", KNOBS_OF_WORLD, summary="other"), World("w", {**KNOBS_OF_WORLD, "depth_sd": 0.0})]
    assert {world.digest for world in same} == {WORLD.digest}
    others = [WORLD.do(type=0), WORLD.do(type=1), WORLD.do(batch_effect=0.1), World("w")]
    assert len({world.digest for world in (WORLD, *others)}) == 5


def test_truths_are_declared_before_anything_is_drawn():
    """A world knows its label definitions, and its sample declares them."""
    assert (
        WORLD.truths
        == WORLD.sample(10, rng=1).declared
        == {"type": "mechanism:external", "batch": "technical:external"}
    )


def test_a_seed_is_recorded_when_none_is_given():
    """Without rng, the root that was drawn gives the same cells again."""
    first = WORLD.sample(20)
    np.testing.assert_array_equal(WORLD.sample(20, rng=first.root).counts.toarray(), first.counts.toarray())


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"type": "type_3"}, {"n_groups": 2}),
        ({"cell_depth": "deep"}, {}),
        ({"cell_depth": -5.0}, {}),
        ({"type_profile": np.nan}, {}),
    ],
)
def test_values_that_no_cell_can_have_are_refused(first, then):
    """A class that is gone, a word for a number, a negative depth or no number: an error, never other data."""
    with pytest.raises(UsageError):
        WORLD.do(**first).do(**then).sample(10, rng=1)


def test_cells_that_do_not_divide_can_be_asked_for():
    """do(cycle=nan), no cell divides, has a digest and a record as any world."""
    world = World("w", {"n_genes": 20, "cycling_share": 0.5, "n_cycle_genes": 5}).do(cycle=np.nan)
    assert world.digest != World("w", {"n_genes": 20, "cycling_share": 0.5, "n_cycle_genes": 5}).digest
    assert world.sample(5, rng=1).uns


def test_a_world_does_not_follow_what_it_was_made_from():
    """Changing the mapping afterwards changes neither the world nor what do makes of it."""
    given = {"n_genes": 5}
    world = World("w", given)
    given["n_genes"] = 7
    assert (world.knobs["n_genes"], world.do(depth=3.0).knobs["n_genes"]) == (5, 5)


def test_a_world_is_the_oracle_of_its_own_cells_only():
    """Cells drawn before an intervention are refused by the world after it."""
    simulation = WORLD.sample(60, rng=1)
    assert WORLD.oracle(simulation).posterior["type"].shape == (60, 3)
    with pytest.raises(UsageError, match="the cells are of world 'w'"):
        WORLD.do(batch_effect=0).oracle(simulation)


def test_parts_decide_what_is_generated():
    """Each once and in order; they are part of the digest; a world of expression is the default."""
    receptors, both = (World("w", parts=parts) for parts in (("receptors",), ("receptors", "expression", "receptors")))
    assert (WORLD.parts, both.parts) == (("expression",), ("expression", "receptors"))
    assert len({World("w").digest, receptors.digest, both.digest}) == 3
    assert "n_genes" not in receptors.knobs
    assert "loci" not in World("w").knobs
    assert set(both.knobs) == set(KNOBS)
    assert receptors.do(n_donors=2).parts == ("receptors",)
    with pytest.raises(UsageError, match="there is no part 'receptor'"):
        World("w", parts=("receptor",))


def test_receptors_leave_the_expression_alone():
    """A paired world with one type and neutral links has the counts of the world of expression."""
    knobs = {**KNOBS_OF_WORLD, "n_batches": 1, "batch_effect": 0.0}
    both = World("w", {**knobs, "selection": "none"}, parts=("expression", "receptors")).sample(60, rng=2)
    np.testing.assert_array_equal(both.counts.toarray(), counts(World("w", knobs), n=60, seed=2))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"clone": 0}, "clone is a node of receptors, and this world generates expression"),
        ({"n_clones": 5}, "n_clones is a knob of receptors, and this world generates expression"),
    ],
)
def test_parts_that_are_not_there_cannot_be_touched(change, what):
    """Nodes and knobs of receptors are refused in a world of expression, and the other way round."""
    with pytest.raises(UsageError, match=what):
        WORLD.do(**change)
    with pytest.raises(UsageError, match="gene_mean is a node of expression, and this world generates receptors"):
        World("w", parts=("receptors",)).do(gene_mean=0.0)


@pytest.mark.parametrize(
    ("knobs", "n"),
    [
        ({}, 1),
        ({"n_clones": 1}, 3),
        ({"n_donors": 5}, 2),
        ({"n_epitopes": 1, "binder_share": 1.0, "hla_restriction": 0.0}, 2),
        ({"n_epitopes": 1, "disease_share": 1.0, "witness_rate": 1.0, "n_donors": 3}, 3),
        ({"loci": "TRA", "invariant_share": 1.0, "inkt_share": 1.0}, 2),
        ({"public_share": 1.0, "n_public": 1}, 4),
        ({"n_epitopes": 2, "binder_share": 1.0, "false_label": 1.0, "unlabelled": 1.0}, 4),
        ({"loci": "IGH+IGL"}, 2),
        ({"species": "mouse", "loci": "TRA+TRB"}, 2),
    ],
    ids=str,
)
def test_degenerate_worlds_of_receptors_are_drawn(knobs, n):
    """One cell, one clone, more donors than cells, everyone ill: chains that begin with C and end with F or W."""
    drawn = World("w", {"selection": "none", **knobs}, parts=("receptors",)).sample(n, rng=1)
    assert len(drawn.obs) == n
    assert drawn.receptors.n_chains == n * (2 if "+" in knobs.get("loci", "") else 1)
    assert all(text[:1] == b"C" and text[-1:] in {b"F", b"W"} for text in drawn.receptors.junction_aa)
