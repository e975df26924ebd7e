import numpy as np
import pytest

from rashomon.sim.catalogue.receptor_world import RECEPTOR_WORLDS, RESPONSE
from rashomon.sim.judge_receptor import cluster_receptors, judge_receptors

WORLDS = {entry.name: entry for entry in RECEPTOR_WORLDS}


@pytest.mark.parametrize("entry", RECEPTOR_WORLDS, ids=lambda entry: entry.name)
def test_worlds_of_receptors_have_no_genes(entry):
    """Chains are all that is generated, and all that is claimed about."""
    assert entry.world.parts == ("receptors",)
    assert {each.part for each in entry.expectations} == {"receptors"}


@pytest.mark.parametrize(
    ("name", "turned"), [("motifs", set()), ("orphans", {"orphan_share"}), ("percolation", {"v_bias"})]
)
def test_variants_of_the_response_change_what_they_say(name, turned):
    """A world that says it is the three epitopes with one thing changed differs in that one knob."""
    first, other = WORLDS["motifs"].world.knobs, WORLDS[name].world.knobs
    assert {knob for knob in first if first[knob] != other[knob]} == turned
    assert dict(RESPONSE).items() <= dict(first).items()


def test_the_allele_and_not_the_receptors_makes_the_disease():
    """No receptor sees the disease; without the path from the allele to it, the same clusters are at chance."""
    world = WORLDS["hla_disease"].world
    asked = {"scores": ["n_clusters", "purity_excess"], "truths": ["status"], "rng": 0}
    before, after = (each.sample(rng=0) for each in (world, world.do(disease_hla=0.0)))
    assert np.array_equal(before.receptors.junction_aa, after.receptors.junction_aa)
    assert (before.obs["epitope"].astype(str) == after.obs["epitope"].astype(str)).all()
    first, second = (judge_receptors(each, **asked) for each in (before, after))
    assert first["n_clusters"][0] == second["n_clusters"][0] > 60
    assert first["value"][1] > 0.1
    assert abs(second["value"][1]) < 0.08


def test_the_largest_cluster_of_alpha_is_of_mait_cells():
    """In the world of MAIT cells, nine in ten receptors of the largest cluster are theirs, and every donor has some."""
    entry = WORLDS["mait"]
    found = cluster_receptors(entry.world.sample(rng=2), pipeline=entry.pipeline, rng=0)
    inside = np.flatnonzero(found.labels == np.bincount(found.labels[found.labels >= 0]).argmax())
    kind = found.dataset.truths["invariant"]
    assert (kind.codes[inside] == kind.categories.index("MAIT")).mean() > 0.9
    assert np.unique(found.donor[inside]).size == entry.world.knobs["n_donors"]


def test_one_donor_sees_one_epitope():
    """Where donor and epitope are tied as far as they can be, a donor knows one epitope."""
    obs = WORLDS["donor_epitope"].world.sample(800, rng=1).obs.dropna(subset=["epitope"])
    most = obs.groupby("donor", observed=True)["epitope"].agg(lambda column: column.value_counts(normalize=True).max())
    assert most.min() > 0.95


def test_more_than_half_of_the_labels_are_false():
    """In the world of false labels, the labelled receptors that see the epitope are a minority."""
    obs = WORLDS["false_labels"].world.sample(rng=1).obs
    labelled = obs["epitope_label"].notna()
    right = obs["epitope_label"].astype(str) == obs["epitope"].astype(str)
    assert 0.3 < right[labelled].mean() < 0.5


def test_hopped_chains_are_second_chains():
    """Without hopping no cell has two chains of an arm; with it some have, and cells keep their own."""
    world = WORLDS["index_hopping"].world
    without, hopped = (each.sample(600, rng=1).receptors for each in (world.do(index_hopping=0.0), world))
    assert np.unique(without.obs, return_counts=True)[1].max() == 1
    assert np.unique(hopped.obs, return_counts=True)[1].max() > 1
    assert hopped.n_chains > without.n_chains
