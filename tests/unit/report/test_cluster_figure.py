"""Figures of clusters: their numbers are those of the tables, and are said in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.stability.rung import PIPELINES
from rashomon.core.labels import MISSING
from rashomon.report.cluster_figure import CLUSTER_FIGURES, N_CLUSTERS, blocks, largest_clusters, repeat_matches
from rashomon.score import element_centric_items
from tests import example_audit
from tests.planted import planted_audit

FIGURES = {figure.name: figure for figure in CLUSTER_FIGURES}


def test_each_belongs_to_its_question_and_begins_with_one():
    """Three figures of question 2."""
    assert list(FIGURES) == ["clusters", "coclustering", "markers"]
    for figure in CLUSTER_FIGURES:
        assert figure.question == "stability"
        assert figure.summary.partition("?")[1]


def test_the_repeats_are_those_behind_the_table_of_rungs():
    """Their number, mean and share above one half are the ones that the audit says."""
    audit = planted_audit()
    rungs = audit.tables["rungs"].set_index(["cluster", "rung"]).sort_index()
    found = repeat_matches(audit).groupby(["cluster", "rung"])["jaccard"]
    said = pd.DataFrame(
        {"n": found.size(), "jaccard": found.mean(), "recovered": found.apply(lambda x: (x >= 0.5).mean())}
    )
    pd.testing.assert_frame_equal(said.sort_index(), rungs[["n", "jaccard", "recovered"]], check_dtype=False)


def test_blocks_are_of_the_runs_that_fit_best():
    """Each repeat counts once; planted groups are with themselves and apart, and the table has every pair once."""
    audit = planted_audit()
    table = blocks(audit)
    k = len(audit.clusters)
    assert set(table["repeats"]) == {"half-samples of cells", "other settings"}
    assert (table.groupby("repeats").size() == k * (k + 1) // 2).all()
    rungs = audit.tables["rungs"]
    for title, rung in (("half-samples of cells", "halves"), ("other settings", PIPELINES)):
        assert table.loc[table["repeats"] == title, "n"].max() == rungs.loc[rungs["rung"] == rung, "n"].max()
    own = table["a"] == table["b"]
    assert table.loc[own, "together"].min() > table.loc[~own, "together"].max()


def test_a_coarse_level_of_a_repeat_does_not_put_clusters_together():
    """The one of its granularities is taken that matches the judged labels, not all of them."""
    audit = planted_audit()
    parts = audit.partitions
    halves = parts.runs["perturbation"] == "halves"
    coarse = np.where(parts.labels >= 0, 0, parts.labels).astype(np.int32)
    varied = next(choice.name for choice in audit.multiverse.choices if choice.granularity)
    level = parts.runs.loc[halves, varied].iloc[0]
    labels = np.where((halves & (parts.runs[varied] != level)).to_numpy(), coarse, parts.labels)
    again = replace(audit, partitions=type(parts)(labels, parts.obs_names, parts.runs, parts.unit))
    table = blocks(again)
    rows = table[(table["repeats"] == "half-samples of cells") & (table["a"] != table["b"])]
    best = [element_centric_items(audit.judged.codes, labels[:, j]) for j in np.flatnonzero(halves)]
    assert max(np.nanmean(each) for each in best) > 0.9
    assert rows["together"].max() < 0.2


def test_all_are_drawn_and_said_from_a_real_audit():
    """Every figure is there, is the same bytes twice, and its words name the clusters."""
    audit = planted_audit()
    for figure in CLUSTER_FIGURES:
        assert figure.available(audit), figure.name
        assert figure.encode(audit, kind="svg") == figure.encode(audit, kind="svg")
    assert "a cluster keeps 1.00 of its pairs on average; put together most: none" in FIGURES["coclustering"].alt(audit)
    assert f"Best markers of {len(audit.clusters)} clusters" in FIGURES["markers"].alt(audit)


def test_the_null_is_counted_in_words():
    """How many clusters lie above what one population reaches is said where it is known, and only there."""
    audit = example_audit.audit()
    assert "without groups" not in FIGURES["clusters"].alt(audit)
    told = audit.clusters.assign(above_null=pd.array([True, False, pd.NA, True, *[False] * 4], dtype="boolean"))
    audit = replace(audit, tables={**audit.tables, "clusters": told})
    assert "2 lie above the 95 % point of clusters of their size" in FIGURES["clusters"].alt(audit)


def test_two_clusters_that_are_one_are_named():
    """Labels that every run joins are said, the highest share first."""
    audit = planted_audit()
    parts = audit.partitions
    joined = np.where(audit.judged.codes <= 1, 0, audit.judged.codes)[:, None]
    labels = np.where(parts.labels > MISSING, joined, parts.labels).astype(np.int32)
    again = replace(audit, partitions=type(parts)(labels, parts.obs_names, parts.runs, parts.unit))
    names = audit.clusters["name"]
    assert f"{names[0]} with {names[1]} 1.00" in FIGURES["coclustering"].alt(again)


@pytest.mark.parametrize("change", [{"partitions": None}, {"multiverse": None, "partitions": None}])
def test_labels_alone_have_no_repeats(change):
    """Without runs nothing was put together, and the figure is not offered."""
    audit = replace(planted_audit(), **change)
    assert repeat_matches(audit).empty
    assert blocks(audit).empty
    assert not FIGURES["coclustering"].available(audit)


def test_only_the_largest_clusters_are_drawn():
    """More clusters than a screen holds stay in the table; the figure keeps their names and numbers together."""
    audit = example_audit.audit(n_clusters=70)
    kept = largest_clusters(audit)
    assert kept.size == N_CLUSTERS
    assert set(kept) == set(audit.clusters.nlargest(60, "size", keep="first").index)
    axes = FIGURES["clusters"].draw(audit)
    names = {text.get_text().split(" ")[0] for text in axes.get_yticklabels()}
    assert names == set(audit.clusters["cluster"].iloc[kept])


def test_markers_that_no_pipeline_told_are_said():
    """Where nothing was run again, the words say so."""
    audit = planted_audit()
    table = audit.tables["markers"].assign(kept_pipelines=np.nan)
    audit = replace(audit, tables={**audit.tables, "markers": table})
    assert FIGURES["markers"].alt(audit).endswith("No pipeline was run.")
    assert FIGURES["markers"].encode(audit, kind="png")
    without = replace(audit, tables={**audit.tables, "markers": pd.DataFrame()})
    assert not FIGURES["markers"].available(without)
