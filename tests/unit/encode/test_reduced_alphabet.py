import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.reduced_alphabet import ALPHABETS, Alphabet

SIZES = {
    "amino_acids": 20, "imgt_11": 11, "murphy_10": 10, "dayhoff_6": 6, "imgt_volume_5": 5, "murphy_4": 4,
    "imgt_hydropathy_3": 3,
}  # fmt: skip


def test_sizes_are_those_of_the_names():
    """Each alphabet has as many letters as its source says."""
    assert {name: len(alphabet.letters) for name, alphabet in ALPHABETS.items()} == SIZES


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=list(ALPHABETS))
def test_tables_agree_with_the_groups(alphabet):
    """Every amino acid has the code of its group, no other byte has one, and letters ascend."""
    assert list(alphabet.letters) == sorted(alphabet.letters)
    assert (alphabet.table >= 0).sum() == 20
    for code, group in enumerate(alphabet.groups):
        assert {int(alphabet.table[ord(letter)]) for letter in group} == {code}
    assert alphabet.reduce(AMINO_ACIDS) == "".join(alphabet.letters[alphabet.table[ord(a)]] for a in AMINO_ACIDS)


@pytest.mark.parametrize("name", [name for name in ALPHABETS if name != "amino_acids"])
def test_groups_have_a_source(name):
    """A division of the amino acids is somebody's, and says whose."""
    assert ALPHABETS[name].citation


def test_coarse_murphy_is_made_of_fine_murphy():
    """The four groups of Murphy et al. are unions of their ten: one hierarchy."""
    fine, coarse = ALPHABETS["murphy_10"].table, ALPHABETS["murphy_4"].table
    pairs = {(fine[ord(a)], coarse[ord(a)]) for a in AMINO_ACIDS}
    assert len(pairs) == 10


def test_hydropathy_classes_follow_the_scale():
    """The hydrophobic class lies above the hydrophilic one on the scale of Kyte & Doolittle."""
    from rashomon.encode.residue_factor import FACTORS

    scale = dict(zip(AMINO_ACIDS, FACTORS["physical"].matrix[:, 0], strict=True))
    mean = {group: np.mean([scale[a] for a in group]) for group in ALPHABETS["imgt_hydropathy_3"].groups}
    assert sorted(mean, key=mean.get) == ["DEKNQR", "GHPSTY", "ACFILMVW"]


@pytest.mark.parametrize("groups", [("AC",), ("ACDEFGHIKLMNPQRSTVWY", "A"), ("ACDEFGHIKLMNPQRSTVWYX",)])
def test_no_division_is_refused(groups):
    """Groups that miss, repeat or invent a letter are refused."""
    with pytest.raises(UsageError, match="no division"):
        Alphabet("mine", groups, "Mine.")
