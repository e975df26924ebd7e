"""Tables of the tree of clusters over the levels of one pipeline."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.report.level_tree import granular, level_edges, level_nodes, rerun
from rashomon.score import best_matches
from tests import example_audit
from tests.planted import groups
from tests.sampled_levels import audit_with_levels


@pytest.fixture
def audit():
    return audit_with_levels()


def test_nodes_are_the_clusters_of_the_rerun_pipeline_at_every_level(audit):
    """Sizes are those of its labels with the first seed; names are majorities."""
    nodes = level_nodes(audit)
    assert nodes.groupby("level")["size"].agg(list).to_dict() == {0.5: [72, 24], 1.0: [40, 32, 24]}
    assert set(nodes["choice"]) == {"resolution"}
    assert nodes["name"].tolist()[-1] == "2 (100 % C)"
    assert granular(audit) == "resolution"


def test_stability_is_the_mean_jaccard_index_in_half_samples_of_the_same_level(audit):
    """As the best matches of its own labels say; other perturbations have no part in it."""
    nodes, parts = level_nodes(audit), audit.partitions
    runs = parts.runs
    for level, rows in nodes.groupby("level"):
        codes = groups() if level == 1.0 else np.maximum(groups() - 1, 0)
        halves = np.flatnonzero((runs["perturbation"] == "halves") & (runs["resolution"] == level))
        mean = np.mean([best_matches(codes, parts.labels[:, at])["jaccard"] for at in halves], axis=0)
        np.testing.assert_allclose(rows["stability"], mean)
    assert nodes["stability"].between(0.3, 1).all()


def test_edges_split_every_cluster_below(audit):
    """The items of the lower clusters are those of the lines to them, and the shares are of the lower cluster."""
    edges = level_edges(audit)
    assert edges.drop(columns=["level", "next_level"]).to_numpy().tolist() == [
        [0, 0, 40, 1.0],
        [0, 1, 32, 1.0],
        [1, 2, 24, 1.0],
    ]
    assert set(edges["level"]) == {0.5}
    assert set(edges["next_level"]) == {1.0}


def test_without_half_samples_stability_is_unknown(audit):
    """Missing, not zero."""
    kept = ~audit.partitions.runs["perturbation"].eq("halves").to_numpy()
    bare = replace(audit, partitions=audit.partitions.select(kept))
    assert level_nodes(bare)["stability"].isna().all()


def test_only_the_rerun_pipeline_counts(audit):
    """One run per level and seed; a stand-in that is too far from the labels has no tree."""
    found = audit.partitions.runs[rerun(audit, audit.partitions.runs)]
    assert found[["norm", "scale", "clusterer", "resolution", "seed"]].drop_duplicates().to_numpy().tolist() == [
        ["log", "clip", "leiden", 1.0, 0]
    ]
    far = replace(audit, standin=replace(audit.standin, agreement=0.1))
    assert granular(far) is None
    assert level_nodes(far).empty
    assert level_edges(far).empty


def test_of_several_choices_the_one_with_most_levels_is_drawn(audit):
    """A cutoff that was never varied does not hide the resolution."""
    cutoff = Choice("cutoff", (Option(1, ""),), granularity=True)
    choices = (cutoff, *audit.multiverse.choices)
    parts = audit.partitions
    parts = replace(parts, runs=parts.runs.assign(cutoff=1))
    standin = replace(audit.standin, pipeline={**audit.standin.pipeline, "cutoff": 1})
    both = replace(audit, partitions=parts, multiverse=Multiverse(choices), standin=standin)
    assert granular(both) == "resolution"
    assert len(level_nodes(both)) == 5


def test_labels_only_have_no_levels():
    """Nor has an audit whose runs have no such setting."""
    bare = example_audit.audit(labels_only=True)
    assert level_nodes(bare).empty
    assert not rerun(bare, pd.DataFrame({"run": ["a"]})).any()
    assert level_nodes(example_audit.audit()).empty
