"""What an intervention may set a node to."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.intervention import node_value, plain_values
from rashomon.sim.world import World

WORLD = World("w", {"n_genes": 20, "n_groups": 2, "n_batches": 2, "topology": "groups"})


def taken(name, value):
    """The value as the node takes it."""
    return node_value(name, value, names=WORLD.names, knobs=WORLD.knobs)


@pytest.mark.parametrize(("given", "code"), [("type_2", 1), (0, 0), (np.int64(1), 1)])
def test_classes_are_taken_by_name_and_by_code(given, code):
    """Whatever the type of the integer."""
    assert taken("type", given) == code


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("type", "type_3", "'type_3' is no type"),
        ("type", 2, "2 is no type"),
        ("type", True, "True is no type"),
        ("cell_depth", -1.0, "-1.0 cannot be set"),
        ("cell_depth", float("inf"), "inf cannot be set"),
        ("cell_depth", "deep", "'deep' is no number"),
        ("doublet", 2, "2.0 cannot be set"),
        ("gene_dispersion", [0.1, np.nan], "nan cannot be set"),
        ("count", 0, "count cannot be set"),
        ("position", 0.5, "position plays no part"),
        ("typ", 0, "there is no node or knob 'typ'"),
    ],
)
def test_what_no_cell_can_have_is_refused(name, value, what):
    """With the node in the place of the error."""
    with pytest.raises(UsageError, match=what) as caught:
        taken(name, value)
    assert caught.value.code == "world.do"


def test_a_cell_that_does_not_divide_has_no_angle():
    """NaN is a value of the cycle, and of nothing else."""
    assert np.isnan(taken("cycle", np.nan))
    assert plain_values({"cycle": np.nan, "loading": np.zeros((1, 2))}) == {"cycle": None, "loading": [[0.0, 0.0]]}


def test_zero_is_at_the_edge_of_what_is_legal():
    """Ranges are closed."""
    assert taken("cell_depth", 0.0) == 0.0
    assert taken("doublet", True) is True
