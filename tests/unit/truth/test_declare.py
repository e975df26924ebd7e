import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.truth import TruthSpec, declaration, declare, declared, specs
from tests.sample import refused

OBS = pd.DataFrame({"gate": ["yes", "no", None] * 4, "stage": ["a", "b", "b"] * 4, "odd=name": ["x", "y"] * 6})
UNS = {"rashomon": {"truths": {"gate": "annotation:protein", "stage": "biological"}}}


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("gate", TruthSpec("gate")),
        ("gate=technical", TruthSpec("gate", "technical")),
        ("gate=annotation:protein", TruthSpec("gate", "annotation", "protein")),
        ("gate=annotation:", TruthSpec("gate", "annotation")),
        ("odd=name=biological", TruthSpec("odd=name", "biological")),
    ],
)
def test_texts_are_parsed(text, spec):
    """NAME[=KIND[:ORIGIN]], the last equals sign separates."""
    assert TruthSpec.parse(text) == spec


@pytest.mark.parametrize(
    ("text", "message", "code"),
    [
        ("gate=biologcal", "unknown kind 'biologcal'", "truth.kind"),
        ("gate=annotation:protien", "unknown derived_from 'protien'", "truth.derived_from"),
        ("=annotation", "a truth has no name", "truth.name"),
        ("", "a truth has no name", "truth.name"),
    ],
)
def test_wrong_texts_are_mistakes_of_the_call(text, message, code):
    """With the code, the grammar, and the nearest word."""
    with pytest.raises(UsageError, match=message) as caught:
        TruthSpec.parse(text)
    assert (caught.value.code, caught.value.expected) == (code, "NAME[=KIND[:ORIGIN]]")


def test_the_call_goes_before_the_file():
    """A bare name takes what the file declares; a full one does not."""
    given = specs(["gate", "stage=technical", "other"], uns=UNS)
    assert [(spec.kind, spec.derived_from) for spec in given] == [
        ("annotation", "protein"),
        ("technical", None),
        ("annotation", None),
    ]


def test_without_a_call_the_file_decides():
    """None means all declared truths, an empty list means none."""
    assert [spec.column for spec in specs(None, uns=UNS)] == ["gate", "stage"]
    assert specs(None) == specs([], uns=UNS) == ()


def test_a_truth_given_twice_is_a_mistake_of_the_call():
    """Also with different kinds."""
    with pytest.raises(UsageError, match="truth 'gate' is given twice"):
        specs(["gate", "gate=technical"])


def test_declarations_are_found_again():
    """What is stored in a file is what was declared."""
    truths, _ = declare(OBS, specs(["gate=annotation:protein", "stage=biological"]))
    assert declaration(truths) == UNS["rashomon"]["truths"]
    assert list(declared({"rashomon": {"truths": declaration(truths)}}).values()) == list(declared(UNS).values())


def test_a_file_may_declare_nothing():
    """Nor need it have our namespace."""
    assert declared({}) == declared({"rashomon": {}}) == {}


def test_a_wrong_declaration_in_a_file_is_told():
    """With the column."""
    with pytest.raises(UsageError, match="unknown kind 'wrong'") as caught:
        declared({"rashomon": {"truths": {"gate": "wrong"}}})
    assert caught.value.where == "truth 'gate'"


def test_truths_are_read_in_order_with_their_notes():
    """Kind and origin come from the specs, labels from the table."""
    truths, notes = declare(OBS, specs(["stage=biological", "gate=annotation:protein"]))
    assert list(truths) == ["stage", "gate"]
    assert truths["gate"].codes.tolist() == [1, 0, -2] * 4
    assert notes == ("obs['gate']: 4 of 12 rows carry no label and take no part in comparisons with it",)


def test_labels_that_cannot_be_compared_are_refused():
    """The place names the column."""
    with refused("label.one_class", what="all 12 labelled rows are 'x'", where="obs['same']"):
        declare(OBS.assign(same="x"), [TruthSpec("same")])
