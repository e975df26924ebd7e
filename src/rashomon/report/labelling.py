"""What is answered first: which resolution, which clusters to merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from rashomon.pl.resolution import best_levels
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["LabellingPage", "labelling_page"]

_KINDS = {
    "recommended": "merges clusters between which no gap was found though a clear one would have been seen",
    "conservative": "keeps apart only clusters between which a gap is proven",
}
_MOST = 12
"""Sentences on the first screen; the table holds all."""


@dataclass(frozen=True)
class LabellingPage:
    """What to use.

    Parameters
    ----------
    sentences
        Resolution, and the two labellings, one sentence each.
    merged
        What becomes of the clusters that are merged, or stay without proof.
    table
        Every cluster under both labellings.
    """

    sentences: tuple[str, ...]
    merged: tuple[str, ...]
    table: ShownTable


def labelling_page(audit: Audit) -> LabellingPage | None:
    """Return which resolution and which clusters to use; None where separation was not tested."""
    table = audit.tables.get("labellings", pd.DataFrame())
    if not len(table):
        return None
    merged = [
        str(row["why_recommended"])
        for _, row in table.iterrows()
        if row["recommended"] != row["cluster"] or row["conservative"] != row["cluster"]
    ]
    return LabellingPage(
        (*_sizes(table), *_resolution(audit)),
        tuple(dict.fromkeys(merged))[:_MOST],
        show_table(table, name="labellings", caption="One row per cluster: what it is part of in both labellings"),
    )


def _sizes(table: pd.DataFrame) -> Iterator[str]:
    for kind, meaning in _KINDS.items():
        n = table[kind].nunique()
        same = f"all {n} clusters as they are" if n == len(table) else f"{n} of {len(table)} clusters"
        yield f"{kind.capitalize()}: {same}; it {meaning}."


def _resolution(audit: Audit) -> Iterator[str]:
    """Say at which level of granularity most of the judged clusters exist."""
    ranges = audit.tables.get("resolution_range", pd.DataFrame())
    if not len(ranges):
        return
    choice = str(ranges["choice"].iloc[0])
    counts = ranges[ranges["choice"] == choice].groupby("level", sort=False)["exists"].sum()
    best = best_levels(ranges[ranges["choice"] == choice])
    levels = ", ".join(f"{level:g}" if isinstance(level, float) else str(level) for level in best)
    if counts.max() == 0:
        yield f"At no {choice} that was tried do the clusters exist in all cells and in half-samples."
        return
    yield (
        f"{choice.capitalize()}: most of the clusters ({int(counts.max())} of {ranges['cluster'].nunique()}) exist at "
        f"{levels}, in all cells and in half-samples."
    )
