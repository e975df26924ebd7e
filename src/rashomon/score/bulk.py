"""Scores of many pairs of labelings at once, from a block of contingency tables."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.score.block import COL_START, N_COLS, N_ROWS, ROW_START, START, STRIDE, PairBlock
from rashomon.score.expectation import expected_share, log_tables

__all__ = [
    "adjusted_information",
    "adjusted_rand",
    "completeness",
    "element_centric",
    "fowlkes_mallows",
    "homogeneity",
    "normalised_information",
    "variation_of_information",
]


def adjusted_rand(block: PairBlock) -> np.ndarray:
    """Return the adjusted Rand index of each pair, shape ``(n_pairs,)``; see `rashomon.score.rand`."""
    both, in_a, in_b, n_obs = _pair_counts(block)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = in_a * (in_b / (n_obs * (n_obs - 1.0)))
        return np.asarray((both - expected) / ((in_a + in_b) / 2 - expected))


def fowlkes_mallows(block: PairBlock) -> np.ndarray:
    """Return the Fowlkes-Mallows index of each pair; see `rashomon.score.fowlkes_mallows`."""
    both, in_a, in_b, _ = _pair_counts(block)
    with np.errstate(invalid="ignore"):
        return np.asarray(both / np.sqrt(in_a) / np.sqrt(in_b))


def element_centric(block: PairBlock) -> np.ndarray:
    """Return the mean element-centric similarity of each pair; see `rashomon.score.element`."""
    return np.asarray(_element_centric(block.count, block.place, block.row_size, block.col_size, block.facts))


def adjusted_information(block: PairBlock) -> np.ndarray:
    """Return the adjusted mutual information of each pair; see `rashomon.score.information`."""
    shared, in_a, in_b = _information(block)
    expected = _expected(block.place, block.row_size, block.col_size, block.facts, *log_tables(_largest(block)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((shared - expected) / ((in_a + in_b) / 2 - expected))


def normalised_information(block: PairBlock) -> np.ndarray:
    """Return the normalised mutual information of each pair, which is the V-measure."""
    shared, in_a, in_b = _information(block)
    return _ratio(shared, (in_a + in_b) / 2)


def homogeneity(block: PairBlock) -> np.ndarray:
    """Return the homogeneity of each pair: the first labeling is judged by the second."""
    shared, _, in_b = _information(block)
    return _ratio(shared, in_b)


def completeness(block: PairBlock) -> np.ndarray:
    """Return the completeness of each pair: the first labeling is judged by the second."""
    shared, in_a, _ = _information(block)
    return _ratio(shared, in_a)


def variation_of_information(block: PairBlock) -> np.ndarray:
    """Return the variation of information of each pair, in nats."""
    shared, in_a, in_b = _information(block)
    return np.asarray(np.maximum(in_a + in_b - 2 * shared, 0.0))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.minimum(above / below, 1.0))


def _largest(block: PairBlock) -> int:
    return int(block.facts[:, 0].max(initial=1))


def _pair_counts(block: PairBlock) -> tuple[np.ndarray, ...]:
    """Return ordered pairs of items together in both, in the first and in the second, and the numbers of items."""
    counts = _squares(block.count, block.place, block.row_size, block.col_size)
    return counts[:, 0], counts[:, 1], counts[:, 2], block.facts[:, 0].astype(np.float64)


def _information(block: PairBlock) -> tuple[np.ndarray, ...]:
    """Return the shared information and both entropies of each pair, in nats."""
    shared = _entropies(
        block.count, block.place, block.row_size, block.col_size, block.facts, log_tables(_largest(block))[0]
    )
    return shared[:, 0], shared[:, 1], shared[:, 2]


@numba.njit(cache=True, nogil=True)
def _squares(count: np.ndarray, place: np.ndarray, row_size: np.ndarray, col_size: np.ndarray) -> np.ndarray:
    found = np.zeros((place.shape[0], 3))
    for p in range(place.shape[0]):
        # singletons, the last row and column, are together with nobody
        for x in range(place[p, N_ROWS] - 1):
            a, at = float(row_size[place[p, ROW_START] + x]), place[p, START] + x * place[p, STRIDE]
            found[p, 1] += a * (a - 1.0)
            for y in range(place[p, N_COLS] - 1):
                found[p, 0] += float(count[at + y]) * (count[at + y] - 1)
        for y in range(place[p, N_COLS] - 1):
            b = float(col_size[place[p, COL_START] + y])
            found[p, 2] += b * (b - 1.0)
    return found


@numba.njit(cache=True, nogil=True)
def _element_centric(
    count: np.ndarray, place: np.ndarray, row_size: np.ndarray, col_size: np.ndarray, facts: np.ndarray
) -> np.ndarray:
    found = np.zeros(place.shape[0])
    for p in range(place.shape[0]):
        n_rows, n_cols = place[p, N_ROWS], place[p, N_COLS]
        for x in range(n_rows):
            at, a_alone = place[p, START] + x * place[p, STRIDE], x == n_rows - 1
            a = 1 if a_alone else row_size[place[p, ROW_START] + x]
            for y in range(n_cols):
                c, b_alone = count[at + y], y == n_cols - 1
                if c > 0:
                    b = 1 if b_alone else col_size[place[p, COL_START] + y]
                    shared = 1 if a_alone or b_alone else c
                    found[p] += float(c) * shared / max(a, b)
        found[p] = found[p] / facts[p, 0] if facts[p, 0] > 0 else np.nan
    return found


@numba.njit(cache=True, nogil=True)
def _entropies(
    count: np.ndarray,
    place: np.ndarray,
    row_size: np.ndarray,
    col_size: np.ndarray,
    facts: np.ndarray,
    logs: np.ndarray,
) -> np.ndarray:
    found = np.full((place.shape[0], 3), np.nan)
    for p in range(place.shape[0]):
        n, h_a, h_b, h_both = facts[p, 0], 0.0, 0.0, 0.0
        if n == 0:
            continue
        # the logarithm of a singleton's size is 0, so the last row and column add nothing
        for x in range(place[p, N_ROWS] - 1):
            a, at = row_size[place[p, ROW_START] + x], place[p, START] + x * place[p, STRIDE]
            h_a += a * logs[a]
            for y in range(place[p, N_COLS] - 1):
                h_both += count[at + y] * logs[count[at + y]]
        for y in range(place[p, N_COLS] - 1):
            b = col_size[place[p, COL_START] + y]
            h_b += b * logs[b]
        h_a, h_b, h_both = logs[n] - h_a / n, logs[n] - h_b / n, logs[n] - h_both / n
        found[p, 0], found[p, 1], found[p, 2] = max(h_a + h_b - h_both, 0.0), max(h_a, 0.0), max(h_b, 0.0)
    return found


@numba.njit(cache=True, nogil=True)
def _expected(
    place: np.ndarray,
    row_size: np.ndarray,
    col_size: np.ndarray,
    facts: np.ndarray,
    logs: np.ndarray,
    log_factorials: np.ndarray,
) -> np.ndarray:
    found = np.zeros(place.shape[0])
    for p in range(place.shape[0]):
        n_rows, n_cols = place[p, N_ROWS], place[p, N_COLS]
        for x in range(n_rows):
            a, a_times = row_size[place[p, ROW_START] + x], 1
            if x == n_rows - 1:
                a, a_times = min(a, 1), a
            for y in range(n_cols):
                b, b_times = col_size[place[p, COL_START] + y], 1
                if y == n_cols - 1:
                    b, b_times = min(b, 1), b
                if a > 0 and b > 0:
                    found[p] += a_times * b_times * expected_share(a, b, facts[p, 0], logs, log_factorials)
    return found
