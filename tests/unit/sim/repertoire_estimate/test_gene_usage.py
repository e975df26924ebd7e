"""Genes that receptors use."""

import numpy as np
import pytest

from rashomon.sim.repertoire_estimate.gene_usage import code_genes, donor_habit, gene_table, possible_pairs
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine


def test_what_is_generated_is_possible():
    """Every pair of V and J among many generated chains of the alpha locus is possible."""
    model = recombination_model("human", "TRA")
    made = recombine(model, stream_key(5, "pairs"), np.arange(3000))
    assert possible_pairs(model)[made.v_genes(), made.j_genes()].mean() > 0.999


def test_a_call_of_several_genes_is_one_of_them():
    """Each of its genes as often as chance says; unknown calls are counted, and have no code."""
    model = recombination_model("human", "TRB")
    calls = ["TRBV12-3*01,TRBV12-4*01"] * 100 + ["TRBV99", ""]
    found = code_genes(calls, ["TRBJ1-1"] * 102, model=model, chance=np.linspace(0, 0.99, 102))
    assert {model.v_genes[code] for code in found.v[:100]} == {"TRBV12-3", "TRBV12-4"}
    assert (found.v[:100] == model.v_genes.index("TRBV12-3")).sum() == pytest.approx(51, abs=1)
    assert found.v[100:].tolist() == found.j[100:].tolist() == [-1, -1]
    assert "2 of 102 calls of V" in found.notes[0]
    assert "100 calls of V name several genes" in found.notes[1]


def test_large_labels_have_their_own_genes_and_small_ones_those_of_all():
    """Ten thousand receptors decide; one hardly moves the shares; what is impossible is never used."""
    v, j = np.repeat([0, 1, 0], [10_000, 10_000, 1]), np.zeros(20_001, dtype=int)
    rows = np.repeat([0, 1, 2], [10_000, 10_000, 1])
    possible = np.array([[True, False], [True, False]])
    table = gene_table(v, j, rows, weights=np.ones(v.size), n_rows=3, possible=possible)
    np.testing.assert_allclose(table.sum(axis=(1, 2)), 1)
    np.testing.assert_allclose(table[:, 0, 0], [1, 0, 0.545], atol=0.01)
    assert (table[:, :, 1] == 0).all()


def test_habits_are_what_labels_do_not_explain():
    """A donor with one label only has no habits of its own; one that departs has, drawn towards 0."""
    expected = np.array([[0.9, 0.1], [0.1, 0.9]])
    codes = np.concatenate([np.repeat([0, 1], [90, 10]), np.repeat([0, 1], [10, 90]), np.repeat([0, 1], [50, 50])])
    rows, donors = np.repeat([0, 1, 0], 100), np.repeat([0, 1, 2], 100)
    habit = donor_habit(codes, donors, rows, expected, weights=np.ones(300), n_donors=4)
    np.testing.assert_allclose(habit[[0, 1, 3]], 0, atol=1e-12)
    np.testing.assert_allclose(np.exp(habit[2]) * expected[0], (np.array([50, 50]) + 50 * expected[0]) / 150)
