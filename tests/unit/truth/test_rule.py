from rashomon.core import InputError
from rashomon.truth import LABEL_RULES, Rule


def test_a_broken_rule_is_an_input_error_with_its_code():
    """The texts of the rule are used where the place knows no better."""
    rule = Rule("label.x", "summary", "expected", "fix", "Why.")
    error = rule.broken("3 are wrong", where="obs['a']")
    assert isinstance(error, InputError)
    assert (error.what, error.where, error.expected, error.fix) == ("3 are wrong", "obs['a']", "expected", "fix")
    assert error.code == "label.x"
    assert rule.broken("x", where="y", expected="more", fix="less").expected == "more"
    assert rule.broken("x", where="y", expected="more", fix="less").fix == "less"


def test_rules_of_labels_have_one_family_name():
    """Their codes begin alike, and none occurs twice."""
    names = [rule.name for rule in LABEL_RULES]
    assert len(set(names)) == len(names)
    assert all(name.startswith("label.") for name in names)
