import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from rashomon.core import UsageError
from rashomon.encode.one_hot import one_hot
from rashomon.encode.packed import AMINO_ACIDS


def random_junctions(n, length):
    """Text of one length."""
    rng = np.random.default_rng(1)
    return ["".join(row) for row in np.array(list(AMINO_ACIDS))[rng.integers(20, size=(n, length))]]


def test_columns_are_those_of_scikit_learn():
    """Junctions that fill the frame are encoded as OneHotEncoder encodes their letters by place."""
    junctions = random_junctions(40, 9)
    model = OneHotEncoder(categories=[list(AMINO_ACIDS)] * 9, dtype=np.float32)
    expected = model.fit_transform(np.array([list(junction) for junction in junctions]))
    found = one_hot(junctions, length=9)
    assert (found != expected).nnz == 0
    assert found.dtype == np.float32
    found.check_format(full_check=True)


def test_gaps_have_no_entry():
    """A short junction has one entry per residue, an empty one none, and a long one as many as there are places."""
    found = one_hot(["CAF", "", "CASSLGQF"], length=5)
    assert np.diff(found.indptr).tolist() == [3, 0, 5]
    assert found.shape == (3, 100)


def test_groups_share_a_column():
    """Residues of one group are the same."""
    assert (one_hot(["CKF"], alphabet="murphy_10") != one_hot(["CRF"], alphabet="murphy_10")).nnz == 0


def test_unknown_alphabets_are_refused():
    """An alphabet that does not exist is an error that names those that do."""
    with pytest.raises(UsageError, match="unknown alphabet"):
        one_hot(["CAF"], alphabet="dayhoff")
