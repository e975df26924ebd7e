"""Lineages of B cells: trees of clones with their sequences and classes, in columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np

from rashomon.dataset import GeneCalls
from rashomon.io.receptor.codon import letters, translate
from rashomon.sim.lineage.clone_tree import CloneTrees, clone_trees
from rashomon.sim.lineage.hotspot import Targeting
from rashomon.sim.lineage.hypermutation import Mutated, hypermutate
from rashomon.sim.lineage.isotype import CONSTANT_GENES, switch_isotypes

__all__ = ["Law", "Lineage", "grow", "grow_light"]


@dataclass(frozen=True)
class Law:
    """How clones grow.

    Parameters
    ----------
    topology
        ``birth``, ``star`` or ``coalescent``, see `rashomon.sim.lineage.clone_trees`.
    trunk
        Length of the branch from the unmutated ancestor to the first cell, at least 0.
    targeting
        Hot and cold spots.
    purifying
        Whether hits that make a stop or change an anchor of the junction are left out.
    isotype_rate
        Class switches per branch length, at least 0.
    species
        ``human`` or ``mouse``: order of the constant genes.
    """

    topology: str = "birth"
    trunk: float = 1.0
    targeting: Targeting = field(default_factory=Targeting)
    purifying: bool = True
    isotype_rate: float = 0.0
    species: str = "human"


@dataclass(frozen=True, eq=False)
class Lineage:
    """Cells of clones and their chain, one row per cell, clone by clone, parents first.

    Parameters
    ----------
    trees
        The trees; ``clone``, ``parent``, ``depth`` and ``member`` are columns of it.
    v, junction
        Nucleotides in front of the junction (empty where they were not given) and of the junction; bytes.
    junction_aa
        Its amino acids.
    n_mutations
        Hits on the path from the unmutated ancestor, ``int32``.
    v_identity
        Share of the bases in front of the junction that are those of the ancestor, NaN where none were given.
    c
        Constant genes; no calls in light chains.
    germline_v, germline_junction
        Sequence of the unmutated ancestor of each clone, shape ``(n_clones,)``.
    """

    trees: CloneTrees
    v: np.ndarray
    junction: np.ndarray
    junction_aa: np.ndarray
    n_mutations: np.ndarray
    v_identity: np.ndarray
    c: GeneCalls
    germline_v: np.ndarray
    germline_junction: np.ndarray

    @property
    def clone(self) -> np.ndarray:
        """Position of the clone of each row."""
        return self.trees.clone

    @property
    def parent(self) -> np.ndarray:
        """Row of the parent of each row; -1: the unmutated ancestor."""
        return self.trees.parent

    @property
    def depth(self) -> np.ndarray:
        """Length of the path from the unmutated ancestor."""
        return self.trees.depth

    @property
    def member(self) -> np.ndarray:
        """Whether the row is a cell of the sample, not an ancestor that nobody observes."""
        return self.trees.member

    @property
    def c_call(self) -> np.ndarray:
        """Name of the constant gene of each row; objects, empty where there is none."""
        return self.c.texts


def grow(
    junction: np.ndarray,
    sizes: np.ndarray,
    key: np.uint64,
    *,
    rate: float,
    v_germline: np.ndarray | None = None,
    units: np.ndarray | None = None,
    law: Law | None = None,
) -> Lineage:
    """Grow clones of B cells from their recombined heavy chains.

    Parameters
    ----------
    junction
        Junction of the unmutated ancestor of each clone, upper case bytes (``S``) in frame, shape ``(n_clones,)``.
    sizes
        Members of each clone, at least 1.
    key
        From `rashomon.sim.stream.stream_key`.
    rate
        Expected hits of hypermutation per base on a branch of length 1, at least 0.
    v_germline
        Bases of V in front of the junction; None: the junction alone is known and mutates.
    units
        Number of each clone in its world, distinct; its place when None. A clone depends on the key, its unit, its
        size and its sequence alone.
    law
        Topology, hot spots, selection and class switching; `Law()` when None.

    Returns
    -------
    The cells. All cells of a clone have junctions of one length, and the V and J of the ancestor.

    Raises
    ------
    UsageError
        When sizes, sequences or numbers are outside their domain, see `rashomon.sim.lineage.clone_trees`,
        `rashomon.sim.lineage.hypermutate` and `rashomon.sim.lineage.switch_isotypes`.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> found = grow(np.array([b"TGTGCAAGAGACTGG"]), np.array([3]), stream_key(1, "clones"), rate=0.05)
    >>> found.parent.tolist(), found.junction_aa.tolist(), found.n_mutations.tolist(), found.c_call.tolist()
    ([-1, 0, 1], [b'CARDW', b'CARDW', b'CARDW'], [0, 0, 1], ['IGHM', 'IGHM', 'IGHM'])
    """
    given = law or Law()
    trees = clone_trees(np.asarray(sizes), key, units=units, topology=given.topology, trunk=given.trunk)
    found = hypermutate(
        trees, junction, key, rate=rate, v_germline=v_germline, targeting=given.targeting, purifying=given.purifying
    )
    codes = switch_isotypes(trees, key, rate=given.isotype_rate, species=given.species)
    calls = GeneCalls(codes, tuple(CONSTANT_GENES[given.species]))
    return _lineage(trees, found, calls, v_germline, junction)


def grow_light(
    lineage: Lineage,
    junction: np.ndarray,
    key: np.uint64,
    *,
    rate: float,
    v_germline: np.ndarray | None = None,
    law: Law | None = None,
) -> Lineage:
    """Return the light chains of the cells of a lineage: the same tree, hits of their own, no class.

    Parameters
    ----------
    lineage
        Heavy chains.
    junction, v_germline
        Light chain of the unmutated ancestor of each clone, as in `grow`.
    key
        From `rashomon.sim.stream.stream_key`; that of the heavy chains may be used, the streams differ.
    rate
        Expected hits per base on a branch of length 1, at least 0.
    law
        Its hot spots and its selection are used, those of `Law()` when None; the tree is that of `lineage`.

    Returns
    -------
    A row per row of `lineage`.

    Raises
    ------
    UsageError
        As `rashomon.sim.lineage.hypermutate`.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> key = stream_key(1, "clones")
    >>> heavy = grow(np.array([b"TGTGCAAGAGACTGG"]), np.array([3]), key, rate=0.0)
    >>> light = grow_light(heavy, np.array([b"TGTCAACAGTTC"]), key, rate=0.0)
    >>> light.junction_aa.tolist(), bool((light.parent == heavy.parent).all())
    ([b'CQQF', b'CQQF', b'CQQF'], True)
    """
    given = law or Law()
    trees = lineage.trees
    # another stream than the heavy chain's, also where the keys are equal
    own = np.bitwise_xor(np.uint64(key), np.uint64(0x6C69676874))
    found = hypermutate(
        trees, junction, own, rate=rate, v_germline=v_germline, targeting=given.targeting, purifying=given.purifying
    )
    calls = GeneCalls(np.full(trees.n_rows, -1, dtype=np.int32), ())
    return _lineage(trees, found, calls, v_germline, junction)


def _lineage(
    trees: CloneTrees, found: Mutated, calls: GeneCalls, v_germline: np.ndarray | None, junction: np.ndarray
) -> Lineage:
    n = trees.units.size
    v = np.full(n, b"", dtype="S1") if v_germline is None else np.asarray(v_germline, dtype="S")
    return Lineage(
        trees=trees, v=found.v, junction=found.junction, junction_aa=translate(found.junction),
        n_mutations=found.n_mutations, v_identity=_identity(found.v, v, trees.clone), c=calls,
        germline_v=v, germline_junction=np.asarray(junction, dtype="S"),
    )  # fmt: skip


def _identity(found: np.ndarray, germline: np.ndarray, clone: np.ndarray) -> np.ndarray:
    """Return the share of bases that are equal; NaN where there are none."""
    size = np.strings.str_len(germline).astype(np.int64)
    same = _same(letters(found), letters(germline), size, clone)
    there = size[clone]
    return np.asarray(np.divide(same, there, out=np.full(clone.size, np.nan), where=there > 0))


@numba.njit(cache=True, nogil=True)
def _same(now: Any, old: Any, size: Any, clone: Any) -> Any:
    same = np.zeros(clone.size)
    for row in range(clone.size):
        for place in range(size[clone[row]]):
            same[row] += now[row, place] == old[clone[row], place]
    return same
