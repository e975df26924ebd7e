from rashomon.dataset import unique_receptors
from rashomon.multiverse import receptor_multiverse
from rashomon.multiverse.receptor_path import cutoff_of, distance_path, receptor_path, select_call
from tests.receptor_sample import receptors, table


def names(calls):
    return [call.step.name for call in calls]


def multiverse(budget="full"):
    return receptor_multiverse(
        unique_receptors(table(receptors(["CASSLGGF", "CASSLGAF", "CASSKKKF"]), donor=list("aab")))[0], budget=budget
    )


def test_steps_are_those_that_the_clusterer_reads():
    """Components read distances, Leiden their weights, k-means the k-mers, two steps both."""
    space = multiverse()
    paths = {
        name: names(receptor_path(space.complete({"clusterer": name}), space))
        for name in ("component", "leiden", "kmeans", "two_step")
    }
    assert paths["component"] == ["select_chains", "sequence_distance", "component", "spread"]
    assert paths["leiden"] == ["select_chains", "sequence_distance", "similarity", "igraph", "leiden", "spread"]
    assert paths["kmeans"] == ["select_chains", "kmer_view", "kmeans", "spread"]
    assert paths["two_step"] == ["select_chains", "kmer_view", "sequence_distance", "two_step", "spread"]


def test_genes_are_matched_after_the_distances():
    """A V match is a step of its own, with the names asked for."""
    calls = distance_path({"distance": "levenshtein", "cutoff": 1, "v_match": "family", "j_match": "none"})
    assert names(calls) == ["sequence_distance", "match_genes"]
    assert calls[1].params == {"v": "family", "j": "none"}


def test_tcrdist_has_two_definitions():
    """Both definitions are named, and the radius is the cutoff of the links."""
    calls = [distance_path({"distance": name, "radius": 24})[0] for name in ("tcrdist", "tcrdist classic")]
    assert [dict(call.params) for call in calls] == [
        {"cutoff": 24, "definition": "tcrdist3"},
        {"cutoff": 24, "definition": "classic"},
    ]
    assert cutoff_of({"paired_radius": 60}) == 60


def test_a_clusterer_that_cuts_is_told_where():
    """Linkage cuts at the cutoff of the links, whatever the choice is called."""
    space = multiverse()
    call = receptor_path(space.complete({"clusterer": "linkage", "distance": "tcrdist", "radius": 24}), space)[-2]
    assert call.params["cutoff"] == 24


def test_chains_are_picked_as_the_pipeline_says():
    """The first step holds every choice about the chains."""
    params = select_call({"chain": "paired", "dual": "any", "lengths": "any", "unit": "nucleotides"}).params
    assert (params["chain"], params["dual"], params["unit"]) == ("paired", "any", "nucleotides")
    assert (params["min_length"], params["genes"]) == (1, "repaired")
