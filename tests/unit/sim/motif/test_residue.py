import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from olga.utils import nt2aa

from rashomon.sim.motif.residue import (
    BASES,
    CODON_RESIDUE,
    MIDDLE_SHARES,
    RESIDUES,
    as_letters,
    as_text,
    middle_shares,
    residue_bits,
)

BLOOD = Path(__file__).parents[4] / "data" / "fixtures" / "blood_trb.tsv.gz"


def test_codons_are_translated_as_olga_does():
    """Each of the 64 codons has the residue that OLGA gives it."""
    codons = [a + b + c for a in BASES for b in BASES for c in BASES]
    assert bytes(CODON_RESIDUE).decode() == "".join(nt2aa(codon) for codon in codons)


def test_shares_of_residues_are_those_of_blood():
    """The shares are counted again from the junctions of unselected blood."""
    with gzip.open(BLOOD, "rt") as lines:
        column = next(lines).rstrip("\n").split("\t").index("junction_aa")
        junctions = {line.rstrip("\n").split("\t")[column] for line in lines}
    counts = Counter(letter for junction in junctions for letter in junction[4:-5])
    assert counts.total() == 199432
    for letter in RESIDUES:
        assert counts[letter] / counts.total() == pytest.approx(MIDDLE_SHARES[letter], abs=5.1e-5)


def test_without_cysteine_the_others_keep_their_ratios():
    """Taking cysteine away scales the other shares by one factor."""
    full, without = middle_shares(), middle_shares(cysteine=False)
    ratio = np.delete(without / full, RESIDUES.index("C"))
    assert without[RESIDUES.index("C")] == 0
    np.testing.assert_allclose(ratio, ratio[0])


def test_every_residue_has_a_bit_of_its_own():
    """Twenty bytes have twenty different bits; all other bytes have none."""
    bits = residue_bits()
    assert np.bitwise_or.reduce(bits) == (1 << 20) - 1
    assert (bits > 0).sum() == 20


def test_letters_and_texts_are_inverse():
    """Texts of any length, the empty one included, come back from their letters; the letters are a copy."""
    texts = np.array([b"", b"CASSF", b"C"])
    letters = as_letters(texts)
    assert as_text(letters).tolist() == texts.tolist()
    letters[1, 0] = ord("X")
    assert texts[1] == b"CASSF"
    assert as_text(as_letters(np.array([], dtype="S3"))).tolist() == []
