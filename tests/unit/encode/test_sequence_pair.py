import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Hamming, Levenshtein
from rapidfuzz.process import cdist
from scipy.sparse.csgraph import connected_components

from rashomon.core import UsageError
from rashomon.encode.item_link import MAX_PAIRS
from rashomon.encode.sequence_pair import sequence_graph, sequence_pairs

LETTERS = np.array(list("ACDEFGHIKLMNPQRSTVWY"))


@pytest.fixture
def sequences(rng):
    """Junctions of few letters in the middle, so that many are near; some are copies."""
    return ["CAS" + "".join(rng.choice(LETTERS[:5], size=rng.integers(3, 7))) + "F" for _ in range(700)]


def brute(sequences, metric, cutoff):
    """All pairs, one by one, by rapidfuzz."""
    scorer = Levenshtein.distance if metric == "levenshtein" else Hamming.distance
    apart = cdist(sequences, sequences, scorer=scorer, dtype=np.int32)
    if metric != "levenshtein":
        length = np.array([len(each) for each in sequences])
        apart[length[:, None] != length] = 10_000
    i, j = np.nonzero(np.triu(apart <= cutoff, 1))
    return i, j, apart[i, j]


@pytest.mark.parametrize(
    ("metric", "cutoff"),
    [("identity", 0), ("hamming", 0), ("hamming", 1), ("hamming", 2), ("levenshtein", 0), ("levenshtein", 1),
     ("levenshtein", 2), ("levenshtein", 3)],
)  # fmt: skip
def test_pairs_are_those_of_brute_force(sequences, metric, cutoff):
    """Every pair within the cutoff, copies included, in ascending order, with its distance."""
    found = sequence_pairs(sequences, metric=metric, cutoff=cutoff)
    for ours, theirs in zip(found, brute(sequences, metric, cutoff), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [part.dtype for part in found] == [np.int32, np.int32, np.int16]


@given(st.lists(st.text(alphabet="ACD", min_size=1, max_size=5), max_size=14), st.integers(0, 3))
def test_pairs_of_short_sequences_are_those_of_brute_force(sequences, cutoff):
    """Also for sequences no longer than the cutoff, and for none at all."""
    found = sequence_pairs(sequences, metric="levenshtein", cutoff=cutoff)
    for ours, theirs in zip(found, brute(sequences, "levenshtein", cutoff), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_bytes_and_text_give_the_same(sequences):
    """A column of bytes is read as the list of its texts."""
    text = sequence_pairs(sequences, metric="levenshtein", cutoff=1)
    raw = sequence_pairs(np.array(sequences, dtype="S"), metric="levenshtein", cutoff=1)
    for a, b in zip(text, raw, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_graph_is_on_unique_sequences(sequences):
    """Copies share a code; links and components are those of all pairs of the unique sequences."""
    found = sequence_graph(sequences, metric="hamming", cutoff=1)
    unique = list(dict.fromkeys(sequences))
    assert [unique[code] for code in found.codes] == sequences
    i, j, distance = brute(unique, "hamming", 1)
    dense = np.zeros((len(unique), len(unique)), dtype=np.float32)
    dense[i, j] = dense[j, i] = distance + 1
    np.testing.assert_array_equal(found.distances.toarray(), dense)
    np.testing.assert_array_equal(found.components, connected_components(dense, directed=False)[1])


def test_copies_are_counted_before_they_are_written():
    """The number of pairs of 10,001 copies is in the refusal; their graph on unique sequences is accepted."""
    copies = ["CASSF"] * 10_001
    assert MAX_PAIRS < 10_001 * 10_000 // 2
    with pytest.raises(UsageError, match="50,005,000 pairs or more"):
        sequence_pairs(copies, metric="identity", cutoff=0)
    assert sequence_graph(copies, metric="hamming", cutoff=1).n_unique == 1
    assert sequence_pairs(copies[:101], metric="identity", cutoff=0).i.size == 101 * 100 // 2


@pytest.mark.parametrize(("bad", "text"), [("CAS*F", "row 1"), ("CASXF", "CASXF"), ("casf", "row 1"), ("CAé", "row 1")])
def test_other_letters_are_refused(bad, text):
    """The row is named; the same list with amino acids alone is accepted."""
    with pytest.raises(UsageError, match=text):
        sequence_pairs(["CASSF", bad], metric="hamming", cutoff=1)
    assert sequence_pairs(["CASSF", "CASGF"], metric="hamming", cutoff=1).i.size == 1


def test_empty_sequences_are_refused():
    """With their rows."""
    with pytest.raises(UsageError, match=r"2 sequences are empty[\s\S]*rows 1, 3"):
        sequence_pairs(["CASSF", "", "CASF", ""], metric="hamming", cutoff=1)


@pytest.mark.parametrize(
    ("metric", "cutoff", "text"),
    [("identity", 1, "identity has no cutoff of 1"), ("hamming", -1, "cutoff -1"), ("hamming", 1.5, "cutoff 1.5"),
     ("haming", 1, "hamming")],
)  # fmt: skip
def test_metrics_and_cutoffs_that_do_not_fit_are_refused(metric, cutoff, text):
    """An argument that does not apply is an error, and a wrong name brings the nearest."""
    with pytest.raises(UsageError, match=text):
        sequence_pairs(["CASSF"], metric=metric, cutoff=cutoff)


def test_copies_are_found_however_many_there_are():
    """The quick look for copies agrees with a set, also where only the last two are equal, and for one sequence."""
    rng = np.random.default_rng(8)
    some = ["CAS" + "".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 9)) + "F" for _ in range(3000)]
    for texts in (some, [*some, some[-1]], [some[0]], [some[0], some[0]]):
        graph = sequence_graph(texts, metric="hamming", cutoff=1)
        assert graph.n_unique == len(set(texts))
