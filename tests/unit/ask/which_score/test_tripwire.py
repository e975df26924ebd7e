"""The table of trip-wires of scores: one row each, those that fired first, conventions called so."""

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.tripwire.record import trip
from rashomon.ask.which_score.receptor_score import RECEPTORS_ON_TRIAL
from rashomon.ask.which_score.tripwire import SCORE_TRIPWIRE_COLUMNS, SCORE_TRIPWIRES, score_tripwires
from rashomon.score import SCORES, STABILITY
from tests.planted import N_OBS, dataset, judged, truth


def request(codes=None, **more):
    """The planted data."""
    return Request(dataset(**more), judged(codes), 0)


def test_the_table_has_the_form_of_that_of_other_trip_wires():
    """The same columns, and the scores that each speaks against."""
    table = score_tripwires(request())
    assert list(table) == list(SCORE_TRIPWIRE_COLUMNS)
    assert set(table) - {"scores"} == set(trip(dataset()))
    assert set(table["tripwire"]) == set(SCORE_TRIPWIRES)


def test_fired_ones_come_first_with_something_to_do():
    """Only they carry a next step."""
    codes = np.zeros(N_OBS, dtype=np.int32)
    codes[:4] = [1, 2, 3, 4]
    table = score_tripwires(request(codes, truths=[truth(derived_from="expression")]))
    assert table["status"].tolist() == ["fired"] * 2 + ["not computable"] * (len(SCORE_TRIPWIRES) - 2)
    assert set(table["tripwire"][:2]) == {"unequal_sizes", "circular_truth"}
    assert (table["next_step"] != "").tolist() == [True] * 2 + [False] * (len(SCORE_TRIPWIRES) - 2)


def test_without_a_cluster_nothing_is_computable():
    """The reason is the same for all."""
    table = score_tripwires(request(np.full(N_OBS, -1, dtype=np.int32)))
    assert set(table["said"]) == {"No cell is in a cluster"}


@pytest.mark.parametrize("name", SCORE_TRIPWIRES)
def test_rates_are_measured_or_the_threshold_is_a_convention(name):
    """A wire without measured rates says that its threshold is a convention, or exact; its scores exist."""
    wire = SCORE_TRIPWIRES[name]
    assert np.isfinite(wire.measured.sensitivity) or "convention" in wire.measured.on
    assert set(wire.scores) <= set(SCORES) | set(STABILITY) | set(RECEPTORS_ON_TRIAL)
