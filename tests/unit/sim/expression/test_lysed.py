"""Molecules of lysed cells, and of other cells of the lane."""

import numpy as np
import pytest

from rashomon.sim import World
from rashomon.sim.expression.lysed import PARENTS, ambient_profile, swap_profile


def tables(root=1, **knobs):
    return World("w", {"n_genes": 60, **knobs}).scene(10, root=root)


def test_nothing_is_lysed_where_nothing_is_added():
    """Without ambient molecules or swapping the tables have no rows."""
    assert tables()["ambient_profile"].shape == tables()["swap_profile"].shape == (0, 60)


def test_one_kind_of_cell_leaves_its_own_profile():
    """Where all cells are alike, the soup has the shares of their genes, and the lane's mean cell is that cell."""
    s = tables(ambient=0.2, swapping=0.1, depth=500.0)
    np.testing.assert_allclose(s["ambient_profile"], np.exp(s["gene_mean"])[None], rtol=1e-5)
    np.testing.assert_allclose(s["swap_profile"], 500 * np.exp(s["gene_mean"])[None], rtol=1e-5)


def test_soup_is_the_mean_of_types_by_their_shares_in_the_sample():
    """Each sample's soup mixes the profiles of its types in the donor's proportions (200 cells: within 1/200)."""
    s = tables(ambient=0.2, n_groups=3, n_markers=15, effect_size=3.0, n_donors=4, composition_variation=0.4)
    of_type = np.exp(s["gene_mean"] + s["type_profile"])
    assert s["ambient_profile"].shape == (4, 60)
    np.testing.assert_allclose(s["ambient_profile"], s["composition"] @ of_type, atol=of_type.max() / 100)
    np.testing.assert_allclose(s["ambient_profile"].sum(axis=1), 1)


def test_soup_carries_the_effects_of_its_sample():
    """Donor and batch profiles shift the soup of their samples as they shift their cells; rows are donor by batch."""
    s = tables(ambient=0.2, n_donors=2, donor_effect=1.0, n_batches=3, batch_effect=1.0)
    logs = s["gene_mean"] + s["donor_profile"][:, None] + s["batch_profile"][None]
    expected = np.exp(logs).reshape(6, 60)
    np.testing.assert_allclose(s["ambient_profile"], expected / expected.sum(axis=1, keepdims=True), rtol=1e-4)


def test_deep_types_leave_more():
    """A type of deeper cells has a larger share of the soup."""
    s = tables(ambient=0.2, n_groups=2, n_markers=15, effect_size=3.0, depth_by_type=1.0)
    of_type = np.exp(s["gene_mean"] + s["type_profile"])
    weights = 0.5 * np.exp(s["depth_of_type"])
    np.testing.assert_allclose(s["ambient_profile"][0], weights @ of_type / weights.sum(), rtol=1e-4)


def test_a_lane_is_the_mean_over_its_donors():
    """With donors nested in lanes, the mean cell of a lane is that of its donors, in molecules."""
    s = tables(swapping=0.1, n_donors=4, n_batches=2, batch_plan="nested", donor_effect=1.0, depth=300.0)
    of_donor = 300 * np.exp(s["gene_mean"] + s["donor_profile"])
    np.testing.assert_allclose(s["swap_profile"], [of_donor[[0, 2]].mean(axis=0), of_donor[[1, 3]].mean(axis=0)],
                               rtol=1e-4)  # fmt: skip


def test_a_sample_without_cells_has_the_soup_of_its_donor():
    """Nested designs leave samples empty until an intervention fills them: a soup is there, of the donor's cells."""
    s = tables(ambient=0.1, n_donors=2, n_batches=2, batch_plan="nested", n_donor_genes=10)
    soup = s["ambient_profile"]
    np.testing.assert_allclose(soup.sum(axis=1), 1)
    np.testing.assert_allclose(soup[0], soup[1], rtol=1e-6)
    assert np.abs(np.log(soup[1] / soup[3])).max() > 1


def test_lysed_cells_are_the_same_whatever_is_added():
    """The soup does not depend on how much of it, nor of swapping, there is."""
    knobs = {"n_groups": 2, "n_markers": 10, "effect_size": 2.0, "factor_sd": 0.3}
    little = tables(ambient=0.01, **knobs)["ambient_profile"]
    np.testing.assert_array_equal(little, tables(ambient=0.5, swapping=0.3, **knobs)["ambient_profile"])


def test_every_sample_has_lysed_cells_of_its_own():
    """Samples of one law differ by which cells were lysed, and are close: 200 cells each."""
    s = tables(ambient=0.2, n_donors=2, n_batches=2, factor_sd=0.5)
    logs = np.log(s["ambient_profile"])
    apart = np.abs(logs[:, None] - logs[None]).mean(axis=2)[np.triu_indices(4, 1)]
    # the log of a mean of 200 log-normal numbers has sd 0.04
    assert apart.min() > 0.01
    assert apart.max() < 0.15


@pytest.mark.parametrize("mechanism", [ambient_profile, swap_profile])
def test_mechanisms_give_what_was_played(mechanism):
    """Called again in the played scene, a mechanism returns the table that the scene holds."""
    s = tables(ambient=0.1, swapping=0.1, n_groups=2, n_markers=5, effect_size=1.0)
    np.testing.assert_array_equal(mechanism(s), s[mechanism.__name__])
    assert "type_profile" in PARENTS


def test_cells_moved_to_another_lane_find_its_soup():
    """Under do(batch=...) in a nested design, every cell gets its ambient molecules, also where its donor never was."""
    knobs = {"n_genes": 50, "n_donors": 2, "n_batches": 2, "batch_plan": "nested", "ambient": 0.5, "depth": 1000.0}
    moved = World("w", knobs).do(batch="batch_2").sample(400, rng=1)
    totals = np.asarray(moved.counts.sum(axis=1)).ravel()
    for donor in ("donor_1", "donor_2"):
        assert totals[moved.obs["donor"] == donor].mean() == pytest.approx(1500, rel=0.05)
