import numpy as np
import pytest
from olga.load_model import read_igor_marginals_txt

from rashomon.core import InputError, UsageError
from rashomon.sim.vdj import model_file
from rashomon.sim.vdj.model_file import MODELS, model_folder, read_model_file
from tests import olga_model


@pytest.mark.parametrize(("species", "locus"), MODELS)
def test_germlines_equal_those_of_olga(species, locus):
    """Names, cut germlines with their palindromes, and largest palindromes are those that olga computes."""
    file, (_, genomic) = read_model_file(species, locus), olga_model.load(species, locus)
    for segment in file.names:
        assert file.names[segment] == tuple(each[0] for each in getattr(genomic, f"gen{segment}"))
        assert file.germlines[segment] == tuple(getattr(genomic, f"cut{segment}_genomic_CDR3_segs"))
    assert file.palindromes["v_3_del"] == genomic.max_delV_palindrome
    assert file.palindromes["j_5_del"] == genomic.max_delJ_palindrome
    if "D" in file.names:
        palindromes = genomic.max_delDl_palindrome, genomic.max_delDr_palindrome
        assert (file.palindromes["d_5_del"], file.palindromes["d_3_del"]) == palindromes


@pytest.mark.parametrize(("species", "locus"), [("human", "TRB"), ("mouse", "IGL")])
def test_fronts_complete_the_germlines_of_olga(species, locus):
    """What stands before the anchor, and what begins with it, are together the allele that olga reads."""
    file, (_, genomic) = read_model_file(species, locus), olga_model.load(species, locus)
    for front, germline, (*_, whole) in zip(file.fronts, file.germlines["V"], genomic.genV, strict=True):
        assert (front == "") == (germline == "")
        assert not germline or front + germline[: len(germline) - file.palindromes["v_3_del"]] == whole


@pytest.mark.parametrize(("species", "locus"), [("human", "TRB"), ("mouse", "IGH"), ("human", "TRA")])
def test_marginals_equal_those_that_olga_reads(species, locus, tmp_path):
    """Every table of the file of marginals is the one that olga reads, number by number."""
    home = model_file.files("olga").joinpath("default_models", model_folder(species, locus))
    path = tmp_path / "model_marginals.txt"
    path.write_text(home.joinpath(path.name).read_text(encoding="utf-8"), encoding="utf-8")
    expected = read_igor_marginals_txt(str(path))[0]
    found = read_model_file(species, locus).marginals
    assert sorted(found) == sorted(expected)
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_a_gap_in_a_table_is_an_error():
    """A table of probabilities that lacks a row is refused."""
    with pytest.raises(InputError, match="has gaps"):
        model_file._marginals("@v_choice\n$Dim[2,2]\n#[a,0]\n%0.5,0.5\n")


def test_codes_with_gaps_are_errors():
    """Codes of alleles and of deletions count up from 0."""
    with pytest.raises(InputError, match="not 0, 1, 2"):
        model_file._alleles(["TRBV1*01;ACGT;1"])
    with pytest.raises(InputError, match="gaps"):
        model_file._palindrome(["-4;0", "-2;1"])


def test_palindromes_are_reverse_complements():
    """Ends grow by the reverse complement of what they end with, no more than they have."""
    assert model_file._ended("TGCGCCAGCAGTGAGTC", 4) == "TGCGCCAGCAGTGAGTCGACT"
    assert model_file._begun("TGAACACTGAAGCTTTCTTT", 4) == "TTCATGAACACTGAAGCTTTCTTT"
    assert model_file._ended("AC", 4) == "ACGT"
    assert model_file._ended("AC", 0) == "AC"


def test_without_olga_the_error_says_what_to_install(monkeypatch):
    """Who has no olga is told so."""
    monkeypatch.setattr(model_file, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install olga"):
        read_model_file("human", "TRB")
