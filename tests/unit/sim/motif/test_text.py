"""Motifs as people write them."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.matrix_text import parse_matrix
from rashomon.sim.motif.text import read_motif, spelled_genes
from rashomon.sim.stream import stream_key


def test_a_text_is_a_motif_with_its_genes():
    """Genes stand before the seed; a slash is a gap of up to two residues."""
    motif = read_motif("TRBV19 TRBJ2-7 SY/GT", name="m", mismatches=(0.5, 0.5))
    assert (motif.name, motif.seed, motif.gap) == ("m", "SY/GT", (0, 2))
    assert (motif.v_genes, motif.j_genes, motif.mismatches) == (("TRBV19",), ("TRBJ2-7",), (0.5, 0.5))
    assert spelled_genes("TRBV19 TRBJ2-7 SY/GT window=4,4") == ("TRBV19", "TRBJ2-7")


def test_options_stand_behind_the_seed():
    """Gap, place of mismatches and window are those that are said."""
    motif = read_motif("SY/GT gap=1,3 weights=1,0.5,0,1 window=4,6", name="m", mismatches=(0.5, 0.5))
    assert (motif.gap, motif.weights, motif.window) == ((1, 3), (1.0, 0.5, 0.0, 1.0), (4, 6))


def test_weights_say_where_mismatches_fall():
    """Where the weight is 0 every carrier has the residue of the seed, and elsewhere not all have."""
    drawn = read_motif("SYGT weights=0,1,1,0", name="m", mismatches=(0.0, 1.0)).draw(stream_key(1), np.arange(500))
    letters = np.array([list(text.decode()) for text in drawn])
    assert (letters[:, 0] == "S").all()
    assert (letters[:, 3] == "T").all()
    assert 0.4 < (letters[:, 1] != "Y").mean() < 0.6


def test_a_matrix_is_the_motif_that_it_spells():
    """It has its probabilities, no mismatches, its threshold, genes and window."""
    motif = read_motif("TRBV19 pwm:S[A.5G.5]Y min_score=3 window=5,5", name="m", mismatches=(0.5, 0.5))
    np.testing.assert_array_equal(motif.pwm, parse_matrix("pwm:S[A.5G.5]Y"))
    assert (motif.mismatches, motif.min_score, motif.window, motif.v_genes) == ((1.0,), 3.0, (5, 5), ("TRBV19",))
    assert set(motif.draw(stream_key(1), np.arange(50))) == {b"SAY", b"SGY"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "'' has no seed"),
        ("window=4,4", "has no seed|option before"),
        ("window=4,4 SYGT", "an option before its seed"),
        ("SYGT RSA", "'SYGT' before the seed of 'SYGT RSA' is no V or J gene"),
        ("SYGT windows=4,4", "'windows' is no option"),
        ("SYGT window=4,4 window=3,3", "'window' is said twice"),
        ("SYGT window=4", "'window=4' in 'SYGT window=4' is no window"),
        ("SYGT window=4,4.5", "is no window"),
        ("SYGT weights=1,,1,1", "is no weights"),
        ("SYGT weights=1,1,1", "there are 3 weights"),
        ("SYGT window=-1,4", "the window leaves out"),
        ("SYGT min_score=3", "a seed has no min_score"),
        ("SYGT gap=1,2", "the gap has 1 to 2 residues"),
        ("pwm:SY weights=1,1", "a matrix takes no seed, gap, mismatches or weights"),
        ("pwm:SY gap=0,1", "a matrix takes no seed, gap, mismatches or weights"),
        ("pwm:SY min_score=99", "no residues reach a score of 99"),
        ("pwm:S[A.5]", "sum to 0.5"),
        ("S1", "in the seed 'S1'"),
    ],
)
def test_what_cannot_be_read_is_refused(text, what):
    """Nothing in a text is passed over."""
    with pytest.raises(UsageError, match=what):
        read_motif(text, name="m")
