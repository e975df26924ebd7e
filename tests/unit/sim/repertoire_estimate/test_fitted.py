"""Tables of a twin of receptors."""

import numpy as np
import pytest

from rashomon.sim.repertoire_estimate import choose_receptors, estimate_receptors, residue_law
from rashomon.sim.repertoire_estimate.family import measure_links
from rashomon.sim.spec.sidecar import read_sidecar, write_sidecar
from tests.made_receptor_table import table


@pytest.fixture(scope="module")
def used():
    """The receptors of the table."""
    return choose_receptors(table(), "epitope")


@pytest.fixture(scope="module")
def fitted(used):
    """Their tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(residue_law, "_POOL", 4000)
        patch.setattr(residue_law, "_PILOT", 1000)
        patch.setattr(residue_law, "_FEWEST_PILOT", 20)
        patch.setattr("rashomon.sim.repertoire_estimate.fitted._BACKGROUND", 1000)
        return estimate_receptors(used, rng=1)


def test_a_twin_has_the_retention_of_the_data(used, fitted):
    """Within three standard errors, row by row, over five draws; labels have families of their own."""
    world = fitted.world("twin")
    target = measure_links(used.receptors.junction_aa[used.chains["vdj"]], used.rows, n_rows=3)
    found = []
    for root in range(5):
        scene = world.scene(used.n, root=root).cells(np.arange(used.n))
        rows = np.where(scene["clone_epitope"] >= 0, scene["clone_epitope"], 2)
        found.append(measure_links(scene["vdj"]["junction_aa"], rows, n_rows=3))
    gap = np.mean([each.retention for each in found], axis=0) - target.retention
    assert (np.abs(gap) < 3 * np.hypot(target.error, found[0].error) + 0.02).all()
    assert np.mean([each.within for each in found]) > 0.9


def test_tables_are_numbers_that_a_sidecar_holds(fitted, tmp_path):
    """They come back to the last bit, with the names."""
    file = tmp_path / "twin.parquet"
    digest = write_sidecar(file, tables=fitted.tables, labels=fitted.names)
    tables, names = read_sidecar(file, sha256=digest)
    assert names == dict(fitted.names)
    for name, values in fitted.tables.items():
        np.testing.assert_array_equal(tables[name], values)


def test_a_fit_is_that_of_its_seed(used, fitted):
    """Donors and labels do not depend on the seed at all."""
    shares = np.bincount(used.donors) / used.n
    np.testing.assert_allclose(fitted.tables["donor_share"], shares)
    flu = fitted.tables["label_share"][:, 1]
    np.testing.assert_allclose(shares @ flu, (used.rows == 1).mean())
    assert any("retention at one substitution" in note for note in fitted.notes)
