"""Principal components of residuals: leading eigenvalues and whitened scores, without a full decomposition."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.structure.residual import Residuals

__all__ = ["leading_components", "whiten"]

_EXACT = 600
"""Up to this smaller side the Gram matrix is decomposed; above, a block Krylov space stands in for it."""

_EXTRA, _STEPS = 10, 8
"""Block Krylov: vectors beside those asked for, and multiplications by the covariance."""


def whiten(residuals: Residuals, k: int, *, n_genes: int | None = None) -> np.ndarray:
    """Return the scores of the cells on the leading principal components, each with variance 1.

    Parameters
    ----------
    residuals
        Of the cells; of each gene and batch the mean is 0.
    k
        Components, at most the number of cells and of genes.
    n_genes
        Use the first genes only, which vary most (`Spectrum.n_genes`); ``None`` is all.

    Returns
    -------
    ``float64``, shape ``(n, k)``: left singular vectors times ``sqrt(n)``, by falling eigenvalue; the largest entry of
    each by absolute value is positive.

    Raises
    ------
    UsageError
        When there are fewer than `k` cells or genes.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.structure.residual import residuals
    >>> x = sp.csr_matrix(np.random.default_rng(0).poisson(2.0, (60, 30)))
    >>> scores = whiten(residuals(x), 4)
    >>> bool(np.allclose(scores.T @ scores / 60, np.eye(4), atol=1e-5))
    True
    """
    return leading_components(residuals, k, n_genes=n_genes)[1]


def leading_components(residuals: Residuals, k: int, *, n_genes: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the leading eigenvalues of the covariance of the genes, and the whitened scores.

    Exact up to 600 cells or genes; above, from a block Krylov space that starts at fixed vectors: the same bits each
    time, and leading eigenvalues that stand apart to many digits (Musco and Musco 2015).

    Parameters
    ----------
    residuals, k, n_genes
        See `whiten`.

    Returns
    -------
    values
        ``float64``, shape ``(k,)``, falling; variances, so that their sum over all components is the total variance.
    scores
        See `whiten`.

    Raises
    ------
    UsageError
        When there are fewer than `k` cells or genes.

    Examples
    --------
    >>> two = Residuals(np.array([[2, 0], [-2, 0], [0, 1], [0, -1]], dtype=np.float32), *[np.zeros(2)] * 5)
    >>> leading_components(two, 2)[0]
    array([2. , 0.5])
    """
    x = residuals.values[:, :n_genes]
    if not 0 < k <= min(x.shape):
        raise UsageError(
            f"{k} components of {x.shape[0]} cells and {x.shape[1]} genes",
            where="whiten",
            expected="between 1 and the smaller of both",
        )
    if min(x.shape) <= _EXACT:
        return _exact(x, k)
    # one thread: the same bits on every machine, and quicker than two that wait for a busy core
    with threadpool_limits(limits=1):
        return _krylov(x, k)


def _exact(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    n, g = x.shape
    gram = (x.T @ x if g <= n else x @ x.T).astype(np.float64)
    side = gram.shape[0]
    values, vectors = scipy.linalg.eigh(gram, subset_by_index=(side - k, side - 1), check_finite=False)
    values, vectors = values[::-1], vectors[:, ::-1]
    return np.maximum(values, 0) / n, _normal(x @ vectors.astype(np.float32) if g <= n else vectors)


def _krylov(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    n = x.shape[0]
    # the start decides nothing but the last digits: a fixed one keeps the step free of random numbers
    block = np.random.default_rng(0).standard_normal((x.shape[1], k + _EXTRA)).astype(np.float32)
    blocks: list[np.ndarray] = []
    for _ in range(_STEPS):
        # orthogonal to all earlier blocks, twice, or single precision loses the small directions
        scores = np.linalg.qr(x @ block)[0]
        for _ in range(2 if blocks else 0):
            known = np.hstack(blocks)
            scores = np.linalg.qr(scores - known @ (known.T @ scores))[0]
        blocks.append(scores)
        block = x.T @ scores
    basis = np.hstack(blocks)
    left, singular, _ = np.linalg.svd((x.T @ basis).astype(np.float64).T, full_matrices=False)
    return singular[:k] ** 2 / n, _normal(basis.astype(np.float64) @ left[:, :k])


def _normal(scores: np.ndarray) -> np.ndarray:
    """Return the columns with mean square 1 and a sign that does not hang on the library."""
    values = np.asarray(scores, dtype=np.float64)
    length = np.sqrt((values**2).mean(axis=0))
    sign = np.sign(values[np.abs(values).argmax(axis=0), np.arange(values.shape[1])])
    return values * np.where(length > 0, sign / np.where(length > 0, length, 1), 0)
