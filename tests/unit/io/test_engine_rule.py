"""The codes of engines and stores can be explained."""

from rashomon.io import CODES
from rashomon.io.engine_rule import ENGINE_RULES


def test_every_rule_of_engines_can_be_explained():
    """All are in the list of codes."""
    assert {rule.name for rule in ENGINE_RULES} <= set(CODES)
