"""The causal diagram: what is refused, and which columns close the back doors."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from rashomon.ask.confounding.dag import CLUSTERS, COUNTS, Dag, declared_dag, offered_dag, parse_arrows
from rashomon.core import UsageError


def test_text_and_pairs_are_the_same_arrows():
    """A diagram may be written or given as pairs."""
    assert parse_arrows(["a->b", " b -> c "]) == parse_arrows([("a", "b"), ("b", "c")]) == (("a", "b"), ("b", "c"))


@pytest.mark.parametrize("wrong", ["donor", "donor ->", ("donor",)])
def test_what_is_no_arrow_is_refused(wrong):
    """An arrow has a cause and an effect."""
    with pytest.raises(UsageError, match="is no arrow"):
        parse_arrows([wrong])


def test_unknown_columns_are_refused_with_the_nearest():
    """A name that was not declared lists the known ones and the nearest."""
    with pytest.raises(UsageError, match=r"names 'doner'.*\n.*\n.*donor"):
        declared_dag(["doner -> clusters"], columns=["donor", "batch"])


def test_circles_are_refused():
    """Arrows that run in a circle are no causal diagram; the circle is shown."""
    with pytest.raises(UsageError, match=r"run in a circle: batch -> donor -> batch|donor -> batch -> donor"):
        declared_dag(["donor -> batch", "batch -> donor"], columns=["donor", "batch"])


def test_the_clusters_cause_nothing():
    """Clusters are made last."""
    with pytest.raises(UsageError, match="clusters are the cause"):
        declared_dag(["clusters -> donor"], columns=["donor"])


def test_an_unknown_cause_is_refused():
    """Only columns of the diagram have back doors."""
    with pytest.raises(UsageError, match="no column of the diagram"):
        Dag((("a", CLUSTERS),), ("a",)).adjustment("b")


def test_what_lies_between_is_never_adjusted_for():
    """Holding fixed what a cause acts through would hide its effect."""
    dag = declared_dag(["type -> batch -> clusters"], columns=["type", "batch"])
    assert dag.adjustment("type").columns == ()


def test_a_common_effect_is_never_adjusted_for():
    """Holding fixed what two causes share opens a path that was closed."""
    dag = declared_dag(["type -> sort", "lane -> sort", "lane -> clusters"], columns=["type", "sort", "lane"])
    assert dag.adjustment("type").columns == ()


def test_a_hidden_cause_cannot_be_adjusted_for():
    """Where only what nobody measured would close the door, that is said."""
    dag = Dag((("hidden", "type"), ("hidden", CLUSTERS), ("type", CLUSTERS)), ("type",))
    found = dag.adjustment("type")
    assert not found.possible
    assert "no declared column" in found.reason


def test_the_offered_diagram_holds_donors_apart():
    """By default the batch, or the donor behind it, is held fixed for a label column; measured counts never are."""
    roles = {"donor": "donor", "batch": "batch", "condition": "status", "sample": "tube"}
    dag = offered_dag(roles=roles, truths=["type", "status"], measured=["total counts"])
    found = dag.adjustment("type")
    assert found.possible
    assert set(found.columns) & {"donor", "batch", "tube"}
    assert "status" in found.columns
    assert COUNTS not in found.columns
    assert ("condition", CLUSTERS) not in dag.arrows
    assert ("status", CLUSTERS) in dag.arrows


def closes(graph, cause, chosen):
    """Whether a set is a back-door set, by its definition."""
    cut = graph.copy()
    cut.remove_edges_from(list(graph.out_edges(cause)))
    return not set(chosen) & nx.descendants(graph, cause) and nx.is_d_separator(cut, {cause}, {CLUSTERS}, set(chosen))


@pytest.mark.parametrize("seed", range(20))
def test_back_door_sets_are_those_of_an_exhaustive_search(seed):
    """On random diagrams a set is found exactly where one exists, it closes the doors, and no member is idle."""
    rng = np.random.default_rng(seed)
    names = [*"abcde", CLUSTERS]
    arrows = tuple((u, v) for u, v in combinations(names, 2) if rng.random() < 0.5)
    observed = tuple(name for name in "abcde" if rng.random() < 0.8 or name == "c")
    dag = Dag(arrows, observed)
    graph = dag.graph
    graph.add_nodes_from(names)
    found = dag.adjustment("c")
    rest = [name for name in observed if name != "c"]
    options = [set(each) for n in range(len(rest) + 1) for each in combinations(rest, n)]
    assert found.possible == any(closes(graph, "c", each) for each in options)
    if found.possible:
        assert closes(graph, "c", found.columns)
        assert not any(closes(graph, "c", set(found.columns) - {name}) for name in found.columns)
