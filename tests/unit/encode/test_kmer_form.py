import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from rashomon.core import UsageError
from rashomon.encode.kmer import count_kmers
from rashomon.encode.kmer_form import FORMS, NORMS, weigh

tables = arrays(np.float32, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.integers(0, 4).map(float))


def reference(table, form, norm):
    """What scikit-learn makes of counts."""
    counts = sp.csr_matrix(table.astype(np.float64))
    given = sp.csr_matrix(counts != 0).astype(np.float64) if form == "binary" else counts
    if form == "tfidf":
        return TfidfTransformer(norm=None if norm == "none" else norm).fit_transform(given).toarray()
    return given.toarray() if norm == "none" else normalize(given, norm=norm).toarray()


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("form", FORMS)
@given(table=tables)
def test_weights_are_those_of_scikit_learn(table, form, norm):
    """Every form and every norm equals what scikit-learn computes, also for rows and columns without entries."""
    counts = sp.csr_matrix(table)
    before = counts.copy()
    found = weigh(counts, form=form, norm=norm)
    np.testing.assert_allclose(found.toarray(), reference(table, form, norm), rtol=1e-6, atol=1e-7)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(counts.toarray(), before.toarray())


def test_real_junctions_have_rows_of_length_one():
    """Rows of k-mers have the length that was asked for, but for a row without k-mers, which stays 0."""
    found = weigh(count_kmers(["CASSF", "CASSLGQF", "CA"]), form="tfidf", norm="l2")
    np.testing.assert_allclose(np.sqrt(found.multiply(found).sum(axis=1)).A1, [1, 1, 0], rtol=1e-6)


def test_stored_zeros_are_no_presence():
    """A zero that is stored counts as absent, for presence and for rarity."""
    stored = sp.csr_matrix((np.array([0.0, 1.0, 2.0]), np.array([0, 1, 1]), np.array([0, 2, 3])), shape=(2, 2))
    np.testing.assert_array_equal(weigh(stored, form="binary").toarray(), [[0, 1], [0, 1]])
    np.testing.assert_allclose(
        weigh(stored, form="tfidf").toarray(), reference(stored.toarray(), "tfidf", "none"), rtol=1e-6
    )


def test_unknown_names_are_refused():
    """Forms and norms that do not exist are errors that name those that do."""
    counts = sp.csr_matrix((1, 1))
    with pytest.raises(UsageError, match="unknown form"):
        weigh(counts, form="idf")
    with pytest.raises(UsageError, match="unknown norm") as caught:
        weigh(counts, norm="l3")
    assert "l2" in str(caught.value)
