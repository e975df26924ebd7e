import itertools

import numpy as np

from rashomon.cluster.clonotype_block import chain_blocks
from rashomon.dataset import GeneCalls


def calls(rng, n, prefix):
    """Random calls of one to three genes, or none."""
    genes = [f"{prefix}{i}*01" for i in range(5)]
    return GeneCalls.from_texts(
        [",".join(sorted(rng.choice(genes, rng.integers(0, 4), replace=False))) for _ in range(n)]
    )


def test_chains_share_a_node_exactly_if_everything_agrees(rng):
    """Equal junctions and parts, and calls of both segments that meet; a chain without call shares with nobody."""
    n = 80
    junction = rng.choice(np.array([b"CAF", b"CAAF"]), n)
    donor, v, j = rng.integers(0, 2, n), calls(rng, n, "V"), calls(rng, n, "J")
    blocks = chain_blocks(np.arange(n), junction, [donor], [(v.codes, v), (j.codes, j)])
    held = [set(blocks.node[blocks.row == row]) for row in range(n)]
    for a, b in itertools.combinations(range(n), 2):
        equal = junction[a] == junction[b] and donor[a] == donor[b]
        genes = [set(each.texts[a].split(",")) & set(each.texts[b].split(",")) - {""} for each in (v, j)]
        assert bool(held[a] & held[b]) == (equal and all(map(bool, genes)))
    assert all(bool(held[a]) == bool(v.texts[a] and j.texts[a]) for a in range(n))


def test_alleles_are_not_looked_at():
    """Two alleles of a gene are one gene."""
    v = GeneCalls.from_texts(["TRBV9*01", "TRBV9*02", "TRBV9-1*01"])
    blocks = chain_blocks(np.arange(3), np.array([b"CAF"] * 3), [], [(v.codes, v)])
    assert blocks.node.tolist() == [0, 0, 1]


def test_pairs_of_junctions_meet_in_common_blocks_only(rng):
    """Each pair of junctions gives one pair of nodes for every block that holds both."""
    junction, donor = rng.choice(np.array([b"CA", b"CC", b"CD", b"CE"]), 40), rng.integers(0, 6, 40)
    blocks = chain_blocks(np.arange(40), junction, [donor], [])
    a, b = blocks.meet(np.array([0, 1]), np.array([2, 3]))
    assert (blocks.block[a] == blocks.block[b]).all()
    held = {(int(s), int(g)) for s, g in zip(blocks.sequence, blocks.block, strict=True)}
    expected = [(i, j, g) for i, j in ((0, 2), (1, 3)) for g in range(6) if (i, g) in held and (j, g) in held]
    found = zip(blocks.sequence[a].tolist(), blocks.sequence[b].tolist(), blocks.block[a].tolist(), strict=True)
    assert sorted(found) == sorted(expected)


def test_no_chains_have_no_nodes():
    """Also without any call."""
    none = GeneCalls.from_texts(["", ""])
    blocks = chain_blocks(np.arange(2), np.array([b"CAF", b"CAF"]), [np.zeros(2, dtype=int)], [(none.codes, none)])
    assert blocks.node.size == blocks.sequences.size == 0
    assert blocks.meet(np.empty(0, dtype=int), np.empty(0, dtype=int))[0].size == 0
