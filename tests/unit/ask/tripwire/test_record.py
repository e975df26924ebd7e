"""The list of trip-wires, and how each says what it saw or why it could not look."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import TRIPWIRES, trip
from rashomon.ask.tripwire.record import technical_columns
from rashomon.core import resolve
from rashomon.dataset import Dataset, Roles
from tests.planted import dataset, donor_role, donors, judged, truth


def test_every_record_is_complete():
    """Each names its failure, its next step, its source, and where its thresholds and rates come from."""
    for wire in TRIPWIRES.values():
        assert all((wire.summary, wire.guards, wire.next_step, wire.citation, wire.basis, wire.measured.on))
        assert wire.thresholds or wire.basis.startswith("exact")
        assert 0.8 < wire.measured.sensitivity <= 1
        assert 0 <= wire.measured.false_alarm <= 0.05
        assert callable(resolve(wire.function))


def test_without_data_nothing_is_computable():
    """Every wire says what it lacks, and none is quiet."""
    table = trip(Dataset(pd.DataFrame(index=["c0"])))
    assert set(table["tripwire"]) == set(TRIPWIRES)
    assert (table["status"] == "not computable").all()
    assert table["said"].str.len().gt(10).all()
    assert (table["next_step"] == "").all()


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("doublet_mix", {"kind": "lognormalised"}, "X holds no counts"),
        ("absent_genes", {"roles": Roles()}, "no batch, sample or donor column was declared"),
        ("one_donor", {"roles": Roles()}, "no donor column was declared"),
        ("same_matrix", {"truths": []}, "no label column was declared beside the judged one"),
        ("receptor_genes", {"expression": False}, "there is no expression matrix"),
    ],
)
def test_what_is_missing_is_said(name, given, reason):
    """A wire without what it needs is not computable, with the reason; with it, it looks."""
    found = TRIPWIRES[name].check(dataset(**given), judged())
    assert (found.status, found.said) == ("not computable", reason)
    assert found.said != TRIPWIRES[name].check(dataset(), judged()).said


def test_fired_ones_come_first_and_say_what_to_do():
    """A column declared as made from expression fires: first row, with the next step of its record."""
    table = trip(dataset(truths=[truth(derived_from="expression")]), judged())
    assert table["tripwire"][0] == "same_matrix"
    assert table["next_step"][0] == TRIPWIRES["same_matrix"].next_step
    assert table["concerned"][0] == "type"
    order = ["fired", "quiet", "not computable"]
    assert table["status"].map(order.index).is_monotonic_increasing
    assert table["sensitivity"].between(0, 1).all()


def test_conditions_are_not_technical():
    """A condition may switch genes off; a donor column of one donor cannot lack any."""
    roles = Roles(donor=donor_role(), condition=truth("stim", donors() % 2, kind="technical", categories=("a", "b")))
    site = truth("site", (np.arange(donors().size) % 3).astype(np.int32), kind="technical")
    assert set(technical_columns(dataset(roles=roles, truths=[truth(), site]))) == {"donor", "site"}
    assert technical_columns(dataset(roles=Roles(donor=donor_role(np.zeros_like(donors()), n=1)))) == {}
