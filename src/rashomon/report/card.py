"""The card of a cluster: what all questions together say of it, with one thing to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from rashomon.report.cluster import ClusterRow, receptor_words, rung_title
from rashomon.report.table import ShownTable, cell_text, show_table
from rashomon.study import Audit

__all__ = ["Card", "Check", "card_table", "page_cards"]

_APART = 0.75
"""Area under the curve from which on a quantity sets a cluster apart, as in `rashomon.ask.card.card`."""

_MOST_CHECKS = 3
_KEEP, _UNKNOWN = "back", "open"
"""Tones of the words that ask for nothing, and of those that say nothing."""

_TABLES = {
    "cards": "One row per cluster: the word of all questions together, and what it rests on",
    "clusters": "One row per cluster: what became of it in the repeats",
}
"""Where cards come from, the first that there is, and what a row is."""


@dataclass(frozen=True)
class Check:
    """A quantity in which a cluster differs from the others.

    Parameters
    ----------
    name
        Of the quantity.
    value, others
        Its median in the cluster, and in all others, as text.
    """

    name: str
    value: str
    others: str


@dataclass(frozen=True)
class Card:
    """What stands on one card; empty texts are unknown and left out.

    Parameters
    ----------
    row
        Verdict, name, size, markers, worst setting and action.
    donors
        In how many donors it is.
    nearest
        The cluster next to it.
    lost, exists
        Where it is lost first, and at which resolutions it exists.
    genes
        Of receptors: their most frequent V and J gene, and their lengths.
    apart
        Quality: the quantities that set it apart, the clearest first.
    alike
        Names of those in which it is like the others.
    """

    row: ClusterRow
    donors: str = ""
    nearest: str = ""
    lost: str = ""
    exists: str = ""
    genes: str = ""
    apart: tuple[Check, ...] = ()
    alike: tuple[str, ...] = ()

    @property
    def worst(self) -> str:
        """The setting under which it is found least; empty where none is known."""
        return "" if self.row.worst == cell_text(None) else self.row.worst


def page_cards(audit: Audit, rows: list[ClusterRow]) -> list[Card]:
    """Return a card per row: first those that ask for something, then those to keep, last what cannot be told.

    Within each the largest come first.

    Parameters
    ----------
    audit
        What was found.
    rows
        From `rashomon.report.cluster.cluster_rows`.
    """
    found = {str(record["cluster"]): record for _, record in _table(audit, "cards").iterrows()}
    measured = _measured(audit)
    names = measured["cluster"].astype(str)
    cards = [_card(audit, row, found.get(row.cluster), measured[names == row.cluster]) for row in rows]
    receptors = {audit.judged.categories[code]: record for code, record in receptor_words(audit).items()}
    cards = [_of_receptors(card, receptors.get(card.row.cluster)) for card in cards]
    return sorted(cards, key=lambda card: (_place(card.row.mark.tone), -card.row.size))


def card_table(audit: Audit) -> ShownTable | None:
    """Return the table behind the cards, to sort and to save; None where nothing was judged.

    Parameters
    ----------
    audit
        What was found.
    """
    name = next((name for name in _TABLES if len(_table(audit, name))), None)
    if name is None:
        return None
    return show_table(_table(audit, name), name=name, caption=_TABLES[name], without=("class",))


def _table(audit: Audit, name: str) -> pd.DataFrame:
    return audit.tables.get(name, pd.DataFrame())


def _measured(audit: Audit) -> pd.DataFrame:
    """Return what was measured of cells in each cluster, the clearest difference first."""
    table = _table(audit, "nuisances")
    if not len(table):
        return pd.DataFrame(columns=["cluster", "nuisance", "cv_auc"])
    known: pd.DataFrame = table[np.isfinite(table["median"]) & np.isfinite(table["cv_auc"])]
    return known.sort_values("cv_auc", ascending=False, kind="stable")


def _place(tone: str) -> int:
    return {_KEEP: 1, _UNKNOWN: 2}.get(tone, 0)


def _card(audit: Audit, row: ClusterRow, found: pd.Series[Any] | None, measured: pd.DataFrame) -> Card:
    if found is None:
        return Card(row)
    lost = str(found["dissolves_at"])
    apart = measured[measured["cv_auc"] >= _APART].head(_MOST_CHECKS)
    return Card(
        row,
        donors=str(found["donors"]),
        nearest=str(found["nearest"]),
        lost=rung_title(lost, audit.dataset.item) if lost else "",
        exists=str(found["exists_at"]),
        apart=tuple(_checks(apart)),
        alike=tuple(map(str, measured.loc[measured["cv_auc"] < _APART, "nuisance"])),
    )


def _checks(rows: pd.DataFrame) -> Iterator[Check]:
    for _, row in rows.iterrows():
        yield Check(str(row["nuisance"]), *(_short(row[name]) for name in ("median", "median_others")))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _of_receptors(card: Card, found: pd.Series[Any] | None) -> Card:
    """Return a card of receptors with their genes, lengths and donors."""
    if found is None:
        return card
    n, lengths = float(found["n_donors"]), dict.fromkeys(f"{found[end]:g}" for end in ("min_length", "max_length"))
    genes = [f"{found[f'top_{gene}']} ({100 * found[f'{gene}_share']:.0f} %)" for gene in "vj" if found[f"top_{gene}"]]
    return replace(
        card,
        donors="" if np.isnan(n) else f"in {n:.0f} donor{'s' if n != 1 else ''}",
        genes=", ".join([*genes, f"length {' to '.join(lengths)}"]),
    )
