"""Names of classes."""

from rashomon.io.receptor.invariant import INVARIANTS
from rashomon.sim.repertoire.name import INVARIANT, receptor_names


def test_every_class_of_a_world_has_a_name():
    """Epitopes are counted from 1, as donors are; there may be none."""
    names = receptor_names({"n_epitopes": 3})
    assert names["epitope"] == ("epitope_1", "epitope_2", "epitope_3")
    assert (names["lineage"], names["status"]) == (("CD4", "CD8"), ("healthy", "ill"))
    assert receptor_names({"n_epitopes": 0})["epitope"] == ()


def test_invariant_cells_are_named_as_at_the_door():
    """Kinds of invariant cells are those that the door looks for."""
    assert {f"{name}-like" for name in INVARIANT[1:]} == {each.label for each in INVARIANTS}
