import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.residue_factor import FACTORS
from rashomon.encode.residue_view import residue_means, residue_places

junctions_ = st.lists(st.text(AMINO_ACIDS, max_size=22), min_size=1, max_size=8)


def values(name, letters):
    """The factors of letters, in order."""
    return FACTORS[name].matrix[[AMINO_ACIDS.index(letter) for letter in letters]]


@given(junctions_, st.sampled_from(list(FACTORS)), st.integers(0, 4), st.integers(0, 4))
def test_means_are_means(junctions, name, head, tail):
    """Each factor is averaged over what is left of the junction; nothing left is not a number."""
    found = residue_means(junctions, factors=name, trim=(head, tail))
    for junction, row in zip(junctions, found, strict=True):
        middle = junction[head : max(len(junction) - tail, head)]
        if middle:
            np.testing.assert_allclose(row, values(name, middle).mean(axis=0), rtol=1e-5, atol=1e-6)
        else:
            assert np.isnan(row).all()
    assert found.dtype == np.float32


def test_places_hold_the_factors_of_their_residue():
    """Place by place from both ends; the gap is 0."""
    found = residue_places(["CAWF", "CF"], factors="kidera", length=4).reshape(2, 4, 10)
    np.testing.assert_allclose(found[0], values("kidera", "CAWF"), rtol=1e-6)
    np.testing.assert_allclose(found[1, [0, 3]], values("kidera", "CF"), rtol=1e-6)
    assert (found[1, 1:3] == 0).all()


def test_mean_over_places_is_the_mean():
    """In a frame of its length, the mean over places is the mean over residues."""
    by_place = residue_places(["CASSLGQF"], length=8).reshape(8, 5).mean(axis=0)
    np.testing.assert_allclose(by_place, residue_means(["CASSLGQF"], trim=(0, 0))[0], rtol=1e-5, atol=1e-6)


def test_unknown_factors_and_letters_are_refused():
    """Tables that do not exist and letters that are no amino acids are errors."""
    for function in (residue_means, residue_places):
        with pytest.raises(UsageError, match="unknown residue factors"):
            function(["CAF"], factors="kidara")
        with pytest.raises(UsageError, match="no amino acids"):
            function(["CXF"])
