import pytest

from rashomon.sim.catalogue.paired_world import PAIRED_WORLDS

WORLDS = {entry.name: entry for entry in PAIRED_WORLDS}


@pytest.mark.parametrize("entry", PAIRED_WORLDS, ids=lambda entry: entry.name)
def test_paired_worlds_claim_something_of_both(entry):
    """Each generates expression and receptors of the same cells, and says something of either clustering."""
    assert entry.world.parts == ("expression", "receptors")
    assert {each.part for each in entry.expectations} == {"expression", "receptors"}
    simulated = entry.world.sample(100, rng=1)
    assert simulated.counts.shape[0] == 100
    assert set(simulated.receptors.obs) == set(range(100))


def test_clones_have_one_state_or_any():
    """In the first world a clone has one state; in the second its cells have any."""
    states = {}
    for name in ("clone_against_state", "state_without_clone"):
        obs = WORLDS[name].world.sample(rng=2).obs
        states[name] = obs.groupby("clone", observed=True)["type"].nunique()
    assert states["clone_against_state"].max() == 1
    assert states["state_without_clone"].max() == 3


def test_clones_of_an_epitope_are_in_all_states():
    """Receptors that are alike are as different in state as can be: each epitope has a third of its clones in each."""
    obs = WORLDS["clone_against_state"].world.sample(rng=2).obs.drop_duplicates("clone").dropna(subset=["epitope"])
    shares = obs.groupby("epitope", observed=True)["type"].value_counts(normalize=True)
    assert 0.2 < shares.min() <= shares.max() < 0.5


def test_cells_of_a_clone_are_near_each_other():
    """On the path, positions within clones vary much less than between them."""
    obs = WORLDS["graded_clones"].world.sample(rng=2).obs
    within = obs.groupby("clone", observed=True)["position"].std().mean()
    assert within < 0.5 * obs["position"].std()
