"""The whole path in one process: engines, stores and seeds change what they should, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.core import silent
from rashomon.engine import DirectoryStore, Engine, MemoryStore
from rashomon.multiverse import Executor, expression_multiverse, slots_of
from rashomon.multiverse.base import label_units
from rashomon.study import audit
from tests.planted import counts, dataset, judged, options, planted_audit, store_path


class CountingStore(DirectoryStore):
    """A store that remembers which records were written to it."""

    def __init__(self, path):
        super().__init__(path)
        self.written = []

    def put(self, key, record):
        self.written.append(key)
        super().put(key, record)


def assert_same(found, expected):
    """Labels, tables and answers are equal, bit for bit."""
    assert found.partitions.labels.tobytes() == expected.partitions.labels.tobytes()
    assert set(found.tables) == set(expected.tables)
    for name, table in expected.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True, obj=name)
    assert found.cells.equals(expected.cells)
    assert {name: str(said) for name, said in found.answers.items()} == {
        name: str(said) for name, said in expected.answers.items()
    }


@pytest.mark.statistical  # half a minute; the engine's own tests are fast
def test_workers_give_the_same_tables():
    """Two worker processes find what this process finds, to the last bit."""
    workers = Engine("processes", 2, silent)
    found = audit(dataset(), judged(), options=options(engine=workers, store=MemoryStore()))
    assert_same(found, planted_audit())
    assert np.array_equal(found.view[0], planted_audit().view[0])


@pytest.mark.statistical
def test_a_second_audit_computes_nothing():
    """With the records of the first at hand no record is written, and the tables are the same."""
    expected = planted_audit()
    store = CountingStore(store_path())
    found = audit(dataset(), judged(), options=options(store=store))
    assert store.written == []
    assert found.estimate.n_reused == found.estimate.n_records
    assert_same(found, expected)


@pytest.mark.statistical  # ten seconds
def test_another_seed_draws_other_resamples_only():
    """Another root of randomness: the multiverse is reused, the resamples are new, and the groups still come back."""
    expected = planted_audit()
    store = CountingStore(store_path())
    found = audit(dataset(), judged(), options=options(store=store, rng=1))
    base = found.partitions.runs["perturbation"] == "none"
    assert np.array_equal(found.partitions.labels[:, base], expected.partitions.labels[:, base])
    assert not np.array_equal(found.partitions.labels, expected.partitions.labels)
    runs = found.partitions.runs.set_index("key")
    written = set(store.written)
    assert written
    assert not written & set(runs.index[base])
    # leaving out one donor at a time draws nothing
    redrawn = set(runs.loc[[key for key in runs.index if key in written], "perturbation"])
    assert redrawn == {"seed", "graph_jitter", "thinning", "halves"}
    assert found.answers["stability"].verdict == expected.answers["stability"].verdict


def test_changed_data_share_no_record():
    """One count more, and every run is computed again."""
    x = counts().copy()
    x.data[0] += 1
    other = replace(dataset(), expression=replace(dataset().expression, x=x))
    units = label_units(expression_multiverse(other, n_clusters=3))
    keys = [set(Executor(slots_of(data), 0).keys(units)) for data in (dataset(), other)]
    assert not keys[0] & keys[1]


@pytest.mark.slow
def test_numbers_do_not_depend_on_names_of_clusters():
    """Judged labels with their codes turned round get the same numbers in every table."""
    flipped = np.array([2, 1, 0], dtype=np.int32)[judged().codes]
    found, expected = audit(dataset(), judged(flipped), options=options()), planted_audit()
    for name in ("shares", "truths", "truth_matrix"):
        pd.testing.assert_frame_equal(found.tables[name], expected.tables[name], atol=1e-12)
    for name, keys in (("clusters", ["cluster"]), ("rungs", ["rung", "cluster"])):
        tables = [audited.tables[name].astype({"cluster": int}) for audited in (found, expected)]
        tables[0] = tables[0].assign(cluster=2 - tables[0]["cluster"])
        numbers = [table.sort_values(keys).select_dtypes("number").to_numpy() for table in tables]
        np.testing.assert_allclose(*numbers, atol=1e-12)
    np.testing.assert_allclose(found.cells["stability"], expected.cells["stability"])
