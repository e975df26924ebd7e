"""What is written down about cells and genes."""

import numpy as np
import pytest

from rashomon.sim import World
from rashomon.sim.record import cell_names, cell_table, declared_truths, gene_table

EXTERNAL = {kind: f"{kind}:external" for kind in ("mechanism", "technical", "annotation")}


def table(n=400, root=1, **knobs):
    """The cell table of a world, its truths, and its scene."""
    scene = World("w", {"n_genes": 100, **knobs}).scene(n, root=root).cells(np.arange(n))
    return *cell_table(scene), scene


def test_a_column_is_what_the_mechanism_drew():
    """Type, donor, batch, doublet and annotation name the classes that the nodes hold."""
    found, truths, s = table(n_groups=3, n_donors=2, n_batches=2, doublet_rate=0.5, label_noise=0.2)
    for column in ("type", "donor", "batch"):
        assert list(found[column]) == [s.names[column][code] for code in s[column]]
    np.testing.assert_array_equal(found["doublet"] == "doublet", s["doublet"])
    assert list(found["annotation"]) == [s.names["type"][code] for code in s["annotation"]]
    np.testing.assert_array_equal(found["expected_depth"], s["cell_depth"])
    assert truths == {
        "type": EXTERNAL["mechanism"], "donor": EXTERNAL["technical"], "batch": EXTERNAL["technical"],
        "doublet": EXTERNAL["technical"], "annotation": EXTERNAL["annotation"],
    }  # fmt: skip


def test_levels_of_the_hierarchy_are_columns():
    """Each level above the types is a truth, and coarsens the types."""
    found, truths, _ = table(hierarchy=[2, 2, 2])
    assert {"level_1", "level_2", "type"} <= set(truths)
    assert found.groupby("type", observed=True)["level_2"].nunique().max() == 1
    assert found.groupby("level_2", observed=True)["level_1"].nunique().max() == 1
    assert found["level_1"].nunique() == 2


def test_a_level_of_one_node_is_no_truth():
    """A level that holds all cells in one node is left out."""
    assert "level_1" not in table(hierarchy=[1, 3])[0]


@pytest.mark.parametrize("topology", ["line", "cycle", "branching"])
def test_positions_are_cut_into_segments_of_equal_length(topology):
    """The segment of a cell is where its position lies among n_segments equal pieces; branches begin at 0.4."""
    found, truths, s = table(topology=topology, path_length=2.0, n_segments=5)
    expected = [f"segment_{1 + min(int(5 * at), 4)}" for at in s["position"]]
    assert list(found["segment"]) == expected
    assert truths["segment"] == EXTERNAL["mechanism"]
    assert ("branch" in truths) == (topology == "branching")
    if topology == "branching":
        np.testing.assert_array_equal(found["branch"] == "trunk", s["position"] < 0.4)


def test_phases_are_thirds_of_the_cycle():
    """G1 holds the first third and cells that do not divide; the angle of those is missing."""
    found, _, s = table(cycling_share=0.6)
    angle = s["cycle"]
    third = 2 * np.pi / 3
    expected = np.where(np.isnan(angle) | (angle < third), "G1", np.where(angle < 2 * third, "S", "G2M"))
    assert list(found["phase"]) == list(expected)
    np.testing.assert_array_equal(found["cycle_angle"].isna(), np.isnan(angle))


def test_depth_classes_are_thirds_of_the_population():
    """Low, middle and high depths have about a third of the cells each, in order; equal depths have no classes."""
    found, truths, _ = table(n=3000, depth_sd=0.5)
    by_class = found.groupby("depth_class", observed=True)["expected_depth"]
    assert by_class.max()["low"] < by_class.min()["middle"] < by_class.min()["high"]
    np.testing.assert_allclose(found["depth_class"].value_counts(normalize=True), 1 / 3, atol=0.05)
    assert truths["depth_class"] == EXTERNAL["technical"]
    assert "depth_class" not in table()[0]


def test_columns_do_not_depend_on_the_block():
    """The rows of a few cells are those of the whole table."""
    world = World("w", {"n_genes": 50, "n_groups": 2, "depth_sd": 0.5, "cycling_share": 0.5, "stress_share": 0.5})
    scene = world.scene(50, root=1)
    whole, part = (cell_table(scene.cells(units))[0] for units in (np.arange(50), np.array([3, 40])))
    assert list(part.index) == ["cell_3", "cell_40"] == list(cell_names(np.array([3, 40])))
    assert part.equals(whole.loc[part.index])


def test_truths_are_known_before_cells_are_drawn():
    """The declared truths of a world are those of its table, whatever the number of cells."""
    knobs = {"hierarchy": [2, 2], "n_batches": 2, "depth_sd": 0.4, "doublet_rate": 0.1, "cycling_share": 0.2}
    _, truths, s = table(**knobs)
    assert declared_truths(s) == truths


def test_genes_say_whose_markers_they_are():
    """marker_of lists the types whose marker a gene is; noise genes are last, and none of them is a marker."""
    scene = World("w", {"n_genes": 60, "n_noise_genes": 20, "hierarchy": [2, 2], "n_markers": 5}).scene(5, root=1)
    found = gene_table(scene)
    counted = found["marker_of"].value_counts()
    assert counted["type_1,type_2"] == counted["type_3,type_4"] == counted["type_3"] == 5
    assert counted[""] == 80 - 30
    np.testing.assert_array_equal(found["noise"], np.arange(80) >= 60)
    assert (found.loc[found["noise"], "marker_of"] == "").all()
    assert found["mean_share"].sum() == pytest.approx(1)
    np.testing.assert_array_equal(found["dispersion"], scene["gene_dispersion"])


def test_activities_are_columns_where_they_act():
    """Programmes and stress are written down where some gene follows them, as numbers and not as truths."""
    found, truths, s = table(n_programmes=2, stress_share=0.3)
    np.testing.assert_array_equal(found[["programme_1", "programme_2"]], s["programme"])
    np.testing.assert_array_equal(found["stress"], s["stress"])
    assert not {"programme_1", "stress"} & set(truths)
    assert "stress" not in table(stress_share=0.3, stress_effect=0.0)[0]
