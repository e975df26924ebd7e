"""Markers on the page."""

from dataclasses import replace

import pandas as pd

from rashomon.report.marker import marker_sentence, marker_words
from tests import example_audit


def test_each_cluster_has_its_markers_in_words():
    """Genes and where they were tested; circular ones and absent ones say so."""
    words = marker_words(example_audit.audit())
    assert (words[0].genes, words[0].note) == ("CD3D, IL7R", "on held-out counts, 3 halved copies")
    assert words[2].note == "circular: tested on the counts that made the labels"
    assert words[3].genes == "no marker"
    assert words[3].note.endswith("no gene marks it")


def test_the_methods_count_clusters():
    """How many were tested on held-out counts, and how many have no marker."""
    said = marker_sentence(example_audit.audit())
    assert "for 7 of 8 clusters" in said
    assert "5 clusters have none" in said


def test_nothing_is_said_where_nothing_was_looked_for():
    """Without expression there are no markers, no note and no sentence."""
    audit = example_audit.audit()
    empty = replace(audit, tables={**audit.tables, "marked": pd.DataFrame()})
    assert marker_words(empty) == {}
    assert marker_sentence(empty) == ""
