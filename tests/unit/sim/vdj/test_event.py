import numpy as np
import pytest

from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine


@pytest.fixture(scope="module")
def chains():
    return recombine(recombination_model("human", "TRA"), stream_key(3, "event"), np.arange(20))


def test_rows_are_taken_from_every_column(chains):
    """A mask, a list, a slice or a number takes the same rows of all columns."""
    rows = np.array([4, 1])
    assert chains[rows].junction.tolist() == chains.junction[rows].tolist()
    assert chains[chains.v == chains.v[0]].v_deletion[0] == chains.v_deletion[0]
    assert len(chains[5]) == 1
    assert len(chains[2:6]) == 4
    assert chains[5].attempts[0] == chains.attempts[5]


def test_genes_are_those_of_the_alleles(chains):
    """Codes of genes name the gene of each chain's allele."""
    model = chains.model
    names = [model.v_genes[code] for code in chains.v_genes()]
    assert names == [model.v_names[code].partition("*")[0] for code in chains.v]
    names = [model.j_genes[code] for code in chains.j_genes()]
    assert names == [model.j_names[code].partition("*")[0] for code in chains.j]
