import itertools

import numpy as np
import pytest
from rapidfuzz.distance import Hamming
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.bcr_clone import bcr_distances, bcr_links, distance_to_nearest
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


def chains(sequences, *, v, j=None):
    """Heavy chains as a plan selects them, one per item, and the names behind their calls."""
    names = {part: np.unique(np.array(values)) for part, values in (("v", v), ("j", j or ["IGHJ4*02"] * len(v)))}
    found = np.zeros(len(sequences), dtype=[("item", "i8"), ("aa", "S1"), ("nt", "S40"), ("v", "i4"), ("j", "i4")])
    found["item"], found["nt"] = np.arange(len(sequences)), sequences
    for part, values in (("v", v), ("j", j or ["IGHJ4*02"] * len(v))):
        found[part] = np.searchsorted(names[part], values)
    return found, np.char.encode(names["v"]), np.char.encode(names["j"])


def distances(sequences, owner, *, v, **more):
    """The distances of such chains, dense; 0 where there is no link."""
    found, v_names, j_names = chains(sequences, v=v)
    every = np.arange(len(sequences))
    return bcr_distances(found, every, every, np.asarray(owner), v_names, j_names, **more).toarray()


def test_distances_are_all_pairs_of_a_donor_gene_and_length(rng):
    """Every pair within the cutoff, and no other, with the share of rapidfuzz plus one; their components are clones."""
    sequences, owner = junctions(rng, 120)
    v = [f"IGHV{i % 2 + 1}-2*01" for i in range(120)]
    found = distances(sequences, owner, v=v, cutoff=0.15)
    full = matrix(sequences, owner * 2 + np.arange(120) % 2)
    np.fill_diagonal(full, 9)
    expected = np.where(full <= 0.15 + 1e-9, full + 1, 0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    a, b = bcr_links(sequences, owner * 2 + np.arange(120) % 2, cutoff=0.15)
    theirs = component(csr_matrix((np.ones(a.size), (a, b)), shape=(120, 120)))
    assert adjusted_rand_score(component(csr_matrix(found)), theirs) == 1.0


def test_calls_of_several_genes_meet_in_each_and_alleles_may_part():
    """A call of two genes links to both; alleles are told apart only where that is asked for."""
    same = [b"TGTGCAAGA"] * 3
    v = ["IGHV1-2*01", "IGHV1-2*01,IGHV1-3*01", "IGHV1-3*02"]
    assert distances(same, [0, 0, 0], v=v).astype(int).tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    found, v_names, j_names = chains(same, v=v)
    every = np.arange(3)
    alleles = bcr_distances(found, every, every, np.zeros(3, dtype=int), v_names, j_names, v="allele")
    assert alleles.toarray().astype(int).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert not distances(same, [0, 1, 2], v=["IGHV1-2*01"] * 3).any()


def test_chains_without_nucleotides_are_near_to_none():
    """What is not known is no distance of 0; no chains, no links, and a cutoff out of range is an error."""
    assert not distances([b"", b""], [0, 0], v=["IGHV1-2*01"] * 2).any()
    with pytest.raises(UsageError, match="cutoff is 2"):
        distances([b"", b""], [0, 0], v=["IGHV1-2*01"] * 2, cutoff=2)
