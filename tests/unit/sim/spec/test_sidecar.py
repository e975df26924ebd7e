import hashlib

import numpy as np
import pandas as pd
import pytest

from rashomon.core import StoreError, UsageError
from rashomon.sim.spec.sidecar import read_sidecar, write_sidecar

TABLES = {
    "gene_mean": np.log(np.random.default_rng(0).dirichlet(np.ones(7))),
    "type_profile": np.random.default_rng(1).normal(size=(3, 7)).astype(np.float32),
    "batch_share": np.random.default_rng(2).random((2, 3, 4)),
    "order": np.arange(5, dtype=np.int32),
    "loading": np.zeros((0, 7)),
    "odd": np.array([np.nan, np.inf, -0.0, 5e-324]),
}
LABELS = {"gene": tuple(f"g{j}" for j in range(7)), "type": ("T", "é \u202e", "no")}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "twin.parquet"
    return path, write_sidecar(path, tables=TABLES, labels=LABELS)


def test_tables_come_back_to_the_last_bit(file):
    """Values, shape and type of each table, and the names in their order."""
    tables, labels = read_sidecar(file[0], sha256=file[1])
    assert list(tables) == list(TABLES)
    for name, table in TABLES.items():
        assert tables[name].dtype == table.dtype
        assert tables[name].shape == table.shape
        assert tables[name].tobytes() == np.ascontiguousarray(table).tobytes()
    assert labels == LABELS
    tables["gene_mean"][0] = 1.0  # a table of ours, not a view of the file


def test_the_digest_is_that_of_the_bytes(file):
    """As sha256sum prints it; the same tables give the same file."""
    path, digest = file
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert write_sidecar(path, tables=TABLES, labels=LABELS) == digest


def test_other_programs_read_a_plain_table(file):
    """One row per table, with pandas."""
    frame = pd.read_parquet(file[0])
    assert list(frame.columns) == ["name", "shape", "dtype", "values"]
    row = frame.set_index("name").loc["type_profile"]
    np.testing.assert_array_equal(np.reshape(row["values"], row["shape"]), TABLES["type_profile"])


def test_a_changed_file_is_refused(file):
    """One byte, anywhere; so is a file that is gone."""
    path, digest = file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="another sha256") as caught:
        read_sidecar(path, sha256=digest)
    assert caught.value.code == "world.tables"
    path.unlink()
    with pytest.raises(StoreError, match=r"there is no file twin\.parquet"):
        read_sidecar(path, sha256=digest)


def test_a_foreign_file_is_refused_and_never_replaced(tmp_path):
    """A parquet file of somebody else, or no parquet file, is no table of a world."""
    path = tmp_path / "mine.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(StoreError, match=r"mine\.parquet holds no tables of a world"):
        read_sidecar(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    path.write_text("my thesis")
    with pytest.raises(StoreError, match=r"cannot read mine\.parquet"):
        read_sidecar(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(StoreError, match=r"mine\.parquet is another file"):
        write_sidecar(path, tables=TABLES, labels=LABELS)
    assert path.read_text() == "my thesis"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"shape": [3]}, "cannot reshape"),
        ({"dtype": "object"}, "a table of object"),
        ({"dtype": "no type"}, "data type 'no type' not understood"),
        ({"shape": [1, 1, 1, 2]}, "shape"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path, row, what):
    """Also where the digest is right, because a file may be made by anyone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = {"name": "x", "shape": [2], "dtype": "<f8", "values": [1.0, 2.0]} | row
    table = pa.Table.from_pylist([content]).replace_schema_metadata({b"rashomon.world.labels": b"{}"})
    pq.write_table(table, tmp_path / "x.parquet")
    digest = hashlib.sha256((tmp_path / "x.parquet").read_bytes()).hexdigest()
    with pytest.raises(StoreError, match=what):
        read_sidecar(tmp_path / "x.parquet", sha256=digest)


@pytest.mark.parametrize("names", [b"[1]", b'{"gene": 3}', b"{", b"\xff"])
def test_names_that_are_no_lists_are_refused(tmp_path, names):
    """The metadata of the file is no more believed than its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = {"name": "x", "shape": [2], "dtype": "<f8", "values": [1.0, 2.0]}
    table = pa.Table.from_pylist([content]).replace_schema_metadata({b"rashomon.world.labels": names})
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(StoreError, match=r"cannot read x\.parquet"):
        read_sidecar(tmp_path / "x.parquet", sha256=hashlib.sha256((tmp_path / "x.parquet").read_bytes()).hexdigest())


@pytest.mark.parametrize(
    "table", [np.array(["a"]), np.array([True]), np.float64(1.0), np.zeros((1, 1, 1, 1)), np.array([2**53 + 1])]
)
def test_what_a_double_cannot_hold_is_refused(tmp_path, table):
    """Text, truth values, a single number, four dimensions, and integers beyond 2**53; nothing is written."""
    with pytest.raises(UsageError, match="the table x is"):
        write_sidecar(tmp_path / "x.parquet", tables={"x": table}, labels={})
    assert list(tmp_path.iterdir()) == []
