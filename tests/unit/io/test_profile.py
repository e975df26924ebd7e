import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rashomon.io.matrix import to_csr
from rashomon.io.profile import profile, repeated_rows


def notes(dense):
    matrix = to_csr(np.asarray(dense, dtype=np.float32), slot="X", shape=np.shape(dense))
    names = [np.array([f"{kind}{i}" for i in range(n)]) for kind, n in zip("cg", np.shape(dense), strict=True)]
    return profile(matrix, obs_names=names[0], var_names=names[1])


def brute(dense):
    """Groups of equal, not empty rows, by comparing all."""
    groups = {}
    for i, row in enumerate(dense):
        if row.any():
            groups.setdefault(row.tobytes(), []).append(i)
    return [group for group in groups.values() if len(group) > 1]


@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.sampled_from([0, 1, 2])))
def test_repeated_rows_are_those_that_are_equal(dense):
    """As a comparison of all rows finds them, in the same order."""
    assert [group.tolist() for group in repeated_rows(sp.csr_matrix(dense))] == brute(dense)


def test_rows_with_one_hash_are_compared():
    """Equal columns with other values, and equal values in other columns, are different rows."""
    x = sp.csr_matrix(np.array([[1, 2, 0], [2, 1, 0], [0, 1, 2], [1, 2, 0]], dtype=np.float32))
    assert [group.tolist() for group in repeated_rows(x)] == [[0, 3]]


def test_healthy_counts_have_no_notes(rng):
    """Poisson counts of twenty cells and genes."""
    assert notes(rng.poisson(3.0, size=(20, 20)) + np.eye(20)) == ()


def test_a_cell_or_gene_that_holds_most_is_pointed_out(rng):
    """With its name and its share; below ten cells or genes, one holds much by itself."""
    counts = rng.poisson(3.0, size=(20, 20)).astype(float)
    counts[4, :] = 1e5
    counts[:, 7] *= 3
    assert any("cell c4 holds" in note and "[matrix.outlier]" in note for note in notes(counts))
    assert any(
        "gene g7 holds" in note
        for note in notes(np.where(np.arange(20) == 7, 1e5, counts[:4].mean())[None] * np.arange(1, 21)[:, None])
    )
    assert not any("outlier" in note for note in notes(counts[:5, :5]))
