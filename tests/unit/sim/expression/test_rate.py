"""From causes to expected counts."""

import numpy as np
import pytest

from rashomon.sim import World
from rashomon.sim.expression.rate import class_log_rates, coefficients, log_rates, mixture

KNOBS = {
    "n_genes": 40, "n_groups": 3, "n_markers": 8, "effect_size": 1.5, "n_donors": 2, "donor_effect": 0.3,
    "donor_type_effect": 0.2, "n_batches": 2, "batch_effect": 0.4, "batch_type_effect": 0.2, "n_programmes": 2,
    "n_programme_genes": 10, "factor_sd": 0.3, "cycling_share": 0.5, "n_cycle_genes": 12, "stress_share": 0.4,
    "n_stress_genes": 6, "depth_sd": 0.4,
}  # fmt: skip


def cells(n=60, root=1, **knobs):
    return World("w", knobs or KNOBS).scene(n, root=root).cells(np.arange(n))


def by_hand(s, i):
    """The log rate of one cell, term after term, as the model says."""
    z, b, d, k = s["type"][i], s["batch"][i], s["donor"][i], s.n("type")
    log = s["gene_mean"] + s["type_profile"][z] + s["batch_profile"][b] + s["donor_profile"][d]
    log = log + s["donor_type_profile"][d * k + z] + s["batch_type_profile"][b * k + z]
    log = log + s["programme"][i] @ s["programme_profile"] + s["stress"][i] * s["stress_profile"][0]
    log = log + s["factor"][i] @ s["loading"] - 0.5 * (s["loading"] ** 2).sum(axis=0)
    if np.isfinite(s["cycle"][i]):
        angle = s["cycle"][i]
        log = log + np.array([np.cos(angle), np.sin(angle), 1.0]) @ s["cycle_profile"]
    return log


def test_log_rates_are_the_sum_of_all_terms():
    """Every cell's log rate is the sum that the model writes down, to the precision of float32."""
    s = cells()
    rows, row_of = log_rates(s)
    for i in range(60):
        np.testing.assert_allclose(rows[row_of[i]], by_hand(s, i), atol=1e-5)


@pytest.mark.parametrize("topology", ["line", "cycle", "branching"])
def test_the_continuum_adds_its_coordinates(topology):
    """On a continuum, the log rate is the base plus coordinates times profile; a line is centred at its middle."""
    from rashomon.sim.expression.cell import path_coordinates

    s = cells(n_genes=40, topology=topology, path_length=2.0)
    rows, row_of = log_rates(s)
    along = path_coordinates(topology, s["position"], s["branch"], n_branches=3)
    np.testing.assert_allclose(rows[row_of], s["gene_mean"] + along @ s["path_profile"], atol=1e-5)


def test_cells_of_one_class_share_a_row():
    """Where nothing acts by degree there are as many rows as classes that occur."""
    s = cells(n_genes=40, n_groups=3, n_markers=5, effect_size=1.0, n_batches=2, batch_effect=0.5)
    rows, row_of = log_rates(s)
    assert len(rows) == len({*zip(s["type"], s["batch"], strict=True)}) == 6
    classes, class_of = class_log_rates(s)
    np.testing.assert_array_equal(rows, classes)
    np.testing.assert_array_equal(row_of, class_of)
    assert coefficients(s) == {}


def test_what_does_not_act_has_no_coefficients():
    """Only tables with rows are multiplied; a cell that does not divide has coefficients of zero."""
    found = coefficients(cells())
    assert set(found) == {"programme_profile", "cycle_profile", "stress_profile", "loading"}
    s = cells()
    assert not found["cycle_profile"][~np.isfinite(s["cycle"])].any()
    np.testing.assert_allclose(np.hypot(*found["cycle_profile"][np.isfinite(s["cycle"]), :2].T), 1)


def test_means_are_depth_times_rate():
    """Expected counts of a clean cell are its depth times its rates; type rows sum to the depth."""
    s = cells()
    rows, row_of = log_rates(s)
    np.testing.assert_allclose(mixture(s).means(), s["cell_depth"][:, None] * np.exp(rows[row_of]), rtol=1e-5)
    plain = cells(n_genes=40, n_groups=3, n_markers=8, effect_size=2.0, depth_sd=0.5)
    np.testing.assert_allclose(mixture(plain).means().sum(axis=1), plain["cell_depth"], rtol=1e-5)


def test_droplets_add_up():
    """A droplet has (1 - swapping) of its cells, two in a doublet, plus soup, plus swapped molecules."""
    knobs = {**KNOBS, "doublet_rate": 1.0, "ambient": 0.3, "swapping": 0.1, "depth": 700.0}
    s = World("w", knobs).scene(1000, root=2).cells(np.arange(40))
    partner = s.cells(s.units, role="partner")
    clean, second = (
        np.exp(rows[row_of]) * each["cell_depth"][:, None]
        for each in (s, partner)
        for rows, row_of in [log_rates(each)]
    )
    sample = s["donor"] * 2 + s["batch"]
    added = 0.3 * 700 * s["ambient_profile"][sample] + 0.1 * s["swap_profile"][s["batch"]]
    expected = 0.9 * (clean + s["doublet"][:, None] * second) + added
    assert 0 < s["doublet"].sum() < 40
    np.testing.assert_allclose(mixture(s, partner).means(), expected, rtol=1e-4)


def test_a_cell_has_the_same_rate_in_any_company():
    """The rates of a cell are the same bits when it is played alone."""
    scene = World("w", KNOBS).scene(60, root=1)
    every = mixture(scene.cells(np.arange(60))).means()
    for i in (0, 17, 59):
        np.testing.assert_array_equal(mixture(scene.cells(np.array([i]))).means()[0], every[i])
