import itertools

import numpy as np
import pytest
from rapidfuzz.distance import Hamming
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.bcr_clone import bcr_links, distance_to_nearest
from rashomon.cluster.component import component
from rashomon.core import UsageError


def junctions(rng, n):
    """Families of mutated junctions of three lengths, in two blocks."""
    found = []
    for _ in range(n):
        seed = rng.integers(0, 6)
        root = np.random.default_rng(int(seed)).integers(0, 4, 20 + 4 * (seed % 3))
        places = rng.random(root.size) < rng.choice([0.03, 0.12])
        root[places] = rng.integers(0, 4, places.sum())
        found.append(bytes(np.frombuffer(b"ACGT", dtype=np.uint8)[root]))
    return np.array(found), rng.integers(0, 2, n)


def matrix(sequences, blocks):
    """Distances by rapidfuzz; pairs of other blocks or lengths are at 9."""
    texts = [each.decode() for each in sequences]
    found = np.full((len(texts), len(texts)), 9.0)
    for i, j in itertools.product(range(len(texts)), repeat=2):
        if blocks[i] == blocks[j] and len(texts[i]) == len(texts[j]):
            found[i, j] = Hamming.distance(texts[i], texts[j]) / len(texts[i])
    return found


@pytest.mark.parametrize("cutoff", [0.0, 0.05, 0.15, 0.3])
def test_equals_single_linkage_of_scipy(rng, cutoff):
    """The components of the links are the clusters of single linkage on all distances, cut at the cutoff."""
    sequences, blocks = junctions(rng, 150)
    a, b = bcr_links(sequences, blocks, cutoff=cutoff)
    ours = component(csr_matrix((np.ones(a.size), (a, b)), shape=(150, 150)))
    full = matrix(sequences, blocks)
    theirs = fcluster(linkage(squareform(full, checks=False), "single"), t=cutoff + 1e-9, criterion="distance")
    assert adjusted_rand_score(ours, theirs) == 1.0
    assert (full[a, b] <= cutoff + 1e-9).all()


def test_the_cutoff_itself_links():
    """Three differences in twenty places are a share of 0.15."""
    sequences = np.array([b"A" * 20, b"CCC" + b"A" * 17, b"G" * 4 + b"A" * 16])
    a, b = bcr_links(sequences, np.zeros(3, dtype=int), cutoff=0.15)
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == [(0, 1)]


def test_nearest_equals_brute_force(rng):
    """The smallest distance above 0 in the block, NaN where there is none."""
    sequences, blocks = junctions(rng, 150)
    sequences = np.append(sequences, b"ACGTACG")
    full = matrix(sequences, np.append(blocks, 0))
    full[(full == 0) | (full == 9.0)] = np.inf
    expected = full.min(axis=1)
    expected[np.isinf(expected)] = np.nan
    found = distance_to_nearest(sequences, np.append(blocks, 0))
    assert np.allclose(found, expected, equal_nan=True)
    assert np.isnan(found[-1])


def test_nothing_has_no_links():
    """No sequences, no links; one sequence, no neighbour."""
    assert bcr_links(np.empty(0, dtype="S4"), np.empty(0, dtype=int), cutoff=0.1)[0].size == 0
    assert np.isnan(distance_to_nearest(np.array([b"ACG"]), np.array([0]))).all()


def test_refuses_a_share_above_one():
    """A cutoff of 15 places is no share."""
    with pytest.raises(UsageError, match="cutoff is 15"):
        bcr_links(np.array([b"ACG"]), np.array([0]), cutoff=15)
