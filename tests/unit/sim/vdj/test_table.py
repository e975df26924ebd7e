import numpy as np

from rashomon.sim.vdj.model import recombination_model
from rashomon.sim.vdj.table import NUCLEOTIDES, Place, tables


def test_germlines_are_codes_of_their_letters():
    """Rows are V, D and J alleles in this order; codes give the letters back, and sizes say how many."""
    model = recombination_model("human", "TRB")
    made = tables(model, "allele")
    germlines = [*model.v_germline, *model.d_germline, *model.j_germline]
    letters = np.frombuffer(NUCLEOTIDES, np.uint8)[made.germline]
    assert [bytes(row[:n]) for row, n in zip(letters, made.sizes, strict=True)] == germlines
    n_v, n_d, n_j = (made.layout[place] for place in (Place.N_V, Place.N_D, Place.N_J))
    assert (n_v, n_d, n_j) == (89, 3, 15)


def test_distributions_are_found_where_the_layout_says():
    """The distribution of deletions of each allele has the values that have a probability, and no others."""
    model = recombination_model("mouse", "TRB")
    made = tables(model, "gene")
    for place, table in [(Place.V_DELETION, model.v_deletion_p), (Place.J_DELETION, model.j_deletion_p)]:
        for allele, law in enumerate(table):
            row = made.layout[place] + allele
            assert sorted(made.cells["this"][made.starts[row] : made.starts[row + 1]]) == np.flatnonzero(law).tolist()
    assert made.starts[-1] == made.cells.size
    assert made.layout[Place.INSERTION_2] == made.starts.size - 2


def test_chains_are_cumulative():
    """Five rows for each insertion: four by the nucleotide before, the last for the first nucleotide."""
    model = recombination_model("human", "TRB")
    chains = tables(model, "allele").chains
    np.testing.assert_allclose(chains[:, 3], 1)
    np.testing.assert_allclose(np.diff(chains[9], prepend=0), model.start_2_p)
    np.testing.assert_allclose(np.diff(chains[1], prepend=0), model.step_1_p[1])
