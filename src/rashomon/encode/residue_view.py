"""Junctions as numbers for the chemistry of their residues: their mean, or place by place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rashomon.encode.aligned import align
from rashomon.encode.packed import Trim
from rashomon.encode.reduced_alphabet import ALPHABETS
from rashomon.encode.residue_factor import FACTORS

__all__ = ["residue_means", "residue_places"]

_LONGEST_FRAME = 1


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
    alphabet = ALPHABETS["amino_acids"]
    values = FACTORS[factors].matrix
    length = int(max((len(junction) for junction in junctions), default=1))
    codes, packed = align(junctions, alphabet.table, length=max(length - sum(trim), 1), trim=trim)
    total = np.zeros((codes.shape[0], values.shape[1]))
    for code in range(values.shape[0]):
        total += (codes == code).sum(axis=1)[:, None] * values[code]
    size = np.maximum(packed.length - sum(trim), 0).astype(np.float64)
    size[size == 0] = np.nan
    return (total / size[:, None]).astype(np.float32)


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
    ``float32``, shape ``(n, length * n_factors)``, place by place; 0 in the gap, which is the mean over the twenty amino
    acids.

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
