"""Results that were kept in ``uns``, found by key and name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.core.slots import NAMESPACE
from rashomon.io.fact_table import fact_table
from rashomon.io.origin import namespace

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = [
    "ANSWERS",
    "COLUMNS",
    "LEFT_OUT",
    "TABLE",
    "TOOL",
    "kept_fact",
    "kept_key",
    "kept_keys",
    "kept_table",
    "table_names",
]

ANSWERS, COLUMNS, LEFT_OUT, TABLE, TOOL = "answers", "columns", "left_out", "table_", "tool"
"""Names of facts below a key; those of tables begin with `TABLE`."""

_JSON = "_json"
_PLACE = "uns['rashomon']"


def kept_keys(adata: AnnData) -> list[str]:
    """Return the keys under which results are kept in `adata`, those of `key_added`, in alphabetical order."""
    return sorted(_results(adata))


def table_names(adata: AnnData, key: str) -> list[str]:
    """Return the names of the tables that `adata` keeps under `key`, in alphabetical order."""
    names = (name for name in _facts(adata, key) if name.startswith(TABLE) and name.endswith(_JSON))
    return sorted(name.removeprefix(TABLE).removesuffix(_JSON) for name in names)


def kept_fact(adata: AnnData, key: str, name: str) -> Any:
    """Return a fact that `adata` keeps under `key` as `name`; None where there is none, or it cannot be read."""
    facts = _facts(adata, key)
    value, text = facts.get(name), facts.get(f"{name}{_JSON}")
    if not isinstance(text, str):
        return value.item() if isinstance(value, np.generic) else value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def kept_key(adata: AnnData, key: str | None, *, having: str | None = None) -> str:
    """Return the key that is meant.

    Parameters
    ----------
    adata
        With results.
    key
        A key, or None: the only one.
    having
        Count only keys with this table.

    Raises
    ------
    UsageError
        When there is no such key, none at all, or several and none is named.
    """
    keys = kept_keys(adata)
    if not keys:
        raise UsageError(
            "no results are kept",
            where=_PLACE,
            expected="an AnnData that a tool of rashomon wrote to",
            fix="run rs.audit(adata, ...) first",
        )
    if key is not None:
        if key not in keys:
            raise UsageError(f"nothing is kept under {key!r}", where=_PLACE, fix=did_you_mean(key, keys))
        return key
    able = [each for each in keys if having is None or having in table_names(adata, each)]
    if not able:
        raise _absent(adata, str(having), keys)
    if len(able) > 1:
        raise UsageError(
            f"{len(able)} results are kept: {', '.join(able)}",
            where=_PLACE,
            expected="one key",
            fix=f"name it, for example key={able[0]!r}",
        )
    return able[0]


def kept_table(adata: AnnData, name: str, *, key: str) -> pd.DataFrame:
    """Return a table that `adata` keeps.

    Parameters
    ----------
    adata
        With results.
    name
        Of the table.
    key
        One of `kept_keys`.

    Raises
    ------
    UsageError
        When there is no such table, or it was too long to be kept.
    StoreError
        When it is damaged.
    """
    facts = _facts(adata, key)
    place = f"{TABLE}{name}{_JSON}"
    if place not in facts:
        raise _absent(adata, name, [key])
    return fact_table(facts[place], where=f"{_PLACE}, key {key!r}, {place}")


def _absent(adata: AnnData, name: str, keys: Sequence[str]) -> UsageError:
    """Return the error for a table that no key has; where one was too long to be kept, it says so."""
    for key in keys:
        n_rows = _mapping(kept_fact(adata, key, LEFT_OUT)).get(name)
        if n_rows is not None:
            return UsageError(
                f"the table {name!r} has {n_rows:,} rows and was not kept with the data",
                where=f"{_PLACE}, key {key!r}",
                expected="a short table",
                fix="take it from the audit (audit.tables), or from the folder of the study (tables)",
            )
    known = sorted({table for key in keys for table in table_names(adata, key)})
    return UsageError(f"there is no table {name!r}", where=_PLACE, fix=did_you_mean(name, known))


def _results(adata: AnnData) -> Mapping[str, Any]:
    return _mapping(_mapping(namespace(adata.uns).get(NAMESPACE)).get("results"))


def _facts(adata: AnnData, key: str) -> Mapping[str, Any]:
    return _mapping(_results(adata).get(key))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
