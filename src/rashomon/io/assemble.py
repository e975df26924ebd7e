"""Arrays and tables of a simulated data set as an AnnData: the one place where the form is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["to_anndata", "to_mudata"]


def to_anndata(
    counts: sp.csr_matrix | None,
    obs: pd.DataFrame,
    var: pd.DataFrame,
    uns: Mapping[str, Any],
    *,
    obsm: Mapping[str, np.ndarray] | None = None,
) -> AnnData:
    """Return an AnnData whose ``X`` holds counts, as the door expects them; no layer repeats them.

    Parameters
    ----------
    counts
        CSR, ``float32``, shape ``(n_obs, n_vars)``; taken as it is, not copied. ``None``: no matrix.
    obs, var
        Tables of cells and genes, indexed by unique names; columns of repeated text become categorical, as in a file.
    uns
        Facts; a mapping that a file can hold.
    obsm
        Arrays by name, first axis ``n_obs``: latent positions, embeddings.

    Raises
    ------
    UsageError
        When a table does not fit the matrix, or its names are no text or repeat.

    Examples
    --------
    >>> obs, var = pd.DataFrame(index=["c1", "c2"]), pd.DataFrame(index=["g1", "g2", "g3"])
    >>> adata = to_anndata(sp.csr_matrix(np.eye(2, 3, dtype="f4")), obs, var, {})
    >>> adata.shape, adata.X.format, str(adata.X.dtype), list(adata.layers)
    ((2, 3), 'csr', 'float32', [])
    """
    import anndata

    shape = (len(obs), len(var))
    said, expected = _described(counts), f"csr, float32, {shape[0]} x {shape[1]}"
    if counts is not None and said != expected:
        raise UsageError(f"the counts are {said}", where="counts", expected=f"{expected}, as obs and var")
    for name, table in (("obs", obs), ("var", var)):
        if not (table.index.is_unique and pd.api.types.infer_dtype(table.index, skipna=False) in {"string", "empty"}):
            raise UsageError(f"names of {name} repeat, or are no text", where=f"{name}.index", expected="unique texts")
    # copies of the tables: text becomes categorical in them
    adata = anndata.AnnData(counts, obs=obs.copy(), var=var.copy(), uns=dict(uns), obsm=dict(obsm or {}))
    adata.strings_to_categoricals()
    return adata


def to_mudata(modalities: Mapping[str, AnnData], uns: Mapping[str, Any]) -> MuData:
    """Return a MuData of `modalities`, each by its name.

    Parameters
    ----------
    modalities
        AnnDatas; cells are joined by their names.
    uns
        Facts about the whole, as in `to_anndata`.

    Examples
    --------
    >>> obs, var = pd.DataFrame(index=["c1", "c2"]), pd.DataFrame(index=["g1"])
    >>> whole = to_mudata({"gex": to_anndata(sp.csr_matrix(np.ones((2, 1), dtype="f4")), obs, var, {})}, {})
    >>> whole.shape, list(whole.mod)
    ((2, 1), ['gex'])
    """
    import mudata

    with mudata.set_options(pull_on_update=False):
        whole = mudata.MuData(dict(modalities))
    whole.uns.update(uns)
    return whole


def _described(matrix: Any) -> str:
    form = getattr(matrix, "format", type(matrix).__name__)
    return f"{form}, {getattr(matrix, 'dtype', '')}, {' x '.join(map(str, getattr(matrix, 'shape', ())))}"
