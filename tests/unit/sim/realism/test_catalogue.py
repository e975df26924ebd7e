import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import resolve
from rashomon.sim.realism.catalogue import SUMMARIES, summaries
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.record import CROWELL, SIMBENCH


@pytest.fixture
def counts(rng):
    return sp.csr_matrix(rng.poisson(rng.gamma(0.5, 3.0, size=70), size=(100, 70)).astype(np.float32))


def test_both_benchmarks_are_complete():
    """All 14 summaries of Crowell et al. (variance explained counts twice: groups, batches) and all 13 of SimBench."""
    by_source = {source: [r.name for r in SUMMARIES.values() if source in r.sources] for source in (CROWELL, SIMBENCH)}
    assert len(by_source[CROWELL]) == 15
    assert len(by_source[SIMBENCH]) == 13
    both = set(by_source[CROWELL]) & set(by_source[SIMBENCH])
    assert both == {"gene_mean", "gene_variance", "gene_detection", "cell_detection", "cell_library_size"}


def test_every_record_has_a_function_and_a_sentence():
    """Paths resolve, summaries are sentences, and records have a source."""
    for record in SUMMARIES.values():
        assert callable(resolve(record.function))
        assert record.summary.endswith(".")
        assert record.sources


def test_every_summary_has_values_or_a_reason(counts):
    """With labels all summaries have values; without them four have the reason instead, and none is missing."""
    labels = np.arange(100) % 2
    full = summaries(counts, groups=labels, batches=labels)
    assert list(full) == list(SUMMARIES)
    assert [name for name, found in full.items() if not found.values.size] == []
    bare = summaries(counts)
    assert list(bare) == list(SUMMARIES)
    absent = {name: found.reason for name, found in bare.items() if not found.values.size}
    assert absent == {
        name: f"needs {record.needs[0]}, and the cells have none" for name, record in SUMMARIES.items() if record.needs
    }


def test_equal_seeds_give_equal_values(counts):
    """The values depend on counts and rng alone; Cells and a matrix are the same."""
    a, b = summaries(counts, rng=5), summaries(Cells(counts), rng=np.random.default_rng(5).integers(1) + 5)
    for name in SUMMARIES:
        np.testing.assert_array_equal(a[name].values, b[name].values)


def test_relations_have_two_columns(counts):
    """The three bivariate relations of SimBench have two columns, all others one."""
    wide = [name for name, found in summaries(counts).items() if found.values.ndim == 2]
    assert wide == ["gene_mean_variance", "gene_mean_zeros", "cell_library_zeros"]
