import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.thread import THREADS
from rashomon.sim.selection.feature import (
    KINDS,
    RESIDUES,
    FeatureSpace,
    add_weights,
    count_features,
    feature_codes,
    letters_of,
)

SPACE = FeatureSpace(n_v=3, n_j=2, max_length=10, depth=4)


def junctions(rng, n):
    """Random junctions of 1 to 14 residues."""
    letters = np.array(list(RESIDUES.decode()))
    return np.array(["".join(rng.choice(letters, rng.integers(1, 15))) for _ in range(n)], dtype=bytes)


def names(junction, v, j):
    """The features of one chain, written out."""
    text = junction.decode()
    found = [("length", min(len(text), 10)), ("v", v), ("j", j), ("vj", v, j)]
    found += [("left", k, residue) for k, residue in enumerate(text[:4])]
    return [*found, *(("right", k, residue) for k, residue in enumerate(text[::-1][:4]))]


def code_of(name):
    """The code of a feature, by position in the tables one behind the other."""
    kind, *place = name
    if kind in {"left", "right"}:
        place = [place[0], RESIDUES.decode().index(place[1])]
    before = sum(int(np.prod(SPACE.shapes[each])) for each in KINDS[: KINDS.index(kind)])
    return before + int(np.ravel_multi_index(place, SPACE.shapes[kind]))


def test_codes_are_those_written_out(rng):
    """Length, genes and residues from both ends of random chains, against a loop over characters."""
    chains = junctions(rng, 300)
    v, j = rng.integers(0, 3, 300), rng.integers(0, 2, 300)
    codes = feature_codes(letters_of(chains), v, j, space=SPACE)
    for row, junction, a, b in zip(codes, chains, v, j, strict=True):
        assert sorted(row[row >= 0]) == sorted(code_of(name) for name in names(junction, a, b))


def test_chains_outside_the_model_have_no_features():
    """No junction, letters that are no residues, or no gene."""
    letters = letters_of(np.array([b"", b"CA*F", b"CAXF", b"CASF", b"CASF", b"CASF"]))
    codes = feature_codes(letters, np.array([0, 0, 0, -1, 0, 0]), np.array([0, 0, 0, 0, -1, 0]), space=SPACE)
    assert (codes[:5] == -1).all()
    assert (codes[5] >= 0).all()
    assert np.isnan(add_weights(codes, np.zeros(SPACE.size))).tolist() == [True] * 5 + [False]


def test_sums_are_products_with_the_matrix_of_features(rng):
    """Weights of a chain, and masses of a feature, are products with a sparse matrix."""
    codes = feature_codes(
        letters_of(junctions(rng, 500)), rng.integers(0, 3, 500), rng.integers(0, 2, 500), space=SPACE
    )
    rows, columns = np.nonzero(codes >= 0)
    matrix = sp.csr_matrix((np.ones(rows.size), (rows, codes[rows, columns])), shape=(500, SPACE.size))
    weights, mass = rng.normal(size=SPACE.size), rng.random(500)
    np.testing.assert_allclose(add_weights(codes, weights), matrix @ weights, rtol=1e-12)
    np.testing.assert_allclose(count_features(codes, mass, size=SPACE.size), matrix.T @ mass, rtol=1e-12)


def test_threads_do_not_change_a_bit(rng, monkeypatch):
    """Sums are added in parts of fixed size."""
    codes = rng.integers(-1, 50, (40_000, 6)).astype(np.int32)
    mass = rng.random(40_000)
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv(THREADS, threads)
        found.append(count_features(codes, mass, size=50))
    np.testing.assert_array_equal(*found)


def test_text_is_refused():
    """Junctions are bytes."""
    with pytest.raises(UsageError, match="junctions are of type <U4"):
        letters_of(np.array(["CASF"]))
