import os

import pytest

from rashomon.truth import read_mapping
from tests.sample import refused


@pytest.mark.parametrize(
    "text",
    ["a,x\nb,y\n", "\ufeffa,x\r\nb,y\r\n", "a\tx\n\nb\ty", "a ; x\nb;y\n", '"a",x\nb,y\n', "a,x\na,x\nb,y"],
)
def test_two_columns_are_read(tmp_path, text):
    """Commas, tabs or semicolons, quotes, byte order mark, empty lines, lines that say the same twice."""
    file = tmp_path / "m.csv"
    file.write_bytes(text.encode("utf-8"))
    assert read_mapping(file) == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"a,x\na,y\n", "'a' becomes both 'x' and 'y'"),
        (b"a,x\nb\n", "line 2 does not have two filled fields"),
        (b"a,\n", "line 1 does not have two filled fields"),
        (b"a,x,z\n", "line 1 does not have two filled fields"),
        (b"\n\n", "it has no line"),
        (b"a,\xff\n", "it is not UTF-8 text"),
        (b'a,"x\n', "cannot be split"),
        (b"a" * (2**22 + 1), "there is no such file of at most 4 MiB"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path, content, what):
    """The file and the line are named."""
    file = tmp_path / "m.csv"
    file.write_bytes(content)
    with refused("derive.mapping", what=what, where=str(file)):
        read_mapping(file)


def test_an_absent_file_and_a_folder_are_refused(tmp_path):
    """So is a pipe, which could be read for ever."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent.csv", ".", "pipe"):
        with refused("derive.mapping", what="there is no such file", where=str(tmp_path)):
            read_mapping(tmp_path / name)


def test_a_relative_path_stays_below_the_working_folder(tmp_path, monkeypatch):
    """Upwards only by a whole path, which nobody writes by accident."""
    (tmp_path / "work").mkdir()
    for folder in (tmp_path, tmp_path / "work"):
        (folder / "m.csv").write_text("a,x\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "work")
    with refused("derive.mapping", what="a relative path leaves the working folder", where="../m.csv"):
        read_mapping("../m.csv")
    assert read_mapping("m.csv") == read_mapping(tmp_path / "m.csv") == {"a": "x"}
