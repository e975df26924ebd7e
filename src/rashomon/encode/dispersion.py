"""Dispersion of genes, standardised among genes of similar mean."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.moment import mean_and_variance

__all__ = ["standardised_dispersion"]

_N_BINS = 20
_MAD = 0.6744897501960817
"""Third quartile of the normal distribution: the median absolute deviation divided by it estimates the deviation."""


def standardised_dispersion(x: sp.csr_matrix, *, flavor: Literal["seurat", "cell_ranger"]) -> np.ndarray:
    """Return the dispersion (variance by mean) of each gene, standardised within bins of the mean.

    Equal to the column ``dispersions_norm`` of ``sc.pp.highly_variable_genes(flavor=)``.

    Parameters
    ----------
    x
        Log-normalised expression, CSR, shape ``(n_cells, n_genes)``.
    flavor
        ``seurat``: logarithm of the dispersion on the scale of the counts, mean and standard deviation within 20 bins
        of equal width. ``cell_ranger``: dispersion of the logarithms, median and median absolute deviation within 20
        bins between percentiles.

    Returns
    -------
    ``float64``, shape ``(n_genes,)``; NaN for a gene that does not vary and where a bin has no spread to divide by.

    Raises
    ------
    UsageError
        When so many genes have the same mean that the bins of ``cell_ranger`` coincide.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 2.0]], dtype=np.float32))
    >>> standardised_dispersion(x, flavor="seurat").tolist()
    [nan, nan, 1.0]
    """
    return _seurat(x) if flavor == "seurat" else _cell_ranger(x)


def _seurat(x: sp.csr_matrix) -> np.ndarray:
    linear = sp.csr_matrix((np.expm1(x.data), x.indices, x.indptr), shape=x.shape)
    mean, variance = mean_and_variance(linear)
    mean[mean == 0] = 1e-12
    dispersion = variance / mean
    dispersion[dispersion == 0] = np.nan
    # the variance of a constant gene can be rounded to below 0: no dispersion either
    with np.errstate(invalid="ignore"):
        table = pd.DataFrame({"mean": np.log1p(mean), "dispersion": np.log(dispersion)})
    bins = pd.cut(table["mean"], bins=_N_BINS)
    # pandas adds with compensation, and so does scanpy through it
    stats = table["dispersion"].groupby(bins, observed=True).agg(["mean", "std"])
    alone = stats["std"].isna()
    stats.loc[alone, "std"] = stats.loc[alone, "mean"]
    stats.loc[alone, "mean"] = 0.0
    position = stats.index.get_indexer(pd.Index(bins))
    centre, spread = stats["mean"].to_numpy()[position], stats["std"].to_numpy()[position]
    return _ratio(table["dispersion"].to_numpy() - centre, spread)


def _cell_ranger(x: sp.csr_matrix) -> np.ndarray:
    mean, variance = mean_and_variance(x)
    mean[mean == 0] = 1e-12
    dispersion = variance / mean
    edges = np.percentile(mean, np.arange(10, 105, 5))
    if np.unique(edges).size < edges.size:
        raise UsageError(
            "so many genes have the same mean that bins between percentiles coincide",
            where="flavor='cell_ranger'",
            expected="genes of many different means",
            fix="drop genes seen in few cells first (min_cells), or use flavor='seurat'",
        )
    bins = np.searchsorted(edges, mean, side="left")
    centre, spread = np.empty(mean.size), np.empty(mean.size)
    for place in np.unique(bins):
        here = bins == place
        values = dispersion[here]
        centre[here] = np.median(values)
        spread[here] = np.median(np.abs(values - np.median(values))) / _MAD
    return _ratio(dispersion - centre, spread)


def _ratio(difference: np.ndarray, spread: np.ndarray) -> np.ndarray:
    # a bin of equal dispersions: 0 / 0 is undefined, and stays so
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(difference / spread)
