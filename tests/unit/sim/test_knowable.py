"""Whether a world has an oracle."""

import pytest

from rashomon.sim.knowable import availability
from rashomon.sim.world import World

TYPES = {"n_groups": 3, "n_genes": 40, "n_markers": 5, "effect_size": 1.0}


def found(knobs, **done):
    """What the oracle of a world is called."""
    return str(availability(World("w", {**TYPES, **knobs}).do(**done).scene(100, root=1)))


@pytest.mark.parametrize("knobs", [{}, {"ambient": 0.2, "extra_zeros": 0.1, "swapping": 0.1, "depth_sd": 0.3}])
def test_posterior_is_exact_where_genes_are_independent(knobs):
    """Depth, ambient molecules, swapped barcodes and extra zeros leave the likelihood closed."""
    assert found(knobs) == "oracle"


@pytest.mark.parametrize(
    ("knobs", "named"),
    [({"factor_sd": 0.3}, "factor"), ({"doublet_rate": 0.1}, "its second cell"), ({"cycling_share": 0.5}, "cycle")],
)
def test_hidden_causes_make_the_oracle_assisted_by_name(knobs, named):
    """What no method sees and the oracle is told is named."""
    said = found(knobs)
    assert said.startswith("assisted oracle")
    assert named in said


@pytest.mark.parametrize(
    ("knobs", "done", "why"),
    [
        ({"n_groups": 1, "n_markers": 0}, {}, "one type"),
        ({"depth": 0.0}, {}, "no counts"),
        ({}, {"type": 1}, "type was set"),
    ],
)
def test_no_oracle_says_why(knobs, done, why):
    """Where there is no posterior the reason is given."""
    said = found(knobs, **done)
    assert said.startswith("none, because")
    assert why in said


def test_setting_the_hidden_cause_makes_the_oracle_exact():
    """A factor that was switched off hides nothing."""
    assert found({"factor_sd": 0.3}, factor=0) == "oracle"
