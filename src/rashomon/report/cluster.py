"""The first screen: one row per judged cluster, verdict first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rashomon.ask.stability.rung import PIPELINES, rung_words
from rashomon.dataset import Item
from rashomon.perturb import PERTURBATIONS
from rashomon.report.mark import CELL_MARKS, MARKS, RECEPTOR_MARKS, Mark
from rashomon.report.marker import MarkerWords, marker_words
from rashomon.report.table import cell_text
from rashomon.study import Audit

__all__ = [
    "ClusterRow",
    "Rate",
    "cluster_rows",
    "marks_of",
    "receptor_words",
    "rung_names",
    "rung_title",
    "tally",
]

_RATE = "recovered: "
"""Prefix of the columns of the table of clusters that hold recovery rates."""

_NO_STEP = ("comes back", "cannot tell")
"""Verdicts on coming back that add nothing to what to do with a cluster of receptors."""


@dataclass(frozen=True)
class Rate:
    """How often a cluster was found again in one kind of repeats.

    Parameters
    ----------
    rung
        What was varied, in words.
    share
        None where unknown.
    decides
        Whether it counts for the verdict.
    """

    rung: str
    share: float | None
    decides: bool = True

    @property
    def percent(self) -> str:
        """The share as text."""
        return "–" if self.share is None else f"{100 * self.share:.0f} %"

    @property
    def width(self) -> str:
        """The share as the width of a bar."""
        return "0%" if self.share is None else f"{100 * min(1.0, max(0.0, self.share)):.1f}%"


@dataclass(frozen=True)
class ClusterRow:
    """What the first screen says of one cluster.

    Parameters
    ----------
    cluster, description
        Its own name, and what most of its cells are.
    size
        Cells.
    verdict, detail, mark
        The word, the rest of the sentence, and the sign.
    rates
        One per rung.
    worst
        The setting under which it is found least often.
    action
        What to do next.
    markers
        Genes that mark it; None where none were looked for.
    facts
        In how many donors it is, what is next to it, where it dissolves, in what quantity it differs.
    """

    cluster: str
    description: str
    size: int
    verdict: str
    detail: str
    mark: Mark
    rates: tuple[Rate, ...]
    worst: str
    action: str
    markers: MarkerWords | None = None
    facts: tuple[str, ...] = ()


def rung_names(audit: Audit) -> tuple[str, ...]:
    """Return what was varied, in the order of the ladder."""
    return tuple(column.removeprefix(_RATE) for column in map(str, audit.clusters.columns) if column.startswith(_RATE))


def rung_title(rung: str, item: Item = "cell") -> str:
    """Return what was varied, in words; what is shown beside the ladder keeps its name, with room to break a line.

    Parameters
    ----------
    rung
        Its name.
    item
        What a row is.
    """
    return rung_words(rung, item) if rung in (*PERTURBATIONS, PIPELINES) else rung.replace("=", " = ")


def cluster_rows(audit: Audit) -> list[ClusterRow]:
    """Return one row per judged cluster: by verdict in the order of the verdicts, then the largest first."""
    order = list(marks_of(audit))
    words = receptor_words(audit)
    rungs = audit.tables["rungs"]
    decides = dict(zip(rungs["rung"], rungs["decides"], strict=True)) if len(rungs) else {}
    markers = marker_words(audit)
    rows = [
        _row(record, rung_names(audit), decides, markers.get(code), item=audit.dataset.item)
        for code, (_, record) in enumerate(audit.clusters.iterrows())
    ]
    cards = audit.tables.get("cards", pd.DataFrame())
    if len(cards):
        rows = [_on_card(row, card) for row, (_, card) in zip(rows, cards.iterrows(), strict=True)]
    if words:
        rows = [_in_words(row, words.get(code)) for code, row in enumerate(rows)]
    return sorted(rows, key=lambda row: (_place(row.verdict, row.mark, order), -row.size))


def _row(
    record: pd.Series,
    rungs: tuple[str, ...],
    decides: Mapping[str, bool],
    markers: MarkerWords | None,
    *,
    item: Item,
) -> ClusterRow:
    cluster, verdict = str(record["cluster"]), str(record["class"])
    return ClusterRow(
        cluster,
        str(record["name"]).removeprefix(cluster).strip(),
        int(record["size"]),
        verdict,
        str(record["verdict"]).removeprefix(verdict).strip(),
        MARKS[verdict],
        tuple(Rate(rung_title(rung, item), _share(record[_RATE + rung]), decides.get(rung, True)) for rung in rungs),
        cell_text(record["worst_setting"]),
        str(record["action"]),
        markers,
    )


def _place(verdict: str, mark: Mark, order: list[str]) -> tuple[bool, bool, int]:
    """Return where a verdict stands: what may be built on first, what cannot be told last, the others as listed."""
    return mark.tone == "open", mark.tone != "back", order.index(verdict)


def marks_of(audit: Audit) -> dict[str, Mark]:
    """Return the sign of every verdict that clusters of `audit` may have, in their order."""
    if len(audit.tables.get("receptor_clusters", ())):
        return RECEPTOR_MARKS
    return CELL_MARKS if len(audit.tables.get("cards", ())) else MARKS


def receptor_words(audit: Audit) -> dict[int, pd.Series]:
    """Return what receptors say of each cluster, by its code; empty for cells."""
    table = audit.tables.get("receptor_clusters", pd.DataFrame())
    return {int(row["cluster"]): row for _, row in table.iterrows()}


def _on_card(row: ClusterRow, card: pd.Series) -> ClusterRow:
    """Return `row` with the word that all questions together give."""
    facts = (
        str(card["donors"]),
        f"next to {card['nearest']}" if card["nearest"] else "",
        f"lost first in {rung_title(str(card['dissolves_at']))}" if card["dissolves_at"] else "",
        f"exists at {card['exists_at']}" if card["exists_at"] else "",
        str(card["quality"]),
    )
    word = str(card["word"])
    return replace(
        row,
        verdict=word,
        detail=str(card["detail"]),
        mark=CELL_MARKS[word],
        action=str(card["action"]),
        facts=tuple(fact for fact in facts if fact),
    )


def _in_words(row: ClusterRow, said: pd.Series | None) -> ClusterRow:
    """Return `row` with the word for receptors in front, and whether the cluster comes back behind it."""
    back = f"{row.verdict} {row.detail}".strip()
    if said is None:
        return replace(row, verdict="cannot tell", detail=f"(one receptor); {back}", mark=RECEPTOR_MARKS["cannot tell"])
    word = str(said["verdict"])
    return replace(
        row,
        verdict=word,
        detail=f"{said['detail']}; {back}",
        mark=RECEPTOR_MARKS[word],
        action="; ".join([str(said["action"]), *([row.action] if row.verdict not in _NO_STEP else [])]),
    )


def _share(value: object) -> float | None:
    number = float(str(value))
    return number if np.isfinite(number) else None


def tally(rows: list[ClusterRow]) -> list[tuple[Mark, str, int]]:
    """Return how many clusters got each verdict, without those that none got."""
    marks = {row.verdict: row.mark for row in rows}
    known = list(dict.fromkeys([*CELL_MARKS, *MARKS, *RECEPTOR_MARKS]))
    order = sorted(marks, key=lambda name: _place(name, marks[name], known))
    counts = [(marks[name], name, sum(row.verdict == name for row in rows)) for name in order]
    return [entry for entry in counts if entry[2]]
