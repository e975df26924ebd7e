"""A choice knows its levels and where it applies."""

import pytest

from rashomon.core import UsageError
from rashomon.multiverse import Choice, Option

SCALE = Choice("scale", (Option("clip", ""), Option("none", "")), within={"norm": ("log",), "n_pcs": (20, 50)})


def test_the_first_option_is_the_default():
    """Levels keep their order."""
    assert (SCALE.levels, SCALE.default) == (("clip", "none"), "clip")


@pytest.mark.parametrize(
    ("pipeline", "applies"),
    [
        ({"norm": "log", "n_pcs": 20}, True),
        ({"norm": "log", "n_pcs": 30}, False),
        ({"norm": "residuals", "n_pcs": 20}, False),
        ({"n_pcs": 20}, False),
    ],
)
def test_a_choice_applies_where_all_its_conditions_do(pipeline, applies):
    """Every named choice has one of the given levels; one that was not made does not count."""
    assert SCALE.applies(pipeline) is applies
    assert Choice("free", (Option(1, ""),)).applies(pipeline)


@pytest.mark.parametrize("options", [(), (Option(1, "a"), Option(1, "b"))], ids=["none", "twice"])
def test_levels_must_be_distinct(options):
    """No option, or two with one level, is refused by the name of the choice."""
    with pytest.raises(UsageError, match="choice 'n_pcs' needs options with distinct levels"):
        Choice("n_pcs", options)
