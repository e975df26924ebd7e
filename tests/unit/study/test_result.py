"""The result of an audit at a glance."""

from dataclasses import replace

from rashomon.ask import Answer, trip
from tests.planted import dataset, judged, planted_audit, truth


def test_one_sentence_per_question():
    """Seven questions, seven sentences, each ending with a full stop."""
    said = planted_audit().sentences()
    assert len(said) == 7
    assert said[0].startswith("Yes (groups)")
    assert said[1].startswith("3 of 3 clusters come back")
    assert said[2].startswith("The clusters follow type")
    assert all(sentence.endswith(".") for sentence in said)


def test_an_audit_shows_its_answers():
    """A notebook shows a line per question, then trip-wires; as HTML with the cards, and names stay text."""
    found = planted_audit()
    shown = repr(found).splitlines()
    assert shown[0].startswith("Audit of ")
    assert shown[1:8] == [f"- {each}" for each in found.sentences()]
    cards = found.tables["cards"].copy()
    cards.loc[cards.index[0], "cluster"] = "<script>alert(1)</script>"
    page = replace(found, tables={**found.tables, "cards": cards})._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<tr") == len(cards) + 1


def test_why_nothing_can_be_told_is_said():
    """The reason stands behind the verdict."""
    untold = Answer("truths", "not applicable", "cannot tell", "No label column was declared. So nothing can be said.")
    found = replace(planted_audit(), answers={"truths": untold})
    assert found.sentences() == ["Cannot tell. No label column was declared."]


def test_failed_runs_are_listed():
    """Runs that failed, and only those, with their reasons."""
    found = planted_audit()
    runs = found.tables["runs"].copy()
    runs.loc[3, ["status", "reason"]] = ["failed", "pca: no"]
    broken = replace(found, tables={**found.tables, "runs": runs})
    assert broken.failed["reason"].tolist() == ["pca: no"]
    assert found.failed.empty


def test_tables_have_short_names():
    """Scores and clusters are the tables of these names."""
    found = planted_audit()
    assert found.scores is found.tables["scores"]
    assert found.clusters is found.tables["clusters"]


def test_one_line_per_trip_wire_that_fired():
    """Planted data fire none; a column made from the same matrix fires one, with what to do."""
    found = planted_audit()
    assert found.warnings() == []
    table = trip(dataset(truths=[truth(derived_from="expression")]), judged())
    (line,) = replace(found, tables={**found.tables, "tripwires": table}).warnings()
    assert line.startswith("same_matrix: type: declared as made from expression and cannot win. Judge by labels")
