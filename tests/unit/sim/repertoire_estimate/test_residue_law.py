"""The law of junctions given V and J."""

import numpy as np
import pytest

from rashomon.sim.repertoire.tilted import SPACE, chain_codes
from rashomon.sim.repertoire_estimate import residue_law
from rashomon.sim.repertoire_estimate.residue_law import fit_residue_law
from rashomon.sim.selection.feature import add_weights
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL = recombination_model("human", "TRB")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Fewer generated chains than in a real fit."""
    monkeypatch.setattr(residue_law, "_POOL", 8000)
    monkeypatch.setattr(residue_law, "_PILOT", 4000)


def chains(n, *, root):
    """Chains of two pairs of genes, those without a G doubled."""
    v, j = (np.array([names.index(a), names.index(b)])[np.arange(n) % 2] for names, a, b in (
        (MODEL.v_genes, "TRBV9", "TRBV28"), (MODEL.j_genes, "TRBJ2-7", "TRBJ1-1")))  # fmt: skip
    made = recombine(MODEL, stream_key(root, "real"), np.arange(n), v=v, j=j, level="gene")
    return made.junction_aa, v, j


def two_pairs():
    possible = np.zeros((len(MODEL.v_genes), len(MODEL.j_genes)), dtype=bool)
    possible[MODEL.v_genes.index("TRBV9"), MODEL.j_genes.index("TRBJ2-7")] = True
    possible[MODEL.v_genes.index("TRBV28"), MODEL.j_genes.index("TRBJ1-1")] = True
    return possible


def test_the_lengths_of_the_data_are_those_of_the_law():
    """Long junctions left out: weighted chains of the same genes have the mean length of the data; so for few."""
    for n in (3000, 300):
        aa, v, j = chains(n, root=1)
        short = np.strings.str_len(aa) <= 14
        law = fit_residue_law(aa[short], v[short], j[short], model=MODEL, possible=two_pairs(), root=3)
        fresh, _, _ = chains(6000, root=2)
        mass = np.exp(add_weights(chain_codes(fresh), law.weights))
        length = np.strings.str_len(fresh)
        wanted = np.strings.str_len(aa[short]).mean()
        assert abs(length.mean() - wanted) > 0.5
        assert np.average(length, weights=mass) == pytest.approx(wanted, abs=0.25)
        assert law.weights.size == SPACE.size
        assert ("too few" in law.note) == (n == 300)


def test_pairs_that_are_not_asked_for_have_no_cap():
    """Infinite where no pair is possible; lengths sum to one elsewhere."""
    aa, v, j = chains(200, root=1)
    law = fit_residue_law(aa, v, j, model=MODEL, possible=two_pairs(), root=3)
    np.testing.assert_array_equal(np.isfinite(law.cap), two_pairs())
    np.testing.assert_allclose(law.lengths.sum(axis=2), two_pairs() * 1.0)
