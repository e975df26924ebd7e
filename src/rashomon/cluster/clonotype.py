"""Clonotypes: which rows are of one clone, by a stated definition; never across donors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.clonotype_block import Blocks, chain_blocks
from rashomon.cluster.clonotype_definition import CLONOTYPES, ClonotypeDefinition, parse_definition
from rashomon.cluster.component import component, numbered
from rashomon.core import UsageError, did_you_mean
from rashomon.dataset import LOCI, Arm, Receptors, receptor_items
from rashomon.encode.packed import AMINO_ACIDS

__all__ = ["DUAL_CHAINS", "ClonotypeDual", "bcr_cutoff", "define_clonotypes"]

ClonotypeDual = Literal["primary", "any", "drop"]
DUAL_CHAINS = ("primary", "any", "drop")

_OF_B_CELLS = {"IGH", "IGK", "IGL"}

_ARM: dict[str, tuple[Arm, ...]] = {"beta": ("vdj",), "alpha": ("vj",), "both": ("vdj", "vj"), "any": ("vdj", "vj")}


def define_clonotypes(
    receptors: Receptors,
    n_obs: int,
    definition: str | ClonotypeDefinition,
    *,
    donor: np.ndarray,
    dual: ClonotypeDual = "primary",
) -> np.ndarray:
    """Return the clonotype of each row.

    Two rows are linked when they are of one donor, their chains are of one locus and share what the definition asks
    for; linked rows, and those linked to these, are one clonotype. Calls of V and J are sets of genes and agree when
    they meet, so that an unresolved call can join two genes. Equal to the partitions of scirpy's
    ``tl.define_clonotype_clusters(within_group=DONOR)`` where its definition is the same one (calls of one gene, every
    chain with a call). Time and memory grow with the rows and the pairs of distinct junctions within the cutoff; with
    ``both`` also with the pairs of receptors of a donor that are linked in one arm, for B cells see `bcr_links`.

    Parameters
    ----------
    receptors
        Chains. Those known not to be productive are left out; with a distance of amino acids also those with other
        letters than the twenty, and with Levenshtein distance those of B cells.
    n_obs
        Number of rows of the data set.
    definition
        See `parse_definition`.
    donor
        Code of the donor of each row, integers, shape ``(n_obs,)``; negative is unknown. It is part of every key.
    dual
        Of two chains in an arm the ``primary`` one (most copies) is compared; or ``any`` of them is enough; or rows
        with two chains in a compared arm are left out (``drop``).

    Returns
    -------
    ``int32``, shape ``(n_obs,)``; clonotypes 0, 1, ... in the order of their first row, also of one row. -1 for rows
    without donor, without a chain that the definition needs, or without the calls it needs.

    Raises
    ------
    UsageError
        When the definition or `dual` is unknown, donors are of other rows, Levenshtein distance is asked for where
        all are B cells (``clonotype.bcr``) or their rule where there is no heavy chain, or there is no valley
        (``clonotype.valley``).

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> calls = GeneCalls.from_texts(["TRBV9*01", "TRBV9*02", "TRBV2*01"])
    >>> chains = Receptors(
    ...     obs=np.arange(3), locus=np.array([1, 1, 1], dtype=np.int8), junction_aa=np.array([b"CASF"] * 3),
    ...     junction=np.array([b""] * 3), v=calls, j=calls, v_raw=calls, j_raw=calls, d=calls, c=calls,
    ...     count=np.ones(3), productive=np.ones(3, dtype=np.int8),
    ... )  # fmt: skip
    >>> define_clonotypes(chains, 3, "aa+V", donor=np.zeros(3, dtype=int)).tolist()
    [0, 0, 1]
    >>> define_clonotypes(chains, 3, "aa", donor=np.array([0, 1, 0])).tolist()
    [0, 1, 0]
    """
    rule = _checked(receptors, n_obs, definition, donor, dual)
    arms = [_blocks(receptors, n_obs, rule, arm, donor=donor, dual=dual) for arm in _ARM[rule.arm]]
    labels = _paired(arms, n_obs) if rule.arm == "both" else _joined(arms, n_obs)
    return numbered(labels)


def bcr_cutoff(receptors: Receptors, n_obs: int, *, donor: np.ndarray) -> tuple[float, str]:
    """Return the share of places at the valley of the distances to the nearest, over all donors together.

    Parameters
    ----------
    receptors, n_obs, donor
        See `define_clonotypes`. Of each row the primary heavy chain is used; equal chains of a donor count once.

    Returns
    -------
    cutoff
        In (0, 1); NaN where the distances show no two modes.
    reason
        Why it is NaN; else empty.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> none = GeneCalls.from_texts([])
    >>> empty = np.empty(0)
    >>> chains = Receptors(
    ...     obs=empty.astype(int), locus=empty.astype(np.int8), junction_aa=empty.astype("S1"),
    ...     junction=empty.astype("S1"), v=none, j=none, v_raw=none, j_raw=none, d=none, c=none, count=empty,
    ...     productive=empty.astype(np.int8),
    ... )  # fmt: skip
    >>> bcr_cutoff(chains, 0, donor=empty.astype(int))
    (nan, '0 distances are too few: at least 50')
    """
    rule = CLONOTYPES["bcr-valley"]
    found = _chains(receptors, n_obs, rule, "vdj", donor=donor, dual="primary")
    return _valley(found)


@dataclass(frozen=True)
class _Linked:
    """One arm: which rows hold which node (a junction in a block), and which nodes are linked."""

    row: np.ndarray
    node: np.ndarray
    a: np.ndarray
    b: np.ndarray
    n_nodes: int


def _checked(
    receptors: Receptors, n_obs: int, definition: str | ClonotypeDefinition, donor: np.ndarray, dual: str
) -> ClonotypeDefinition:
    rule = parse_definition(definition) if isinstance(definition, str) else definition
    if dual not in DUAL_CHAINS:
        raise UsageError(f"unknown dual {dual!r}", where="clonotype", fix=did_you_mean(str(dual), DUAL_CHAINS))
    if np.shape(donor) != (n_obs,):
        raise UsageError(
            f"donors have shape {np.shape(donor)}", where="clonotype", expected=f"a code for each of {n_obs} rows"
        )
    if receptors.loci and set(receptors.loci) <= _OF_B_CELLS and rule.metric == "levenshtein":
        raise UsageError(
            f"{rule.name} is no clone of B cells ({', '.join(receptors.loci)})",
            where="clonotype",
            expected="a rule on nucleotides of one length with the same V and J",
            fix="use bcr or bcr-valley",
            code="clonotype.bcr",
        )
    if rule.metric == "bcr" and "IGH" not in receptors.loci:
        raise UsageError(
            f"{rule.name} is a rule for heavy chains; here are {', '.join(receptors.loci) or 'no chains'}",
            where="clonotype",
            expected="IGH",
            fix="use nt+V+J: receptors of T cells do not mutate",
            code="clonotype.bcr",
        )
    return rule


def _chains(
    receptors: Receptors, n_obs: int, rule: ClonotypeDefinition, arm: Arm, *, donor: np.ndarray, dual: str
) -> Blocks:
    """Return the chains of an arm that are compared, each in the blocks that it can be linked in."""
    productive = receptors.take(receptors.productive != 0)
    items = receptor_items(productive, n_obs)
    rows, chains = [], []
    for slot in (arm, f"{arm}2") if dual == "any" else (arm,):
        there = (items[slot][rule.sequence] != b"") & (np.asarray(donor) >= 0)
        if dual == "drop":
            there &= items[f"n_{arm}"] < 2
        there &= _comparable(items[slot], rule)
        rows.append(np.flatnonzero(there))
        chains.append(items[slot][there])
    row = np.concatenate(rows)
    parts = {part: np.concatenate([each[part] for each in chains]) for part in (rule.sequence, "locus", "v", "j")}
    return chain_blocks(
        row,
        parts[rule.sequence],
        [np.asarray(donor)[row], parts["locus"]],
        [(parts[gene], getattr(receptors, gene)) for gene in ("v", "j") if getattr(rule, f"same_{gene}")],
    )


def _comparable(chain: np.ndarray, rule: ClonotypeDefinition) -> np.ndarray:
    """Return which chains the definition speaks about."""
    if rule.metric == "bcr":
        heavy: np.ndarray = chain["locus"] == LOCI.index("IGH")
        return heavy
    found = np.ones(chain.size, dtype=bool)
    if rule.metric == "levenshtein":
        found &= ~np.isin(chain["locus"], [LOCI.index(name) for name in _OF_B_CELLS])
    if rule.metric != "identity":
        # a stop or an unknown residue has no distance to others
        found &= _of_residues(chain["aa"])
    return found


def _of_residues(junctions: np.ndarray) -> np.ndarray:
    fixed = np.ascontiguousarray(junctions)
    # shorter junctions end with bytes of 0
    known = np.isin(np.arange(256), [0, *AMINO_ACIDS.encode()])
    return np.asarray(known[fixed.view(np.uint8).reshape(fixed.size, fixed.dtype.itemsize)].all(axis=1))


def _blocks(
    receptors: Receptors, n_obs: int, rule: ClonotypeDefinition, arm: Arm, *, donor: np.ndarray, dual: str
) -> _Linked:
    found = _chains(receptors, n_obs, rule, arm, donor=donor, dual=dual)
    a, b = _links(found, rule)
    return _Linked(found.row, found.node, a, b, found.sequence.size)


def _links(found: Blocks, rule: ClonotypeDefinition) -> tuple[np.ndarray, np.ndarray]:
    """Return the linked pairs of nodes."""
    if rule.metric == "identity" or not found.sequence.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if rule.metric == "bcr":
        from rashomon.cluster.bcr_clone import bcr_links

        cutoff, reason = (rule.cutoff, "") if rule.cutoff is not None else _valley(found)
        if reason:
            raise UsageError(
                f"there is no valley to cut at: {reason}",
                where="clonotype bcr-valley",
                expected="distances to the nearest with two modes",
                fix="use bcr, which cuts at 0.15",
                code="clonotype.valley",
            )
        return bcr_links(found.sequences[found.sequence], found.block, cutoff=float(cutoff))
    from rashomon.encode.sequence_pair import sequence_pairs

    i, j, _ = sequence_pairs(found.sequences, metric=rule.metric, cutoff=int(rule.cutoff or 0))
    return found.meet(i, j)


def _valley(found: Blocks) -> tuple[float, str]:
    from rashomon.cluster.bcr_clone import distance_to_nearest
    from rashomon.cluster.valley import valley

    if not found.sequence.size:
        return valley(np.empty(0))
    # a junction whose V is unresolved stands in several blocks and counts in each
    return valley(distance_to_nearest(found.sequences[found.sequence], found.block))


def _joined(arms: list[_Linked], n_obs: int) -> np.ndarray:
    """Return the components of rows that share a node, or hold linked ones, in any of the arms."""
    n, row, column = n_obs, [], []
    for arm in arms:
        row += [arm.row, n + arm.a]
        column += [n + arm.node, n + arm.b]
        n += arm.n_nodes
    ends = (np.concatenate(row), np.concatenate(column))
    labels = component(sp.csr_matrix((np.ones(ends[0].size, dtype=np.int8), ends), shape=(n, n)))[:n_obs].astype(int)
    held = np.zeros(n_obs, dtype=bool)
    for arm in arms:
        held[arm.row] = True
    labels[~held] = -1
    return labels


def _paired(arms: list[_Linked], n_obs: int) -> np.ndarray:
    """Return the components of rows that are linked in both arms."""
    held = np.logical_and(*(np.bincount(arm.row, minlength=n_obs) > 0 for arm in arms))
    # copies of a receptor hold the same nodes; one row of them is enough
    holds = [_incidence(arm, n_obs) for arm in arms]
    profile = _profiles(holds)
    first = np.unique(profile, return_index=True)[1]
    linked = [_link_rows(hold[first], arm) for hold, arm in zip(holds, arms, strict=True)]
    labels: np.ndarray = component(sp.csr_matrix(linked[0].multiply(linked[1])))[profile].astype(int)
    labels[~held] = -1
    return labels


def _incidence(arm: _Linked, n_obs: int) -> sp.csr_matrix:
    ones = np.ones(arm.row.size, dtype=np.int32)
    found = sp.csr_matrix((ones, (arm.row, arm.node)), shape=(n_obs, arm.n_nodes))
    found.sum_duplicates()
    return found


def _profiles(holds: list[sp.csr_matrix]) -> np.ndarray:
    """Return the number of each distinct set of nodes."""
    both = sp.csr_matrix(sp.hstack(holds, format="csr"))
    both.sort_indices()
    keys = [both.indices[both.indptr[row] : both.indptr[row + 1]].tobytes() for row in range(both.shape[0])]
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def _link_rows(hold: sp.csr_matrix, arm: _Linked) -> sp.csr_matrix:
    n = arm.n_nodes
    near = sp.csr_matrix((np.ones(arm.a.size, dtype=np.int32), (arm.a, arm.b)), shape=(n, n))
    linked = sp.csr_matrix(hold @ (near + near.T + sp.eye_array(n, dtype=np.int32)) @ hold.T)
    linked.data[:] = 1
    return linked
