from rashomon.io import CODES, RULES
from rashomon.io.receptor.code import RECEPTOR_CODES


def test_codes_of_other_rooms_can_be_explained():
    """Each is listed with the codes, and is none of the door's own rules."""
    names = {rule.name for rule in RECEPTOR_CODES}
    assert names <= set(CODES)
    assert not names & set(RULES)
