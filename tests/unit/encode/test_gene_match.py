import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.gene_match import match_genes
from rashomon.encode.receptor_chain import selected_dtype

V = ["TRBV12-3*01", "TRBV12-4*01,TRBV12-3*02", "TRBV12-5*01", "TRBV9*01", "TRBV9*02"]
J = ["TRBJ1-1*01", "TRBJ1-2*01"]
V_NAMES, J_NAMES = (np.array(names, dtype="S") for names in (V, J))
NONE = np.zeros(0, dtype=selected_dtype(1, 1))


def arm(*chains):
    """Chains from (item, V code, J code)."""
    made = np.zeros(len(chains), dtype=selected_dtype(1, 1))
    for row, (item, v, j) in enumerate(chains):
        made[row]["item"], made[row]["v"], made[row]["j"] = item, v, j
    return made


def all_pairs(n):
    return sp.csr_matrix((np.ones((n, n)) - np.eye(n)).astype(np.float32) * 2)


def kept(vdj, vj=NONE, n=5, **levels):
    found = match_genes(all_pairs(n), vdj, vj, V_NAMES, J_NAMES, **levels)
    assert (found.data == 2).all()
    assert (found != found.T).nnz == 0
    return sorted((int(i), int(j)) for i, j in zip(*found.nonzero(), strict=True) if i < j)


def test_genes_match_when_their_sets_meet():
    """Alleles of a gene are one gene, an ambiguous call is each of its genes."""
    chains = arm(*((item, item, 0) for item in range(5)))
    assert kept(chains, v="gene") == [(0, 1), (3, 4)]


def test_families_match_more():
    """TRBV12-3 and TRBV12-5 are one family."""
    chains = arm(*((item, item, 0) for item in range(5)))
    assert kept(chains, v="family") == [(0, 1), (0, 2), (1, 2), (3, 4)]


def test_nothing_asked_keeps_all():
    """With none and none the distances come back as they are."""
    near = all_pairs(5)
    assert match_genes(near, arm(), NONE, V_NAMES, J_NAMES) is near


def test_missing_calls_never_match():
    """Not even each other."""
    chains = arm((0, -1, 0), (1, -1, 0), (2, 3, 0), (3, 4, -1), (4, 3, 0))
    assert kept(chains, v="gene") == [(2, 3), (2, 4), (3, 4)]
    assert kept(chains, v="gene", j="gene") == [(2, 4)]
    empty = np.array([], dtype="S1")
    assert match_genes(all_pairs(2), arm((0, -1, -1), (1, -1, -1)), NONE, empty, empty, v="gene").nnz == 0


def test_both_arms_must_match():
    """A receptor compared on both chains matches in both."""
    vdj = arm((0, 3, 0), (1, 3, 0), (2, 3, 0))
    vj = arm((0, 0, 0), (1, 2, 0), (2, 0, 0))
    assert kept(vdj, vj, n=3, v="gene") == [(0, 2)]
    assert kept(vdj, vj, n=3, v="family") == [(0, 1), (0, 2), (1, 2)]


def test_one_pair_of_chains_must_match_in_all():
    """Two chains in an arm: V of one and J of the other do not add up."""
    chains = arm((0, 0, 0), (0, 3, 1), (1, 3, 0), (2, 4, 1))
    assert kept(chains, n=3, v="gene", j="gene") == [(0, 2)]
    assert kept(chains, n=3, v="gene") == [(0, 1), (0, 2), (1, 2)]


def test_unknown_levels_are_refused():
    """Families of J are no level; the place is named."""
    with pytest.raises(UsageError, match=r"unknown level 'family'[\s\S]*match_genes\(j=\)"):
        match_genes(all_pairs(2), arm(), NONE, V_NAMES, J_NAMES, j="family")
