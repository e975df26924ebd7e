"""Kernels of TCRdist: residues are compared two at a time by table, and the gap moves one place per look-up."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["fill_rows", "pair_distances", "radius_rows"]

# Arrays of chains sorted by length and V call: `residues` uint8 (n, width), `pairs` uint16 (n, width) holding
# 32 * residue + next residue, `length` and `v` int64 (n,). `bounds` holds the first and last place of the gap by length
# of the shorter junction, `loops` int16 the distances of V calls (negative: undefined).

_LAST = np.uint64(31)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _plan(  # noqa: PLR0913, PLR0917 - two junctions, and what is written
    residues: np.ndarray,
    long: int,
    short: int,
    swapped: bool,  # noqa: FBT001 - numba functions take arguments by position
    bounds: np.ndarray,
    place: np.ndarray,
    base: np.ndarray,
    turn: np.ndarray,
) -> tuple[int, int, int]:
    """Write which residues a junction is compared with in junctions of another length.

    `residues` is the junction of the row: the longer one, or with `swapped` the shorter. For the first place of the
    gap, `place` is where a pair of residues of the other junction starts, `base` where its costs are in the table of
    pairs; `turn` is where the table of shifts has the change when the gap moves on by one. Returns the number of pairs,
    the number of shifts, and the residue at which they start.
    """
    gap = long - short
    first, last = bounds[short, 0], bounds[short, 1]
    if gap == 0:
        first = last = short
    n, at = 0, 3
    while at < short - 2:
        # the residues before the gap end before it; a pair does not reach over it
        end = first if at < first else short - 2
        end = min(end, short - 2)
        before = at < first
        mine = at if before or swapped else at + gap
        other = at + gap if swapped and not before else at
        following = np.uint64(residues[mine + 1]) if at + 1 < end else _LAST
        place[n] = other
        base[n] = ((np.uint64(residues[mine]) << np.uint64(5)) | following) << np.uint64(10)
        n += 1
        at += 2 if at + 1 < end else 1
    for step in range(last - first):
        near = np.uint64(residues[first + step])
        far = _LAST if swapped else np.uint64(residues[first + step + gap])
        turn[step] = ((near << np.uint64(5)) | far) << np.uint64(5)
    return n, last - first, first


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_rows(  # noqa: PLR0913, PLR0917 - two sets of chains, tables, and what is written
    begin: int,
    end: int,
    residues: np.ndarray,
    length: np.ndarray,
    v: np.ndarray,
    other: np.ndarray,
    pairs: np.ndarray,
    other_v: np.ndarray,
    order: np.ndarray,
    starts: np.ndarray,
    loops: np.ndarray,
    bounds: np.ndarray,
    costs: np.ndarray,
    shifts: np.ndarray,
    found: np.ndarray,
) -> None:
    """Write the rows `begin` to `end` of the distances to the other chains, which are sorted by length.

    `starts` holds where each length starts among them, `order` their columns; -1 is written where loops are unknown.
    """
    place, base, turn = np.empty(64, np.int64), np.empty(64, np.uint64), np.empty(64, np.uint64)
    for row in range(begin, end):
        near, near_loops, out = length[row], loops[v[row]], found[row]
        for far in range(starts.size - 1):
            if starts[far] == starts[far + 1]:
                continue
            swapped = near < far
            long, short = max(near, far), min(near, far)
            gap = long - short
            n, n_turns, first = _plan(residues[row], long, short, swapped, bounds, place, base, turn)
            for j in range(starts[far], starts[far + 1]):
                at_loops = near_loops[other_v[j]]
                if at_loops < 0:
                    out[order[j]] = -1
                    continue
                total = 0
                for k in range(n):
                    total += costs[base[k] + np.uint64(pairs[j, place[k]])]
                best = total
                for k in range(n_turns):
                    total += shifts[turn[k] + np.uint64(other[j, first + k])]
                    if swapped:
                        # the far residue is the other junction's: compared one by one
                        total -= shifts[turn[k] + np.uint64(other[j, first + k + gap])]
                    best = min(best, total)
                out[order[j]] = at_loops + 3 * best + 12 * gap


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def radius_rows(  # noqa: PLR0913, PLR0917 - chains, groups, tables, limits
    begin: int,
    end: int,
    residues: np.ndarray,
    pairs: np.ndarray,
    length: np.ndarray,
    v: np.ndarray,
    starts: np.ndarray,
    loops: np.ndarray,
    bounds: np.ndarray,
    costs: np.ndarray,
    shifts: np.ndarray,
    radius: int,
    most: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Return the pairs within the radius of the rows `begin` to `end` and rows before them; whether there were too many.

    Chains are sorted by length and V call, and `starts` holds where each such group starts, and the end: groups whose
    loops and length alone are too far are skipped.
    """
    place, base, turn = np.empty(64, np.int64), np.empty(64, np.uint64), np.empty(64, np.uint64)
    capacity = 1024
    left, right = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    distance = np.empty(capacity, np.int16)
    count = 0
    for row in range(begin, end):
        near, near_loops = length[row], loops[v[row]]
        planned, n, n_turns, first = -1, 0, 0, 0
        for group in range(starts.size - 1):
            start, stop = starts[group], min(starts[group + 1], row)
            if start >= row:
                break
            far, at_loops = length[start], near_loops[v[start]]
            rest = radius - at_loops - 12 * (near - far)
            if at_loops < 0 or rest < 0:
                continue
            if planned != far:
                n, n_turns, first = _plan(residues[row], near, far, False, bounds, place, base, turn)  # noqa: FBT003
                planned = far
            for j in range(start, stop):
                total = 0
                for k in range(n):
                    total += costs[base[k] + np.uint64(pairs[j, place[k]])]
                best = total
                for k in range(n_turns):
                    total += shifts[turn[k] + np.uint64(residues[j, first + k])]
                    best = min(best, total)
                if 3 * best > rest:
                    continue
                if count == capacity:
                    if count >= most:
                        return left, right, distance, True
                    capacity *= 2
                    left, right = np.append(left, left), np.append(right, right)
                    distance = np.append(distance, distance)
                left[count], right[count], distance[count] = j, row, radius - rest + 3 * best
                count += 1
    return left[:count].copy(), right[:count].copy(), distance[:count].copy(), False


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def pair_distances(  # noqa: PLR0913, PLR0917 - chains, pairs, tables
    residues: np.ndarray,
    length: np.ndarray,
    v: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    loops: np.ndarray,
    bounds: np.ndarray,
    table: np.ndarray,
) -> np.ndarray:
    """Return the distances of given pairs of chains, residue by residue; -1 where loops are unknown."""
    found = np.empty(a.size, np.int16)
    for at in range(a.size):
        x, y = (a[at], b[at]) if length[a[at]] <= length[b[at]] else (b[at], a[at])
        short, gap = length[x], length[y] - length[x]
        if loops[v[x], v[y]] < 0:
            found[at] = -1
            continue
        first, last = (short, short) if gap == 0 else (bounds[short, 0], bounds[short, 1])
        total = 0
        for p in range(3, short - 2):
            total += table[residues[x, p], residues[y, p if p < first else p + gap]]
        best = total
        for p in range(first, last):
            total += table[residues[x, p], residues[y, p]] - table[residues[x, p], residues[y, p + gap]]
            best = min(best, total)
        found[at] = loops[v[x], v[y]] + 3 * best + 12 * gap
    return found
