import time

import numpy as np
import pytest

from rashomon.core import InputError
from rashomon.dataset import GeneCalls
from rashomon.io.receptor.gene_name import raw_calls, repair_calls


def repaired(text, segment="V", species="human"):
    """Return what one call becomes, beside nine that are in order."""
    good = {"V": "TRBV9", "D": "TRBD1", "J": "TRBJ2-7", "C": "TRBC1"}[segment]
    texts = np.array([text, *[good] * 9], dtype=object)
    calls, report = repair_calls(texts, segment=segment, species=species)
    return calls.texts[0], report


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("TRBV12-3,TRBV12-4", "TRBV12-3,TRBV12-4"),
        ("TRBV12-3*01,TRBV12-4", "TRBV12-3*01,TRBV12-4"),
        ("TRBV6-2/6-3", "TRBV6-2,TRBV6-3"),
        ("TRBV6-2/TRBV6-3*01", "TRBV6-2,TRBV6-3*01"),
        ("TRBV12-3/12-4", "TRBV12-3,TRBV12-4"),
        ("TCRBV06-02/06-03*01", "TRBV6-2,TRBV6-3*01"),
        ("TRAV29/DV5", "TRAV29/DV5"),
        ("TRAV29DV5", "TRAV29/DV5"),
        ("TRAV29/DV5*01", "TRAV29/DV5*01"),
        ("TRAV38-2DV8", "TRAV38-2/DV8"),
        ("TRAV14", "TRAV14/DV4"),
        ("TRAV29/5", "TRAV29/DV5"),
        ("TCRBV05-01*01", "TRBV5-1*01"),
        ("TCRBV27-01", "TRBV27"),
        ("TRBV20", "TRBV20-1"),
        ("TCRBV20-or09_02*01", "TRBV20/OR9-2*01"),
        ("trbv9", "TRBV9"),
        ("TRBV10-3*1", "TRBV10-3*01"),
        ("TRBV7-9*00(1204.2)", "TRBV7-9"),
        ("Homsap TRBV7-9*01 F", "TRBV7-9*01"),
        ("TRBV 7-9", "TRBV7-9"),
        ("IGHV4-59*01,IGHV4-59*08", "IGHV4-59*01,IGHV4-59*08"),
        ("unresolved", ""),
        ("", ""),
    ],
)
def test_names_of_v_genes(text, name):
    """Each gene of a call is written as IMGT writes it; alleles are kept where given, and never invented."""
    found, report = repaired(text)
    assert found == name
    assert report.n_unknown == 0


def test_what_tidytcells_alone_would_lose():
    """Of two genes it keeps the first, of a slash nothing, of a family its first gene (a pseudogene)."""
    import tidytcells

    alone = [
        tidytcells.tr.standardize(text, log_failures=False) for text in ("TRBV12-3,TRBV12-4", "TRBV6-2/6-3", "TRBV12")
    ]
    assert alone == ["TRBV12-3", None, "TRBV12-1"]
    assert [repaired(text)[0] for text in ("TRBV12-3,TRBV12-4", "TRBV6-2/6-3", "TRBV12")] == [
        "TRBV12-3,TRBV12-4", "TRBV6-2,TRBV6-3", "TRBV12",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["TRBV6", "TRBV12", "TCRBV06", "TRAV38", "TRBV6*01"])
def test_families_stay_families(text):
    """They are counted, and not turned into a gene."""
    found, report = repaired(text)
    assert "-" not in found
    assert (report.family_level, report.n_unknown) == (1, 0)


@pytest.mark.parametrize("text", ["BV99", "TRBV7-9_x", "CD3E", "TRBJ2-7", "TRBV13-3", "TRAV99-8/x"])
def test_unknown_names_are_counted_and_kept(text):
    """Also genes of another segment or species."""
    found, report = repaired(text)
    assert report.n_unknown == 1
    assert list(report.unknown) == [text]
    if "/" not in text:
        assert found == text


def test_a_call_is_unknown_only_if_all_its_genes_are():
    """One known gene is enough to be compared."""
    found, report = repaired("TRBV9,TRBV99")
    assert found == "TRBV9,TRBV99"
    assert (report.n_unknown, report.ambiguous) == (0, 1)


@pytest.mark.parametrize(
    ("text", "segment", "name"),
    [
        ("TRAJ33*01", "J", "TRAJ33*01"), ("TCRBJ02-07*01", "J", "TRBJ2-7*01"), ("TRBJ1.1", "J", "TRBJ1-1"),
        ("IGHJ4", "J", "IGHJ4"), ("TRBD1", "D", "TRBD1"), ("IGHD2/OR15-2b*01", "D", "IGHD2/OR15-2b*01"),
        ("IGHM", "C", "IGHM"), ("IGHG1*01", "C", "IGHG1*01"), ("IGHA", "C", "IGHA"), ("IGHD", "C", "IGHD"),
    ],
)  # fmt: skip
def test_names_of_other_segments(text, segment, name):
    """The same rules hold."""
    found, report = repaired(text, segment)
    assert found == name
    assert report.n_unknown == 0


def test_alleles_that_are_not_known_keep_their_gene():
    """A germline set may be older than the data; this is no unknown gene."""
    found, report = repaired("TCRBV09*77")
    assert found == "TRBV9*77"
    assert (report.alleles, report.n_unknown) == ({"TCRBV09*77": 1}, 0)


def test_pseudogenes_are_counted():
    """A call is one if all its genes are."""
    assert repaired("TRBV21-1")[1].nonfunctional == {"TRBV21-1": 1}
    assert repaired("TRBV21-1,TRBV9")[1].nonfunctional == {}


def test_mouse_genes():
    """In both spellings; B cell receptors of mouse are said to be unchecked."""
    texts = np.array(["Trbv13-2", "TRBV13-2*01", "TRAV14D-3/DV8*02", "IGHV1-9"], dtype=object)
    calls, report = repair_calls(texts, segment="V", species="mouse")
    assert calls.texts.tolist() == ["TRBV13-2", "TRBV13-2*01", "TRAV14D-3/DV8*02", "IGHV1-9"]
    assert (report.unchecked, report.n_unknown) == (1, 0)
    assert any("were not checked" in note for note in report.notes("x"))


def test_more_than_a_fifth_unknown_is_refused():
    """B76; a fifth is accepted and said."""
    texts = np.array(["TRBV9"] * 8 + ["X", "Y"], dtype=object)
    _, report = repair_calls(texts, segment="V", species="human", where="a.tsv")
    assert "2 of 10 calls are no known genes (X 1, Y 1) [receptor.gene_kept]" in report.notes("a.tsv")[0]
    texts[0] = "Z"
    with pytest.raises(InputError, match=r"3 of 10 calls \(30%\) are no human genes") as caught:
        repair_calls(texts, segment="V", species="human", where="a.tsv")
    assert (caught.value.code, caught.value.where) == ("receptor.gene_unknown", "a.tsv, v_call")
    assert repair_calls(texts, segment="D", species="human")[1].n_unknown == 10


def test_a_column_of_sequences_is_refused_at_once():
    """More different values than there are genes."""
    texts = np.array([f"ACGT{row}" for row in range(20_001)], dtype=object)
    with pytest.raises(InputError, match="20,001 different values"):
        repair_calls(texts, segment="V", species="human")


def test_the_vocabulary_is_what_is_worked_on():
    """Chains keep their order, equal calls share a name, and the counts are those of chains."""
    texts = np.array(["TRAV29DV5", "", "TRAV29/DV5", "TRAV29DV5"], dtype=object)
    calls, report = repair_calls(texts, segment="V", species="human")
    assert calls.codes.tolist() == [0, -1, 0, 0]
    assert report.repaired == {"TRAV29DV5": ("TRAV29/DV5", 2)}
    assert report.n_calls == 3


def test_calls_that_share_a_gene_are_the_same():
    """Equality of calls is a non-empty intersection."""
    texts = np.array(["TRBV12-3/12-4", "TRBV12-4", "TRBV12-5"], dtype=object)
    calls, _ = repair_calls(texts, segment="V", species="human")
    together = calls.at("gene").shares()[np.ix_(calls.codes, calls.codes)]
    assert together.astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_raw_calls_are_as_written():
    """But for white space at the ends, and characters that no file of genes has."""
    texts = np.array([" TRBV9", "TRBV9 ", "TRÄV1", ""], dtype=object)
    calls = raw_calls(texts)
    assert isinstance(calls, GeneCalls)
    assert calls.texts.tolist() == ["TRBV9", "TRBV9", "TR\\xc4V1", ""]


@pytest.mark.parametrize("text", ["A" * 70_000, "TRBV9*" + "9" * 5_000, "TRBV9" * 20_000])
def test_what_is_too_long_for_a_name_is_unknown_at_once(text):
    """A sequence in a column of genes: kept and counted, without a search whose time grows with its square."""
    begun = time.process_time()
    found, report = repair_calls(np.array(["TRBV9"] * 9 + [text], dtype=object), segment="V", species="human")
    assert found.texts.tolist() == ["TRBV9"] * 9 + [text]
    assert report.unknown == {text: 1}
    assert time.process_time() - begun < 5
