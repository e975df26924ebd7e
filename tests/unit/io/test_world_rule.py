from rashomon.io import CODES
from rashomon.io.world_rule import WORLD_RULES


def test_rules_of_worlds_say_where_to_look():
    """A code names the world, or the fit; each can be explained, and none stands twice."""
    names = [rule.name for rule in WORLD_RULES]
    assert {name.partition(".")[0] for name in names} == {"world", "fit"}
    assert len(names) == len(set(names))
    assert set(names) <= set(CODES)
