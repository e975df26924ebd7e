"""Blocks in which junctions can be linked: one donor, one locus, one V, one J; an unresolved call stands in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.dataset import GeneCalls

__all__ = ["Blocks", "chain_blocks", "expand", "gene_members"]


@dataclass(frozen=True)
class Blocks:
    """Chains as nodes; a node is a junction in a block, and chains with a common node agree in everything.

    Parameters
    ----------
    row, node
        Which row of the data set holds which node; a row with an unresolved call, or with two chains, holds several.
    sequences
        The distinct junctions, bytes.
    sequence, block
        Of each node, the position in `sequences` and the number of the block; sorted by sequence, then block.
    """

    row: np.ndarray
    node: np.ndarray
    sequences: np.ndarray
    sequence: np.ndarray
    block: np.ndarray

    def meet(self, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs of nodes in a common block among pairs of junctions.

        Parameters
        ----------
        i, j
            Positions in `sequences`.

        Examples
        --------
        >>> blocks = chain_blocks(np.arange(3), np.array([b"CAF", b"CAW", b"CAF"]), [np.array([0, 0, 1])], [])
        >>> [nodes.tolist() for nodes in blocks.meet(np.array([0]), np.array([1]))]
        [[0], [2]]
        """
        n_blocks = int(self.block.max(initial=-1)) + 1
        keys = self.sequence * n_blocks + self.block
        start = np.searchsorted(self.sequence, np.arange(self.sequences.size + 1))
        pair, a = expand(start[i], start[i + 1])
        wanted = j[pair].astype(np.int64) * n_blocks + self.block[a]
        b = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
        same = keys[b] == wanted if keys.size else np.zeros(0, dtype=bool)
        return a[same], b[same]


def chain_blocks(
    row: np.ndarray, junction: np.ndarray, parts: Sequence[np.ndarray], genes: Sequence[tuple[np.ndarray, GeneCalls]]
) -> Blocks:
    """Return chains as nodes.

    Parameters
    ----------
    row
        Row of the data set of each chain, shape ``(n_chains,)``.
    junction
        Bytes, shape ``(n_chains,)``.
    parts
        Integers that must be equal in a block (donor, locus), each of shape ``(n_chains,)``.
    genes
        Codes of the calls of each chain and the calls that they belong to, for every segment that must agree. A chain
        stands in one block for every gene of its call (of the combinations, with two segments) and in none without.

    Returns
    -------
    The nodes; two chains meet in a block exactly if their parts are equal and their calls meet.

    Examples
    --------
    >>> calls = GeneCalls.from_texts(["TRBV1,TRBV2", "TRBV2", ""])
    >>> blocks = chain_blocks(np.arange(3), np.array([b"CAF"] * 3), [], [(calls.codes, calls)])
    >>> blocks.row.tolist(), blocks.node.tolist()
    ([0, 0, 1], [0, 1, 1])
    """
    chain = np.arange(row.size)
    keys = [np.asarray(part, dtype=np.int64) for part in parts]
    for codes, calls in genes:
        start, members = gene_members(calls.names)
        called = np.maximum(codes[chain], 0)
        size = np.where(codes[chain] >= 0, start[1:][called] - start[called], 0)
        place, gene = expand(start[called], start[called] + size)
        chain, keys = chain[place], [*(key[place] for key in keys), members[gene]]
    block = np.zeros(chain.size, dtype=np.int64)
    for key in keys:
        block = pd.factorize(pd.factorize(block)[0] * (int(key.max(initial=0)) + 2) + key + 1)[0].astype(np.int64)
    sequences, sequence = np.unique(junction[chain], return_inverse=True)
    n_blocks = int(block.max(initial=-1)) + 1
    nodes, node = np.unique(sequence.astype(np.int64) * n_blocks + block, return_inverse=True)
    both = np.divmod(nodes, max(n_blocks, 1))
    return Blocks(row[chain], node.astype(np.int64), sequences, both[0], both[1])


def gene_members(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the genes, without alleles, of each of the distinct calls `names`.

    Returns
    -------
    start
        The genes of call ``c`` are ``genes[start[c]:start[c + 1]]``; one entry more than that, so that -1 (no call) has
        a place to look at.
    genes
        Numbers of genes.

    Examples
    --------
    >>> [part.tolist() for part in gene_members(["TRBV9*01,TRBV9*02", "TRBV2,TRBV9"])]
    [[0, 1, 3, 3], [0, 1, 0]]
    """
    each = GeneCalls(np.arange(len(names), dtype=np.int32), tuple(names)).at("gene")
    sets = [each.names[code].split(",") for code in each.codes]
    known = {gene: place for place, gene in enumerate(dict.fromkeys(gene for genes in sets for gene in genes))}
    end = np.cumsum([0, *(len(genes) for genes in sets)], dtype=np.int64)
    return np.append(end, end[-1]), np.array([known[gene] for genes in sets for gene in genes], dtype=np.int64)


def expand(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all positions from `low` to before `high` of each entry, after the entry that each belongs to.

    Examples
    --------
    >>> [part.tolist() for part in expand(np.array([0, 5]), np.array([2, 6]))]
    [[0, 0, 1], [0, 1, 5]]
    """
    size = high - low
    entry = np.repeat(np.arange(size.size), size)
    offset = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    return entry, low[entry] + offset
