import pytest

from rashomon.sim.catalogue.type_world import FIVE_TYPES, TYPE_WORLDS
from rashomon.sim.judge import judge


@pytest.mark.parametrize("entry", TYPE_WORLDS, ids=lambda entry: entry.name)
def test_worlds_of_types_have_types(entry):
    """Each of them declares the type as a truth, and expects something of it."""
    assert entry.world.truths["type"] == "mechanism:external"
    assert "type" in {each.truth for each in entry.expectations}


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("sparse", {"depth"}),
        ("imbalanced", {"proportions"}),
        ("weak", {"effect_size"}),
        ("noisy_labels", {"label_noise"}),
    ],
)
def test_variants_of_the_ideal_world_change_what_they_say(name, turned):
    """A world that says it is the ideal one with one thing changed differs from it in that one knob."""
    worlds = {entry.name: entry.world for entry in TYPE_WORLDS}
    ideal, other = worlds["ideal"].knobs, worlds[name].knobs
    assert {knob for knob in ideal if ideal[knob] != other[knob]} == turned
    assert dict(FIVE_TYPES).items() <= dict(ideal).items()


def test_the_rare_type_is_rare():
    """In the world of the rare type, one type holds at most one cell in a hundred and is still drawn."""
    world = next(entry for entry in TYPE_WORLDS if entry.name == "rare").world
    shares = world.sample(rng=0).obs["type"].value_counts(normalize=True)
    assert 0 < shares.min() <= 0.012
    assert shares.nsmallest(2).iloc[1] > 0.2


def test_without_the_noise_genes_the_types_are_found():
    """The world of noise genes is lost by them alone: without them the same types are clustered without error."""
    world = next(entry for entry in TYPE_WORLDS if entry.name == "noise_genes").world
    found = judge(world.do(n_noise_genes=0).sample(rng=0), scores=["ari"], truths=["type"], rng=0)
    assert found["value"][0] > 0.98
