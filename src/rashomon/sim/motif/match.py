"""The search for motifs in junctions: compiled loops over junctions, starts and gaps."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["match_scores", "match_seed"]


@numba.njit(cache=True, nogil=True)
def _fits(here: np.ndarray, masks: np.ndarray, strict: np.ndarray, most: int) -> bool:
    wrong = 0
    for place in range(here.size):
        if masks[place] & here[place] == 0:
            wrong += 1
            if wrong > most or strict[place]:
                return False
    return True


@numba.njit(cache=True, nogil=True)
def match_seed(
    bits: np.ndarray,
    length: np.ndarray,
    masks: np.ndarray,
    strict: np.ndarray,
    spans: np.ndarray,
    most: int,
    window: tuple[int, int],
) -> np.ndarray:
    """Return the first start of a seed in each junction, -1 where there is none.

    Parameters
    ----------
    bits
        Bit of every residue, ``uint32``, shape ``(n, width)``.
    length
        Residues of each junction.
    masks
        Allowed bits of each place, for each length of the gap, ``uint32``.
    strict
        Places that allow no mismatch, same shape.
    spans
        Places of each row of `masks`.
    most
        Most mismatches.
    window
        Residues at both ends that are left out.
    """
    found = np.full(length.size, -1, dtype=np.int64)
    for i in range(length.size):
        stop = length[i] - window[1]
        for start in range(window[0], stop):
            for row in range(spans.size):
                here = bits[i, start : start + spans[row]]
                if found[i] < 0 and start + spans[row] <= stop and _fits(here, masks[row], strict[row], most):
                    found[i] = start
            if found[i] >= 0:
                break
    return found


@numba.njit(cache=True, nogil=True)
def match_scores(
    codes: np.ndarray, length: np.ndarray, scores: np.ndarray, threshold: int, window: tuple[int, int]
) -> np.ndarray:
    """Return the first start at which a matrix reaches its threshold in each junction, -1 where it never does.

    Parameters
    ----------
    codes
        Position of every residue in `RESIDUES`, -1 for others, shape ``(n, width)``.
    length
        Residues of each junction.
    scores
        Of residues by place, ``int64``, shape ``(span, 20)``.
    threshold
        Least sum.
    window
        Residues at both ends that are left out.
    """
    found = np.full(length.size, -1, dtype=np.int64)
    for i in range(length.size):
        for start in range(window[0], length[i] - window[1] - len(scores) + 1):
            total = 0
            known = True
            for place in range(len(scores)):
                code = codes[i, start + place]
                if code < 0:
                    known = False
                    break
                total += scores[place, code]
            if known and total >= threshold:
                found[i] = start
                break
    return found
