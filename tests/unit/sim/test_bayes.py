"""The oracle of a world is a posterior: calibrated, and equal to a plain computation."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.bayes import consult
from rashomon.sim.world import World

KNOBS = {
    "n_groups": 3, "n_genes": 60, "n_markers": 8, "effect_size": 1.0, "depth": 60.0, "dispersion": 0.4,
    "depth_sd": 0.3, "imbalance": 3.0,
}  # fmt: skip


def drawn(n=300, **knobs):
    """A small simulation."""
    return World("w", {**KNOBS, **knobs}).sample(n, rng=5)


def test_posterior_equals_a_plain_integral_over_the_depth():
    """Product of scipy's NB probabilities, integrated over the log-normal depth on a fine grid."""
    simulation = drawn(12)
    scene = simulation.world.scene(12, root=5)
    rates = np.exp(scene["gene_mean"] + scene["type_profile"])
    nodes = np.linspace(-5, 5, 401)
    weights = stats.norm.pdf(nodes)
    size = 1 / KNOBS["dispersion"]
    x = simulation.counts.toarray()
    plain = np.empty((12, 3))
    for k in range(3):
        means = KNOBS["depth"] * np.exp(KNOBS["depth_sd"] * nodes)[:, None] * rates[k]
        for i in range(12):
            log = stats.nbinom.logpmf(x[i], size, size / (size + means)).sum(axis=1)
            plain[i, k] = np.sum(np.exp(log - log.max()) * weights) * np.exp(log.max()) * scene["composition"][0, k]
    plain /= plain.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(consult(simulation).posterior["type"], plain, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"n_batches": 2, "batch_effect": 0.6, "batch_association": 0.5, "n_donors": 2, "composition_variation": 0.2},
        {"ambient": 0.3, "swapping": 0.2, "extra_zeros": 0.1},
        {"depth_gap": 1.5, "depth_by_type": 0.5},
        {"depth_min": 50.0},
        {"factor_sd": 0.4},
        {"doublet_rate": 0.8, "cycling_share": 0.5, "depth_by_type": 0.4, "extra_zeros": 0.1},
    ],
    ids=lambda knobs: "+".join(knobs) or "plain",
)
def test_probabilities_come_true(knobs):
    """The share of cells whose most probable type is theirs is within 4 standard errors of what the posterior says."""
    simulation = drawn(**knobs)
    posterior = consult(simulation).posterior["type"]
    best = posterior.max(axis=1)
    right = posterior.argmax(axis=1) == simulation.obs["type"].cat.codes.to_numpy()
    error = np.sqrt((best * (1 - best)).sum())
    assert abs(right.sum() - best.sum()) < 4 * error + 0.5


def test_oracle_of_a_line_knows_its_own_error():
    """The mean distance of the posterior's median from the position is what the posterior expects, to 20 %."""
    knobs = {"n_genes": 60, "topology": "line", "path_length": 3.0, "n_path_genes": 40, "depth": 100.0, "depth_sd": 0.2}
    simulation = World("line", knobs).sample(300, rng=2)
    limit = consult(simulation).position
    apart = np.abs(limit.median - simulation.obs["position"]).mean()
    assert apart == pytest.approx(limit.absolute_error, rel=0.2)


def test_position_on_branches_has_a_limit_too():
    """Whatever the branch: the expected error of the position is that of the cells, to 20 %."""
    knobs = {"n_genes": 60, "topology": "branching", "path_length": 3.0, "n_path_genes": 40, "depth": 100.0}
    simulation = World("tree", knobs).sample(300, rng=2)
    limit = consult(simulation).position
    apart = np.abs(limit.median - simulation.obs["position"]).mean()
    assert apart == pytest.approx(limit.absolute_error, rel=0.2)


def test_assisted_oracle_knows_at_least_as_much():
    """Given the factors, more cells are recognised than without any factor's help in the same data."""
    found = consult(drawn(factor_sd=0.6))
    assert found.availability.is_bound_only
    assert found.posterior["type"].shape == (300, 3)


def test_no_oracle_has_no_posterior():
    """One population yields the reason and no table."""
    found = consult(World("one", {"n_genes": 20}).sample(20, rng=1))
    assert not found.posterior
    assert "one type" in str(found.availability)
