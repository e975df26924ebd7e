import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.truth import Coarsening, Crossing, Quantiles, TruthSpec, declaration, declare, declared, specs
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


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("stage=quantile(time,4)", TruthSpec("stage", recipe=Quantiles("time", 4))),
        ("x=cross(a, b)=technical", TruthSpec("x", "technical", recipe=Crossing("a", "b"))),
        ("x=cross(a, b)=annotation:protein", TruthSpec("x", "annotation", "protein", recipe=Crossing("a", "b"))),
    ],
)
def test_recipes_are_parsed(text, spec):
    """NAME=RECIPE(...), then kind and origin as for a column."""
    assert TruthSpec.parse(text) == spec


def test_derived_truths_are_read_with_their_columns():
    """The rule is applied to the labels of the table; notes say what was made and what has no class."""
    wanted = specs(["both=cross(gate, stage)", "late=quantile(time, 2)", "soft=argmax(probs, 0.8)"])
    obs = OBS.assign(time=np.arange(12.0))
    probs = pd.DataFrame({"p": [0.9, 0.1, 0.5] * 4, "q": [0.1, 0.9, 0.5] * 4})
    truths, notes = declare(obs, wanted, obsm={"probs": probs})
    assert truths["both"].categories == ("no, b", "yes, a")
    assert truths["late"].codes.tolist() == [0] * 6 + [1] * 6
    assert truths["soft"].codes.tolist() == [0, 1, -1] * 4
    assert sum("4 of 12 rows carry no label" in note for note in notes) == 2
    assert any(note.startswith("'soft': 8 of 12 cells") for note in notes)


def test_circularity_is_inherited_whatever_is_said():
    """Through the file's declaration, through two recipes, and against an origin that the call gives."""
    uns = {"rashomon": {"truths": {"gate": "annotation:expression"}}}
    coarse = TruthSpec("coarse", "annotation", "protein", recipe=Coarsening("gate", {"yes": "Y", "no": "N"}))
    truths, _ = declare(OBS, specs([coarse, "deep=cross(coarse, stage)"], uns=uns))
    assert truths["coarse"].derived_from == "protein"
    assert truths["coarse"].is_circular("expression")
    assert truths["deep"].is_circular("expression")
    plain, _ = declare(OBS, specs(["free=cross(gate, stage)"]))
    assert not plain["free"].is_circular("expression")


def test_measurements_inherit_what_the_file_says_about_them():
    """A numeric column declared as made from expression gives circular quantile classes."""
    uns = {"rashomon": {"truths": {"time": "annotation:expression"}}}
    truths, _ = declare(OBS.assign(time=np.arange(12.0)), specs(["late=quantile(time, 2)"], uns=uns))
    assert (truths["late"].derived_from, truths["late"].parents) == ("expression", ("time",))


def test_a_file_may_not_make_us_read_another_file(tmp_path):
    """Recipes are read from the call alone; in a file's declaration the text is no kind."""
    file = tmp_path / "m.csv"
    file.write_text("yes,Y\nno,N\n", encoding="utf-8")
    recipe = f"map(gate, {file})"
    with pytest.raises(UsageError, match="unknown kind"):
        declared({"rashomon": {"truths": {"coarse": recipe}}})
    truths, _ = declare(OBS, specs({"coarse": recipe}))
    assert truths["coarse"].categories == ("Y", "N")


@pytest.mark.parametrize("texts", [["a=cross(a, stage)"], ["a=cross(b, stage)", "b=cross(a, gate)"]])
def test_a_truth_is_not_made_from_itself(texts):
    """Directly or through another one."""
    with pytest.raises(UsageError, match="is made from itself"):
        specs(texts)


def test_words_for_no_class_reach_the_columns_of_a_recipe():
    """A derived truth says them for its parents."""
    spec = TruthSpec("both", unassigned=("no",), recipe=Crossing("gate", "stage"))
    truths, _ = declare(OBS.assign(gate=["yes", "no", "maybe"] * 4), [spec])
    assert truths["both"].codes.tolist() == [1, -1, 0] * 4


def test_a_derived_truth_must_be_comparable():
    """As every truth: here a single class is left."""
    spec = TruthSpec("one", recipe=Coarsening("gate", {"yes": "x", "no": "x"}))
    with refused("label.one_class", what="all 8 labelled rows are 'x'", where="truth 'one'"):
        declare(OBS, [spec])
