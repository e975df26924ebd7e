"""Kernels of TCRdist: residues are compared two at a time by table, and the gap moves one place per look-up."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["TILE", "fill_rows", "pair_distances", "radius_rows"]

# Arrays of chains sorted by length and V call. The chains of the rows: `residues` uint8 (n, width). The chains they are
# compared with, position by position so that neighbours in memory are neighbours in the loop: `others` uint8 (width, n)
# and `pairs` uint16 (width, n), 32 * residue + next residue. `bounds` holds the first and last place of the gap by
# length of the shorter junction, `loops` int16 the distances of V calls (negative: undefined).

TILE = 512
"""Chains that a row is compared with at a time."""

_PAD = np.uint64(31)


@numba.njit(cache=True, nogil=True)
def _plan(
    mine: np.ndarray, near: int, far: int, bounds: np.ndarray, place: np.ndarray, base: np.ndarray, turn: np.ndarray
) -> tuple[int, int, int]:
    """Write which residues of a junction of length `far` the junction `mine` of length `near` is compared with.

    For the first place of the gap, `place` is where a pair of residues of the other junction starts, `base` where its
    costs are in the table of pairs; `turn` is where the table of shifts has the change when the gap moves on by one.
    Returns the number of pairs, the number of shifts, and the residue at which they start.
    """
    short, gap, swapped = min(near, far), abs(near - far), near < far
    first, last = bounds[short, 0], bounds[short, 1]
    if gap == 0:
        first = last = short
    n, at = 0, 3
    while at < short - 2:
        # the residues before the gap end before it: a pair does not reach over it
        before = at < first
        end = min(first, short - 2) if before else short - 2
        here = at if before or swapped else at + gap
        place[n] = at + gap if swapped and not before else at
        following = np.uint64(mine[here + 1]) if at + 1 < end else _PAD
        base[n] = ((np.uint64(mine[here]) << np.uint64(5)) | following) << np.uint64(10)
        n += 1
        at += 2 if at + 1 < end else 1
    for step in range(last - first):
        near_one = np.uint64(mine[first + step])
        far_one = _PAD if swapped else np.uint64(mine[first + step + gap])
        turn[step] = ((near_one << np.uint64(5)) | far_one) << np.uint64(5)
    return n, last - first, first


@numba.njit(cache=True, nogil=True)
def _compare(  # noqa: PLR0913, PLR0917 - a plan, chains, tables, and what is written
    plan: tuple[int, int, int],
    offset: int,
    start: int,
    stop: int,
    others: np.ndarray,
    pairs: np.ndarray,
    costs: np.ndarray,
    shifts: np.ndarray,
    place: np.ndarray,
    base: np.ndarray,
    turn: np.ndarray,
    total: np.ndarray,
    best: np.ndarray,
) -> None:
    """Write the costs of the best place of the gap for the chains `start` to `stop` into `best`.

    With `offset` above 0 the other junctions are the longer ones, and their residue across the gap is subtracted.
    """
    size = stop - start
    n, n_turns, first = plan
    total[:size] = 0
    for k in range(0, n - 1, 2):
        one, two, at, to = pairs[place[k], start:stop], pairs[place[k + 1], start:stop], base[k], base[k + 1]
        for j in range(size):
            total[j] += costs[at + np.uint64(one[j])] + costs[to + np.uint64(two[j])]
    if n % 2:
        one, at = pairs[place[n - 1], start:stop], base[n - 1]
        for j in range(size):
            total[j] += costs[at + np.uint64(one[j])]
    best[:size] = total[:size]
    for k in range(n_turns):
        _turn(others, first + k, offset, start, stop, shifts, turn[k], total, best)


@numba.njit(cache=True, nogil=True)
def _turn(  # noqa: PLR0913, PLR0917 - chains, a table, and what is written
    others: np.ndarray,
    at: int,
    offset: int,
    start: int,
    stop: int,
    shifts: np.ndarray,
    base: int,
    total: np.ndarray,
    best: np.ndarray,
) -> None:
    """Move the gap on by one residue."""
    one, size = others[at, start:stop], stop - start
    if offset == 0:
        for j in range(size):
            total[j] += shifts[base + np.uint64(one[j])]
            best[j] = min(best[j], total[j])
    else:
        two = others[at + offset, start:stop]
        for j in range(size):
            total[j] += shifts[base + np.uint64(one[j])] - shifts[base + np.uint64(two[j])]
            best[j] = min(best[j], total[j])


@numba.njit(cache=True, nogil=True)
def fill_rows(  # noqa: PLR0913, PLR0917 - two sets of chains, tables, and what is written
    begin: int,
    end: int,
    residues: np.ndarray,
    length: np.ndarray,
    v: np.ndarray,
    others: np.ndarray,
    pairs: np.ndarray,
    others_v: np.ndarray,
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
    total, best = np.empty(TILE, np.int32), np.empty(TILE, np.int32)
    for row in range(begin, end):
        near, near_loops, out = length[row], loops[v[row]], found[row]
        for far in range(starts.size - 1):
            if starts[far] == starts[far + 1]:
                continue
            gap = abs(near - far)
            plan = _plan(residues[row], near, far, bounds, place, base, turn)
            offset = gap if near < far else 0
            for start in range(starts[far], starts[far + 1], TILE):
                stop = min(start + TILE, starts[far + 1])
                _compare(
                    plan, offset, start, stop, others, pairs, costs, shifts, place, base, turn, total, best
                )  # fmt: skip
                for j in range(start, stop):
                    at_loops = near_loops[others_v[j]]
                    out[order[j]] = at_loops + 3 * best[j - start] + 12 * gap if at_loops >= 0 else -1


@numba.njit(cache=True, nogil=True)
def _keep(  # noqa: PLR0913, PLR0917 - what was found, and where it is written
    best: np.ndarray,
    start: int,
    stop: int,
    rest: int,
    fixed: int,
    left: np.ndarray,
    distance: np.ndarray,
    count: int,
) -> int:
    """Write the chains whose junctions cost at most the rest of the radius; return how many there are now."""
    for j in range(stop - start):
        if 3 * best[j] <= rest:
            left[count], distance[count] = start + j, fixed + 3 * best[j]
            count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _room(
    left: np.ndarray, right: np.ndarray, distance: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if count + TILE <= left.size:
        return left, right, distance
    # twice as long: what is copied into the new half is overwritten
    return np.append(left, left), np.append(right, right), np.append(distance, distance)


@numba.njit(cache=True, nogil=True)
def radius_rows(  # noqa: PLR0913, PLR0917 - chains, groups, tables, limits
    begin: int,
    end: int,
    residues: np.ndarray,
    others: np.ndarray,
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
    """Return the pairs within the radius of rows `begin` to `end` and rows before them, and whether they are too many.

    Chains are sorted by length and V call, and `starts` holds where each such group starts, and the end: groups whose
    loops and length alone are too far are skipped.
    """
    place, base, turn = np.empty(64, np.int64), np.empty(64, np.uint64), np.empty(64, np.uint64)
    total, best = np.empty(TILE, np.int32), np.empty(TILE, np.int32)
    left, right, distance = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int16)
    count = 0
    for row in range(begin, end):
        near, near_loops = length[row], loops[v[row]]
        planned, plan = -1, (0, 0, 0)
        for group in range(starts.size - 1):
            if starts[group] >= row:
                break
            far, at_loops = length[starts[group]], near_loops[v[starts[group]]]
            rest = radius - at_loops - 12 * (near - far)
            if at_loops < 0 or rest < 0:
                continue
            if planned != far:
                plan = _plan(residues[row], near, far, bounds, place, base, turn)
                planned = far
            for start in range(starts[group], min(starts[group + 1], row), TILE):
                stop = min(start + TILE, starts[group + 1], row)
                _compare(
                    plan, 0, start, stop, others, pairs, costs, shifts, place, base, turn, total, best
                )  # fmt: skip
                if count > most:
                    return left, right, distance, True
                left, right, distance = _room(left, right, distance, count)
                right[count : count + stop - start] = row
                count = _keep(best, start, stop, rest, radius - rest, left, distance, count)
    return left[:count].copy(), right[:count].copy(), distance[:count].copy(), False


@numba.njit(cache=True, nogil=True)
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
