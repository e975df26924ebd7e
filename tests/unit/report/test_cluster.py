from dataclasses import replace

import numpy as np
import pytest

from rashomon.report.cluster import Rate, cluster_rows, marks_of, receptor_words, rung_names, rung_title, tally
from rashomon.report.mark import MARKS, RECEPTOR_MARKS
from tests import example_audit, example_receptor_audit


@pytest.fixture
def plain_audit():
    return example_audit.audit()


def test_rows_run_from_what_comes_back_to_what_cannot_be_told(plain_audit):
    """Rows are ordered by verdict, and within one by size."""
    rows = cluster_rows(plain_audit)
    order = list(MARKS)
    keys = [(order.index(row.verdict), -row.size) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == len(example_audit.NAMES)


def test_name_is_not_said_twice(plain_audit):
    """The cluster's own name and what most of its cells are stand apart; so do the verdict and its detail."""
    row = cluster_rows(plain_audit)[3]
    assert (row.cluster, row.description) == ("3", "(93 % CD8 T)")
    assert (row.verdict, row.detail, row.mark.sign) == ("splits", "into 2 parts", "÷")


def test_rates_are_those_of_the_table_in_its_order(plain_audit):
    """Each rung has a rate; an unknown one is a dash and no bar."""
    assert rung_names(plain_audit) == example_audit.RUNGS
    row = cluster_rows(plain_audit)[3]
    expected = plain_audit.clusters[[f"recovered: {rung}" for rung in example_audit.RUNGS]].iloc[3]
    assert [rate.share for rate in row.rates] == pytest.approx(expected.tolist())
    table = plain_audit.clusters.assign(**{"recovered: seed": np.nan, "worst_setting": np.nan})
    (first, *_) = cluster_rows(replace(plain_audit, tables={**plain_audit.tables, "clusters": table}))
    assert (first.rates[0].share, first.rates[0].percent, first.rates[0].width) == (None, "–", "0%")
    assert first.worst == "–"


def test_bar_is_as_long_as_the_share():
    """The bar never leaves its frame."""
    assert [Rate("x", share).width for share in (0.0, 0.333, 1.0, 1.2)] == ["0.0%", "33.3%", "100.0%", "100.0%"]
    assert Rate("x", 0.333).percent == "33 %"


def test_rungs_have_titles_in_words():
    """A known rung is told in words; one that stands beside keeps its name."""
    assert rung_title("halves") == "half-samples of cells"
    assert rung_title("settings") == "other settings"
    assert rung_title("clusterer=kmeans, beside") == "clusterer = kmeans, beside"


def test_tally_counts_every_cluster_once(plain_audit):
    """The counts add up, and verdicts that none got are not listed."""
    counts = tally(cluster_rows(plain_audit))
    assert next((name, count) for _, name, count in counts) == ("comes back", 3)
    assert sum(count for *_, count in counts) == len(example_audit.NAMES)
    assert tally([]) == []


def test_what_stands_beside_is_marked(plain_audit):
    """A rung without weight in the verdict is told apart from those that decide."""
    rungs = plain_audit.tables["rungs"]
    rungs = rungs.assign(decides=rungs["rung"] != "settings")
    (first, *_) = cluster_rows(replace(plain_audit, tables={**plain_audit.tables, "rungs": rungs}))
    assert [rate.rung for rate in first.rates if not rate.decides] == ["other settings"]


def test_clusters_of_receptors_have_their_words():
    """The word comes first, whether the cluster comes back follows; candidates stand first, the untold last."""
    audit = example_receptor_audit.audit()
    words = audit.tables["receptor_clusters"]
    rows = cluster_rows(audit)
    assert len(rows) == len(words)
    for row in rows:
        said = words[words["name"] == row.cluster].iloc[0]
        back = audit.clusters[audit.clusters["cluster"] == row.cluster].iloc[0]
        assert row.verdict == said["verdict"]
        assert row.detail == f"{said['detail']}; {back['verdict']}"
        assert row.action.startswith(said["action"])
        assert row.mark == RECEPTOR_MARKS[row.verdict]
    assert rows[0].verdict.startswith("same-target candidate")
    assert rows[-1].verdict == "cannot tell"
    assert [name for _, name, _ in tally(rows)] == list(dict.fromkeys(row.verdict for row in rows))
    assert marks_of(audit) == RECEPTOR_MARKS
    assert set(receptor_words(audit)) == set(words["cluster"])


def test_cluster_of_one_receptor_cannot_be_told():
    """What has no row in the table of receptors is one receptor."""
    audit = example_receptor_audit.audit()
    table = audit.tables["receptor_clusters"]
    audit = replace(audit, tables={**audit.tables, "receptor_clusters": table[table["cluster"] != 3]})
    (row,) = [row for row in cluster_rows(audit) if row.cluster == "3"]
    assert row.verdict == "cannot tell"
    assert row.detail.startswith("(one receptor); splits")


def test_cells_have_no_words_for_receptors():
    """An audit of cells keeps its verdicts."""
    audit = example_audit.audit()
    assert receptor_words(audit) == {}
    assert next(iter(marks_of(audit))) == "comes back"
