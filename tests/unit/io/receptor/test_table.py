import gzip

import numpy as np
import pandas as pd
import pytest

from rashomon.io.receptor.table import read_text_table, table_of_frame
from tests.receptor_table import write
from tests.sample import noted, refused

GOOD = "v_call\tcount\tdonor\nTRBV9\t007\tNA\n\t1e5\tNone\n"


def as_lists(table):
    return {name: values.tolist() for name, values in table.items()}


def test_every_value_stays_text(tmp_path):
    """Leading zeros, exponents, NA and None are kept as they were written (B64, B67)."""
    found = as_lists(read_text_table(write(tmp_path, GOOD)))
    assert found == {"v_call": ["TRBV9", ""], "count": ["007", "1e5"], "donor": ["NA", "None"]}


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\t", ","),
        GOOD.replace("\t", ";"),
        GOOD.replace("TRBV9", '"TRBV9"'),
        "# made by a pipeline\n## on a Tuesday\n" + GOOD,
        "\n" + GOOD.replace("\n\t1e5", "\n\n\t1e5") + "\n",
        gzip.compress(GOOD.encode()),
        gzip.compress(GOOD[:10].encode()) + gzip.compress(GOOD[10:].encode()),
    ],
    ids=["crlf", "cr", "bom", "commas", "semicolons", "quotes", "comments", "empty lines", "gzip", "two members"],
)
def test_dialects_give_the_same_table(tmp_path, content):
    """Line ends, byte order mark, separators, quotes, comments and packing are not part of the data (B80)."""
    name = "table.tsv.gz" if content[:2] == b"\x1f\x8b" else "table.tsv"
    good = read_text_table(write(tmp_path, GOOD, "good.tsv"))
    assert as_lists(read_text_table(write(tmp_path, content, name))) == as_lists(good)


def test_the_same_values_as_pandas_reads(tmp_path, rng):
    """Random text, with quotes and line ends inside of fields, is read as pandas reads it."""
    letters = np.array(list('ab,"\n \t;é'))
    columns = {name: ["".join(rng.choice(letters, size=rng.integers(1, 6))) for _ in range(50)] for name in "xyz"}
    frame = pd.DataFrame(columns)
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False, quoting=1)
    expected = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert as_lists(read_text_table(path)) == expected.to_dict("list")


def test_the_digest_is_put_on_record(tmp_path):
    """Nothing beside the file vouches for it."""
    notes = read_text_table(write(tmp_path, GOOD)).notes
    noted("file.unverified", notes, what="sha256")


def test_a_ragged_row_is_refused_with_its_line(tmp_path):
    """Lines are counted as an editor counts them: comments, header and empty lines too (B80)."""
    content = "# a\n" + GOOD.replace("\n\t1e5", "\n\n1e5")
    with refused("table.ragged", what="line 5 has 2 fields and the header 3", where="table.tsv, line 5"):
        read_text_table(write(tmp_path, content))


def test_an_open_quote_is_refused(tmp_path):
    """It would swallow the rest of the file."""
    with refused("table.ragged", what="cannot be split", where="table.csv, line"):
        read_text_table(write(tmp_path, 'a,b\n1,"2\n3,4\n', "table.csv"))


@pytest.mark.parametrize("header", ["v_call\tv_call\tx", "v_call\t\tx"])
def test_repeated_and_empty_names_are_refused(tmp_path, header):
    """Most readers would keep the last column (B80)."""
    with refused("table.header", what="columns without or with repeated names", where="table.tsv"):
        read_text_table(write(tmp_path, GOOD.replace("v_call\tcount\tdonor", header)))


def test_a_single_column_is_refused(tmp_path):
    """The separator is not known, or this is no table."""
    with refused("table.header", what="the header has one column, 'a|b'", where="table.tsv"):
        read_text_table(write(tmp_path, "a|b\n1|2\n"))


def test_a_first_column_without_name_holds_row_names(tmp_path):
    """Pandas and R write them so."""
    assert list(read_text_table(write(tmp_path, ",v_call\n0,TRBV9\n"))) == ["row_name", "v_call"]


HEADER = GOOD.split("\n", maxsplit=1)[0]


@pytest.mark.parametrize("content", [HEADER, f"{HEADER}\n", "\n\n", "# only a comment\n"])
def test_a_table_without_rows_is_refused(tmp_path, content):
    """A header alone is the sign of an interrupted run (B79)."""
    with refused("table.empty", what="0 rearrangements", where="table.tsv"):
        read_text_table(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"a\tb\n1\t\xff\n", "line 2 is not UTF-8: byte 0xff"),
        (b"a\tb\n1\t2\n\x00\t2\n", "line 3 holds NUL"),
        (b"a\tb\xe9\n1\t2\n", "the header is not UTF-8"),
    ],
)
def test_other_encodings_are_refused_with_the_line(tmp_path, content, what):
    """Names in another encoding would be other names."""
    with refused("table.encoding", what=what, where="table.tsv"):
        read_text_table(write(tmp_path, content))


def test_a_frame_is_read_as_the_file_it_would_be():
    """Missing values are empty, booleans are T and F, whole numbers have no fraction."""
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": [True, False], "c": ["x", None], "d": pd.Categorical(["u", "v"])})
    assert as_lists(table_of_frame(frame)) == {"a": ["1", ""], "b": ["T", "F"], "c": ["x", ""], "d": ["u", "v"]}


def test_an_empty_or_ambiguous_frame_is_refused():
    """As a file would be."""
    with refused("table.empty", what="0 rearrangements", where="mine"):
        table_of_frame(pd.DataFrame({"a": []}), source="mine")
    with refused("table.header", what="columns with repeated names: a", where="mine"):
        table_of_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]), source="mine")
