"""Verification: what was sealed passes wherever it lies, and every changed byte of it is found."""

import shutil
import stat

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.study.seal.canonical import write_canonical
from rashomon.study.seal.key import keygen
from rashomon.study.seal.manifest import Manifest, make_manifest
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.seal import seal
from rashomon.study.seal.statement import make_statement, write_statement
from rashomon.study.seal.verify import UNSIGNED, verify
from tests.sealed_study import DATA, copied, study_in

SEAL = ("manifest.json", "statement.json", "signature.json")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The keys of the author."""
    return keygen(tmp_path_factory.mktemp("keys") / "author")


@pytest.fixture(scope="module")
def original(tmp_path_factory, pair):
    """A sealed and signed study."""
    study = study_in(tmp_path_factory.mktemp("original"))
    seal(study, origin=Origin(["rashomon", "run", "study.yaml"], [study.parent / DATA]), key=pair.private)
    return study


@pytest.fixture
def study(original, tmp_path):
    """A copy that a test may damage."""
    return copied(original, tmp_path / "copy")


def _files(study):
    return sorted(path for path in study.rglob("*") if path.is_file())


def _flip(path, rng):
    """Change one bit of one byte."""
    raw = bytearray(path.read_bytes())
    raw[rng.integers(len(raw))] ^= 1 << rng.integers(8)
    path.write_bytes(bytes(raw))


def _status(found):
    return {check.name: check.status for check in found.checks}


def test_what_was_sealed_passes(study, pair):
    """Moved, all checks hold, and the last line says so."""
    found = verify(study, key=pair.public)
    assert set(_status(found).values()) == {"ok"}
    assert found.exit_code == 0
    assert found.lines()[-1] == "everything that was checked is as it was sealed"


def test_nothing_is_written(study):
    """A study on read-only media is verified; its files stay as they are."""
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in _files(study)}
    folders = [study, *(path for path in study.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert verify(study).ok
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in _files(study)} == before


@pytest.mark.parametrize("seed", range(4))
def test_one_bit_in_every_file_is_found_in_each(study, seed):
    """One random bit flipped in every file of the study at once: every one of them is named."""
    rng = np.random.default_rng(seed)
    manifest = Manifest.read(study)
    for entry in manifest.files:
        if entry.bytes:
            _flip(study / entry.path, rng)
    found = verify(study)
    changed = {problem.removesuffix(" was changed") for problem in found.checks[0].problems}
    assert changed == {entry.path for entry in manifest.files if entry.bytes}
    assert found.exit_code == 5


def test_any_bit_of_the_seal_is_found_with_a_key(study, pair):
    """Thirty random bits of manifest, statement and signature, one at a time: none passes."""
    rng = np.random.default_rng(5)
    for name in SEAL:
        whole = (study / name).read_bytes()
        for _ in range(10):
            _flip(study / name, rng)
            assert not verify(study, key=pair.public).ok, name
            (study / name).write_bytes(whole)
    assert verify(study, key=pair.public).ok


def test_any_bit_of_manifest_and_statement_is_found_without_a_key(study):
    """An accident needs no signature to be seen, in whitespace neither."""
    rng = np.random.default_rng(6)
    (study / "signature.json").unlink()
    for name in SEAL[:2]:
        whole = (study / name).read_bytes()
        for _ in range(10):
            _flip(study / name, rng)
            assert not verify(study).ok, name
            (study / name).write_bytes(whole)


def test_any_bit_of_the_ledger_is_found_or_harmless(study):
    """Twenty random bits, one at a time: rows that changed fail; where none did, the bytes are remarked on."""
    rng = np.random.default_rng(7)
    path = study / "ledger.sqlite"
    whole = path.read_bytes()
    for _ in range(20):
        _flip(path, rng)
        files = verify(study).checks[0]
        assert files.status == "failed" or any("ledger.sqlite" in remark for remark in files.remarks)
        path.write_bytes(whole)


def test_without_a_signature_it_says_what_it_cannot_promise(study):
    """Files and seal made anew together pass, and the line says that this cannot be found."""
    (study / "signature.json").unlink()
    (study / "answers.json").write_text("{}")
    seal(study)
    found = verify(study)
    assert found.ok
    assert any(UNSIGNED in line for line in found.lines())


def test_with_a_signature_a_seal_made_anew_is_found(study, pair, tmp_path):
    """Who changes a result and makes manifest and statement anew has not the key; another key is not the author's."""
    (study / "answers.json").write_text("{}")
    manifest = make_manifest(study)
    manifest.write(study)
    write_statement(study, make_statement(study, manifest, Origin()))
    assert _status(verify(study))["signature"] == "failed"
    assert _status(verify(study, key=pair.public))["signature"] == "failed"
    seal(study, key=keygen(tmp_path / "other").private)
    assert verify(study).ok
    assert _status(verify(study, key=pair.public))["signature"] == "failed"
    (study / "signature.json").unlink()
    assert "there is none" in next(line for line in verify(study, key=pair.public).lines() if "signature" in line)


def test_records_are_checked_by_themselves(study):
    """A damaged record is found where the manifest was made anew for it."""
    record = next((study / "artefacts").rglob("*.parquet"))
    raw = bytearray(record.read_bytes())
    raw[60] ^= 1  # in the page of values
    record.write_bytes(bytes(raw))
    seal(study)
    found = verify(study)
    assert _status(found)["files"] == "ok"
    assert _status(found)["records"] == "failed"
    assert record.name in " ".join(found.lines())


def test_tables_are_checked_by_themselves(study):
    """A damaged page of a table is found by its own checksum."""
    (study / "tables" / "scores.parquet").write_bytes(b"PAR1 nothing PAR1")
    seal(study)
    found = next(check for check in verify(study).checks if check.name == "tables")
    assert found.problems[0].startswith("tables/scores.parquet: cannot be read")


def test_a_study_without_a_seal_fails(study):
    """What was never sealed cannot be verified; records and tables still are."""
    for name in SEAL:
        (study / name).unlink()
    found = _status(verify(study))
    assert found == {"files": "failed", "statement": "failed", "signature": "not done", "records": "ok", "tables": "ok"}


def test_whole_parts_that_are_missing_are_found(study):
    """Folders that are gone are as many missing files."""
    shutil.rmtree(study / "artefacts")
    assert sum("artefacts/" in problem for problem in verify(study).checks[0].problems) == 5


def test_a_statement_of_another_form_is_refused(study):
    """JSON that says less than ours is damaged, and no crash."""
    for bad in ({}, {"_type": "x", "subject": 3}):
        write_canonical(study / "statement.json", bad)
        assert _status(verify(study))["statement"] == "failed"


def test_wrong_calls_are_refused(study, tmp_path):
    """No folder, a negative number of runs, a draw without a generator."""
    with pytest.raises(UsageError, match="there is no study"):
        verify(tmp_path / "nowhere")
    for given in ({"rerun": -1, "rng": np.random.default_rng(0)}, {"rerun": 2}):
        with pytest.raises(UsageError, match="drawn at random"):
            verify(study, **given)


def test_a_spec_that_changed_says_nothing_of_runs(study, rng):
    """Runs are not computed from a spec that was not sealed."""
    (study / "spec.json").write_text("{}")
    found = next(check for check in verify(study, rerun=2, rng=rng).checks if check.name == "runs")
    assert (found.status, found.said[:9]) == ("not done", "spec.json")
