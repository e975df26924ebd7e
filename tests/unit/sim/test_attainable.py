"""Bayes labels and ceilings beside the truths."""

import numpy as np

from rashomon.io import world_facts
from rashomon.score import score
from rashomon.sim.attainable import CEILING_SCORES, with_oracle
from rashomon.sim.world import World

KNOBS = {"hierarchy": [2, 2], "n_genes": 80, "n_markers": 6, "effect_size": 1.2, "depth": 150.0, "depth_sd": 0.3}


def test_every_truth_with_a_posterior_has_labels_and_ceilings():
    """Types and the level above get a column, a declaration, a posterior and a ceiling per score."""
    found = with_oracle(World("w", KNOBS).sample(200, rng=1), n_draws=20)
    assert {(each.truth, each.score) for each in found.ceilings} == {
        (truth, name) for truth in ("type", "level_1") for name in CEILING_SCORES
    }
    for truth in ("type", "level_1"):
        assert found.declared[f"bayes_{truth}"] == "mechanism:expression"
        posterior = found.obsm[f"bayes_{truth}"]
        np.testing.assert_allclose(posterior.sum(axis=1), 1, rtol=1e-5)
        np.testing.assert_array_equal(posterior.argmax(axis=1), found.obs[f"bayes_{truth}"].cat.codes)


def test_parent_posterior_is_the_sum_of_its_leaves():
    """The probability of a lineage is that of its types."""
    found = with_oracle(World("w", KNOBS).sample(60, rng=1), n_draws=5)
    leaves = found.obsm["bayes_type"].reshape(60, 2, 2).sum(axis=2)
    np.testing.assert_allclose(found.obsm["bayes_level_1"], leaves, atol=1e-6)


def test_bayes_labels_do_not_beat_the_ceiling_on_average():
    """Over 20 data sets the ARI of the Bayes labels is at most 3 standard errors above the mean ceiling."""
    apart = []
    for seed in range(20):
        found = with_oracle(World("w", KNOBS).sample(150, rng=seed), n_draws=30)
        ceiling = next(each.value for each in found.ceilings if (each.truth, each.score) == ("type", "ari"))
        labels = (found.obs[name].cat.codes.to_numpy() for name in ("bayes_type", "type"))
        apart.append(score("ari", *labels).value - ceiling)
    assert np.mean(apart) < 3 * np.std(apart, ddof=1) / np.sqrt(20)


def test_ceilings_travel_with_the_file():
    """What the AnnData says about its world holds the oracle's name and every ceiling."""
    found = with_oracle(World("w", KNOBS).sample(100, rng=1), n_draws=5)
    facts = world_facts(found.to_anndata().uns)
    assert facts.oracle == "oracle"
    assert [each.value for each in facts.ceilings] == [each.value for each in found.ceilings]
    assert facts.unread == ()


def test_worlds_without_oracle_stay_as_they_are():
    """One population gets no column, and says why."""
    simulation = World("one", {"n_genes": 30}).sample(30, rng=1)
    assert with_oracle(simulation) is simulation
    assert "none, because" in world_facts(simulation.to_anndata().uns).oracle


def test_a_continuum_has_a_position_error_and_no_ceiling():
    """Its segments are a convention; the record says how near the position of a cell can be told."""
    world = World("line", {"n_genes": 60, "topology": "line", "path_length": 3.0, "n_path_genes": 40, "depth": 100.0})
    found = with_oracle(world.sample(60, rng=1), n_draws=5)
    assert found.ceilings == ()
    assert 0 < found.position_error < 0.25
    assert f"{found.position_error:.3f} of the path" in world_facts(found.uns).oracle
