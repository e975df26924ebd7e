import pytest

from rashomon.core import UsageError
from rashomon.io.finding import Finding, collected, from_note
from rashomon.io.rule import refuse


def test_a_refusal_becomes_a_finding_once():
    """The same rule broken at the same place is one finding; the next check goes on."""
    found = []
    for _ in range(2):
        with collected(found):
            raise refuse("matrix.nan", "1 value is NaN", where="X", fix="drop it")
    with collected(found):
        raise UsageError("unknown kind", where="truths")
    assert found == [
        Finding("error", "X", "1 value is NaN", "matrix.nan", "drop it"),
        Finding("error", "truths", "unknown kind"),
    ]


def test_other_errors_are_not_hidden():
    """A mistake of ours is no finding about the file."""
    with pytest.raises(ZeroDivisionError), collected([]):
        raise ZeroDivisionError


def test_notes_with_a_code_are_warnings():
    """Others are facts."""
    assert from_note("expression is X (counts)") == Finding("ok", "", "expression is X (counts)")
    warning = from_note("X: 2 cells have no counts and are kept (a: b) [matrix.empty_cells]")
    assert (warning.level, warning.where, warning.code) == ("warning", "X", "matrix.empty_cells")
    assert warning.what == "2 cells have no counts and are kept (a: b)"
    assert warning.fix
