"""A part of the cells: those of some values of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from rashomon.core import RowLog, UsageError, did_you_mean, first_few
from rashomon.io.rule import refuse

__all__ = ["FEWEST_WITHIN", "log_within", "rows_within"]

FEWEST_WITHIN = 50
"""Cells of a part below which nothing worth saying can be said of it."""


def rows_within(obs: pd.DataFrame, wanted: Mapping[str, str | Sequence[str]], *, source: str) -> np.ndarray:
    """Return which rows carry the wanted values, in every one of the columns named.

    Parameters
    ----------
    obs
        Table of the cells.
    wanted
        Value, or values of which any will do, by column; compared as text. Every row when there is none.
    source
        Name of the data for messages.

    Returns
    -------
    ``bool``, shape ``(n_obs,)``.

    Raises
    ------
    UsageError
        When a column or value does not exist; the nearest is named.
    InputError
        ``matrix.too_few_cells`` when fewer than 50 rows are left.

    Examples
    --------
    >>> obs = pd.DataFrame({"type": ["T"] * 60 + ["B"] * 3})
    >>> int(rows_within(obs, {"type": "T"}, source="adata").sum())
    60
    """
    kept = np.ones(len(obs), dtype=bool)
    if not wanted:
        return kept
    for name, values in wanted.items():
        if name not in obs:
            raise UsageError(
                f"there is no column {name!r}",
                where=f"{source}, within",
                fix=did_you_mean(name, map(str, obs.columns)),
            )
        column = obs[name]
        text = column.astype(str).to_numpy(dtype=object)
        there = column.notna().to_numpy()
        known = sorted(set(text[there]))
        chosen = [values] if isinstance(values, str) else [str(value) for value in values]
        for value in chosen:
            if value not in known:
                raise UsageError(
                    f"no row of {name!r} is {value!r}", where=f"{source}, within", fix=did_you_mean(value, known)
                )
        kept &= there & np.isin(text.astype(str), chosen)
    if kept.sum() < FEWEST_WITHIN:
        said = first_few(f"{name}={value}" for name, value in wanted.items())
        raise refuse(
            "matrix.too_few_cells",
            f"{int(kept.sum())} of {len(obs)} cells are within {said}",
            where=source,
            expected=f"{FEWEST_WITHIN} or more",
        )
    return kept


def log_within(log: RowLog, names: Iterable[str], kept: np.ndarray) -> RowLog:
    """Return the row log of a part, with the rows that are outside of it.

    Parameters
    ----------
    log
        That of the part.
    names
        Names of all rows.
    kept
        Rows of the part, shape ``(n_obs,)``.

    Examples
    --------
    >>> log_within(RowLog(1), ["c1", "c2"], np.array([True, False])).lines()
    ['2 rows in, 1 used', 'within: 1 dropped, outside the part that was asked for (c2)']
    """
    others = [str(name) for name, inside in zip(names, kept, strict=True) if not inside]
    whole = RowLog(kept.size, notes=log.notes)
    return whole.drop("within", "outside the part that was asked for", others)
