import numpy as np

from rashomon.dataset import unique_receptors
from rashomon.multiverse import receptor_multiverse
from tests.receptor_sample import receptors, table


def chained(n=40):
    """Junctions of which each is one exchange from the next: one component."""
    base = list("CASSDDDDDDDDDDDDEQFF")
    found = ["".join(base)]
    for step in range(n - 1):
        base[4 + step % 12] = "ADEGHKLNPQRSTVWY"[(step // 12 + 1) % 16]
        found.append("".join(base))
    return unique_receptors(table(receptors(found), donor=[f"d{i % 3}" for i in range(n)]))[0]


def test_components_that_chain_are_exploratory():
    """Where one component holds more than a tenth of the receptors, it is shown beside, and Leiden is the default."""
    clusterer = receptor_multiverse(chained())["clusterer"]
    assert clusterer.default == "leiden"
    option = next(option for option in clusterer.options if option.level == "component")
    assert option.equivalence == "exploratory"
    assert "100% of all receptors" in option.rationale


def test_names_are_a_choice_where_repair_changed_them():
    """Gene names as written are an alternative only where they differ and V must match."""
    same = unique_receptors(table(receptors(["CASSLGGF", "CASSLGAF"])))[0]
    assert "genes" not in [choice.name for choice in receptor_multiverse(same, budget="default").choices]


def test_tcrdist_needs_genes():
    """Without V genes there is no TCRdist, and the reason is said."""
    nameless = unique_receptors(table(receptors(["CASSLGGF", "CASSLGAF"], v=["", ""])))[0]
    multiverse = receptor_multiverse(nameless)
    assert multiverse["distance"].levels == ("hamming",)
    assert {entry.choice for entry in multiverse.not_run} >= {"distance", "v_match"}


def test_other_definitions_are_exploratory():
    """Clusterers that define a cluster otherwise are branches of their own."""
    levels = {
        option.level: option.equivalence
        for option in receptor_multiverse(chained(), budget="full")["clusterer"].options
    }
    assert (levels["markov"], levels["linkage"], levels["kmeans"]) == ("equivalent", "exploratory", "exploratory")
    assert np.all([levels[name] == "exploratory" for name in ("sparse_dbscan", "two_step", "hdbscan")])
