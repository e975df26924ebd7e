from rashomon.io.receptor.repair_rule import REPAIR_REMARKS, REPAIR_RULES
from rashomon.io.rule import REMARKS, RULES


def test_rules_are_known_at_the_door():
    """Refusals and remarks can be explained by their code."""
    assert all(RULES[rule.name] is rule for rule in (*REPAIR_RULES, *REPAIR_REMARKS))
    assert all(REMARKS[rule.name] is rule for rule in REPAIR_REMARKS)


def test_every_rule_says_what_to_do():
    """And why it is there."""
    for rule in (*REPAIR_RULES, *REPAIR_REMARKS):
        assert rule.name.split(".")[0] in {"receptor", "modality"}
        assert all((rule.summary, rule.expected, rule.fix, rule.explanation))
