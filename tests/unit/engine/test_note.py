"""What is written down about a record."""

from rashomon.engine import Note


def test_a_note_of_a_record_that_did_not_fail_has_no_reason():
    """Reason and trace are empty, and it was tried once, unless said otherwise."""
    note = Note("key", "parent", "multiverse", "leiden", "{}", "ok")
    assert (note.reason, note.trace, note.attempt, note.worker) == ("", "", 1, "")
