"""Junctions as numbers for the chemistry of their residues: their mean, or place by place."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from rashomon.encode.aligned import align
from rashomon.encode.packed import Trim, pack, require_letters, require_trim
from rashomon.encode.reduced_alphabet import ALPHABETS
from rashomon.encode.residue_factor import FACTORS

__all__ = ["residue_means", "residue_places"]


def residue_means(
    junctions: np.ndarray | Sequence[str], *, factors: str = "atchley", trim: Trim = (3, 3)
) -> np.ndarray:
    """Return the mean of each factor over the middle residues of each junction.

    Parameters
    ----------
    junctions
        Amino acids in one-letter code: bytes (``S``) or text, shape ``(n,)``.
    factors
        A name in `FACTORS`.
    trim
        Residues left out at the start and at the end: those near the anchors come from the germline and lie far from
        the peptide.

    Returns
    -------
    ``float32``, shape ``(n, n_factors)``, in the units of the table; NaN for junctions without a residue in the middle.

    Raises
    ------
    UsageError
        When a letter is no amino acid, or an option is not possible.

    Examples
    --------
    >>> residue_means(["CASRRF"], factors="atchley", trim=(3, 1)).round(3).tolist()
    [[1.5379999876022339, -0.054999999701976776, 1.5019999742507935, 0.4399999976158142, 2.8970000743865967]]
    """
    require_trim(trim)
    packed, table = pack(junctions), ALPHABETS["amino_acids"].table
    require_letters(packed, table)
    means: np.ndarray = _means(*packed, table, FACTORS[factors].matrix, np.array(trim))
    return means.astype(np.float32)


def residue_places(
    junctions: np.ndarray | Sequence[str], *, factors: str = "atchley", length: int = 15, trim: Trim = (0, 0)
) -> np.ndarray:
    """Return the factors of the residue at each place of a frame.

    Parameters
    ----------
    junctions
        Amino acids in one-letter code: bytes (``S``) or text, shape ``(n,)``.
    factors
        A name in `FACTORS`.
    length
        Places of the frame. Junctions are aligned at both ends: a shorter one leaves a gap in the middle, of a longer
        one the middle is left out.
    trim
        Residues left out at the start and at the end of each junction.

    Returns
    -------
    ``float32``, shape ``(n, length * n_factors)``, place by place; 0 in the gap, which is the mean over the twenty
    amino acids.

    Raises
    ------
    UsageError
        When a letter is no amino acid, or an option is not possible.

    Examples
    --------
    >>> residue_places(["CF"], factors="kidera", length=3).reshape(3, 10)[:, 0].round(2).tolist()
    [0.11999999731779099, 0.0, -0.20999999344348907]
    """
    codes, _ = align(junctions, ALPHABETS["amino_acids"].table, length=length, trim=trim)
    values = FACTORS[factors].matrix
    # the last row is the gap, which the code -1 reaches
    table = np.vstack([values, np.zeros(values.shape[1])]).astype(np.float32)
    return np.ascontiguousarray(table[codes].reshape(codes.shape[0], -1))


@numba.njit(cache=True, nogil=True)
def _means(
    letters: np.ndarray,
    start: np.ndarray,
    length: np.ndarray,
    table: np.ndarray,
    values: np.ndarray,
    trim: np.ndarray,
) -> np.ndarray:
    means = np.full((start.size, values.shape[1]), np.nan)
    for row in range(start.size):
        first, last = start[row] + trim[0], start[row] + length[row] - trim[1]
        if last <= first:
            continue
        for factor in range(values.shape[1]):
            total = 0.0
            for at in range(first, last):
                total += values[table[letters[at]], factor]
            means[row, factor] = total / (last - first)
    return means
