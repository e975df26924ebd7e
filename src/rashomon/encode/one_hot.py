"""Which residue stands where: one column for each place and letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from rashomon.encode.aligned import align
from rashomon.encode.packed import Trim
from rashomon.encode.reduced_alphabet import ALPHABETS

__all__ = ["one_hot"]


def one_hot(
    junctions: np.ndarray | Sequence[str], *, length: int = 23, alphabet: str = "amino_acids", trim: Trim = (0, 0)
) -> sp.csr_matrix:
    """Return for each place of a frame which residue stands there.

    Parameters
    ----------
    junctions
        Amino acids in one-letter code: bytes (``S``) or text, shape ``(n,)``. Unknown junctions (empty) have
        rows without entries.
    length
        Places of the frame. Junctions are aligned at both ends: a shorter one leaves a gap in the middle, of a longer
        one the middle is left out.
    alphabet
        A name in `ALPHABETS`.
    trim
        Residues left out at the start and at the end of each junction.

    Returns
    -------
    ``float32`` CSR, shape ``(n, length * n_letters)``: 1 in column ``place * n_letters + letter``, letters in
    alphabetical order. Equal to ``OneHotEncoder`` of scikit-learn on the letters by place, where there is no gap.

    Raises
    ------
    UsageError
        When a letter is no amino acid, or an option is not possible.

    Examples
    --------
    >>> one_hot(["CAF"], length=2, alphabet="imgt_hydropathy_3").indices.tolist()
    [0, 3]
    """
    letters = ALPHABETS[alphabet]
    codes, _ = align(junctions, letters.table, length=length, trim=trim)
    n_letters = len(letters.letters)
    there = codes >= 0
    indices = (codes.astype(np.int32) + n_letters * np.arange(length, dtype=np.int32))[there]
    indptr = np.concatenate(([0], np.cumsum(there.sum(axis=1)))).astype(np.int32)
    ones = np.ones(indices.size, dtype=np.float32)
    return sp.csr_matrix((ones, indices, indptr), shape=(codes.shape[0], length * n_letters))
