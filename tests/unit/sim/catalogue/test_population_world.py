import pytest

from rashomon.sim.catalogue.population_world import POPULATION_WORLDS


@pytest.mark.parametrize("entry", POPULATION_WORLDS, ids=lambda entry: entry.name)
def test_worlds_without_types_have_none(entry):
    """No type is declared, so no expectation can be about one; re-runs are always asked whether clusters come back."""
    assert "type" not in entry.world.truths
    assert "pairwise_ami" in {each.score for each in entry.expectations}


@pytest.mark.parametrize("name", ["line", "branching", "cycle"])
def test_continua_have_a_position(name):
    """A continuum writes down where each cell lies, between 0 and 1, and segments of it as a truth."""
    world = next(entry for entry in POPULATION_WORLDS if entry.name == name).world
    position = world.sample(60, rng=1).obs["position"]
    assert 0 <= position.min() < 0.2
    assert 0.8 < position.max() <= 1
    assert "segment" in world.truths


def test_one_population_has_one_rate_per_gene():
    """Cells of the one population differ by depth only: their expected shares of genes are equal."""
    scene = next(e for e in POPULATION_WORLDS if e.name == "one_population").world.scene(20, root=1)
    assert not scene["type_profile"].any()
    assert [name for name in ("batch_profile", "path_profile", "loading") if len(scene[name])] == []
