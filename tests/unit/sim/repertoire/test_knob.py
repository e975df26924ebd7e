"""Knobs of receptors."""

import pytest

from rashomon.sim.motif.preset import PRESETS
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire.knob import LOCI_OF, RECEPTOR_KNOBS
from rashomon.sim.repertoire.state import LINKS
from rashomon.sim.vdj import recombination_model

KNOBS = {knob.name: knob for knob in RECEPTOR_KNOBS}


def test_knobs_are_of_receptors():
    """Every knob belongs to the part, has a name of its own, and says what it does in a sentence."""
    assert len(KNOBS) == len(RECEPTOR_KNOBS)
    assert {knob.part for knob in RECEPTOR_KNOBS} == {RECEPTORS}
    assert all(knob.summary.endswith(".") for knob in RECEPTOR_KNOBS)


def test_words_are_those_of_the_mechanisms():
    """Presets, links and loci are the ones that exist, and every locus has a model."""
    assert set(KNOBS["epitope_preset"].words) == set(PRESETS)
    assert KNOBS["state_link"].words == LINKS
    assert KNOBS["loci"].words == tuple(LOCI_OF)
    assert {recombination_model("human", locus).locus for pair in LOCI_OF.values() for locus in pair if locus} == {
        "TRB", "TRA", "IGH", "IGK", "IGL"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "legal", "illegal"),
    [
        ("n_clones", 0, -1), ("clone_exponent", 3.0, 3.1), ("orphan_share", -1.0, 1.0), ("v_bias", 1.0, -1.1),
        ("epitope_imbalance", 1.0, 0.9), ("species", "mouse", "rat"), ("loci", "TRA+TRB", "TRG"),
        ("n_public", 1, 0), ("label_strength", 2.0, 2.1), ("binder_share", 1.0, 1.1),
    ],
)  # fmt: skip
def test_the_ends_of_a_range_are_legal(name, legal, illegal):
    """The last legal value is taken, the next one is not."""
    assert KNOBS[name].wrong(legal) is None
    assert KNOBS[name].wrong(illegal) == f"it is {illegal!r}"
