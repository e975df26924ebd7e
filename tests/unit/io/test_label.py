import numpy as np
import pandas as pd
import pytest

from rashomon.io import align_labels, read, read_labels_csv
from tests.sample import refused

GOOD = "cell,type,batch\nc1,T,1\nc2,,01\nc3,NA,None\n"


def write(folder, text, name="labels.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_value_stays_text(tmp_path):
    """No number is parsed, NA and None are words, and only empty fields are missing."""
    table = read_labels_csv(write(tmp_path, GOOD))
    assert table.index.tolist() == ["c1", "c2", "c3"]
    assert table["type"].tolist() == ["T", None, "NA"]
    assert table["batch"].tolist() == ["1", "01", "None"]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", ";"),
        GOOD.replace("c1,T", '"c1","T"'),
        "\n" + GOOD.replace("c2", "\nc2") + "\n\n",
        GOOD.replace("cell,", ","),
    ],
    ids=["crlf", "bom", "tabs", "semicolons", "quotes", "empty lines", "no name of the index"],
)
def test_dialects_give_the_same_table(tmp_path, text):
    """What spreadsheets and pandas write is read alike."""
    pd.testing.assert_frame_equal(
        read_labels_csv(write(tmp_path, text)), read_labels_csv(write(tmp_path, GOOD, "g.csv"))
    )


def test_a_ragged_line_is_refused_with_its_number(tmp_path):
    """Lines are counted as an editor counts them, empty ones too."""
    path = write(tmp_path, GOOD.replace("c2,,01", "\nc2,01"))
    with refused("table.ragged", what="line 4 has 2 fields and the header 3", where="labels.csv, line 4"):
        read_labels_csv(path)


def test_an_open_quote_is_refused(tmp_path):
    """A quote that never ends would swallow the rest of the file."""
    with refused("table.ragged", what="cannot be split", where="labels.csv, line"):
        read_labels_csv(write(tmp_path, 'cell,type\nc1,"T\nc2,B\n'))


@pytest.mark.parametrize("header", ["cell,type,type", "cell,type,"])
def test_repeated_and_empty_columns_are_refused(tmp_path, header):
    """Most readers would silently keep the last."""
    with refused("table.header", what="columns without or with repeated names", where="labels.csv, line 1"):
        read_labels_csv(write(tmp_path, GOOD.replace("cell,type,batch", header)))


def test_a_single_column_is_refused(tmp_path):
    """Names without labels, or a separator that is not known."""
    with refused("table.header", what="the header has one column, 'cell|type'", where="labels.csv, line 1"):
        read_labels_csv(write(tmp_path, "cell|type\nc1|T\n"))


@pytest.mark.parametrize(
    ("text", "what"), [("cell,type\n", "has a header and no rows"), ("\n\n", "has only empty lines")]
)
def test_a_table_without_rows_is_refused(tmp_path, text, what):
    """The sign of an interrupted export."""
    with refused("table.empty", what=what, where="labels.csv"):
        read_labels_csv(write(tmp_path, text))


def test_another_encoding_is_refused_with_the_byte(tmp_path):
    """Latin-1 is not guessed."""
    with refused("table.encoding", what="byte 11 (0xe9) is not UTF-8", where="labels.csv, byte 11"):
        read_labels_csv(write(tmp_path, "cell,type\nc\xe9,T\n".encode("latin1")))
    assert read_labels_csv(write(tmp_path, "cell,type\nc\xe9,T\n")).index.tolist() == ["cé"]


@pytest.mark.parametrize(
    ("name", "what"), [("c1", "line 3: name 'c1' occurs again"), ("", "line 3: the cell has no name")]
)
def test_repeated_and_empty_cell_names_are_refused(tmp_path, name, what):
    """With the line and the name."""
    with refused("table.names", what=what, where="labels.csv, line 3"):
        read_labels_csv(write(tmp_path, GOOD.replace("c2", name)))


def test_what_is_no_table_is_refused(tmp_path):
    """A file that is HDF5 by content is no table, whatever its name."""
    with refused("file.format", what="labels.csv is not a text table", where="labels.csv"):
        read_labels_csv(write(tmp_path, b"\x89HDF\r\n\x1a\n"))


def test_a_table_is_a_data_set_of_labels(tmp_path):
    """Question 3 needs no more than labels."""
    rows = "".join(f"c{i},{'TB'[i % 2]},{'xyz'[i % 3]}\n" for i in range(12))
    dataset = read(write(tmp_path, "cell,a,b\n" + rows), truths=["a", "b=annotation:protein"])
    assert dataset.expression is None
    assert [truth.categories for truth in dataset.truths.values()] == [("B", "T"), ("x", "y", "z")]


TABLE = pd.DataFrame({"type": ["T", "B", "T", "B"]}, index=["c1", "c2", "c3", "c4"])


def test_labels_are_put_in_the_order_of_the_cells():
    """By name; cells that the table does not know are missing, and both sides are counted."""
    table, notes = align_labels(TABLE, np.array(["c3", "x", "c1", "c2"]))
    assert table["type"].fillna("-").tolist() == ["T", "-", "T", "B"]
    assert notes == (
        "labels: 3 of 4 cells (75%) are in the table",
        "labels: 1 rows of the table belong to no cell (c4)",
    )
    assert align_labels(TABLE, TABLE.index.to_numpy())[1] == ()


def test_half_of_the_cells_is_enough():
    """At the limit the labels are accepted, below it they are refused."""
    assert align_labels(TABLE, np.array(["c1", "c2", "x", "y"]))[0]["type"].notna().sum() == 2
    with refused(
        "table.overlap", what="1 of 4 cells (25%) are in the table", where="cells c1, x and 2 more; table c1, c2"
    ):
        align_labels(TABLE, np.array(["c1", "x", "y", "z"]))


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (["c1-1", "c2-1", "c3-1"], "removing the suffix '-1'"),
        (["s1_c1", "s1_c2", "s1_c3"], "removing everything up to the last '_'"),
        (["s1:c1", "s1:c2", "s1:c3"], "removing everything up to the last ':'"),
        (["s_c1-1", "s_c2-1", "s_c3-1"], "removing both a prefix"),
        (["C1", "C2", "C3"], "ignoring upper and lower case"),
        (["s1_c1", "s2_c1", "s3_c1"], "some names then repeat, so add the sample to them"),
    ],
)
def test_a_renaming_that_would_help_is_proposed_and_not_applied(names, rule):
    """The rule and how many cells it would match."""
    with pytest.raises(Exception, match="matches 100% of the cells") as caught:
        align_labels(TABLE, np.array(names))
    assert rule in caught.value.fix


def test_names_without_relation_get_the_general_advice():
    """No rule is proposed that does not help."""
    with refused("table.overlap", what="0 of 2 cells (0%)", where="cells p, q"):
        align_labels(TABLE, np.array(["p", "q"]))
