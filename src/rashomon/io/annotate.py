"""Results beside the user's data: new columns only, and facts that survive writing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from rashomon.core import UsageError, first_few
from rashomon.core.slots import NAMESPACE, column

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["annotate", "stored"]

_COLUMNS, _RESULTS, _JSON = "columns", "results", "_json"


def annotate(
    adata: AnnData, columns: pd.DataFrame, *, uns: Mapping[str, Any] | None = None, key_added: str = NAMESPACE
) -> AnnData:
    """Return a copy of `adata` with results in new columns.

    Parameters
    ----------
    adata
        Not changed.
    columns
        One row per cell, indexed by obs_names (any order; cells that are absent get missing values), one column per
        result; written to ``obs`` as ``{key_added}_{name}``.
    uns
        JSON-typed facts, stored in ``uns["rashomon"]["results"][key_added]``: text, numbers and booleans as they are,
        everything else as JSON under ``{name}_json``, because h5ad cannot hold lists of mappings or None.
    key_added
        Prefix of the columns.

    Raises
    ------
    UsageError
        ``output.clash`` when a column exists that was not written by an earlier call; ``output.cells`` when `columns`
        names other cells.

    Examples
    --------
    >>> import anndata, numpy
    >>> adata = anndata.AnnData(obs=pd.DataFrame(index=["c1", "c2"]))
    >>> result = annotate(adata, pd.DataFrame({"stability": [0.9, 0.1]}, index=["c2", "c1"]), uns={"n": 2})
    >>> result.obs["rashomon_stability"].tolist(), stored(result)
    ([0.1, 0.9], {'n': 2})
    """
    ours = set(map(str, _namespace(adata).get(_COLUMNS, [])))
    names = {str(name): column(str(name), key_added=key_added) for name in columns.columns}
    clash = [name for name in names.values() if name in adata.obs and name not in ours]
    if clash:
        raise UsageError(
            f"obs already has {len(clash)} of these columns: {first_few(clash)}",
            where="obs",
            expected="columns that do not exist, or that an earlier call wrote",
            fix="choose another key_added",
            code="output.clash",
        )
    unknown = columns.index.difference(adata.obs_names)
    if len(unknown) or columns.index.has_duplicates:
        raise UsageError(
            f"{len(unknown)} rows belong to no cell, {int(columns.index.duplicated().sum())} names repeat",
            where=f"columns: {first_few(unknown, n=3)}",
            expected="one row per cell",
            code="output.cells",
        )
    result = adata.copy()
    for name, target in names.items():
        result.obs[target] = columns[name].reindex(adata.obs_names).to_numpy()
    namespace = dict(_namespace(adata))
    namespace[_COLUMNS] = sorted(ours | set(names.values()))
    namespace[_RESULTS] = {**namespace.get(_RESULTS, {}), key_added: _storable(uns or {})}
    result.uns[NAMESPACE] = namespace
    return result


def stored(adata: AnnData, *, key_added: str = NAMESPACE) -> dict[str, Any]:
    """Return the facts that `annotate` stored in `adata` under `key_added`; empty when there are none."""
    found = _namespace(adata).get(_RESULTS, {}).get(key_added, {})
    facts: dict[str, Any] = {}
    for name, value in found.items():
        if name.endswith(_JSON):
            facts[name.removesuffix(_JSON)] = json.loads(value)
        else:
            facts[name] = value.item() if hasattr(value, "item") else value
    return facts


def _namespace(adata: AnnData) -> Mapping[str, Any]:
    found: Mapping[str, Any] = adata.uns.get(NAMESPACE, {})
    return found


def _storable(facts: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in facts.items() if isinstance(value, str | bool | int | float)}
    nested = {name: value for name, value in facts.items() if name not in plain}
    return plain | {
        f"{name}{_JSON}": json.dumps(value, allow_nan=False, sort_keys=True) for name, value in nested.items()
    }
