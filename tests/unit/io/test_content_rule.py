from rashomon.io.content_rule import CONTENT_REMARKS, MATRIX_RULES, TABLE_RULES


def test_rules_of_the_matrix_carry_its_prefix():
    """A code says where to look."""
    assert {rule.name.partition(".")[0] for rule in MATRIX_RULES} == {"matrix"}
    assert {rule.name.partition(".")[0] for rule in TABLE_RULES} == {"names", "table"}


def test_no_code_is_both_refused_and_noted():
    """A code stands for one outcome."""
    refused = {rule.name for rule in (*MATRIX_RULES, *TABLE_RULES)}
    assert refused & {rule.name for rule in CONTENT_REMARKS} == set()
