import gzip

import pytest

from rashomon.io.receptor.text import first_text, text_of
from tests.receptor_table import write
from tests.sample import noted, refused

GOOD = "v_call\tcount\nTRBV9\t7\n"


@pytest.mark.parametrize("packed", [False, True])
def test_the_text_is_that_of_the_file(tmp_path, packed):
    """Packed or not, without byte order mark; the digest is that of the bytes on disk."""
    content = b"\xef\xbb\xbf" + GOOD.encode()
    path = write(tmp_path, gzip.compress(content) if packed else content, "table.tsv.gz" if packed else "table.tsv")
    text, note = text_of(path)
    assert text == GOOD.encode()
    noted("file.unverified", [note], what="sha256")


def test_another_digest_than_promised_is_refused(tmp_path):
    """The file changed since its digest was written down."""
    path = write(tmp_path, GOOD)
    write(tmp_path, f"{'0' * 64}  table.tsv\n", "SHA256SUMS")
    with refused("file.checksum", what="SHA256SUMS says 000000000000", where="table.tsv"):
        text_of(path)


def test_a_bomb_is_refused_while_it_unpacks(tmp_path):
    """A few bytes may unpack to any size; no more than the budget is ever unpacked."""
    path = write(tmp_path, gzip.compress(b"a\tb\n" + b"1\t2\n" * 10**6), "table.tsv.gz")
    assert path.stat().st_size < 10_000
    with refused("file.budget", what="holds more than 1,000,000 bytes", where="table.tsv.gz"):
        text_of(path, memory_budget=12_000_000)


@pytest.mark.parametrize(("cut", "code"), [(slice(0, 40), "file.truncated"), (slice(0, None), "file.unreadable")])
def test_damaged_gzip_is_refused(tmp_path, cut, code):
    """Cut, or with a byte flipped."""
    data = bytearray(gzip.compress(GOOD.encode() * 20))
    data[-6] ^= 255
    with refused(code, what="table.tsv.gz", where="table.tsv.gz"):
        text_of(write(tmp_path, bytes(data[cut]), "table.tsv.gz"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("gone.tsv", None, "file.missing"),
        ("table.tsv", b"", "file.empty"),
        ("table.zip", b"PK\x03\x04" + b"0" * 30, "file.packed"),
        ("table.tsv", b"<html>", "file.format"),
        ("table.tsv", b"\x89HDF\r\n\x1a\n" + b"0" * 600, "file.format"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, code):
    """By its first bytes, as everywhere at the door."""
    path = tmp_path / name if content is None else write(tmp_path, content, name)
    with refused(code, what=name, where=name):
        text_of(path)


def test_the_first_lines_of_anything_can_be_asked_for(tmp_path):
    """A file that is not there, or is no text, has none; nothing is raised."""
    assert first_text(write(tmp_path, GOOD)) == GOOD.encode()
    assert first_text(tmp_path / "gone.tsv") == b""
    assert first_text(write(tmp_path, b"\x00\x01", "binary.tsv")) == b""
