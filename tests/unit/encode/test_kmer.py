import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from rashomon.core import UsageError
from rashomon.encode.kmer import POSITIONS, count_kmers, kmer_names, kmer_patterns
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.reduced_alphabet import ALPHABETS

texts = st.lists(st.text(AMINO_ACIDS, max_size=30), min_size=1, max_size=12)
few = st.lists(st.text("ACGF", max_size=30), min_size=1, max_size=12)


def reference(junctions, k):
    """What scikit-learn counts."""
    model = CountVectorizer(
        analyzer="char", ngram_range=(k, k), lowercase=False, vocabulary=kmer_names(k=k), dtype=np.float32
    )
    # scikit-learn takes runs of spaces together, of which there are none
    return model.transform(junctions).sorted_indices()


def assert_same(a, b):
    """Two matrices have the same arrays."""
    assert a.shape == b.shape
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(a, part), getattr(b, part))


def words(counts, names):
    """The counts of each row by name."""
    return [{names[column]: int(value) for column, value in zip(row.indices, row.data, strict=True)} for row in counts]


@given(texts | few, st.integers(1, 3))
def test_counts_are_those_of_scikit_learn(junctions, k):
    """Counts equal those of CountVectorizer, entry by entry, also for words that repeat and rows that are short."""
    counts = count_kmers(junctions, k=k)
    assert_same(counts, reference(junctions, k))
    assert counts.dtype == np.float32
    assert counts.indices.dtype == counts.indptr.dtype == np.int32
    counts.check_format(full_check=True)


@given(texts | few)
def test_bytes_and_text_give_the_same(junctions):
    """An array of bytes is counted as the text it holds."""
    assert_same(count_kmers(np.array(junctions, dtype="S"), k=2), count_kmers(junctions, k=2))


@given(few, st.integers(3, 5), st.integers(1, 2))
def test_gapped_words_are_counted_by_hand(junctions, k, n_gaps):
    """A word with gaps is what remains of each window when the places of the gaps are hidden."""
    n_gaps = min(n_gaps, k - 2)
    alphabet = "murphy_4"
    names = kmer_names(k=k, n_gaps=n_gaps, alphabet=alphabet)
    found = words(count_kmers(junctions, k=k, n_gaps=n_gaps, alphabet=alphabet), names)
    for junction, counted in zip(junctions, found, strict=True):
        reduced = ALPHABETS[alphabet].reduce(junction)
        windows = [reduced[at : at + k] for at in range(len(reduced) - k + 1)]
        expected = Counter(
            "".join("." if mark == "." else letter for mark, letter in zip(pattern, window, strict=True))
            for window in windows
            for pattern in kmer_patterns(k=k, n_gaps=n_gaps)
        )
        assert counted == expected


def test_names_are_columns():
    """Names come by position, pattern and alphabet, and are all different."""
    for options in ({}, {"n_gaps": 1}, {"positional": True, "alphabet": "dayhoff_6"}):
        names = kmer_names(k=3, **options)
        assert len(set(names)) == len(names) == count_kmers([], k=3, **options).shape[1]
    assert list(kmer_names()) == sorted(kmer_names())
    assert len(kmer_names()) == 8000


def test_patterns_keep_both_ends():
    """Gaps lie between the first and the last residue, in every way."""
    assert kmer_patterns(k=4, n_gaps=1) == ("X.XX", "XX.X")
    assert kmer_patterns(k=5, n_gaps=2) == ("X..XX", "X.X.X", "XX..X")
    assert kmer_patterns(k=3) == ("XXX",)


def imgt(length):
    """Positions of a junction by the table of IMGT: gaps from the top of the loop, insertions at 112.1, 111.1, ..."""
    order = [111, 112, 110, 113, 109, 114, 108, 115, 107, 116, 106, 117, 105]
    if length <= 15:
        gone = set(order[: 15 - length])
        return [str(position) for position in range(104, 119) if position not in gone]
    left, right = (length - 15) // 2, (length - 14) // 2
    return [*map(str, range(104, 112)), *["111.1"] * left, *["112.1"] * right, *map(str, range(112, 119))]


@pytest.mark.parametrize("length", range(4, 28))
def test_positions_are_those_of_imgt(length):
    """Residues of a junction have the positions that the numbering of IMGT gives them; insertions are pooled."""
    letters = list(itertools.islice(itertools.cycle("ACDEFGHIKLMNPQRSTVWY"), length))
    names = kmer_names(k=1, positional=True)
    found = words(count_kmers(["".join(letters)], k=1, positional=True), names)[0]
    assert found == Counter(f"{position}:{letter}" for position, letter in zip(imgt(length), letters, strict=True))
    assert set(imgt(length)) <= set(POSITIONS)


@given(texts | few, st.sampled_from(list(ALPHABETS)))
def test_positions_and_groups_only_divide(junctions, alphabet):
    """Positions summed up, counts are those without; groups merged beforehand, counts are those of groups."""
    plain = count_kmers(junctions, k=2, alphabet=alphabet)
    by_place = count_kmers(junctions, k=2, alphabet=alphabet, positional=True).toarray()
    np.testing.assert_array_equal(by_place.reshape(len(junctions), len(POSITIONS), -1).sum(axis=1), plain.toarray())
    merged = [ALPHABETS[alphabet].reduce(junction) for junction in junctions]
    assert_same(count_kmers(merged, k=2, alphabet=alphabet), plain)


@given(texts, st.integers(0, 5), st.integers(0, 5), st.integers(1, 3))
def test_trimming_is_cutting(junctions, head, tail, k):
    """Residues left out are as if they were not there."""
    cut = [junction[head : max(len(junction) - tail, head)] for junction in junctions]
    assert_same(count_kmers(junctions, k=k, trim=(head, tail)), count_kmers(cut, k=k))


def test_trimming_keeps_positions():
    """Where residues are left out, the others stay at the positions of the whole junction."""
    names = kmer_names(k=1, positional=True)
    assert words(count_kmers(["CASSF"], k=1, positional=True, trim=(2, 2)), names) == [{"106:S": 1}]


def test_letters_that_are_no_amino_acids_are_refused():
    """The row is named, and nothing is counted around the letter."""
    with pytest.raises(UsageError, match="no amino acids") as caught:
        count_kmers(["CASSF", "CAS*SF"])
    assert "row 1: 'CAS*SF'" in str(caught.value)


def test_impossible_kmers_are_refused():
    """Lengths, gaps and alphabets that do not exist, and more columns than an index can hold, are errors."""
    for options, what in (
        ({"k": 0}, "no 0-mers"),
        ({"k": 2, "n_gaps": 1}, "no 2-mers with 1 gaps"),
        ({"k": 8}, "25,600,000,000 k-mers"),
        ({"alphabet": "murphy"}, "unknown alphabet"),
        ({"trim": (-1, 0)}, "trim is"),
    ):
        with pytest.raises(UsageError, match=what):
            count_kmers(["CASSF"], **options)
