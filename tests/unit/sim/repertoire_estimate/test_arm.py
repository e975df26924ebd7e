"""What is estimated of one arm."""

import numpy as np
import pytest

from rashomon.sim.repertoire_estimate import residue_law
from rashomon.sim.repertoire_estimate.arm import fit_arm, length_shares, length_tilt
from rashomon.sim.repertoire_estimate.used import choose_receptors
from tests.made_receptor_table import table


@pytest.fixture(scope="module")
def arm():
    """The beta chains of the table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(residue_law, "_POOL", 4000)
        patch.setattr(residue_law, "_PILOT", 1000)
        patch.setattr(residue_law, "_FEWEST_PILOT", 20)
        return fit_arm(choose_receptors(table(), "epitope"), "vdj", root=1)


def test_tables_have_the_members_of_the_data(arm):
    """Members by row and family add up to the receptors in families; founders have the genes of the hubs."""
    tables = arm.tables(member_share=np.full(3, 0.2), tilt=np.zeros((3, 26)))
    member, family = tables["vdj_member"], tables["vdj_family"]
    inside = arm.families.of >= 0
    assert member[:, 2].sum() == inside.sum()
    np.testing.assert_array_equal(family[:, 0], arm.genes.v[arm.families.hub])
    for row in range(3):
        mine = member[member[:, 0] == row]
        assert mine[:, 2].sum() == (inside & (arm.rows == row)).sum()
    np.testing.assert_allclose(tables["vdj_genes"].sum(axis=(1, 2)), 1)
    assert all(np.isfinite(values).all() for name, values in tables.items() if name != "vdj_cap")


def test_members_do_not_count_twice(arm):
    """What families of the twin stand for is taken from the receptors that are in none; no families take nothing."""
    np.testing.assert_array_equal(arm.weights(np.zeros(3)), 1)
    weights = arm.weights(arm.target.retention)
    np.testing.assert_allclose(weights[arm.families.of >= 0], 0, atol=1e-9)
    np.testing.assert_array_equal(weights[arm.families.of < 0], 1)


def test_tilted_lengths_are_the_wanted_ones():
    """Of many receptors; of none they stay as drawn."""
    rng = np.random.default_rng(0)
    wanted, drawn = rng.dirichlet(np.full(10, 20.0), 2), rng.dirichlet(np.full(10, 20.0), 2)
    tilt = length_tilt(wanted, drawn, np.array([1e6, 0.0]))
    made = drawn * np.exp(tilt)
    made /= made.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(made[0], wanted[0], atol=2e-3)
    np.testing.assert_allclose(made[1], drawn[1], atol=1e-9)


def test_rows_without_receptors_have_the_lengths_of_all():
    """They are never undefined."""
    found = length_shares(np.array([9, 12]), np.zeros(2, dtype=int), np.ones(2), n_rows=2)
    np.testing.assert_allclose(found[1], found[0])
