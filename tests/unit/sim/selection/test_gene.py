import networkx as nx
import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.selection.gene import gene_groups, group_codes

GENES = ["V1", "V2", "V3", "V4", "V5"]


def test_groups_are_the_components_of_common_calls(rng):
    """Genes that are called together share a group, as networkx finds them."""
    names = [f"V{k}" for k in range(40)]
    calls = [",".join(rng.choice(names, rng.integers(1, 3), replace=False)) for _ in range(30)]
    graph = nx.Graph()
    graph.add_nodes_from(names)
    for call in calls:
        nx.add_path(graph, call.split(","))
    groups = gene_groups(calls, genes=names, able=np.ones(40, dtype=bool))
    expected = {frozenset(part) for part in nx.connected_components(graph)}
    found = {frozenset(np.array(names)[groups == k]) for k in np.unique(groups)}
    assert found == expected


def test_a_gene_that_is_never_generated_is_in_no_group():
    """It does not tie others together either."""
    able = np.array([True, False, True, True, True])
    groups = gene_groups(["V1*01,V2*01", "V2,V3", "V4,V5", "V9"], genes=GENES, able=able)
    assert groups.tolist() == [0, -1, 1, 2, 2]


def test_calls_of_one_group_have_its_code():
    """Alleles and order do not matter; genes of two groups, and unknown ones, have none."""
    groups = np.array([0, 1, 1, 2, -1])
    calls = ["V3*02,V2", "V2", "V1,V2", "", "V5", "V7", "V4,V7"]
    assert group_codes(calls, genes=GENES, groups=groups, where="v").tolist() == [1, 1, -1, -1, -1, -1, -1]


def test_integers_are_positions():
    """-1 is no call; a position without gene is an error."""
    groups = np.array([0, 1, 1, 2, -1])
    assert group_codes(np.array([2, -1, 4, 0]), genes=GENES, groups=groups, where="v").tolist() == [1, -1, -1, 0]
    with pytest.raises(UsageError, match=r"codes of genes lie in \[5, 5\]"):
        group_codes(np.array([5]), genes=GENES, groups=groups, where="v")
    with pytest.raises(UsageError, match="calls are of type float64"):
        group_codes(np.array([0.5]), genes=GENES, groups=groups, where="v")
