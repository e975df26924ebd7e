from dataclasses import replace

import pytest

from rashomon.report.ceiling import ceiling_sentences
from tests import example_audit


@pytest.fixture(scope="module")
def audit():
    return example_audit.audit(simulated=True)


def test_a_limit_stands_beside_what_was_reached(audit):
    """The score, the best that any method could reach with who says so, and the share between chance and there."""
    assert ceiling_sentences(audit)[0] == (
        "cell_type, AMI: these clusters 0.78, the best run that was scored 0.78; the best that any method could reach "
        "here: at most 0.93 (assisted oracle); from chance (0) to there (1), these clusters are at 0.84."
    )


def test_without_a_share_there_is_a_reason(audit):
    """And no NaN in words."""
    said = ceiling_sentences(audit)[1]
    assert said.startswith(
        "gate, ARI: these clusters have no value; the best that any method could reach here: at most"
    )
    assert said.endswith("no share of it is given: the labels were not compared with this truth by this score.")
    assert "nan" not in " ".join(ceiling_sentences(audit))


def test_a_limit_that_can_be_reached_is_no_upper_bound(audit):
    """Only an assisted oracle, which knows what no method does, says "at most"."""
    table = audit.tables["ceilings"].assign(oracle="oracle")
    said = ceiling_sentences(replace(audit, tables={**audit.tables, "ceilings": table}))
    assert "could reach here: 0.93 (oracle);" in said[0]


def test_unknown_limits_are_not_said(audit):
    """They stay in the table, with their reason."""
    table = audit.tables["ceilings"].assign(ceiling=float("nan"))
    assert ceiling_sentences(replace(audit, tables={**audit.tables, "ceilings": table})) == ()


def test_measured_data_have_no_limit():
    """Nothing is said."""
    assert ceiling_sentences(example_audit.audit()) == ()


def test_an_unknown_score_keeps_its_name(audit):
    """Scores of other versions are shown as they were written."""
    table = audit.tables["ceilings"].assign(score="a score of tomorrow")
    said = ceiling_sentences(replace(audit, tables={**audit.tables, "ceilings": table}))
    assert said[0].startswith("cell_type, a score of tomorrow: these clusters 0.78")
