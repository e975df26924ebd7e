"""Where a study came from: digests and words, times of the ledger, and no folder of anybody."""

import json

import pytest

from rashomon.core import digest_file
from rashomon.study.seal.ledger_fact import sessions
from rashomon.study.seal.origin import Origin, without_folders
from tests.sealed_study import DATA, study_in


def test_inputs_are_known_by_their_digest(tmp_path):
    """Name and sha256 of each file, and not where it lay; a folder (zarr) has one too."""
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "b.zarr").mkdir()
    (tmp_path / "b.zarr" / "0").write_text("y")
    found = Origin(inputs=[tmp_path / "a.csv", tmp_path / "b.zarr"]).digests
    assert found["a.csv"] == digest_file(tmp_path / "a.csv")
    assert list(found) == ["a.csv", "b.zarr"]


def test_times_are_those_of_the_ledger_unless_given(tmp_path):
    """The first session began it, the last one that ended ended it; without a ledger nobody knows."""
    study = study_in(tmp_path)
    (session,) = sessions(study)
    facts = Origin().facts(study)
    assert (facts["started"], facts["ended"]) == (session["started"], session["ended"])
    assert Origin(started="2026-01-01", ended="2026-01-02").facts(study)["ended"] == "2026-01-02"
    assert Origin().facts(tmp_path)["started"] == ""


def test_facts_hold_no_folder(tmp_path):
    """Words of the command are cleaned; title and licence are passed on."""
    origin = Origin(["rashomon", str(tmp_path / DATA)], title="T", licence="CC0-1.0")
    facts = origin.facts(tmp_path)
    assert str(tmp_path) not in json.dumps(facts)
    assert (facts["command"][1], facts["title"], facts["license"]) == (DATA, "T", "CC0-1.0")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/a/b/c.h5ad", "c.h5ad"),
        ("-o/a/b/c", "-oc"),
        ("~/data/x.h5ad", "x.h5ad"),
        ("~ada/x.h5ad", "x.h5ad"),
        (r"C:\Users\ada\x.h5ad", "x.h5ad"),
        ("x=/a/b.csv,/c/d.csv", "x=b.csv,d.csv"),
        ("/x.h5ad", "x.h5ad"),
        ("T/B ratio", "T/B ratio"),
        ("T / B", "T / B"),
        ("donor -> batch", "donor -> batch"),
        ("data/x.h5ad", "data/x.h5ad"),
        ("cell_type=annotation:protein", "cell_type=annotation:protein"),
    ],
)
def test_folders_are_taken_out_of_words(given, kept):
    """The last part of an absolute path stays; other words are as they were."""
    assert without_folders(given) == kept
