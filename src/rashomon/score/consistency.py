"""Consistency of runs: of every item over pairs of runs, and of the runs as a whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.score.agreement_record import PAIR
from rashomon.score.block import (
    COL_START,
    N_COLS,
    N_ROWS,
    ROW_START,
    START,
    STRIDE,
    PairBlock,
    RunCodes,
    count_block,
    split_pairs,
)
from rashomon.score.element import element_centric_items
from rashomon.score.record import Unassigned, first_reason
from rashomon.score.run_pair import agreement_matrix, all_pairs
from rashomon.score.stability import StabilityResult, mean_of_defined

__all__ = ["Consistency", "element_consistency", "inconsistency", "mean_agreement", "mean_consistency"]

_CHUNK = 2**14
_NO_PAIR = "no two runs can be compared"


class Consistency(NamedTuple):
    """Mean element-centric similarity of each item, the pairs of runs behind it, and the pairs that are undefined."""

    value: np.ndarray
    n_pairs: np.ndarray
    n_undefined: int


def element_consistency(
    labels: np.ndarray,
    *,
    pairs: np.ndarray | None = None,
    unassigned: Unassigned = "singletons",
    n_threads: int = 1,
) -> Consistency:
    """Return the element-centric consistency (ECC) of every item: its mean similarity over pairs of runs.

    Items with a low value are those that runs put in different company.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs, n_runs)``; ``-1`` unassigned, ``-2`` not observed.
    pairs
        Positions of the two runs of each pair, shape ``(n_pairs, 2)``; None: all pairs of different runs.
    unassigned
        See `tabulate`.
    n_threads
        Threads; the numbers do not depend on it.

    Returns
    -------
    value
        ``float64`` in (0, 1], shape ``(n_obs,)``; NaN for items that no pair observes.
    n_pairs
        Pairs of runs behind each value, ``int64``, shape ``(n_obs,)``: both observed the item, and can be compared.
    n_undefined
        Pairs of runs left out because no comparison has a value: one cluster in both, every item its own in both.

    Raises
    ------
    UsageError
        When the labels are no codes, or a pair names a run that does not exist.

    Notes
    -----
    The mean over pairs of `element_centric_items` (Gates et al. 2019), from contingency tables: no matrix of
    items by items. Not corrected for chance.

    Examples
    --------
    >>> element_consistency(np.array([[0, 0, 0], [0, 0, 0], [1, 1, 0], [1, 1, 1]])).value.round(3)
    array([0.778, 0.778, 0.556, 0.667])
    """
    runs = RunCodes.of(labels, unassigned=unassigned)
    n_obs, n_runs = np.shape(labels)
    pairs = all_pairs(n_runs) if pairs is None else np.asarray(pairs, dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or (pairs.size and not 0 <= pairs.min() <= pairs.max() < n_runs):
        raise UsageError(
            "pairs name runs that do not exist", where="pairs", expected=f"(n_pairs, 2) in 0..{n_runs - 1}"
        )
    total, n_pairs, n_undefined = np.zeros(n_obs), np.zeros(n_obs, dtype=np.int64), 0
    blocks, large = split_pairs(runs, pairs)
    with ThreadPoolExecutor(n_threads) as pool:
        for at in blocks:
            n_undefined += _add_block(runs, pairs[at], total, n_pairs, pool=pool)
    for i, j in pairs[large].tolist():
        if first_reason(PAIR, runs.table(i, j).facts):
            n_undefined += 1
            continue
        value = element_centric_items(runs.labels[:, i], runs.labels[:, j], unassigned=unassigned)
        seen = ~np.isnan(value)
        total[seen] += value[seen]
        n_pairs += seen
    with np.errstate(invalid="ignore"):
        return Consistency(total / n_pairs, n_pairs, n_undefined)


def mean_consistency(
    labels: np.ndarray, *, unassigned: Unassigned = "singletons", n_threads: int = 1
) -> StabilityResult:
    """Return the mean of `element_consistency` over items.

    Parameters
    ----------
    labels, unassigned, n_threads
        See `element_consistency`.
    """
    found = element_consistency(labels, unassigned=unassigned, n_threads=n_threads)
    values = found.value[~np.isnan(found.value)]
    n_runs = np.shape(labels)[1]
    n_defined = n_runs * (n_runs - 1) // 2 - found.n_undefined
    if not values.size:
        return StabilityResult(np.nan, 0, found.n_undefined, reason=_NO_PAIR)
    return StabilityResult(float(values.mean()), n_defined, found.n_undefined)


def mean_agreement(labels: np.ndarray, *, unassigned: Unassigned = "singletons", n_threads: int = 1) -> StabilityResult:
    """Return the mean AMI over pairs of different runs, undefined pairs left out.

    Parameters
    ----------
    labels, unassigned, n_threads
        See `agreement_matrix`.
    """
    matrix = agreement_matrix(labels, scores=["ami"], unassigned=unassigned, n_threads=n_threads)["ami"]
    return mean_of_defined(matrix[np.triu_indices(matrix.shape[0], k=1)], nothing=_NO_PAIR)


def inconsistency(labels: np.ndarray, *, unassigned: Unassigned = "singletons", n_threads: int = 1) -> StabilityResult:
    """Return the inconsistency coefficient of the runs (Kim et al. 2025, scICE).

    Parameters
    ----------
    labels, unassigned, n_threads
        See `agreement_matrix`.

    Returns
    -------
    A number in [1, n_runs]; 1 when all runs are the same labeling; smaller is more stable.

    Notes
    -----
    ``1 / (p' S p)``: S the element-centric similarity of the distinct labelings, p how often each occurs. Equal
    labelings have similarity 1, so this is the sum over all runs with p the same for each, and no labelings need to be
    told apart. Entries without a value are left out of the sum, with their weight, and counted.

    Examples
    --------
    >>> labels = np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1], [1, 1, 2]])
    >>> round(inconsistency(labels).value, 4)
    1.125
    """
    found = agreement_matrix(labels, scores=["element_centric"], unassigned=unassigned, n_threads=n_threads)
    mean = mean_of_defined(found["element_centric"], nothing=_NO_PAIR)
    if mean.reason:
        return mean
    return StabilityResult(1 / mean.value, mean.n_values, mean.n_undefined)


def _add_block(
    runs: RunCodes, pairs: np.ndarray, total: np.ndarray, n_pairs: np.ndarray, *, pool: ThreadPoolExecutor
) -> int:
    """Add the similarities of some pairs of runs to those of all items; return how many pairs are undefined."""
    block, pairs = count_block(runs, pairs), np.ascontiguousarray(pairs)
    similarity, n_undefined = _similarity(block)

    def add(chunk: slice) -> None:
        _add(similarity, runs.codes, pairs, block.place, chunk.start, total[chunk], n_pairs[chunk])

    # consumed, so that errors are raised here
    list(pool.map(add, (slice(start, start + _CHUNK) for start in range(0, total.size, _CHUNK))))
    return n_undefined


def _similarity(block: PairBlock) -> tuple[np.ndarray, int]:
    """Return the similarity in each cell of each table, -1 where there is none, and the number of undefined pairs."""
    undefined = np.array([bool(first_reason(PAIR, block.fact(p))) for p in range(block.facts.shape[0])], dtype=bool)
    return _fill(block.count, block.place, block.row_size, block.col_size, undefined), int(undefined.sum())


@numba.njit(cache=True, nogil=True)
def _fill(
    count: np.ndarray, place: np.ndarray, row_size: np.ndarray, col_size: np.ndarray, undefined: np.ndarray
) -> np.ndarray:
    found = np.full(count.size, -1.0)
    for p in range(place.shape[0]):
        if undefined[p]:
            continue
        n_rows, n_cols = place[p, N_ROWS], place[p, N_COLS]
        for x in range(n_rows):
            a_alone = x == n_rows - 1
            a = 1 if a_alone else row_size[place[p, ROW_START] + x]
            for y in range(n_cols):
                at, b_alone = place[p, START] + x * place[p, STRIDE] + y, y == n_cols - 1
                if count[at] > 0:
                    b = 1 if b_alone else col_size[place[p, COL_START] + y]
                    found[at] = (1.0 if a_alone or b_alone else float(count[at])) / max(a, b)
    return found


@numba.njit(cache=True, nogil=True)
def _add(
    similarity: np.ndarray,
    codes: np.ndarray,
    pairs: np.ndarray,
    place: np.ndarray,
    begin: int,
    total: np.ndarray,
    n_pairs: np.ndarray,
) -> None:
    for p in range(pairs.shape[0]):
        a, b, stride = codes[pairs[p, 0]], codes[pairs[p, 1]], np.uint32(place[p, STRIDE])
        table = similarity[place[p, START] :]
        for i in range(total.size):
            value = table[np.uint32(a[begin + i]) * stride + np.uint32(b[begin + i])]
            if value >= 0.0:
                total[i] += value
                n_pairs[i] += 1
