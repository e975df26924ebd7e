import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls, at_level, shares


def test_calls_are_equal_where_their_sets_meet():
    """An ambiguous call shares a gene with each of its genes, and two of its genes share none."""
    names = ["TRBV12-3,TRBV12-4", "TRBV12-3", "TRBV12-4"]
    assert shares(names).tolist() == [[True, True, True], [True, True, False], [True, False, True]]


def test_levels_cut_names_and_merge_what_becomes_equal():
    """Alleles of a gene become one name, and codes follow."""
    calls = GeneCalls.from_texts(["TRBV9*01", "TRBV9*02", "", "TRBV6-2*01,TRBV6-3*01"])
    at_gene = calls.at("gene")
    assert at_gene.texts.tolist() == ["TRBV9", "TRBV9", "", "TRBV6-2,TRBV6-3"]
    assert calls.at("family").texts.tolist() == ["TRBV9", "TRBV9", "", "TRBV6"]


def test_a_slash_is_part_of_a_name():
    """TRAV29/DV5 is one gene, at every level."""
    assert [at_level("TRAV29/DV5*01", level) for level in ("allele", "gene")] == ["TRAV29/DV5*01", "TRAV29/DV5"]


def test_texts_come_back():
    """Calls give back the texts they were made from, missing ones too, and some of them on request."""
    texts = ["B", "", "A", "B"]
    calls = GeneCalls.from_texts(texts)
    assert calls.texts.tolist() == texts
    assert calls.take(np.array([True, False, False, True])).texts.tolist() == ["B", "B"]


def test_codes_without_names_are_refused():
    """A code beyond the names, and an unknown level, are errors."""
    with pytest.raises(UsageError, match="codes do not match"):
        GeneCalls(np.array([1]), ("A",))
    with pytest.raises(UsageError, match="unknown level"):
        GeneCalls(np.array([0]), ("A",)).at("clan")
