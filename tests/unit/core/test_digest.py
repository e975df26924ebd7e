import hashlib

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import digest_array, digest_file, digest_json, digest_slots, digest_text


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), ("a\x1fb",)),
        (("a", "b"), ('a", "b',)),
        ((), ("",)),
    ],
    ids=["boundary moved", "separator inside", "quotes inside", "nothing and empty text"],
)
def test_different_sequences_of_text_never_share_a_digest(a, b):
    """What stands between two parts cannot be imitated by a part."""
    assert digest_text(*a) != digest_text(*b)


def test_text_that_is_no_valid_unicode_has_a_digest():
    """A lone surrogate (a file name in another encoding) is digested like any text."""
    assert digest_text("\udcff") != digest_text("\udcfe")


def test_json_ignores_the_order_of_keys_but_not_of_lists():
    """Equal values have equal digests whatever the order of their keys."""
    assert digest_json({"a": 1, "b": {"c": 2, "d": 3}}) == digest_json({"b": {"d": 3, "c": 2}, "a": 1})
    assert digest_json([1, 2]) != digest_json([2, 1])


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (float("nan"), ValueError, "JSON compliant"),
        (float("inf"), ValueError, "JSON compliant"),
        ({"a": {1}}, TypeError, "not JSON serializable"),
        (np.int64(1), TypeError, "not JSON serializable"),
    ],
    ids=["nan", "inf", "set", "numpy"],
)
def test_json_refuses_what_it_cannot_say_exactly(value, error, match):
    """A parameter that JSON cannot hold is an error, never a guess."""
    with pytest.raises(error, match=match):
        digest_json(value)


@pytest.mark.parametrize(
    "other",
    [
        np.array([[1, 2, 3]]),
        np.array([1, 2, 3], dtype=np.int32),
        np.array([1, 2, 4]),
        np.array([1.0, 2.0, 3.0]),
        np.array(["1", "2", "3"]),
    ],
    ids=["shape", "width", "value", "type", "text"],
)
def test_array_digest_sees_type_shape_and_values(other):
    """Arrays that differ in anything a step could notice have different digests."""
    assert digest_array(np.array([1, 2, 3])) != digest_array(other)


def test_array_digest_is_blind_to_memory_layout():
    """A strided view and its copy, C and Fortran order, have one digest."""
    array = np.arange(24).reshape(4, 6)
    assert digest_array(array[:, ::2]) == digest_array(array[:, ::2].copy())
    assert digest_array(np.asfortranarray(array)) == digest_array(array)


@pytest.mark.parametrize("shape", [(0,), (0, 3), ()], ids=["empty", "no rows", "scalar"])
def test_arrays_without_extent_have_a_digest(shape):
    """Empty arrays and scalars are digested by type and shape."""
    assert digest_array(np.zeros(shape)) != digest_array(np.zeros((2, 0)))


def test_array_digest_is_the_sha256_of_head_and_bytes():
    """The digest is what its definition says, so that it can be checked outside Python."""
    array = np.array([[1.5, -2.0]], dtype="<f4")
    assert digest_array(array) == hashlib.sha256(b"<f4(1, 2)" + array.tobytes()).hexdigest()


def test_object_arrays_are_digested_as_text_with_missing_values():
    """None and the text None differ in an array of names."""
    assert digest_array(np.array(["a", None], dtype=object)) != digest_array(np.array(["a", "None"], dtype=object))


def test_equal_sparse_matrices_have_equal_digests():
    """Order of stored entries, repeated entries and the width of the indices do not count."""
    sorted_rows = sp.csr_matrix((np.array([1.0, 2.0]), np.array([0, 2]), np.array([0, 2])), shape=(1, 3))
    swapped = sp.csr_matrix((np.array([2.0, 1.0]), np.array([2, 0]), np.array([0, 2])), shape=(1, 3))
    repeated = sp.csr_matrix((np.array([1.0, 1.5, 0.5]), np.array([0, 2, 2]), np.array([0, 3])), shape=(1, 3))
    wide = sorted_rows.copy()
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    digests = {digest_array(matrix) for matrix in (sorted_rows, swapped, repeated, wide, sorted_rows.tocsc())}
    assert len(digests) == 1
    assert swapped.indices.tolist() == [2, 0], "the argument was changed"


def test_sparse_and_dense_differ_and_so_do_shapes():
    """Trailing empty columns are part of a sparse matrix."""
    matrix = sp.csr_matrix(np.eye(2))
    wider = sp.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(2, 3))
    assert len({digest_array(matrix), digest_array(wider), digest_array(matrix.toarray())}) == 3


def test_slots_are_digested_by_name_and_without_order():
    """Swapping two arrays between names changes the digest, listing them in another order does not."""
    a, b = np.array([1]), np.array([2])
    assert digest_slots({"a": a, "b": b}) == digest_slots({"b": b, "a": a})
    assert digest_slots({"a": a, "b": b}) != digest_slots({"a": b, "b": a})


def test_file_digest_is_that_of_its_bytes(tmp_path):
    """The digest of a file is what sha256sum prints."""
    (tmp_path / "f").write_bytes(b"abc")
    assert digest_file(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()
