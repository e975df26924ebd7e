from rashomon.io import CODES
from rashomon.io.receptor_world_rule import RECEPTOR_WORLD_RULES


def test_rules_of_receptor_worlds_say_where_to_look():
    """A code names the room that raises it; each can be explained, and none stands twice."""
    names = [rule.name for rule in RECEPTOR_WORLD_RULES]
    assert {name.partition(".")[0] for name in names} == {"world", "vdj", "selection", "motif", "epitope", "hla"}
    assert len(names) == len(set(names))
    assert set(names) <= set(CODES)
