"""A request knows its truths, its random streams, and the names of its clusters."""

from dataclasses import replace

import numpy as np

from rashomon.ask import Judged, Request
from tests.planted import dataset, judged, truth


def test_technical_columns_compete():
    """Roles stand beside the declared truths; a column that is both is what was declared."""
    request = Request(dataset(), judged(), 0)
    assert list(request.truths) == ["donor", "type"]
    declared = truth("donor", kind="biological")
    both = Request(dataset(truths=[declared]), judged(), 0)
    assert both.truths == {"donor": declared}


def test_streams_are_named():
    """The same name gives the same numbers, another name or root gives others."""
    request, other = Request(dataset(), judged(), 0), Request(dataset(), judged(), 1)
    first = request.rng("a").integers(2**62)
    assert first == request.rng("a").integers(2**62)
    assert len({first, request.rng("b").integers(2**62), other.rng("a").integers(2**62)}) == 3


def test_clusters_are_named_by_what_they_are():
    """The first truth that is not technical names the clusters; without one they keep their names."""
    tank = truth("tank", kind="technical")
    assert Request(dataset(truths=[tank, truth()]), judged(), 0).cluster_names == (
        "0 (100 % A)",
        "1 (100 % B)",
        "2 (100 % C)",
    )
    assert Request(dataset(truths=[tank]), judged(), 0).cluster_names == ("0", "1", "2")


def test_without_runs_the_table_is_empty():
    """Labels only: no runs."""
    assert Request(dataset(expression=False), judged(), 0).runs().empty
    assert np.array_equal(judged().codes, Request(dataset(), judged(), 0).judged.codes)


def test_labels_without_a_cluster_say_why():
    """Nothing is asked of no clusters; receptors are alone because of the cutoff, where the pipeline is ours."""
    none = np.full(judged().codes.size, -1, dtype=np.int32)
    assert Request(dataset(), judged(), 0).lone == ""
    assert Request(dataset(), judged(none), 0).lone == "No cell is in a cluster."
    receptors = replace(dataset(), item="receptor")
    mine = Judged("the default pipeline", none, (), own=False)
    assert Request(receptors, mine, 0).lone.startswith("No receptor has a neighbour at this cutoff")


def test_counts_that_come_with_an_embedding_are_not_asked_for():
    """Where the analysis starts from an embedding, the step is to start from the counts that are there."""
    given = Request(dataset(), judged(), 0)
    assert given.why_no_counts == ""
    assert replace(given, use_rep="X_scVI").counts_step == "Leave use_rep out: the counts are there."
