import os
from pathlib import Path

import pytest

from rashomon.core import StoreError, publish, publish_text


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_appears_whole_under_its_name(tmp_path):
    """While the block runs nothing stands at the path; afterwards the whole file does, and nothing else."""
    target = tmp_path / "new" / "folder" / "a.csv"
    with publish(target) as temporary:
        temporary.write_text("1,2\n")
        assert not target.exists()
        assert temporary.parent == target.parent, "a rename across file systems would be a copy"
        assert temporary.suffix == ".csv", "writers choose a format by it"
    assert target.read_text() == "1,2\n"
    assert listing(target.parent) == ["a.csv"]


@pytest.mark.parametrize("failure", [ValueError("bad"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_failure_leaves_the_old_file_and_no_temporary_one(tmp_path, failure):
    """Whatever ends the block early, the old file is as it was and nothing is left beside it."""
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(type(failure)), publish(target) as temporary:
        temporary.write_text("half")
        raise failure
    assert target.read_text() == "old"
    assert listing(tmp_path) == ["a.txt"]


def test_full_disk_is_a_store_error_that_leaves_the_old_file(tmp_path):
    """An error of the file system names the file and the folder, and the old file survives."""
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(StoreError, match=r"cannot write a\.txt: No space left") as caught, publish(target) as temporary:
        temporary.write_text("half")
        raise OSError(28, os.strerror(28))
    assert caught.value.where == str(tmp_path)
    assert caught.value.code == "store.write"
    assert target.read_text() == "old"
    assert listing(tmp_path) == ["a.txt"]


def test_failed_rename_leaves_no_temporary_file(tmp_path, monkeypatch):
    """Also when the last step fails, what stood there before is untouched."""
    target = tmp_path / "a.txt"
    target.write_text("old")

    def refuse(self, other):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="Permission denied"):
        publish_text(target, "new")
    assert target.read_text() == "old"
    assert listing(tmp_path) == ["a.txt"]


def test_folder_that_is_a_file_is_a_store_error(tmp_path):
    """A path below a file cannot be written, and the message says so."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"cannot write a\.txt"):
        publish_text(tmp_path / "file" / "a.txt", "new")


def test_block_that_writes_nothing_is_a_store_error(tmp_path):
    """Publishing needs a file; an empty promise is not renamed into place."""
    target = tmp_path / "a.txt"
    with pytest.raises(StoreError, match=r"cannot write a\.txt"), publish(target):
        pass
    assert listing(tmp_path) == []


def test_directory_is_published_whole(tmp_path):
    """A zarr directory appears with all its files."""
    with publish(tmp_path / "a.zarr") as temporary:
        (temporary / "X").mkdir(parents=True)
        (temporary / "X" / "0").write_text("chunk")
    assert (tmp_path / "a.zarr" / "X" / "0").read_text() == "chunk"
    assert listing(tmp_path) == ["a.zarr"]


def test_directory_never_replaces_one_that_holds_files(tmp_path):
    """A directory with files in it is not overwritten, and the new one is removed."""
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "keep").write_text("old")
    with pytest.raises(StoreError, match=r"cannot write a\.zarr"), publish(tmp_path / "a.zarr") as temporary:
        (temporary / "X").mkdir(parents=True)
        (temporary / "X" / "0").write_text("chunk")
    assert listing(tmp_path) == ["a.zarr"]
    assert listing(tmp_path / "a.zarr") == ["keep"]


def test_text_is_utf8_with_its_newlines(tmp_path):
    """Text is written as given on every system."""
    publish_text(tmp_path / "a.txt", "é\r\nß\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\n\xc3\x9f\n"
