"""TCRdist of T-cell receptors: the full matrix, the pairs within a radius, and the step of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, first_few
from rashomon.core.thread import run_threads
from rashomon.dataset import GeneCalls
from rashomon.encode.germline_loop import Species, loop_distances
from rashomon.encode.item_link import MAX_PAIRS, Links, as_distances, item_links, link_matrix, refuse_pairs
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.encode.tcrdist_kernel import fill_rows, pair_distances, radius_rows
from rashomon.encode.tcrdist_table import (
    DEFINITIONS,
    MIN_LENGTH,
    PAD,
    RESIDUES,
    gap_bounds,
    pair_costs,
    residue_costs,
    shift_costs,
)

__all__ = ["chains_from", "tcrdist_block", "tcrdist_distance", "tcrdist_links", "tcrdist_radius"]

_ROWS = 256
"""Chains that one thread compares before it takes the next ones."""

_MAX_LENGTH = 60
"""Longest junction."""


def chains_from(junctions: Iterable[str], v_calls: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return chains as `select_chains` makes them, and the names of their V calls, from plain lists.

    Parameters
    ----------
    junctions
        Amino acids, anchors included.
    v_calls
        One per junction; genes of a call separated by commas; empty where unknown.

    Examples
    --------
    >>> chains, v_names = chains_from(["CASSLGYEQYF"], ["TRBV28*01"])
    >>> chains["aa"].tolist(), chains["v"].tolist(), v_names.tolist()
    ([b'CASSLGYEQYF'], [0], [b'TRBV28*01'])
    """
    aa = np.array(list(junctions), dtype="S")
    calls = GeneCalls.from_texts(v_calls)
    chains = np.zeros(aa.size, dtype=selected_dtype(aa.dtype.itemsize, 1))
    chains["item"], chains["aa"], chains["v"], chains["j"] = np.arange(aa.size), aa, calls.codes, -1
    return chains, np.array(calls.names, dtype="S")


def tcrdist_block(
    a: np.ndarray, b: np.ndarray, *, v_names: np.ndarray, definition: str = "tcrdist3", species: Species = "auto"
) -> np.ndarray:
    """Return TCRdist of every chain of `a` to every chain of `b`; the work grows with their product.

    Three times the distance of the junctions, without 3 residues at their start and 2 at their end, 12 per residue of
    difference in length, plus the distance of the loops (`rashomon.encode.germline_loop.loop_distances`).

    Parameters
    ----------
    a, b
        Chains with the fields ``aa`` and ``v``: see `chains_from`.
    v_names
        Names behind the codes ``v``, bytes.
    definition
        ``tcrdist3``: the best place of the gap; ``classic``: a fixed one. See
        `rashomon.encode.tcrdist_table.DEFINITIONS`.
    species
        Of the V genes; ``auto``: the one that knows more of them.

    Returns
    -------
    ``int16``, shape ``(n_a, n_b)``, 0 is nearest; -1 where a V call is missing, or its loops are unknown.

    Raises
    ------
    UsageError
        When a junction has fewer than 6 residues, more than 60, or other letters than the 20 amino acids.

    Examples
    --------
    >>> chains, names = chains_from(["CASRTGTVYEQYF", "CASSTLDRVYNSPLHF"], ["TRBV2*01", "TRBV6-2*01"])
    >>> tcrdist_block(chains, chains, v_names=names).tolist()
    [[0, 168], [168, 0]]
    """
    chosen = DEFINITIONS[definition]
    loops = _loop_table(v_names, definition, species)
    left, right = _pack(a, loops.shape[0]), _pack(b, loops.shape[0])
    bounds = gap_bounds(chosen, _MAX_LENGTH)
    starts = np.searchsorted(right.length, np.arange(right.width + 1))
    found = np.empty((a.size, b.size), dtype=np.int16)
    # rows as they came: only the other side has to be in order
    back = np.argsort(left.order)
    residues, length, v = left.residues[back], left.length[back], left.v[back]

    def fill(begin: int) -> None:
        fill_rows(
            begin, min(begin + _ROWS, a.size), residues, length, v, right.others, right.pairs, right.v, right.order,
            starts, loops, bounds, pair_costs(), shift_costs(), found,
        )  # fmt: skip

    run_threads(fill, range(0, a.size, _ROWS))
    return found


def tcrdist_links(
    chains: np.ndarray,
    *,
    v_names: np.ndarray,
    radius: int,
    definition: str = "tcrdist3",
    species: Species = "auto",
) -> Links:
    """Return the pairs of chains within a radius of TCRdist.

    All pairs are considered, but those that are too far by V call and length alone are skipped in groups: memory grows
    with the pairs that are found, time with the square of the chains, by a small factor.

    Parameters
    ----------
    chains, v_names, definition, species
        See `tcrdist_block`. Chains whose V call is missing or has no known loops are in no pair
        (`rashomon.encode.germline_loop.unknown_loops`).
    radius
        Largest distance, 0 or more.

    Returns
    -------
    Positions ``i < j`` in ascending order, ``int32``, and distances, ``int16``.

    Raises
    ------
    UsageError
        When more than 50,000,000 pairs are within the radius, or a junction cannot be compared.

    Examples
    --------
    >>> chains, names = chains_from(["CASSLGQAYEQYF", "CASSLGQSYEQYF", "CASSPTGPTDTQYF"], ["TRBV28*01"] * 3)
    >>> [part.tolist() for part in tcrdist_links(chains, v_names=names, radius=24)]
    [[0], [1], [9]]
    """
    if not 0 <= radius < 2**14:
        raise UsageError(f"radius {radius}", where="tcrdist", expected="a whole number from 0 to 16,383")
    loops = _loop_table(v_names, definition, species)
    packed = _pack(chains, loops.shape[0])
    bounds = gap_bounds(DEFINITIONS[definition], _MAX_LENGTH)
    new = np.ones(packed.length.size, dtype=bool)
    new[1:] = (packed.length[1:] != packed.length[:-1]) | (packed.v[1:] != packed.v[:-1])
    starts = np.append(np.flatnonzero(new), new.size)
    parts: list[tuple[np.ndarray, ...]] = [()] * -(-chains.size // _ROWS)

    def search(part: int) -> None:
        begin = part * _ROWS
        *found, too_many = radius_rows(
            begin, min(begin + _ROWS, chains.size), packed.residues, packed.others, packed.pairs, packed.length,
            packed.v, starts, loops, bounds, pair_costs(), shift_costs(), radius, MAX_PAIRS,
        )  # fmt: skip
        refuse_pairs(MAX_PAIRS + 1 if too_many else 0, where=f"tcrdist, radius {radius}")
        parts[part] = tuple(found)

    # long rows first: they have most to compare with
    run_threads(search, range(len(parts) - 1, -1, -1))
    refuse_pairs(sum(part[0].size for part in parts), where=f"tcrdist, radius {radius}")
    return _sorted(packed.order, parts)


def tcrdist_radius(
    chains: np.ndarray,
    *,
    v_names: np.ndarray,
    radius: int,
    definition: str = "tcrdist3",
    species: Species = "auto",
) -> sp.csr_matrix:
    """Return the pairs of chains within a radius of TCRdist as a sparse matrix.

    Parameters
    ----------
    chains, v_names, radius, definition, species
        See `tcrdist_links`.

    Returns
    -------
    CSR, ``float32``, shape ``(n_chains, n_chains)``, symmetric, without diagonal; stored values are distance + 1.

    Raises
    ------
    UsageError
        See `tcrdist_links`.

    Examples
    --------
    >>> chains, names = chains_from(["CASSLGQAYEQYF", "CASSLGQSYEQYF", "CASSPTGPTDTQYF"], ["TRBV28*01"] * 3)
    >>> tcrdist_radius(chains, v_names=names, radius=24).toarray()[0].tolist()
    [0.0, 10.0, 0.0]
    """
    links = tcrdist_links(chains, v_names=v_names, radius=radius, definition=definition, species=species)
    return link_matrix(links, chains.size)


def tcrdist_distance(
    vdj: np.ndarray,
    vj: np.ndarray,
    items: np.ndarray,
    v_names: np.ndarray,
    species: np.ndarray | None = None,
    *,
    cutoff: int,
    definition: str = "tcrdist3",
) -> sp.csr_matrix:
    """Return the receptors within a cutoff of TCRdist.

    Parameters
    ----------
    vdj, vj
        Chains of the two arms, from `rashomon.encode.receptor_chain.select_chains`; one may be empty. With both, the
        distance is the sum over the arms. Of two chains of an item in an arm the nearer counts.
    items
        Item of each row that is kept.
    v_names
        Names behind the codes of the V calls.
    species
        One text, ``human`` or ``mouse``; empty, or None: read from the names of the genes.
    cutoff
        Largest distance, 0 or more. Both arms: of the sum.
    definition
        See `tcrdist_block`.

    Returns
    -------
    CSR, ``float32``, shape ``(n_items, n_items)``, symmetric, without diagonal; stored values are distance + 1. Items
    whose V call is missing or unknown have no links.

    Raises
    ------
    UsageError
        When more than 50,000,000 pairs of chains of an arm are within the cutoff, or a junction cannot be compared.

    Examples
    --------
    >>> chains, names = chains_from(["CASSLGQAYEQYF", "CASSLGQSYEQYF"], ["TRBV28*01"] * 2)
    >>> tcrdist_distance(chains, chains[:0], np.array([0, 1]), names, cutoff=12).toarray().tolist()
    [[0.0, 10.0], [10.0, 0.0]]
    """
    first, second = (vdj, vj) if vdj.size else (vj, vdj)
    of = _species(species)
    found = tcrdist_links(first, v_names=v_names, radius=cutoff, definition=definition, species=of)
    links = item_links(found, first["item"])
    if second.size:
        links = _with_arm(links, second, cutoff, _loop_table(v_names, definition, of), definition)
    return as_distances(links, items)


def _species(said: np.ndarray | None) -> Species:
    name = "" if said is None else np.asarray(said).astype("U").ravel()[0]
    return cast("Species", str(name) or "auto")


def _with_arm(links: Links, chains: np.ndarray, cutoff: int, loops: np.ndarray, definition: str) -> Links:
    """Add the distance of the other arm to links between items, and keep those within the cutoff."""
    packed = _pack(chains, loops.shape[0])
    bounds = gap_bounds(DEFINITIONS[definition], _MAX_LENGTH)
    place = np.argsort(packed.order)
    n_items = int(max(links.j.max(initial=-1), chains["item"].max())) + 1
    starts = np.searchsorted(chains["item"], np.arange(n_items + 1))
    n_chains = np.diff(starts)
    nearest = np.full(links.i.size, np.iinfo(np.int16).max, dtype=np.int16)
    for x in range(n_chains.max(initial=0)):
        for y in range(n_chains.max(initial=0)):
            there = np.flatnonzero((n_chains[links.i] > x) & (n_chains[links.j] > y))
            a, b = place[starts[links.i[there]] + x], place[starts[links.j[there]] + y]
            found = pair_distances(packed.residues, packed.length, packed.v, a, b, loops, bounds, residue_costs())
            known = found >= 0
            nearest[there[known]] = np.minimum(nearest[there[known]], found[known])
    total = links.distance.astype(np.int32) + nearest
    kept = total <= cutoff
    return Links(links.i[kept], links.j[kept], total[kept].astype(np.int16))


@dataclass(frozen=True, eq=False)
class _Packed:
    """Chains sorted by length and V call; `order` is where each came from."""

    order: np.ndarray
    residues: np.ndarray
    others: np.ndarray
    pairs: np.ndarray
    length: np.ndarray
    v: np.ndarray
    width: int


def _pack(chains: np.ndarray, n_calls: int) -> _Packed:
    aa = np.ascontiguousarray(chains["aa"])
    length = np.strings.str_len(aa).astype(np.int64)
    wrong = np.flatnonzero((length < MIN_LENGTH) | (length > _MAX_LENGTH))
    if wrong.size:
        raise UsageError(
            f"{wrong.size} junctions have fewer than {MIN_LENGTH} or more than {_MAX_LENGTH} residues",
            where=f"tcrdist, chains {first_few(wrong)}",
            expected="junctions with their anchors, C to F or W",
            fix="set min_length and max_length",
        )
    width = int(length.max(initial=MIN_LENGTH))
    letters = np.zeros((aa.size, width), dtype=np.uint8)
    if aa.size:
        raw = aa.view(np.uint8).reshape(aa.size, -1)
        letters[:, : min(width, raw.shape[1])] = raw[:, :width]
    codes = _CODES[letters]
    wrong = np.flatnonzero(((codes == PAD) & (np.arange(width) < length[:, None])).any(axis=1))
    if wrong.size:
        raise UsageError(
            f"{wrong.size} junctions hold other letters than the 20 amino acids: {first_few(aa[wrong].tolist(), n=3)}",
            where=f"tcrdist, chains {first_few(wrong)}",
            expected=RESIDUES,
            fix="leave them out",
        )
    # no call: the last row of the loop table
    v = np.where(chains["v"] < 0, n_calls - 1, chains["v"]).astype(np.int64)
    order = np.lexsort((v, length))
    residues = np.full((aa.size, width + 1), PAD, dtype=np.uint8)
    residues[:, :width] = codes[order]
    others = np.ascontiguousarray(residues.T)
    pairs = (others[:-1].astype(np.uint16) << 5) | others[1:]
    return _Packed(order, residues, others, pairs, length[order], v[order], width + 1)


_CODES = np.full(256, PAD, dtype=np.uint8)
_CODES[np.frombuffer(RESIDUES.encode(), dtype=np.uint8)] = np.arange(len(RESIDUES))


def _loop_table(v_names: np.ndarray, definition: str, species: Species) -> np.ndarray:
    """Return the distances of the loops, -1 where undefined; the last row and column stand for no call."""
    names = [name.decode() for name in np.asarray(v_names, dtype="S").tolist()]
    between = loop_distances(names, definition=definition, species=species)
    table = np.full((len(names) + 1, len(names) + 1), -1, dtype=np.int16)
    table[:-1, :-1] = np.where(np.isnan(between), -1, between)
    return table


def _sorted(order: np.ndarray, parts: Sequence[tuple[np.ndarray, ...]]) -> Links:
    """Return pairs of places among the sorted chains as pairs of chains, in ascending order."""
    empty = np.empty(0, dtype=np.int32)
    left, right, distance = (np.concatenate([empty, *(part[k] for part in parts)]) for k in range(3))
    a, b = order[left].astype(np.int32), order[right].astype(np.int32)
    low, high = np.minimum(a, b), np.maximum(a, b)
    by = np.argsort(low.astype(np.int64) * max(order.size, 1) + high)
    return Links(low[by], high[by], distance[by].astype(np.int16))
