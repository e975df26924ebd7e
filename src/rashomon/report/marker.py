"""Markers in a few words per cluster, and whether they were tested on counts that the labels had not seen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from rashomon.ask.stability.marker import MarkerRules
from rashomon.report.table import cell_text
from rashomon.study import Audit

__all__ = ["MarkerWords", "marker_sentence", "marker_words"]

_NOTHING = "no marker"


@dataclass(frozen=True)
class MarkerWords:
    """What a card says of the markers of one cluster.

    Parameters
    ----------
    genes
        The first five, or that there is none.
    note
        Where the test comes from, or why there is no marker; empty where markers were not looked for.
    """

    genes: str
    note: str


def marker_words(audit: Audit) -> dict[int, MarkerWords]:
    """Return, by the code of the cluster, its markers in words; empty where none were looked for."""
    table = audit.tables["marked"]
    return {int(row["cluster"]): _words(row) for row in table.to_dict("records")} if len(table) else {}


def _words(row: Mapping[Hashable, Any]) -> MarkerWords:
    tested = f"on held-out counts, {row['n_splits']} halved copies" if row["held_out"] else ""
    note = "; ".join(part for part in (tested, str(row["reason"])) if part)
    return MarkerWords(cell_text(row["genes"]) if row["n_markers"] else _NOTHING, cell_text(note))


def marker_sentence(audit: Audit) -> str:
    """Return how markers were tested and in how many clusters, for the methods; empty where none were looked for."""
    table = audit.tables["marked"]
    if not len(table):
        return ""
    rules = MarkerRules()
    held_out, found = table["held_out"].astype(bool), table["n_markers"].astype(int) > 0
    return (
        f"Markers (rank-sum test, false discovery rate {rules.alpha:.0%}, AUROC {rules.auroc:g} or more) were tested "
        f"on the half of the molecules that took no part in the labels for {int(held_out.sum())} of {len(table)} "
        f"clusters, and on the counts that made the labels for the others; {int((~found).sum())} clusters have none."
    )
