"""Records survive the disk unchanged, and damage is noticed."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import StoreError
from rashomon.engine.record import Record, read_record, record_size, write_record


def example() -> Record:
    """Return a record with a vector, a matrix, a number and a sparse matrix."""
    graph = sp.random(20, 20, density=0.2, format="csr", dtype=np.float32, rng=1)
    slots = {"labels": np.arange(7, dtype=np.int32), "view": np.eye(3, dtype=np.float32), "value": np.float64(0.25)}
    return Record({**slots, "graph": graph}, seconds=1.5)


def test_round_trip(tmp_path):
    """Arrays, shapes, types and facts come back."""
    write_record(example(), tmp_path / "a.parquet")
    again = read_record(tmp_path / "a.parquet")
    assert again.seconds == 1.5
    for slot in ("labels", "view", "value"):
        before, after = np.asarray(example().slots[slot]), again.slots[slot]
        assert before.dtype == after.dtype
        assert np.array_equal(before, after)
    assert (again.slots["graph"] != example().slots["graph"]).nnz == 0


def test_the_size_is_that_of_the_file(tmp_path):
    """Byte for byte, without a file."""
    record = Record({"labels": np.arange(1000) % 7, "x": sp.csr_matrix(np.eye(5))}, seconds=1.5)
    write_record(record, tmp_path / "a.parquet")
    assert record_size(record) == (tmp_path / "a.parquet").stat().st_size


def test_failure_round_trip(tmp_path):
    """A failed record keeps its reason."""
    write_record(Record(status="failed", reason="pca: ValueError: no"), tmp_path / "a.parquet")
    assert read_record(tmp_path / "a.parquet").reason == "pca: ValueError: no"


def test_every_flipped_byte_is_noticed_or_harmless(tmp_path):
    """No flipped byte changes a value silently: reading fails, or every value is the same."""
    file = tmp_path / "a.parquet"
    write_record(example(), file)
    good = file.read_bytes()
    rng = np.random.default_rng(0)
    noticed = 0
    for position in rng.choice(len(good), size=150, replace=False):
        damaged = bytearray(good)
        damaged[position] ^= 1 << int(rng.integers(8))
        file.write_bytes(bytes(damaged))
        try:
            again = read_record(file)
        except StoreError:
            noticed += 1
            continue
        for slot, value in example().slots.items():
            same = (
                (again.slots[slot] != value).nnz == 0
                if sp.issparse(value)
                else np.array_equal(again.slots[slot], value)
            )
            assert same, f"byte {position} changed {slot} silently"
    assert noticed > 50


def test_a_truncated_file_is_refused(tmp_path):
    """Half a record is no record."""
    file = tmp_path / "a.parquet"
    write_record(example(), file)
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(StoreError, match="cannot read record"):
        read_record(file)
