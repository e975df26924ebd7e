"""Knobs of what is read of chains."""

import pytest

from rashomon.sim.mechanism import KNOBS, NODES
from rashomon.sim.repertoire.chain_knob import CHAIN_KNOBS, LINEAGE_KNOBS, READ_KNOBS, matures, turned

DEFAULTS = {name: knob.default for name, knob in KNOBS.items()}


@pytest.mark.parametrize("knob", CHAIN_KNOBS, ids=lambda knob: knob.name)
def test_defaults_and_neutral_values_are_legal(knob):
    """What a knob is where nobody turns it, and where it does nothing, it may be."""
    assert knob.wrong(knob.default) is None
    assert knob.neutral is None or knob.wrong(knob.neutral) is None
    assert set(knob.nodes) <= set(NODES)
    assert KNOBS[knob.name] is knob


def test_nobody_reads_faults_that_nobody_asked_for():
    """All knobs of the machine are neutral by default; those of lineages do nothing without mutations and switches."""
    assert turned(DEFAULTS) == ()
    assert not matures(DEFAULTS)
    assert {knob.name for knob in LINEAGE_KNOBS} | {knob.name for knob in READ_KNOBS} == {k.name for k in CHAIN_KNOBS}


def test_what_is_turned_is_named():
    """A knob counts as turned at any value but its neutral one; one without such a value never does."""
    names = [
        knob.name for knob in turned({**DEFAULTS, "pcr_copies": 2.0, "short_read_length": 9, "hypermutation": 0.1})
    ]
    assert names == ["pcr_copies"]
    assert matures({**DEFAULTS, "hypermutation": 0.1})
    assert matures({**DEFAULTS, "class_switching": 0.1})
