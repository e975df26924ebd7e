import bz2
import gzip
import lzma
import os
import zipfile
from pathlib import Path

import pytest

from rashomon.io import read
from rashomon.io.container import identify
from tests.sample import good_file, refused


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


def test_good_files_are_recognised(h5ad, tmp_path):
    """HDF5 is told by its signature, zarr by its metadata, a table by its suffix."""
    store, table = tmp_path / "a.zarr", tmp_path / "labels.csv"
    store.mkdir()
    (store / ".zgroup").write_text('{"zarr_format": 2}')
    table.write_text("cell,label\nc1,T\n")
    assert [identify(path) for path in (h5ad, store, table)] == ["hdf5", "zarr", "table"]


def test_the_suffix_of_hdf5_does_not_matter(h5ad, tmp_path):
    """A file is what its first bytes say."""
    assert identify(h5ad.rename(tmp_path / "name with spaces, Ümlaut")) == "hdf5"


@pytest.mark.parametrize("start", [512, 1024, 2048])
def test_hdf5_may_begin_after_a_user_block(h5ad, tmp_path, start):
    """MuData writes a text of 512 bytes before the signature; HDF5 allows powers of two from there on."""
    moved = tmp_path / "moved.h5mu"
    moved.write_bytes(b"MuData".ljust(start, b"\0") + h5ad.read_bytes())
    assert identify(moved) == "hdf5"


def test_a_missing_file_names_its_nearest_sibling(h5ad):
    """A misspelt name is answered by the nearest one in the folder."""
    with refused("file.missing", what="there is no file god.h5ad", where="god.h5ad"):
        identify(h5ad.with_name("god.h5ad"))
    with pytest.raises(Exception, match=r"did you mean 'good\.h5ad'\?"):
        identify(h5ad.with_name("god.h5ad"))
    assert identify(h5ad) == "hdf5"


def test_a_folder_is_refused(tmp_path):
    """A folder without zarr metadata is not a store."""
    with refused("file.not_regular", what="is a folder", where=str(tmp_path)):
        identify(tmp_path)


def test_a_pipe_is_refused_without_waiting(tmp_path):
    """A FIFO is told by stat; opening it would wait for ever."""
    pipe = tmp_path / "pipe.h5ad"
    os.mkfifo(pipe)
    with refused("file.not_regular", what="is not a regular file", where="pipe.h5ad"):
        identify(pipe)


def test_a_device_is_refused():
    """A device is not a file."""
    with refused("file.not_regular", what="null is not a regular file", where="/dev/null"):
        identify("/dev/null")


def test_a_file_that_may_not_be_read_is_refused(h5ad, monkeypatch):
    """The refusal of the operating system is passed on."""

    def no(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", no)
    with refused("file.permission", what="cannot open good.h5ad: Permission denied", where="good.h5ad"):
        identify(h5ad)
    monkeypatch.undo()
    assert identify(h5ad) == "hdf5"


def test_a_name_no_file_system_takes_is_refused(tmp_path):
    """Names that are too long are errors of the call, not crashes."""
    with refused("file.permission", what="cannot look at", where="xxx"):
        identify(tmp_path / ("x" * 300))


@pytest.mark.parametrize("suffix", [".h5ad", ".csv", ".h5mu"])
def test_an_empty_file_is_refused(tmp_path, suffix):
    """0 bytes are nothing of any kind."""
    path = tmp_path / f"empty{suffix}"
    path.touch()
    with refused("file.empty", what=f"empty{suffix} has 0 bytes", where=str(path)):
        identify(path)


CONTENTS = {
    "a comma-separated table": ("file.format", b"cell,label\nc1,T\n"),
    "a tab-separated table": ("file.format", b"cell\tlabel\nc1\tT\n"),
    "gzip-compressed data": ("file.packed", gzip.compress(b"x")),
    "bzip2-compressed data": ("file.packed", bz2.compress(b"x")),
    "xz-compressed data": ("file.packed", lzma.compress(b"x")),
    "a tar archive": ("file.packed", b"name".ljust(257, b"\0") + b"ustar" + b"\0" * 250),
    "a Matrix Market file": ("file.foreign", b"%%MatrixMarket matrix coordinate integer general\n"),
    "an R object": ("file.foreign", b"RDX3\nX\n"),
    "an HTML or XML page": ("file.format", b"<!DOCTYPE html><title>404</title>"),
    "a Git LFS pointer": ("file.format", b"version https://git-lfs.github.com/spec/v1\n"),
    "a parquet table": ("file.foreign", b"PAR1...."),
    "a NumPy array": ("file.foreign", b"\x93NUMPY\x01\x00"),
    "plain text": ("file.format", b"hello"),
    "binary data of an unknown kind": ("file.format", b"\xff\xfe\x00\x01"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_other_content_is_guessed(tmp_path, name):
    """A file that is not HDF5 is refused with what it seems to be and its size."""
    path, (code, content) = tmp_path / "x.h5ad", CONTENTS[name]
    path.write_bytes(content)
    with refused(code, what=f"not an HDF5 file; it looks like {name}", where=f"{len(content)} bytes"):
        identify(path)


def test_a_zip_is_not_unpacked(h5ad, tmp_path):
    """A zipped h5ad is refused with what to do."""
    packed = tmp_path / "good.h5ad.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(h5ad)
    with refused("file.packed", what="looks like a zip archive", where="good.h5ad.zip"):
        read(packed)


@pytest.mark.parametrize("address", ["https://example.org/a.h5ad", "s3://bucket/a.h5ad"])
def test_nothing_is_downloaded(address):
    """Addresses are refused before anything is tried."""
    with refused("file.address", what="addresses are not read", where=address):
        identify(address)


def test_a_table_named_csv_that_is_gzip_is_refused(tmp_path):
    """The suffix of a table is believed only where the content is no known binary format."""
    path = tmp_path / "labels.csv"
    path.write_bytes(gzip.compress(b"cell,label\n"))
    with refused("file.packed", what="looks like gzip-compressed data", where="labels.csv"):
        identify(path)
