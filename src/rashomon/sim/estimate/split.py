"""Counts split in two, so that labels are learnt on one half and means are estimated on the other."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import RNGLike, UsageError, child, root_entropy

__all__ = ["split_counts"]


def split_counts(
    counts: sp.csr_matrix, rng: RNGLike, dispersion: np.ndarray | None = None
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Return two matrices that add up to `counts`, each with half of the molecules on average.

    Parameters
    ----------
    counts
        Whole numbers, at least 0, CSR, shape ``(n_cells, n_genes)``.
    rng
        Draws the halves.
    dispersion
        None: each molecule goes to either half with probability 1/2. Halves of NB counts are then NB with half the
        mean and the *same* dispersion phi; within a type their covariance is ``phi mean**2 / 4``. Otherwise phi per
        gene, shape ``(n_genes,)``: the first half is beta-binomial with both parameters ``1 / (2 phi)``; if phi is
        right the halves are independent and NB with half the mean and *twice* the dispersion. A phi that is too large
        makes the halves depend negatively.

    Returns
    -------
    Both halves, CSR of the type of `counts`, without stored zeros.

    Raises
    ------
    UsageError
        When `dispersion` is negative, not finite, or of another length.

    Notes
    -----
    Neufeld et al., Biostatistics 2024 (Poisson) and JMLR 2024 (negative binomial).

    Examples
    --------
    >>> a, b = split_counts(sp.csr_matrix(np.array([[4.0, 0.0], [1.0, 9.0]])), 1)
    >>> (a + b).toarray().tolist()
    [[4.0, 0.0], [1.0, 9.0]]
    """
    generator = child(root_entropy(rng), "split")
    whole = counts.data.astype(np.int64)
    share: float | np.ndarray = 0.5
    if dispersion is not None:
        phi = np.asarray(dispersion, dtype=float)
        if phi.shape != (counts.shape[1],) or not (np.isfinite(phi) & (phi >= 0)).all():
            raise UsageError(
                "the dispersion does not fit the counts", where="dispersion", expected="a number >= 0 for each gene"
            )
        # below 1e-8 the beta law is 1/2 to seven digits, and its parameters overflow nothing
        half = 0.5 / np.maximum(phi[counts.indices], 1e-8)
        share = generator.beta(half, half)
    first = generator.binomial(whole, share)
    return _part(counts, first), _part(counts, whole - first)


def _part(counts: sp.csr_matrix, data: np.ndarray) -> sp.csr_matrix:
    part = sp.csr_matrix((data.astype(counts.dtype), counts.indices.copy(), counts.indptr.copy()), shape=counts.shape)
    part.eliminate_zeros()
    return part
