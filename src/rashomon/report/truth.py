"""How the label columns relate, in words, and which of them are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item, Truth
from rashomon.dataset.noun import in_items
from rashomon.report.table import ShownTable, show_table
from rashomon.truth import TAU

__all__ = ["deciding_table", "drawn", "relation_sentence", "relation_table"]

_WORDS = {
    "same": "{a} and {b} are the same up to a few cells",
    "refines": "{a} refines {b}: it determines {b} and says more",
    "coarsens": "{b} refines {a}: it determines {a} and says more",
    "independent": "{a} and {b} are independent",
    "overlaps": "{a} and {b} overlap: neither determines the other",
    "cannot tell": "How {a} and {b} relate cannot be told ({reason})",
}
"""A phrase per relation; the keys are those of `rashomon.truth.RELATIONS`."""

_SHOWN = (
    "truth_a",
    "truth_b",
    "relation",
    "reason",
    "n_common",
    "a_given_b",
    "b_given_a",
    "ami",
    "ami_low",
    "ami_high",
    "swaps_a",
    "swaps_b",
    "n_deciding",
    "circular",
    "shared_origin",
    "derivation",
)


def drawn(truths: Sequence[Truth], *, n: int = 2) -> tuple[str, ...]:
    """Return the names of the label columns to draw: the first that are not technical, then the others.

    Parameters
    ----------
    truths
        In the order in which they were declared.
    n
        Columns wanted.

    Returns
    -------
    `n` names, or none where that many have no item in common.
    """
    chosen = sorted(truths, key=lambda truth: truth.kind == "technical")[:n]
    if len(chosen) < n or not np.logical_and.reduce([truth.codes >= 0 for truth in chosen]).any():
        return ()
    return tuple(truth.name for truth in chosen)


def relation_sentence(row: pd.Series[Any], item: Item = "cell") -> str:
    """Return one row of the table of relations as a sentence, with what weakens it.

    Parameters
    ----------
    row
        Of the table.
    item
        What a row of the data is.
    """
    phrase = in_items(_WORDS[row["relation"]], item).format(a=row["truth_a"], b=row["truth_b"], reason=row["reason"])
    interval = f", {row['ami_low']:.2f} to {row['ami_high']:.2f}" if np.isfinite(row["ami_low"]) else ""
    score = f" (adjusted mutual information {row['ami']:.2f}{interval})" if np.isfinite(row["ami"]) else ""
    marks = [row["derivation"]]
    if row["circular"]:
        made = row["circular"].replace(", ", " and ")
        marks.append(f"made from the expression matrix: {made}")
    if row["shared_origin"]:
        marks.append(f"both rest on {row['shared_origin']} data, so their agreement is no independent evidence")
    if row["relation"] == "overlaps" and row["deciding"]:
        marks.append(f"most of the disagreement: {row['deciding']}")
    said = "; ".join(mark for mark in marks if mark)
    # names of columns keep their case, also where a sentence begins with one
    return f"{phrase}{score}{': ' + said if said else ''}."


def relation_table(table: pd.DataFrame) -> ShownTable:
    """Return the main columns of the table of relations as text."""
    caption = (
        "One row per pair of label columns. a given b: what b leaves open about a, 0 nothing, 1 as much as chance; "
        f"below {TAU:g}, b determines a. Swaps: the share of swapped labels that this line allows"
    )
    return show_table(table[list(_SHOWN)], name="relations", caption=caption)


def deciding_table(table: pd.DataFrame) -> ShownTable:
    """Return the groups of cells that decide between label columns as text."""
    caption = "The cells that decide: groups with one class in each column, with their share of the disagreement"
    return show_table(table, name="deciding", caption=caption)
