"""From counts of k-mers to what is compared: presence, weights by rarity, rows of one length."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean

__all__ = ["FORMS", "NORMS", "Form", "Norm", "weigh"]

Form = Literal["counts", "binary", "tfidf"]
Norm = Literal["none", "l1", "l2"]
FORMS, NORMS = get_args(Form), get_args(Norm)


def weigh(counts: sp.csr_matrix, *, form: Form = "counts", norm: Norm = "none") -> sp.csr_matrix:
    """Return counts as presence or weights, with rows of one length if wished.

    Parameters
    ----------
    counts
        From `count_kmers`, shape ``(n, n_kmers)``; not changed.
    form
        ``counts``; ``binary``: 1 where the k-mer occurs; ``tfidf``: counts times ``ln((1 + n) / (1 + m)) + 1``, for a
        k-mer in ``m`` of the ``n`` rows. These weights depend on all rows, so a view of a part is not a part of a view.
    norm
        ``none``; ``l1``: the absolute values of each row sum to 1; ``l2``: so do their squares. Rows without entries
        stay as they are.

    Returns
    -------
    ``float32`` CSR of the same shape.

    Raises
    ------
    UsageError
        When `form` or `norm` is unknown.

    Notes
    -----
    Equal to ``TfidfTransformer`` (with ``use_idf=False`` for counts) and ``normalize`` of scikit-learn.

    Examples
    --------
    >>> counts = sp.csr_matrix(np.array([[3.0, 4.0], [0.0, 2.0]]))
    >>> weigh(counts, form="binary", norm="l1").toarray().tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    for name, value, options in (("form", form, FORMS), ("norm", norm, NORMS)):
        if value not in options:
            raise UsageError(f"unknown {name} {value!r}", where="weigh", fix=did_you_mean(str(value), options))
    counts = counts.tocsr()
    values = counts.data.astype(np.float64)
    if form == "binary":
        values = (values != 0).astype(np.float64)
    elif form == "tfidf":
        present = np.bincount(counts.indices, weights=values != 0, minlength=counts.shape[1])
        values *= (np.log((1 + counts.shape[0]) / (1 + present)) + 1)[counts.indices]
    if norm != "none":
        values /= np.repeat(_length(values, counts.indptr, norm), np.diff(counts.indptr))
    return sp.csr_matrix((values.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)


def _length(values: np.ndarray, indptr: np.ndarray, norm: Norm) -> np.ndarray:
    rows = np.repeat(np.arange(indptr.size - 1), np.diff(indptr))
    weights = np.abs(values) if norm == "l1" else values**2
    total = np.bincount(rows, weights=weights, minlength=indptr.size - 1)
    total[total == 0] = 1.0
    return total if norm == "l1" else np.sqrt(total)
