"""What h5ad and zarr cannot hold: mixed columns, functions, names with NUL. A copy for export goes without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.io.name import UNWRITABLE
from rashomon.io.rule import remark

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["storable"]

_RESERVED = "_index"


def storable(adata: AnnData) -> tuple[AnnData, tuple[str, ...]]:
    """Return an AnnData that can be written, and what it lacks.

    Parameters
    ----------
    adata
        Not changed; a MuData is returned as it is.

    Returns
    -------
    adata
        The same object where everything can be written, otherwise a shallow copy without the columns of obs and var and
        the entries of uns that no file can hold: values of several types, dates, functions, names with NUL.
    notes
        One note ``output.left_out`` for each of these places.
    """
    if not isinstance(getattr(adata, "obs", None), pd.DataFrame) or hasattr(adata, "mod"):
        return adata, ()
    found: dict[str, list[Any]] = {
        slot: [name for name in table if not _column(table, name)] for slot, table in _tables(adata)
    }
    found["uns"] = sorted(_unwritable(adata.uns, ""))
    notes = tuple(
        remark("output.left_out", f"{name} cannot be written and is left out of the copy", where=slot)
        for slot, names in found.items()
        for name in names
    )
    return (_without(adata, found), notes) if notes else (adata, ())


def _tables(adata: AnnData) -> tuple[tuple[str, pd.DataFrame], ...]:
    return ("obs", adata.obs), ("var", adata.var)


def _column(table: pd.DataFrame, name: Any) -> bool:
    """Whether a column can be written: a name that is text and free, values of one kind that files know."""
    if not _text(name) or name == _RESERVED or list(table.columns).count(name) > 1:
        return False
    values = table[name]
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _one_kind(values.cat.categories)
    return _one_kind(values.dropna())


def _one_kind(values: pd.Series[Any] | pd.Index) -> bool:
    return all(_text(value) for value in values) if values.dtype == object else values.dtype.kind not in "mM"


def _text(value: object) -> bool:
    return isinstance(value, str) and not UNWRITABLE.search(value)


def _unwritable(group: Mapping[Any, Any], path: str) -> list[str]:
    found: list[str] = []
    for key, value in group.items():
        name = f"{path}/{key}".lstrip("/")
        if not _text(key):
            found.append(name)
        elif isinstance(value, Mapping):
            found += _unwritable(value, name)
        elif not _value(value):
            found.append(name)
    return found


def _value(value: Any) -> bool:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool | int | float | complex | np.generic | None) or sp.issparse(value):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind not in "mM" and (value.dtype != object or all(_text(item) for item in value.ravel()))
    if isinstance(value, pd.DataFrame):
        return all(_column(value, name) for name in value)
    if isinstance(value, list | tuple):
        return len({type(item) for item in value}) <= 1 and all(_value(item) for item in value)
    # what anndata knows and this list does not (awkward arrays) is left to anndata
    return type(value).__module__.partition(".")[0] not in {"builtins", "datetime", "functools"} and not callable(value)


def _without(adata: AnnData, found: Mapping[str, list[Any]]) -> AnnData:
    import anndata

    uns = _pruned(adata.uns, "", set(found["uns"]))
    obs, var = (table.drop(columns=found[slot]) for slot, table in _tables(adata))
    parts = {name: dict(getattr(adata, name)) for name in ("obsm", "varm", "layers", "obsp", "varp")}
    return anndata.AnnData(adata.X, obs=obs, var=var, uns=uns, raw=adata.raw, **parts)


def _pruned(group: Mapping[Any, Any], path: str, left_out: set[str]) -> dict[Any, Any]:
    kept: dict[Any, Any] = {}
    for key, value in group.items():
        name = f"{path}/{key}".lstrip("/")
        if name not in left_out:
            kept[key] = _pruned(value, name, left_out) if isinstance(value, Mapping) else value
    return kept
