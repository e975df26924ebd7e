"""The verdict on all cells, and its words."""

from types import SimpleNamespace

import pandas as pd
import pytest

from rashomon.ask.structure.word import STRUCTURE_VERDICTS, verdict_of
from rashomon.structure.node import VERDICTS


def found(*verdicts):
    """Tests of nodes with these verdicts."""
    return SimpleNamespace(nodes=pd.DataFrame({"verdict": verdicts}), pairs=pd.DataFrame({"verdict": []}))


def root(verdict, p):
    """A test of all cells."""
    return SimpleNamespace(verdict=verdict, p_structure=p)


def test_every_verdict_has_a_word():
    """As many as the test of all cells has."""
    assert set(STRUCTURE_VERDICTS) == set(VERDICTS)


@pytest.mark.parametrize(
    ("verdict", "p", "node", "expected"),
    [
        ("cannot tell", 0.01, "separated", "groups"),
        ("cannot tell", 0.01, "not separated", "cannot tell"),
        ("cannot tell", float("nan"), "separated", "cannot tell"),
        ("closed gradient", 0.01, "separated", "closed gradient"),
        ("no", 0.5, "separated", "no"),
        ("groups", 0.01, "not separated", "groups"),
    ],
)
def test_a_gap_between_clusters_counts_only_where_there_is_structure(verdict, p, node, expected):
    """A rare cluster may be seen only by the test that knows where to look."""
    assert verdict_of(root(verdict, p), found(node)) == expected
