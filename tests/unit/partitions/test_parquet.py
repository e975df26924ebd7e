import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from rashomon.core import StoreError
from rashomon.partitions import Partitions, read_partitions, write_partitions


@pytest.fixture
def parts():
    names = [f"cell {i}" for i in range(500)]
    runs = pd.DataFrame(
        {
            "run": ["a", "b"],
            "seconds": [0.1 + 0.2, np.inf],
            "seed": pd.array([1, None], dtype="Int64"),
            "status": ["ok", None],
            "categories": [["T", "B"], []],
        }
    )
    labels = np.random.default_rng(0).integers(-2, 9, size=(500, 2))
    return Partitions(labels, np.array(names), runs, "receptor")


@pytest.fixture
def path(parts, tmp_path):
    write_partitions(parts, tmp_path / "partitions.parquet")
    return tmp_path / "partitions.parquet"


def test_everything_comes_back(parts, path):
    """Labels, names, unit and every fact are read exactly as they were written."""
    found = read_partitions(path)
    assert np.array_equal(found.labels, parts.labels)
    assert np.array_equal(found.obs_names, parts.obs_names)
    assert found.unit == "receptor"
    pd.testing.assert_frame_equal(found.runs, parts.runs, check_exact=True)


def test_other_programs_see_a_plain_table(parts, path):
    """Without our code the file is a table: a name and one column of codes per run."""
    table = pd.read_parquet(path)
    assert list(table.columns) == ["obs_name", "run:a", "run:b"]
    assert table["run:b"].tolist() == parts.column("b").tolist()


def test_flipped_byte_is_never_read_as_other_labels(parts, path):
    """One flipped byte anywhere is refused, or changes nothing: 200 places, none gives other content."""
    intact = path.read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for place in rng.choice(len(intact), size=200, replace=False):
        damaged = bytearray(intact)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        try:
            found = read_partitions(path)
        except StoreError:
            refused += 1
            continue
        assert np.array_equal(found.labels, parts.labels)
        assert np.array_equal(found.obs_names, parts.obs_names)
        pd.testing.assert_frame_equal(found.runs, parts.runs, check_exact=True)
    assert refused > 100


def test_truncated_file_is_a_store_error(path):
    """Half a file is refused with its name and place."""
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(StoreError, match=r"cannot read partitions\.parquet") as caught:
        read_partitions(path)
    assert caught.value.where == str(path)


def test_absent_file_is_a_store_error(tmp_path):
    """A file that does not exist is named."""
    with pytest.raises(StoreError, match=r"cannot read none\.parquet"):
        read_partitions(tmp_path / "none.parquet")


def test_table_of_another_program_is_refused(path):
    """A parquet file without our table of runs is no set of partitions."""
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    with pytest.raises(StoreError, match="or there is none"):
        read_partitions(path)


def test_fact_that_cannot_be_kept_exactly_is_refused(parts, tmp_path):
    """A time stamp would come back as something else, so it is not written, and no file appears."""
    runs = parts.runs.assign(when=pd.to_datetime(["2026-01-01", "2026-01-02"]))
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_partitions(Partitions(parts.labels, parts.obs_names, runs), tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
