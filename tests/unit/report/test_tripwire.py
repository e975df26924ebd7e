"""Trip-wires on the page."""

from dataclasses import replace

import pandas as pd

from rashomon.ask import TRIPWIRES
from rashomon.report.tripwire import trip_wires
from tests import example_audit


def test_fired_ones_are_told_with_the_next_step():
    """Each says what it saw, what goes wrong otherwise, and what to do; the rest is counted."""
    found = trip_wires(example_audit.audit())
    assert {wire.title for wire in found.fired} == {"foreign species", "one donor"}
    donor = next(wire for wire in found.fired if wire.title == "one donor")
    assert donor.concerned == "3"
    assert donor.next_step == TRIPWIRES["one_donor"].next_step
    assert (found.n_quiet, found.n_open) == (0, len(TRIPWIRES) - 2)
    assert found.table.n_rows == len(TRIPWIRES)


def test_cells_are_counted_and_never_named():
    """Names of cells may identify people; paths are cut."""
    found = trip_wires(example_audit.audit())
    text = repr(found)
    assert "SECRET" not in text
    assert "/home/ada" not in text
    assert "12 cells, see …/x" in text


def test_no_table_no_section():
    """An audit that looked at none says nothing."""
    audit = example_audit.audit()
    assert trip_wires(replace(audit, tables={**audit.tables, "tripwires": pd.DataFrame()})) is None
