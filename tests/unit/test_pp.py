import anndata as ad
import awkward as ak
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from rashomon import pp
from rashomon.core import InputError, UsageError
from rashomon.encode.kmer import kmer_names

# anndata says so of every awkward array, the layout of scirpy
pytestmark = pytest.mark.filterwarnings("ignore:Support for Awkward Arrays is currently experimental")

BETA = ["CASSLGQAYEQYF", "CASSPGTGELFF", None, "CASS*GQAYEQYF", "CASRRGQETQYF", *["CASSLGQAYEQYF"] * 5]
"""Junctions of the beta chain of ten cells; the third has none, and that of the fourth holds a stop."""

COUNTED = [text if text and "*" not in text else "" for text in BETA]


def record(locus, junction, *, productive=True, copies=10):
    """One chain as scirpy keeps it."""
    return {
        "locus": locus,
        "junction_aa": junction,
        "v_call": f"{locus}V{'20-1' if locus == 'TRB' else '12-1'}*01",
        "j_call": f"{locus}J{'2-7' if locus == 'TRB' else '33'}*01",
        "productive": productive,
        "duplicate_count": copies,
    }


@pytest.fixture
def adata():
    """Ten cells; the first has a second beta chain with fewer copies and an alpha chain."""
    cells = [[] if text is None else [record("TRB", text, productive="*" not in text)] for text in BETA]
    cells[0] = [record("TRB", "CASSYSTDTQYF", copies=2), *cells[0], record("TRA", "CVVNRDSNYQLIW")]
    made = ad.AnnData(obs=pd.DataFrame(index=[f"cell{i}" for i in range(10)]), uns={"mine": 1})
    made.obsm["airr"] = ak.Array(cells)
    return made


def reference(texts):
    """What scikit-learn counts."""
    model = CountVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False, vocabulary=kmer_names())
    return model.transform(texts)


def test_counts_are_those_of_the_primary_chain(adata):
    """Each cell has the 3-mers of its chain with most copies, as scikit-learn counts them, in their order."""
    pp.encode_kmers(adata)
    found = adata.obsm["X_kmer"]
    assert sp.issparse(found)
    np.testing.assert_array_equal(found.toarray(), reference(COUNTED).toarray())


def test_cells_without_kmers_are_counted(adata):
    """Cells without a chain, with an unclear junction or a short one keep their row, and are counted by reason."""
    assert pp.encode_kmers(adata) == {"rows": 10, "encoded": 8, "no_chain": 1, "unclear": 1, "too_short": 0}
    assert pp.encode_kmers(adata, k=5, alphabet="dayhoff_6", key_added="X_long")["too_short"] == 0
    found = pp.encode_kmers(adata, k=13, alphabet="imgt_hydropathy_3", key_added="X_longer")
    assert (found["encoded"], found["too_short"]) == (6, 2)


def test_the_other_arm_is_encoded_when_asked_for(adata):
    """With chain='vj' the alpha chains are counted."""
    assert pp.encode_kmers(adata, chain="vj")["encoded"] == 1
    np.testing.assert_array_equal(adata.obsm["X_kmer"].toarray(), reference(["CVVNRDSNYQLIW", *[""] * 9]).toarray())


def test_weights_are_those_of_scikit_learn(adata):
    """Weights and norms reach the matrix that is written."""
    pp.encode_kmers(adata, form="tfidf", norm="l2")
    expected = TfidfTransformer().fit_transform(reference(COUNTED))
    np.testing.assert_allclose(adata.obsm["X_kmer"].toarray(), expected.toarray(), atol=1e-6)


def test_facts_are_written_beside_those_of_the_user(adata, tmp_path):
    """What was done stands in uns and survives a file; nothing of the user's is changed."""
    pp.encode_kmers(adata, k=2)
    adata.write_h5ad(tmp_path / "a.h5ad")
    facts = ad.read_h5ad(tmp_path / "a.h5ad").uns["rashomon"]["results"]["X_kmer"]
    assert (facts["k"], facts["chain"], facts["n_encoded"]) == (2, "vdj", 8)
    assert adata.uns["mine"] == 1
    assert list(adata.obs.columns) == []


def test_what_the_user_has_is_not_overwritten(adata):
    """A key that holds something else is refused; what an earlier call wrote is replaced."""
    adata.obsm["X_kmer"] = np.ones((10, 2))
    with pytest.raises(UsageError, match="obsm already has 'X_kmer'"):
        pp.encode_kmers(adata)
    np.testing.assert_array_equal(adata.obsm["X_kmer"], np.ones((10, 2)))
    pp.encode_kmers(adata, key_added="X_mine")
    pp.encode_kmers(adata, key_added="X_mine", k=1)
    assert adata.obsm["X_mine"].shape == (10, 20)


def test_wrong_calls_are_refused(adata):
    """Unknown chains, absent chains and impossible k-mers are errors, and leave the data as they were."""
    with pytest.raises(UsageError, match="unknown chain 'beta'"):
        pp.encode_kmers(adata, chain="beta")
    with pytest.raises(UsageError, match="no 0-mers"):
        pp.encode_kmers(adata, k=0)
    with pytest.raises(InputError, match="there is no obsm"):
        pp.encode_kmers(adata, airr_key="vdj")
    assert list(adata.obsm) == ["airr"]
    assert list(adata.uns) == ["mine"]


def test_a_copy_gets_the_kmers_instead(adata):
    """The cells stay as they were."""
    made = pp.encode_kmers(adata, copy=True, k=2)
    assert "X_kmer" not in adata.obsm
    assert list(adata.uns) == ["mine"]
    assert made.obsm["X_kmer"].shape == (10, 400)
    assert made.uns["rashomon"]["results"]["X_kmer"]["k"] == 2
