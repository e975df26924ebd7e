"""Laws of the door: what is read does not depend on the form it came in, and the user's object is never changed."""

import tempfile
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rashomon.core import digest_array, digest_json
from rashomon.io import classify, from_anndata, read, write

FORMS = {
    "dense": np.asarray,
    "fortran": np.asfortranarray,
    "csr": sp.csr_matrix,
    "csc": sp.csc_matrix,
    "float64": lambda x: sp.csr_matrix(x, dtype=np.float64),
    "integer": lambda x: sp.csr_matrix(x.astype(np.int32)),
}


@st.composite
def counts(draw):
    """A small matrix of counts with at least ten cells."""
    shape = draw(st.integers(10, 14)), draw(st.integers(2, 6))
    return draw(arrays(np.float32, shape, elements=st.integers(0, 40).map(float)))


@st.composite
def objects(draw):
    """A small AnnData with two label columns and odd but unique names."""
    x = draw(counts())
    n_obs, n_vars = x.shape
    text = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=6)
    names = draw(st.lists(text, min_size=n_obs, max_size=n_obs, unique=True))
    genes = draw(st.lists(st.sampled_from(["A", "B", "C", "D"]), min_size=n_vars, max_size=n_vars))
    labels = draw(st.lists(st.sampled_from(["T", "B", None, "unknown"]), min_size=n_obs - 4, max_size=n_obs - 4))
    obs = pd.DataFrame(
        {"type": [*labels, "T", "B", "T", "B"], "batch": [f"b{i % 2}" for i in range(n_obs)]}, index=names
    )
    return ad.AnnData(sp.csr_matrix(x), obs=obs, var=pd.DataFrame(index=[f"{gene}{i}" for i, gene in enumerate(genes)]))


def dataset_of(adata):
    return from_anndata(adata, truths=["type"], batch_key="batch")


def digest(adata):
    """Digest of everything the user could look at."""
    tables = [table.to_csv() for table in (adata.obs, adata.var)]
    return digest_json([digest_array(adata.X), *tables, repr(adata.uns)])


@given(objects(), st.sampled_from(sorted(FORMS)))
def test_the_form_of_the_matrix_does_not_matter(adata, form):
    """Dense, CSR, CSC, integers, double precision: one data set."""
    other = adata.copy()
    other.X = FORMS[form](adata.X.toarray())
    assert dataset_of(other).digest == dataset_of(adata).digest


@given(objects())
def test_the_object_is_not_changed(adata):
    """Its digest is the same before and after."""
    before = digest(adata)
    dataset_of(adata)
    assert digest(adata) == before


@settings(max_examples=12)
@given(objects(), st.sampled_from([".h5ad", ".zarr", ".h5mu"]))
def test_what_is_written_is_read_again(adata, suffix):
    """Any names, any labels, any format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        write(adata, path)
        assert read(path, truths=["type"], batch_key="batch").digest == dataset_of(adata).digest


@given(objects(), st.randoms())
def test_cells_may_come_in_any_order(adata, random):
    """Permuting the cells permutes the data set."""
    order = list(range(adata.n_obs))
    random.shuffle(order)
    straight, permuted = dataset_of(adata), dataset_of(adata[order].copy())
    np.testing.assert_array_equal(permuted.expression.x.toarray(), straight.expression.x.toarray()[order])
    np.testing.assert_array_equal(permuted.truths["type"].codes, straight.truths["type"].codes[order])
    assert permuted.truths["type"].categories == straight.truths["type"].categories


@given(counts())
def test_the_kind_does_not_depend_on_the_order(x):
    """Permuting cells and genes does not change what the numbers are."""
    assert classify(sp.csr_matrix(x)) == classify(sp.csr_matrix(x[::-1, ::-1])) == "counts"
