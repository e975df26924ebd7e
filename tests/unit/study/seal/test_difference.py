"""What is said of runs that were computed again."""

from rashomon.study.seal.difference import causes, key_remarks
from rashomon.study.seal.machine import describe_machine


def test_equal_keys_prove_that_nothing_differed():
    """Any other key is counted."""
    assert key_remarks(["a", "b"], ["a", "b"])[0].startswith("their keys are equal")
    assert key_remarks(["a", "b"], ["a", "c"])[0].startswith("1 of 2 keys differ")


def test_causes_name_what_differs_between_machines():
    """Nothing known, nothing different, and another version are three sentences."""
    now = describe_machine()
    assert causes({}) == ["what computed the study is not known"]
    assert causes(now)[0].startswith("nothing that can change a number differs")
    other = {**now, "versions": {**now["versions"], "numpy": "0.1"}}
    assert "0.1" in causes(other)[0]
