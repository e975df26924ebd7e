"""What the tools of `rashomon.tl` found, back from an AnnData: also after it was written, read, copied or subset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rashomon.core import UsageError, did_you_mean, publish_text
from rashomon.io.kept import (
    ANSWERS,
    COLUMNS,
    LEFT_OUT,
    TOOL,
    kept_fact,
    kept_key,
    kept_keys,
    kept_table,
    table_names,
)
from rashomon.io.world import MARK, table_mark, world_facts

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["answers", "cells", "labels", "results", "table", "tables", "to_csv"]

_LABELLINGS = ("labels", "recommended", "conservative")


def results(adata: AnnData) -> pd.DataFrame:
    """Return what is kept in `adata`, one row per call.

    Parameters
    ----------
    adata
        An AnnData; of a MuData its modality: ``mdata["gex"]``.

    Returns
    -------
    ``key`` (the ``key_added`` of the call), ``tool``, ``labels`` (the column that was judged), ``columns`` (those of
    ``obs`` that are still there), ``tables``, and ``left_out`` (tables that were too long to keep, with their rows).

    Examples
    --------
    >>> import anndata, pandas
    >>> results(anndata.AnnData(obs=pandas.DataFrame(index=["c1"]))).empty
    True
    """
    _check(adata)
    rows = [
        {
            "key": key,
            "tool": kept_fact(adata, key, TOOL),
            "labels": kept_fact(adata, key, "labels"),
            "columns": _columns(adata, key),
            "tables": table_names(adata, key),
            "left_out": dict(kept_fact(adata, key, LEFT_OUT) or {}),
        }
        for key in kept_keys(adata)
    ]
    return pd.DataFrame(rows, columns=["key", "tool", "labels", "columns", "tables", "left_out"])


def table(adata: AnnData, name: str, *, key: str | None = None) -> pd.DataFrame:
    """Return a table of an audit, or of another tool.

    Parameters
    ----------
    adata
        An AnnData that a tool wrote to.
    name
        Of the table: ``cards`` (a row per cluster), ``clusters``, ``labellings``, ``truths``; `results` lists them.
    key
        The ``key_added`` of the call; by default the only one that has such a table.

    Raises
    ------
    UsageError
        When there is no such table, it was too long to be kept, or several calls have one.
    """
    _check(adata)
    return kept_table(adata, name, key=kept_key(adata, key, having=name))


def tables(adata: AnnData, *, key: str | None = None) -> dict[str, pd.DataFrame]:
    """Return all tables of a call, by name.

    Parameters
    ----------
    adata, key
        As in `table`.

    Raises
    ------
    UsageError
        When nothing is kept, or several calls have tables.
    """
    _check(adata)
    chosen = kept_key(adata, key)
    return {name: kept_table(adata, name, key=chosen) for name in table_names(adata, chosen)}


def answers(adata: AnnData, *, key: str | None = None) -> pd.DataFrame:
    """Return the answers to the seven questions, one row each.

    Parameters
    ----------
    adata
        As in `table`.
    key
        The ``key_added`` of a call; by default those of all calls.

    Returns
    -------
    ``key``, ``question``, ``status``, ``verdict``, ``evidence``, ``text``, ``next_step``, ``estimate`` (what it is says
    ``estimate_of``), ``low`` and ``high`` (the interval; ``over`` says of what), ``sentence``.

    Raises
    ------
    UsageError
        When nothing is kept.
    """
    _check(adata)
    # without any, `kept_key` says what to do
    chosen = [kept_key(adata, key)] if key is not None or not kept_keys(adata) else kept_keys(adata)
    found = {each: kept_table(adata, ANSWERS, key=each) for each in chosen if ANSWERS in table_names(adata, each)}
    parts = [said.assign(key=each) for each, said in found.items() if len(said)]
    if not parts:
        return pd.DataFrame(columns=["key", "question"])
    whole = pd.concat(parts, ignore_index=True)
    return whole[["key", *(name for name in whole if name != "key")]]


def cells(adata: AnnData, *, key: str | None = None) -> pd.DataFrame:
    """Return what was found for each cell of `adata`: the columns that a tool wrote into ``obs``, without their prefix.

    Parameters
    ----------
    adata
        As in `table`; a part of the cells has a part of the rows.
    key
        The ``key_added`` of the call; by default the only one with columns.

    Raises
    ------
    UsageError
        When no such columns are there, or several calls have some.
    """
    chosen = _with_columns(adata, key)
    names = _columns(adata, chosen)
    found: pd.DataFrame = adata.obs[names].rename(columns={name: name.removeprefix(f"{chosen}_") for name in names})
    return found


def labels(adata: AnnData, *, key: str | None = None) -> pd.DataFrame:
    """Return the labels that were judged beside those that are recommended, one row per cell.

    Parameters
    ----------
    adata, key
        As in `cells`.

    Returns
    -------
    The column that was judged under its own name, or our own clusters as ``labels``; ``recommended`` (clusters merged
    where no gap was found though a clear one would have been) and ``conservative`` (merged where no gap is proven).

    Raises
    ------
    UsageError
        As `cells`.
    """
    chosen = _with_columns(adata, key)
    found = cells(adata, key=chosen)
    found = found[[name for name in _LABELLINGS if name in found]]
    judged = kept_fact(adata, chosen, "labels")
    if isinstance(judged, str) and judged in adata.obs and judged not in found:
        found.insert(0, judged, adata.obs[judged])
    return found


def to_csv(
    adata: AnnData, path: Path | str, *, key: str | None = None, columns: Sequence[str] = (), separator: str = ","
) -> list[str]:
    """Write what was found for each cell as text, for Seurat, cellxgene and spreadsheets.

    Parameters
    ----------
    adata
        As in `table`.
    path
        The file; replaced where it stands.
    key
        The ``key_added`` of a call; by default the columns of all calls.
    columns
        More columns of ``obs``, such as the labels themselves.
    separator
        Between fields.

    Returns
    -------
    The names of the columns. The first, ``obs_name``, holds the cells; ``NA`` is missing. Of simulated data the last,
    ``simulated_world``, says so. In R: ``AddMetaData(object, read.csv(path, row.names = 1))``. Texts are written as
    they are: a label that begins with ``=`` is a formula to a spreadsheet.

    Raises
    ------
    UsageError
        When there is nothing to write, or a column does not exist.
    StoreError
        When the file cannot be written.
    """
    _check(adata)
    keys = kept_keys(adata) if key is None else [kept_key(adata, key)]
    names = list(dict.fromkeys([*columns, *(name for each in keys for name in _columns(adata, each))]))
    for name in columns:
        if name not in adata.obs:
            raise UsageError(f"there is no column {name!r}", where="obs", fix=did_you_mean(name, map(str, adata.obs)))
    if not names:
        raise UsageError("no tool has written columns", where="obs", fix="run rs.audit(adata, ...) first")
    found = adata.obs[names].copy()
    world = world_facts(adata.uns)
    if world is not None:
        found[MARK] = table_mark(world)
    # line ends of two characters: only then are both of them quoted where they stand in a text
    text = found.to_csv(sep=separator, na_rep="NA", index_label="obs_name", lineterminator="\r\n")
    publish_text(path, text)
    return ["obs_name", *map(str, found)]


def _with_columns(adata: AnnData, key: str | None) -> str:
    """Return the key that is meant, of those that have columns."""
    _check(adata)
    able = [each for each in kept_keys(adata) if _columns(adata, each)]
    if key is None and len(able) > 1:
        raise UsageError(
            f"{len(able)} calls have columns: {', '.join(able)}",
            where="obs",
            expected="one key",
            fix=f"name it, for example key={able[0]!r}",
        )
    chosen = able[0] if key is None and able else kept_key(adata, key)
    if chosen not in able:
        raise UsageError(
            f"the call {chosen!r} has no columns", where="obs", expected="columns that a tool wrote and nobody removed"
        )
    return chosen


def _columns(adata: AnnData, key: str) -> list[str]:
    """Return the columns of a call that are still there."""
    said = kept_fact(adata, key, COLUMNS)
    names = said if isinstance(said, list) else []
    return [name for name in names if isinstance(name, str) and name in adata.obs]


def _check(adata: Any) -> None:
    modalities = getattr(adata, "mod", None)
    if isinstance(modalities, Mapping):
        raise UsageError(
            "this is a MuData, whose modalities have results of their own",
            where="adata",
            expected="an AnnData",
            fix=f"give one modality: mdata[{next(iter(modalities), 'gex')!r}]",
        )
