"""Scenes, and how nodes get their values."""

import numpy as np
import pytest

from rashomon.core import Registry, UsageError
from rashomon.sim.node import Node, Scene, play
from rashomon.sim.tree import Tree


def table(s):
    return np.arange(3.0)


def doubled(s):
    return 2 * s["table"]


def of_cell(s):
    return s.chances("of_cell")[:, 0] + s["table"].sum()


def flag(s):
    return s.chances("flag")[:, 0] < 0.5


NODES = Registry(
    "node",
    [
        Node("table", "gene", (), "A table.", table),
        Node("doubled", "gene", ("table",), "Twice the table.", doubled),
        Node("of_cell", "cell", ("table",), "One per cell.", of_cell),
        Node("flag", "cell", (), "Yes or no.", flag),
        Node("count", "entry", ("of_cell",), "Not played."),
    ],
)


def scene(*, root=1, **done):
    names = {"gene": ("a", "b", "c"), "type": ("t",), "donor": ("d",), "batch": ("b",)}
    return play(Scene(NODES, {}, done, {}, names, Tree.make([], n_groups=1), root, 10))


def test_tables_are_played_in_causal_order():
    """Tables get their values from their parents; nodes of cells and entries wait."""
    found = scene()
    assert list(found.values) == ["table", "doubled"]
    np.testing.assert_array_equal(found["doubled"], [0, 2, 4])
    assert (found.n("gene"), found.n("type")) == (3, 1)


def test_a_value_that_is_set_reaches_its_descendants():
    """do(table=1) gives the whole table that value, and its children follow; do on a child leaves the parent."""
    np.testing.assert_array_equal(scene(table=1)["doubled"], [2, 2, 2])
    child = scene(doubled=[5, 6, 7])
    np.testing.assert_array_equal(child["doubled"], [5, 6, 7])
    np.testing.assert_array_equal(child["table"], [0, 1, 2])


def test_cells_depend_on_their_numbers_alone():
    """Cells played together, in another order or alone have the same values; another role or root has others."""
    tables = scene()
    together = tables.cells(np.array([4, 9, 2]))["of_cell"]
    np.testing.assert_array_equal(tables.cells(np.array([2, 4]))["of_cell"], together[[2, 0]])
    assert not np.isin(tables.cells(np.array([4, 9, 2]), role="partner")["of_cell"], together).any()
    assert not np.isin(scene(root=2).cells(np.array([4, 9, 2]))["of_cell"], together).any()


def test_playing_cells_leaves_the_tables_alone():
    """A scene of cells is a new one: the scene of tables holds no cells afterwards."""
    tables = scene()
    tables.cells(np.arange(5))
    assert "of_cell" not in tables.values
    assert tables.units.size == 0


def test_what_is_given_holds_unless_an_intervention_decides():
    """Values given for cells are kept; where a do has set the node, that is what they get."""
    given = {"of_cell": np.array([7.0, 8.0])}
    np.testing.assert_array_equal(scene().cells(np.arange(2), given=given)["of_cell"], [7, 8])
    np.testing.assert_array_equal(scene(of_cell=1).cells(np.arange(2), given=given)["of_cell"], [1, 1])


def test_a_set_value_has_the_type_of_the_natural_one():
    """True in a table of numbers is 1, and 1 in a yes-or-no node is True."""
    np.testing.assert_array_equal(scene(table=True)["table"], np.ones(3))
    assert scene(flag=1).cells(np.arange(3))["flag"].dtype == bool


@pytest.mark.parametrize(
    ("done", "place", "expected"),
    [
        ({"table": [1, 2]}, "do\\(table=...\\)", "one number, or shape \\(3,\\)"),
        ({"of_cell": [1.0] * 4}, "do\\(of_cell=...\\)", "one number"),
    ],
)
def test_values_of_another_shape_are_refused(done, place, expected):
    """A table takes its own shape or one number; a node of cells takes one number only."""
    with pytest.raises(UsageError, match=f"{place}\n.*{expected}\n.*world.do"):
        scene(**done).cells(np.arange(4))
    assert scene(table=[1, 2, 3])["table"].tolist() == [1, 2, 3]


def test_random_numbers_are_addressed_by_node_unit_and_role():
    """Chances are in (0, 1), per unit asked for; normal numbers are their quantiles; genes are columns."""
    from scipy.stats import norm

    found = scene()
    chance = found.chances("anything", np.arange(4), n=3)
    assert chance.shape == (4, 3)
    np.testing.assert_allclose(found.gaussians("anything", np.arange(4), n=3), norm.ppf(chance), rtol=1e-12)
    np.testing.assert_array_equal(found.of_genes("anything", n=2), found.gaussians("anything", np.arange(3), n=2).T)
    assert not np.isin(found.chances("other", np.arange(4)), chance).any()
