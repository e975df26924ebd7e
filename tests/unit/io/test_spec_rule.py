"""The codes of study files can be explained."""

from rashomon.io import CODES
from rashomon.io.spec_rule import SPEC_RULES


def test_every_rule_of_study_files_can_be_explained():
    """Their names begin with spec, and all are in the list of codes."""
    names = [rule.name for rule in SPEC_RULES]
    assert all(name.startswith("spec.") for name in names)
    assert set(names) <= set(CODES)
