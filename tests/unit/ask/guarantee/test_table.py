"""The guarantees of an audit."""

from rashomon.ask.guarantee.catalogue import GUARANTEES
from rashomon.ask.guarantee.table import GUARANTEE_COLUMNS
from tests.planted import planted_audit, shuffled_audit


def test_an_audit_states_its_guarantees():
    """One row per guarantee of the questions that were answered, with a rate, an interval and a standing."""
    table = planted_audit().tables["guarantees"]
    assert list(table) == list(GUARANTEE_COLUMNS)
    assert set(table["guarantee"]) == set(GUARANTEES)
    assert (table["low"] <= table["rate"]).all()
    assert (table["rate"] <= table["high"]).all()
    assert table["status"].isin(["holds", "violated", "untested"]).all()


def test_data_beyond_what_was_measured_are_said_to_be():
    """Ninety-six cells are fewer than in any measurement."""
    table = shuffled_audit().tables["guarantees"].set_index("guarantee")
    assert table.loc["groups_plain", "evidence"].startswith("96 cells; measured between")
