import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rashomon.core import UsageError
from rashomon.pl import encode
from rashomon.pl.logo import COLOURS, LETTERS, letter_bits, logo

JUNCTIONS = ["CASSLGQAF"] * 6 + ["CASSRGQAF"] * 4 + ["CASSRRGQAF"] * 2 + [""]


def test_one_letter_is_worth_all_bits_but_the_correction():
    """A place with one letter holds log2(20) bits, less the correction for the size of the sample."""
    bits = letter_bits(["CF"] * 50)
    expected = np.log2(20) - 19 / (2 * np.log(2) * 50)
    np.testing.assert_allclose(bits.sum(axis=1), expected)
    assert [LETTERS[code] for code in bits.argmax(axis=1)] == ["C", "F"]


def test_all_letters_alike_are_worth_nothing():
    """A place where every letter is as common as any other holds no information."""
    np.testing.assert_array_equal(letter_bits(list(LETTERS) * 10), np.zeros((1, 20)))


def test_letters_share_by_frequency():
    """Within a place heights go by frequency, and their sum is the corrected information."""
    bits = letter_bits(["A"] * 30 + ["G"] * 10)[0]
    assert bits[LETTERS.index("A")] == pytest.approx(3 * bits[LETTERS.index("G")])
    entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert bits.sum() == pytest.approx(np.log2(20) - entropy - 19 / (2 * np.log(2) * 40))


def test_glyphs_are_as_tall_as_their_letters():
    """Each letter is drawn once at its place, as tall as its bits, in its colour, on top of rarer ones."""
    axes = logo(JUNCTIONS)
    bits = letter_bits([each for each in JUNCTIONS if len(each) == 9])
    boxes = [patch.get_path().get_extents() for patch in axes.patches]
    assert len(boxes) == (bits > 0).sum() == 10
    heights = sorted(box.height for box in boxes)
    np.testing.assert_allclose(heights, sorted(bits[bits > 0]))
    fifth = sorted((box for box in boxes if round(box.x0 + box.width / 2) == 5), key=lambda box: box.y0)
    assert fifth[0].y0 == pytest.approx(0)
    assert fifth[1].y0 == pytest.approx(fifth[0].height)
    # the more common leucine stands on top of arginine
    colours = {to_hex(patch.get_facecolor()).upper() for patch in axes.patches}
    assert COLOURS["R"] in colours
    assert fifth[1].height > fifth[0].height


def test_every_amino_acid_has_a_colour():
    """The groups divide the twenty amino acids."""
    assert sorted(COLOURS) == list(LETTERS)


def test_what_is_not_drawn_is_said():
    """The title counts the junctions drawn, those of other lengths, and those without a sequence."""
    title = logo(JUNCTIONS).get_title(loc="left").replace("\u00a0", " ").replace("\n", " ")
    assert title == "10 of 13 junctions, 9 residues; other lengths: 10 (2); 1 unknown"


def test_too_few_junctions_are_not_interpreted():
    """Three junctions tell nothing from chance, and the figure says so instead."""
    axes = logo(np.array(["CASSF"] * 3, dtype="S"))
    assert len(axes.patches) == 0
    assert "too few junctions" in axes.texts[0].get_text()
    assert encode(axes, kind="png")


def test_axes_of_the_caller_are_drawn_into(tmp_path):
    """Given axes come back, and the file is written."""
    mine = Figure().add_subplot()
    assert logo(JUNCTIONS, ax=mine, save=tmp_path / "logo.svg") is mine
    assert (tmp_path / "logo.svg").stat().st_size > 1000


def test_nothing_and_nonsense_are_refused():
    """Without a junction, or with letters that are no amino acids, there is no logo."""
    with pytest.raises(UsageError, match="no junctions"):
        logo(["", ""])
    with pytest.raises(UsageError, match="no amino acids"):
        logo(["CAS*F", "CASSF"])
