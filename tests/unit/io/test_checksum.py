import hashlib
import os
import subprocess

import pytest

from rashomon.io import read, read_labels_csv
from rashomon.io.checksum import Watch, digest_path, promised, verify
from tests.sample import good_file, noted, refused


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_digest_of_a_folder_is_that_of_the_usual_tools(tmp_path):
    """find, sort and sha256sum give the same."""
    store = tmp_path / "a.zarr"
    (store / "b").mkdir(parents=True)
    for name, text in (("b/2", "x"), ("B", "y"), ("a b", "z")):
        (store / name).write_text(text)
    line = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    said = subprocess.run(["sh", "-c", line], cwd=store, capture_output=True, text=True, check=True)
    assert digest_path(store) == said.stdout.split()[0]


@pytest.mark.parametrize(
    ("listing", "line"),
    [
        ("good.h5ad.sha256", "{digest}\n"),
        ("good.h5ad.sha256", "{digest}  good.h5ad\n"),
        ("SHA256SUMS", "# sums\n{other}  other.h5ad\n{digest} *good.h5ad\n"),
        ("sha256sums.txt", "{digest}  ./good.h5ad\r\n"),
    ],
)
def test_a_promised_digest_is_found_and_kept(h5ad, listing, line):
    """In a file of its own or in a listing, in the forms that sha256sum writes."""
    digest = sha256(h5ad)
    h5ad.with_name(listing).write_text(line.format(digest=digest.upper(), other="0" * 64))
    assert promised(h5ad) == (digest, listing)
    assert read(h5ad).rows.notes[0] == f"good.h5ad: sha256 {digest}, as {listing} says"


def test_a_listing_one_folder_up_names_the_folder(tmp_path):
    """As listings of whole collections do."""
    (tmp_path / "set").mkdir()
    path = good_file(tmp_path / "set")
    (tmp_path / "SHA256SUMS").write_text(f"{sha256(path)}  set/good.h5ad\n")
    assert promised(path) == (sha256(path), "SHA256SUMS")


def test_another_digest_than_promised_is_refused(h5ad):
    """Of a matrix and of a table."""
    table = h5ad.with_name("labels.csv")
    table.write_text("cell,type\nc1,T\n")
    for path, function in ((h5ad, read), (table, read_labels_csv)):
        path.with_name(f"{path.name}.sha256").write_text("0" * 64)
        with refused("file.checksum", what=f"the sha256 of {path.name} is", where=path.name):
            function(path)


def test_without_a_promise_the_digest_is_put_on_record(h5ad):
    """The note says that nothing confirms it."""
    noted("file.unverified", [verify(h5ad, "abc")], what="sha256 abc, which nothing beside it confirms")
    noted("file.unverified", read(h5ad).rows.notes, what=sha256(h5ad))


def test_what_is_no_listing_promises_nothing(h5ad):
    """Folders, binary files and other text are passed over."""
    h5ad.with_name("good.h5ad.sha256").mkdir()
    h5ad.with_name("SHA256SUMS").write_bytes(b"\xff\x00good.h5ad")
    assert promised(h5ad) is None


def touch_back(path):
    """Change a byte and restore the times, as a coarse clock would show it."""
    state = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    with path.open("r+b") as handle:
        handle.write(bytes(data))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        touch_back,
        lambda path: path.unlink(),
        lambda path: path.with_name("new").replace(path) if path.with_name("new").write_bytes(b"x") else None,
    ],
    ids=["longer", "other byte", "removed", "replaced"],
)
def test_a_file_that_changes_is_refused(h5ad, change):
    """Size, times and inode tell, and the digest where clocks are too coarse."""
    watch = Watch(h5ad)
    watch.check()
    change(h5ad)
    with refused("file.changed", what="good.h5ad changed while good.h5ad was read", where="good.h5ad"):
        watch.check()


def test_a_change_that_no_clock_shows_is_found_in_young_files(h5ad, monkeypatch):
    """The digest is computed again where the file is younger than two seconds."""
    watch = Watch(h5ad)
    monkeypatch.setattr("rashomon.io.checksum._stamp", lambda path: watch._before)
    watch.check()
    touch_back(h5ad)
    with refused("file.changed", what="changed while", where="good.h5ad"):
        watch.check()


def test_a_store_that_gains_a_file_changed(tmp_path):
    """Every file of a folder counts."""
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "x").write_text("1")
    watch = Watch(tmp_path / "a.zarr")
    (tmp_path / "a.zarr" / "y").write_text("2")
    with refused("file.changed", what="y changed while a.zarr was read", where="a.zarr"):
        watch.check()
