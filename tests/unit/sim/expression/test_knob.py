"""The registry of knobs; what holds for every single one is in tests/conformance/test_worlds.py."""

import pytest

from rashomon.core import UsageError
from rashomon.sim.check import resolve_knobs
from rashomon.sim.mechanism import KNOBS
from rashomon.sim.part import EXPRESSION


def test_defaults_are_a_legal_world():
    """Nothing said gives every knob, in the order of the registry, at its default."""
    assert resolve_knobs({}) == {name: knob.default for name, knob in KNOBS.items() if knob.of((EXPRESSION,))}


def test_defaults_plant_nothing():
    """The default world is one population: the knobs that plant causes of variation stand at their neutral value."""
    planting = ("n_groups", "hierarchy", "effect_size", "n_markers", "topology", "path_length", "n_programmes")
    planting += ("factor_sd", "depth_sd", "n_donors", "donor_effect", "n_batches", "batch_effect", "cycling_share")
    planting += ("stress_share", "doublet_rate", "ambient", "swapping", "extra_zeros", "label_noise")
    assert [name for name in planting if KNOBS[name].default != KNOBS[name].neutral] == []


def test_an_unknown_knob_names_the_nearest():
    """Looking up a misspelt knob says which one was meant."""
    with pytest.raises(UsageError, match="unknown knob 'efect_size'") as error:
        KNOBS["efect_size"]
    assert "did you mean 'effect_size'" in str(error.value)
    assert KNOBS["effect_size"].unit == "log2 fold"


def test_knobs_of_twins_multiply():
    """What only twins have is a factor, 1 where nothing is said."""
    fitted = {name: (knob.unit, knob.default, knob.neutral) for name, knob in KNOBS.items() if knob.scope == "fitted"}
    assert set(fitted.values()) == {("factor", 1.0, 1.0)}
    assert all(name.endswith("_strength") for name in fitted)
