import numpy as np
import pytest

from rashomon.sim.repertoire_realism.discrimination import classifier_auc, classifier_columns
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from tests.repertoire_sample import prepared, receptors


def test_columns_hold_genes_length_and_residues():
    """Seven residues from either anchor; what a short junction lacks is 0."""
    (one,) = prepared(Repertoire(["CASWYF"], ["TRBV9"], ["TRBJ1-1"]))
    codes = [ord(letter) - ord("@") for letter in "ASWY"]
    assert classifier_columns(one).tolist() == [[0, 0, 6, *codes[:2], *[0] * 5, codes[3], codes[2], *[0] * 5]]
    (long,) = prepared(Repertoire(["CADEFGHIKLMNPQRSTF"], ["TRBV9"], ["TRBJ1-1"]))
    letters = "".join(chr(int(code) + ord("@")) for code in classifier_columns(long)[0, 3:])
    assert letters == "ADEFGHI" + "TSRQPNM"


def test_one_law_cannot_be_told_apart(rng):
    """Two samples of one law: the area is 0.5 within four standard errors of 0.024 / sqrt(3)."""
    a, b = prepared(receptors(900, rng), receptors(900, rng))
    assert classifier_auc(classifier_columns(a), classifier_columns(b)) == pytest.approx(0.5, abs=0.06)


def test_genes_that_go_with_residues_are_seen(rng):
    """Equal marginals, and V tied to a residue in one repertoire only: trees find it, marginals could not."""

    def tied(n, *, wrong):
        v = rng.integers(0, 2, n)
        residue = np.where((v == 1) ^ (rng.random(n) < wrong), "S", "T")
        inner = rng.choice(list("ADEGKLNQR"), (n, 8))
        junctions = [f"C{letter}{''.join(row)}F" for letter, row in zip(residue, inner, strict=True)]
        return Repertoire(junctions, np.where(v, "TRBV2", "TRBV9"), ["TRBJ1-1"] * n)

    a, b = prepared(tied(900, wrong=0.05), tied(900, wrong=0.5))
    assert classifier_auc(classifier_columns(a), classifier_columns(b)) > 0.6


def test_few_receptors_have_no_area(rng):
    """Fewer than 30 of a kind."""
    a, b = prepared(receptors(20, rng), receptors(20, rng))
    assert np.isnan(classifier_auc(classifier_columns(a), classifier_columns(b)))
