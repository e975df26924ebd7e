import numpy as np

from rashomon.sim.repertoire_realism.catalogue import PROPERTIES
from rashomon.sim.repertoire_realism.gene import v_usage
from tests.repertoire_sample import prepared, receptors


def test_each_repertoire_is_described(rng):
    """In their order; the same repertoire twice is described once and stands twice."""
    a, b = prepared(receptors(90, rng), receptors(90, rng, p_v=0.9))
    found = PROPERTIES["v"].describe([a, b, a], [a, b])
    assert [values.tolist() for values in found.values] == [v_usage(one).tolist() for one in (a, b, a)]
    assert found.values[0] is found.values[2]


def test_what_is_undefined_has_a_reason(rng):
    """Values are missing and the reason says why."""
    group = prepared(receptors(90, rng), receptors(90, rng))
    found = PROPERTIES["d50"].describe(group, group)
    assert (found.values, found.reason) == ((), "has no counts")


def test_distance_and_chance_are_those_of_the_distance():
    """The classifier is at 0.5 where nothing tells receptors apart, all others at 0."""
    assert {record.chance for name, record in PROPERTIES.items() if name != "auc"} == {0.0}
    assert PROPERTIES["auc"].chance == 0.5
    assert PROPERTIES["v"].between(np.array([1, 0]), np.array([0, 1])) == 1.0
