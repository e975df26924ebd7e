"""Sealing: each part covers what was written before it, and nothing of an old seal stays."""

import pytest

from rashomon.core import UsageError
from rashomon.study.seal.key import keygen
from rashomon.study.seal.manifest import Manifest
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.seal import seal
from rashomon.study.seal.signature import verify_signature
from rashomon.study.seal.statement import read_statement
from tests.sealed_study import DATA, study_in

PARTS = ("manifest.json", "statement.json", "signature.json")


def test_each_part_covers_the_one_before(tmp_path):
    """The manifest lists crate and provenance, the statement the manifest, the signature signs the statement."""
    study, pair = study_in(tmp_path), keygen(tmp_path / "key")
    manifest = seal(study, origin=Origin(["rashomon", "run"], [tmp_path / DATA]), key=pair.private)
    listed = {entry.path for entry in manifest.files}
    assert {"ro-crate-metadata.json", "tables/provenance.parquet", "study.yaml", "report.html"} <= listed
    assert not listed & {*PARTS, "ledger.sqlite", "lock"}
    assert manifest == Manifest.read(study)
    assert "manifest.json" in {entry["name"] for entry in read_statement(study)["subject"]}
    assert verify_signature(study, pair.public) == pair.key_id


def test_an_old_signature_goes(tmp_path):
    """Sealing without a key leaves no signature of what was there before."""
    study, pair = study_in(tmp_path), keygen(tmp_path / "key")
    seal(study, key=pair.private)
    seal(study)
    assert [(study / name).exists() for name in PARTS] == [True, True, False]


def test_sealing_twice_is_sealing_once(tmp_path):
    """Nothing random is in a seal."""
    study = study_in(tmp_path)
    seal(study)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    seal(study)
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


def test_no_folder_is_in_any_part(tmp_path):
    """A study can be handed on: where it lay is in none of the files of the seal."""
    study = study_in(tmp_path)
    seal(study, origin=Origin(["rashomon", "run", str(study)], [tmp_path / DATA]))
    written = [*(study / name for name in PARTS[:2]), study / "ro-crate-metadata.json"]
    written += sorted((study / "tables").glob("provenance.*"))
    assert all(str(tmp_path).encode() not in path.read_bytes() for path in written)


def test_a_key_in_the_study_is_refused(tmp_path):
    """A private key that would be handed out signs nothing, and nothing is written."""
    study = study_in(tmp_path)
    pair = keygen(study / "key")
    with pytest.raises(UsageError, match="lies in the study") as caught:
        seal(study, key=pair.private)
    assert caught.value.code == "sign.place"
    assert not (study / "manifest.json").exists()
