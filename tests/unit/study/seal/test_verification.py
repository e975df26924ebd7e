"""What a verification says: a line per check, and the exit code of a damaged store."""

import json

from rashomon.study.seal.verification import Check, Verification

OK = Check("files", "ok", "9 files", remarks=("notes.txt is no part of the study",))
OPEN = Check("signature", "not done", "not signed")
FAILED = Check("tables", "failed", "30 are damaged", tuple(f"t{i} is damaged" for i in range(30)))


def test_what_is_not_done_is_no_failure():
    """Checks that could not be made are said, and leave the exit code at 0."""
    found = Verification((OK, OPEN))
    assert (found.ok, found.exit_code) == (True, 0)
    assert found.lines() == [
        "ok        files: 9 files",
        "            note: notes.txt is no part of the study",
        "not done  signature: not signed",
        "everything that was checked is as it was sealed",
    ]


def test_a_failure_is_exit_code_5():
    """One failed check is enough; a long list is cut when printed and whole as JSON."""
    found = Verification((OK, FAILED))
    assert (found.ok, found.exit_code) == (False, 5)
    assert found.lines()[-2:] == ["            and 10 more", "the study is not as it was sealed"]
    plain = json.loads(json.dumps(found.as_dict()))
    assert len(plain["checks"][1]["problems"]) == 30
    assert plain["exit_code"] == 5
