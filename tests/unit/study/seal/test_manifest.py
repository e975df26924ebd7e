"""The manifest: every file and nothing else, in one order, and every changed byte found."""

import hashlib
import json
import os

import pytest

from rashomon.core import StoreError
from rashomon.study.seal.canonical import write_canonical
from rashomon.study.seal.manifest import MANIFEST, Manifest, list_files, make_manifest

FILES = {"spec.json": b"{}\n", "tables/a.csv": b"x\n1\n", "tables/b.csv": b"", "artefacts/ab/abcd.parquet": b"PAR1"}


@pytest.fixture
def folder(tmp_path):
    """A folder like a study, with what a manifest leaves out."""
    study = tmp_path / "study"
    left_out = ("lock", "statement.json", "signature.json", "tables/.a.12-0123abcd.tmp.csv")
    for name, content in {**FILES, **dict.fromkeys(left_out, b"passing")}.items():
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_bytes(content)
    (study / ".annotated.7-00ff00ff.tmp.zarr").mkdir()
    (study / ".annotated.7-00ff00ff.tmp.zarr" / "0.0").write_bytes(b"half")
    return study


@pytest.fixture
def sealed(folder):
    """The same with its manifest."""
    make_manifest(folder).write(folder)
    return folder


def test_every_file_is_listed(folder):
    """Sizes and sha256 are those of the files, in the order of the paths; what passes is not listed."""
    found = make_manifest(folder)
    expected = [(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in sorted(FILES.items())]
    assert [tuple(entry) for entry in found.files] == expected
    assert found.ledger is None


def test_it_is_the_same_wherever_the_study_lies(sealed, tmp_path):
    """A moved study has the same manifest to the byte, and paths have slashes and no folder above."""
    before = (sealed / MANIFEST).read_bytes()
    moved = sealed.rename(tmp_path / "elsewhere")
    make_manifest(moved).write(moved)
    assert (moved / MANIFEST).read_bytes() == before
    assert str(tmp_path).encode() not in before
    assert Manifest.read(moved) == make_manifest(moved)


def test_an_untouched_study_has_no_problems(sealed):
    """Files that are as they were are not spoken of, nor is the lock of a reader."""
    (sealed / "lock").unlink()
    assert Manifest.read(sealed).compare(sealed) == ((), ())


@pytest.mark.parametrize("name", [name for name, content in FILES.items() if content])
def test_a_changed_byte_is_found(sealed, name):
    """A bit that flips without changing the size is found, and so is a byte more."""
    raw = (sealed / name).read_bytes()
    (sealed / name).write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
    assert Manifest.read(sealed).compare(sealed).problems == (f"{name} was changed",)
    (sealed / name).write_bytes(raw + b" ")
    said = f"{name} has {len(raw) + 1} bytes, and {len(raw)} were sealed"
    assert Manifest.read(sealed).compare(sealed).problems == (said,)


def test_missing_and_added_files_are_found(sealed):
    """Among results an added file is a problem; notes of the user beside them are remarked on."""
    (sealed / "spec.json").unlink()
    (sealed / "tables" / "c.csv").write_text("x\n")
    (sealed / "notes.txt").write_text("mine")
    found = Manifest.read(sealed).compare(sealed)
    assert found.problems == ("spec.json is missing", "tables/c.csv was added")
    assert found.remarks == ("notes.txt is no part of the study",)


def test_links_that_lead_out_are_refused(folder, tmp_path):
    """A link to a file or folder outside, or to nowhere, is no result; one inside is read like a file."""
    (folder / "inside.csv").symlink_to("tables/a.csv")
    assert list_files(folder)["inside.csv"].read_bytes() == FILES["tables/a.csv"]
    (tmp_path / "secret").write_text("s")
    for target in (tmp_path / "secret", tmp_path, tmp_path / "nowhere"):
        link = folder / "tables" / "link"
        link.symlink_to(target)
        with pytest.raises(StoreError, match=r"tables/link (is a link that leads out|leads nowhere)") as caught:
            make_manifest(folder)
        assert caught.value.code == "seal.file"
        link.unlink()


def test_a_link_in_place_of_a_file_is_found(sealed, tmp_path):
    """The same bytes somewhere else are not the file: they may change at any time."""
    outside = tmp_path / "a.csv"
    outside.write_bytes(FILES["tables/a.csv"])
    (sealed / "tables" / "a.csv").unlink()
    (sealed / "tables" / "a.csv").symlink_to(outside)
    assert "tables/a.csv is missing" in Manifest.read(sealed).compare(sealed).problems


def test_what_is_no_file_is_refused(folder):
    """A pipe would be waited for without end."""
    os.mkfifo(folder / "tables" / "pipe")
    with pytest.raises(StoreError, match="tables/pipe is no regular file"):
        make_manifest(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [("path", "../secret"), ("path", "/etc/passwd"), ("bytes", "1"), ("bytes", True), ("sha256", "A" * 64)],
)
def test_a_manifest_of_another_form_is_refused(sealed, name, value):
    """A path that leaves the folder, a size or digest that is none: not ours."""
    found = json.loads((sealed / MANIFEST).read_text())
    found["files"][0][name] = value
    write_canonical(sealed / MANIFEST, found)
    with pytest.raises(StoreError, match="none of ours"):
        Manifest.read(sealed)
