"""What a tool found, beside the user's data: new columns, and facts in ``uns``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon import io
from rashomon.ask import Answered
from rashomon.core import UsageError
from rashomon.core.slots import NAMESPACE, column
from rashomon.io.kept import COLUMNS, TOOL, kept_fact, kept_keys
from rashomon.study import Audit
from rashomon.tl.fact import facts_of

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["CELL_COLUMNS", "LABELS", "check_free", "keep_answer", "write_results", "write_slots"]

LABELS = "labels"

CELL_COLUMNS = (
    "stability", "verdict", "word", "recommended", "conservative", "co_assignment", "co_assignment_low",
    "co_assignment_high", "membership_entropy", "label_set",
)  # fmt: skip
"""Columns of an audit that an AnnData gains, as far as the audit has them, beside our own labels."""

_PER_CELL = ("cell_rungs",)
"""Tables with a row per cell, which would not follow the cells when they are chosen or put into another order."""


def check_free(adata: AnnData, columns: Sequence[str], *, tool: str, key_added: str) -> None:
    """Refuse to write where something else stands, before the work.

    Parameters
    ----------
    adata
        The user's data.
    columns
        Names that may be written, without the prefix.
    tool
        Name of the function that will write.
    key_added
        Prefix of the columns, and key of the facts.

    Raises
    ------
    UsageError
        ``output.clash`` when a column exists that was not written here, or the key holds results of another tool.
    """
    by = kept_fact(adata, key_added, TOOL) if key_added in kept_keys(adata) else None
    if by not in {None, tool}:
        raise UsageError(
            f"the key {key_added!r} holds results of {by}",
            where="key_added",
            expected="a key that does not exist, or that an earlier call of the same tool wrote",
            fix="choose another key_added",
            code="output.clash",
        )
    slim = adata[:, :0].copy()
    io.annotate(slim, pd.DataFrame(index=slim.obs_names, columns=list(columns)), key_added=key_added)


def write_results(adata: AnnData, columns: Mapping[str, Any], facts: Mapping[str, Any], *, key_added: str) -> None:
    """Write columns into ``obs`` and facts into ``uns["rashomon"]["results"][key_added]``.

    Parameters
    ----------
    adata
        The user's data; changed. A view becomes an object of its own, as with every tool that writes.
    columns
        Values of shape ``(n_obs,)`` by name; written as ``{key_added}_{name}``.
    facts
        In JSON types.
    key_added
        Prefix of the columns, and key of the facts.

    Raises
    ------
    UsageError
        ``output.clash``, as `rashomon.io.annotate` says.
    """
    slim = adata[:, :0].copy()
    frame = pd.DataFrame(dict(columns), index=slim.obs_names)
    names = [column(name, key_added=key_added) for name in columns]
    annotated = io.annotate(slim, frame, uns={**facts, COLUMNS: names}, key_added=key_added)
    with warnings.catch_warnings():
        # who calls a tool on a view asks for columns on it
        warnings.filterwarnings("ignore", message="Trying to modify attribute")
        for name, target in zip(frame, names, strict=True):
            # from the frame, because a table of results has lost its categories; by place, as names may be numbers
            adata.obs[target] = frame[name].array
        adata.uns[NAMESPACE] = annotated.uns[NAMESPACE]


def keep_answer(adata: AnnData, found: Answered, *, tool: str, labels: str | None, key_added: str) -> None:
    """Keep an answer and its tables in ``uns``.

    Parameters
    ----------
    adata
        The user's data.
    found
        The answer.
    tool, labels
        Name of the function, and the column that was judged.
    key_added
        Key of the facts.
    """
    facts = facts_of(tool, labels, answers={found.answer.question: found.answer}, tables=found.tables)
    write_results(adata, {}, facts, key_added=key_added)


def write_slots(adata: AnnData, found: Audit, *, rows: np.ndarray, key_added: str) -> None:
    """Write the columns of an audit into `adata`, and its answers and tables into ``uns``.

    Parameters
    ----------
    adata
        The user's data; changed.
    found
        The audit of some or all of its cells.
    rows
        Which cells were audited, shape ``(n_obs,)``; the others get missing values.
    key_added
        Prefix of the columns.
    """
    places = pd.Index(np.flatnonzero(rows))
    cells = found.cells.set_axis(places, axis="index").reindex(np.arange(rows.size))
    cells["word"] = _words(cells["label"], found.tables.get("cards"))
    columns = {
        name: pd.Categorical(cells[name].replace("", None)) if cells[name].dtype == object else cells[name].to_numpy()
        for name in CELL_COLUMNS
        if name in cells
    }
    if not found.judged.own:
        columns[LABELS] = pd.Categorical(cells["label"].replace("", None), found.judged.categories)
    tables = {name: table for name, table in found.tables.items() if name not in _PER_CELL}
    facts = {
        "spec": dict(found.spec),
        "environment": dict(found.environment),
        "answers": {name: str(answer) for name, answer in found.answers.items()},
        **facts_of("audit", found.judged.name, answers=found.answers, tables=tables),
    }
    write_results(adata, columns, facts, key_added=key_added)


def _words(labels: pd.Series[Any], cards: pd.DataFrame | None) -> pd.Series[Any]:
    """Return the word of the card of each cell's cluster: the verdict without its details, for colours."""
    if cards is None or not len(cards):
        return pd.Series("", index=labels.index, dtype=object)
    words = dict(zip(cards["cluster"].astype(str), cards["word"], strict=True))
    return labels.map(lambda label: words.get(str(label), "")).astype(object)
