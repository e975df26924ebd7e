from rashomon.io.receptor.rule import RECEPTOR_REMARKS, RECEPTOR_RULES
from rashomon.io.rule import REMARKS, RULES


def test_every_rule_of_receptors_can_be_explained():
    """By its code, in the registry of the door."""
    assert all(RULES[rule.name] is rule for rule in (*RECEPTOR_RULES, *RECEPTOR_REMARKS))
    assert all(REMARKS[rule.name] is rule for rule in RECEPTOR_REMARKS)


def test_rules_are_named_after_receptors():
    """One prefix, so that a reader of a log knows the part of the data."""
    assert all(rule.name.startswith("receptor.") for rule in (*RECEPTOR_RULES, *RECEPTOR_REMARKS))
