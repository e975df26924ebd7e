import ast

import pytest

from rashomon.report import fact
from tests import example_audit


@pytest.fixture
def plain_audit():
    return example_audit.audit()


def test_every_rung_has_a_meaning():
    """What was varied is explained, also what only stands beside."""
    found = fact.varied(("seed", "settings", "clusterer=kmeans, beside"))
    assert [title for title, _ in found] == ["other seeds", "other settings", "clusterer = kmeans, beside"]
    assert "another seed" in found[0][1]
    assert "without weight" in found[2][1]


def test_runs_are_counted_by_what_was_varied():
    """All runs are counted, failed ones too."""
    found = fact.counts(example_audit.audit(failed=7))
    assert found == [
        ("all settings, on all cells", 240, 0),
        ("half-samples of cells", 40, 0),
        ("other seeds", 20, 7),
    ]
    assert fact.counts(example_audit.audit(labels_only=True)) == []


def test_failures_are_grouped_by_reason():
    """A reason is told once, with how often it struck and one pipeline it struck; none, and there is no table."""
    table = fact.failures(example_audit.audit(failed=7))
    assert table.headings == ("reason", "runs", "for_example")
    assert table.rows == (("MemoryError in …/run.npy", "7", "normalise=log1p CP10k | n_genes=2000"),)
    assert fact.failures(example_audit.audit()) is None


def test_what_was_not_run_has_its_reason(plain_audit):
    """Every alternative the data did not allow stands with the reason."""
    assert fact.not_run(plain_audit).rows == (("perturbation", "donors", "no donor column was declared"),)
    assert fact.not_run(example_audit.audit(labels_only=True)) is None


def test_rows_are_accounted_for_without_names(plain_audit):
    """How many rows were dropped, where and why is said; which ones is not."""
    assert fact.row_lines(plain_audit) == [
        "243 rows in, 240 used",
        "filter: 3 dropped, no counts",
        "X was sorted, from …/in.h5ad",
    ]


def test_call_is_shown_in_full(plain_audit):
    """Every argument is a row; the seed keeps its digits, a path its last part."""
    assert dict(fact.spec_rows(plain_audit))["rng"] == "12345"
    assert dict(fact.spec_rows(plain_audit))["path"] == "…/in.h5ad"


def test_lines_are_the_ones_in_use():
    """The numbers are read from where they are used."""
    assert [value for value, _ in fact.thresholds()] == [
        "Jaccard index 0.5",
        "Jaccard index 0.75",
        "80%",
        "50%",
        "50%",
        "20 cells",
        "0.5",
    ]


@pytest.mark.parametrize("name", ["leiden", 'it\'s "quoted"', "a\\b\n"])
def test_snippet_is_python_that_names_the_columns(name):
    """The lines parse whatever the labels are called, and use the columns that were written."""
    audit = example_audit.audit(hostile=name)
    lines = fact.snippet(audit)
    ast.parse("\n".join(lines))
    assert repr(audit.judged.name) in lines[2]
    assert "'rashomon_stability'" in lines[2]
    assert fact.snippet(example_audit.audit(labels_only=True)) == []
