from rashomon.io.file_rule import FILE_REMARKS, FILE_RULES


def test_rules_of_files_carry_the_prefix_of_files():
    """A code says where to look."""
    assert {rule.name.partition(".")[0] for rule in (*FILE_RULES, *FILE_REMARKS)} == {"file"}


def test_no_code_is_both_refused_and_noted():
    """A code stands for one outcome."""
    assert {rule.name for rule in FILE_RULES} & {rule.name for rule in FILE_REMARKS} == set()
