import pytest
from pydantic import ValidationError

from rashomon.study.spec import AuditSpec, BenchmarkSpec
from rashomon.study.spec.explain import faults_of, keys_at


def faults(model=AuditSpec, others=(), **given):
    """Faults of a document, as path and words."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"rashomon": 1, "data": {"file": "a"}, **given})
    return [(fault.path, str(fault), fault.of_key) for fault in faults_of(caught.value, model, others=others)]


def test_types_are_named_in_plain_words():
    """Whole numbers, texts, lists and mappings, with the way to write what was meant."""
    given = {"n_replicates": "020", "labels": 1.5, "clusterers": "ward", "roles": [], "title": "x" * 501, "steps": None}
    assert {path[0]: text for path, text, _ in faults(**given)} == {
        "n_replicates": "found the text '020', expected a whole number, write 20, without quotes, underscores or"
        " leading zeros",
        "labels": 'found 1.5, expected a text, write "1.5", in quotes',
        "clusterers": "found the text 'ward', expected a list",
        "roles": "found a list, expected a mapping",
        "title": "found a text of 501 characters, expected a text of at most 500 characters",
        "steps": "found nothing, expected a list",
    }  # fmt: skip


def test_unknown_keys_are_those_of_their_place():
    """Below data, those of data; keys of the other kind of study are told apart."""
    assert faults(data={"file": "a", "fle": 1}) == [
        (
            ("data", "fle"),
            (
                "found the unknown key 'fle', expected file, layer, use_rep, within, receptors, labels_from or"
                " labels_only, did you mean 'file'?"
            ),
            True,
        )
    ]
    ((_, text, _),) = faults(others=["controls"], controls=True)
    assert text == "found the key 'controls', expected it in the other kind of study only, leave it out"


def test_missing_keys_are_described():
    """By what would stand there."""
    ((path, text, _),) = faults(data={})
    assert path == ("data", "file")
    assert text.startswith("found no key 'file', expected the data, from the folder of this file")


def test_an_implied_fault_is_not_said_again():
    """A list of refused entries is no empty list."""
    assert [path for path, *_ in faults(questions=["a"])] == [("questions", 0)]


def test_keys_at_a_place():
    """Through nested and optional models; none where there are none."""
    assert keys_at(AuditSpec, ()) == tuple(AuditSpec.model_fields)
    assert keys_at(BenchmarkSpec, ("data", "worlds"))[0] == "world"
    assert "queue" in keys_at(AuditSpec, ("engine", "slurm"))
    assert keys_at(AuditSpec, ("labels", "x")) == ()
