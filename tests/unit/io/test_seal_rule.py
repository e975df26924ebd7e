"""The codes of seals can be explained."""

from rashomon.io import CODES
from rashomon.io.seal_rule import SEAL_RULES


def test_every_rule_of_seals_can_be_explained():
    """Their names begin with seal or sign, and all are in the list of codes."""
    names = [rule.name for rule in SEAL_RULES]
    assert all(name.startswith(("seal.", "sign.")) for name in names)
    assert set(names) <= set(CODES)
