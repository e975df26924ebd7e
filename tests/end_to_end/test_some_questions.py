"""An audit that is asked some questions only."""

import pytest

from rashomon import study
from rashomon.ask import QUESTIONS
from rashomon.core import UsageError, silent
from rashomon.engine import Engine
from tests.planted import dataset, judged


def options(**asked):
    """Fast options; nothing is shown."""
    return study.AuditOptions(
        max_pipelines=8,
        n_replicates=2,
        engine=Engine("serial", listener=silent),
        multiverse={"resolution": [1.0]},
        **asked,
    )


@pytest.mark.parametrize("name", ["truths", pytest.param("choices", marks=pytest.mark.slow)])
def test_only_what_is_asked_is_answered(name, tmp_path):
    """The other questions say that nobody asked; nothing is run for them; the page is written all the same."""
    from rashomon import report

    found = study.audit(dataset(), judged(), options=options(questions=(name,)))
    assert {key for key, answer in found.answers.items() if answer.verdict != "not asked"} == {name}
    assert set(found.answers) == set(QUESTIONS)
    report.write(found, tmp_path / "report.html")
    assert "not asked" in (tmp_path / "report.html").read_text().lower()


def test_only_scores_that_are_named_are_computed():
    """Against truths and on views."""
    found = study.audit(dataset(), judged(), options=options(questions=("truths",), scores=("ami", "silhouette")))
    assert set(found.scores["score"]) == {"ami", "silhouette"}


@pytest.mark.parametrize(("name", "value"), [("questions", "stabilty"), ("scores", "amy")])
def test_an_unknown_name_is_refused(name, value):
    """Before anything is run, with the nearest name."""
    with pytest.raises(UsageError, match=value):
        study.audit(dataset(), judged(), options=options(**{name: (value,)}))
