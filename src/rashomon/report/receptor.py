"""What the page says of receptors: in sentences, figures and tables, beside the seven questions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.receptor_word import RECEPTOR_WORDS
from rashomon.ask.verdict import VERDICTS
from rashomon.core import first_few
from rashomon.report.escape import pathless
from rashomon.report.receptor_figure import RECEPTORS, table_of
from rashomon.report.section import Picture, pictures
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["ReceptorPage", "meanings", "receptor_lines", "receptor_page"]

_TABLES = {
    "receptor_clusters": "One row per cluster of two receptors or more: its word, and what it rests on",
    "receptor_scores": "One row per label column and score, beside labels shuffled among all receptors, among those "
    "with the same V, J and length, and beside the clusters that such receptors form in a drawn background",
    "excess": "The clusters judged: what they retain, and the links of their pipeline, over matched backgrounds",
    "beyond": "One row per label column: do the clusters follow it beyond V, J and length (0: no more, 1: fully)",
    "percolation": "One row per distance and cutoff: what is in clusters, and its excess over a matched background",
    "curves": "One row per label column, distance and cutoff",
    "calibration": "One row per cutoff: what a pair within it says about a shared label",
    "row_labels": "One row per row of the file: the receptor it is a copy of",
}
"""Tables of the section, and what a row is; `row_labels` is only in the files."""

_HIDDEN = ("row_labels",)

_ALPHA = 0.05
"""Above this share of the backgrounds with as much, an excess is said to be none."""

_CHAINED = 0.1
"""Share of the receptors in one component above which links are said to chain."""

_CHANCE = {"retention": "in a matched background", "purity": "for shuffled labels"}
"""Scores that are said in sentences, and what chance is for them."""


@dataclass(frozen=True)
class ReceptorPage:
    """What the page says of receptors.

    Parameters
    ----------
    sentences
        What was found, in plain words.
    pictures, tables
        What it rests on.
    """

    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[ShownTable, ...]


def receptor_page(audit: Audit) -> ReceptorPage | None:
    """Return what is said of the receptors of `audit`; None for other data, or where nothing was computed."""
    there = [name for name in _TABLES if len(table_of(audit, name))]
    if audit.dataset.item != "receptor" or not there:
        return None
    tables = (
        show_table(_named(table_of(audit, name)), name=name, caption=_TABLES[name])
        for name in there
        if name not in _HIDDEN
    )
    said = (*_words(audit), *_retained(audit), *_scores(audit), *_beyond(audit), *_calibrated(audit))
    return ReceptorPage(tuple(map(pathless, said)), pictures(audit, RECEPTORS), tuple(tables))


def meanings(audit: Audit) -> dict[str, str]:
    """Return every word that clusters of `audit` may have, with its meaning."""
    if not len(table_of(audit, "receptor_clusters")):
        return dict(VERDICTS)
    back = {name: meaning for name, meaning in VERDICTS.items() if name not in RECEPTOR_WORDS}
    return {name: word.summary for name, word in RECEPTOR_WORDS.items()} | back


def receptor_lines(audit: Audit) -> list[tuple[str, str]]:
    """Return the rule behind every word for receptors, in the order in which they are tried; none for cells."""
    if not len(table_of(audit, "receptor_clusters")):
        return []
    return [(word.name, word.line()) for word in RECEPTOR_WORDS.values()]


def _named(table: pd.DataFrame) -> pd.DataFrame:
    if "cluster" not in table or "name" not in table:
        return table
    return table.drop(columns="cluster")


def _words(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "receptor_clusters")
    if len(table):
        words = table["verdict"].value_counts()
        said = first_few((f"{count:,} {word}" for word, count in words.items()), n=len(RECEPTOR_WORDS))
        yield f"{len(table):,} clusters of two receptors or more: {said}. A candidate is no proof of a shared target."


def _retained(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "percolation")
    for metric, rows in table.groupby("metric", sort=False) if len(table) else ():
        yield from _exceeding(str(metric), rows.sort_values("cutoff"))
        chained = rows[rows["largest_share"] > _CHAINED].sort_values("cutoff")
        if len(chained):
            first = chained.iloc[0]
            yield (
                f"With {metric}, clusters run together from a cutoff of {first['cutoff']:g} on: the largest component "
                f"holds {100 * first['largest_share']:.0f} % of the clustered receptors."
            )


def _exceeding(metric: str, rows: pd.DataFrame) -> Iterator[str]:
    """Say what one cutoff keeps beyond the background: the most lenient before links chain, or the strictest."""
    known = rows[rows["excess"].notna()] if "excess" in rows else rows.iloc[:0]
    if not len(known):
        return
    row = ([*known[known["largest_share"] <= _CHAINED].to_dict("records")] or [known.iloc[0].to_dict()])[-1]
    yield (
        f"With {metric} at a cutoff of {row['cutoff']:g}, {100 * row['retention']:.0f} % of receptors have a "
        f"neighbour; {100 * row['background_retention']:.0f} % would in receptors of the same V, J and length "
        f"({_points(row)})."
    )


def _points(row: Mapping[Hashable, Any]) -> str:
    """Return an excess in words: points with their range, times, and that it is none where backgrounds have as much."""
    said = [
        f"excess {100 * row['excess']:.0f} points, {100 * row['excess_low']:.0f} to {100 * row['excess_high']:.0f}",
        f"{row['excess_ratio']:.1f} times" if np.isfinite(row["excess_ratio"]) else "",
        "no more than backgrounds vary" if row.get("p_background", row.get("p")) > _ALPHA else "",
    ]
    return "; ".join(filter(None, said))


def _scores(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "receptor_scores")
    if not len(table):
        return
    strata = table["strata"] if "strata" in table else pd.Series("", index=table.index)
    for score, by_chance in _CHANCE.items():
        said: dict[str, list[str]] = {}
        for _, row in table[(table["score"] == score) & (strata == "") & table["value"].notna()].iterrows():
            parts = [f"{row['random_mean']:.2f} {by_chance}"] if np.isfinite(row["random_mean"]) else []
            parts += [_points(row.to_dict())] if np.isfinite(row.get("excess", np.nan)) else []
            parts += _drawn(table[(strata == "background") & (table["truth"] == row["truth"])], score)
            chance = f" ({'; '.join(parts)})" if parts else ""
            said.setdefault(f"{row['value']:.2f}{chance}", []).append(str(row["truth"]))
        # label columns that cover the same receptors retain alike
        yield from (f"{score.capitalize()} for {first_few(names, n=8)}: {value}." for value, names in said.items())


def _drawn(table: pd.DataFrame, score: str) -> Iterator[str]:
    """Say what the clusters of a drawn background have, where its level is not said already."""
    for value in table.loc[table["score"] == score, "random_mean"].dropna() if score != "retention" else ():
        yield f"{value:.2f} in clusters of a background with the same V, J and length"


def _beyond(audit: Audit) -> Iterator[str]:
    for _, row in table_of(audit, "beyond").iterrows():
        if np.isfinite(row["value"]):
            interval = f" ({row['low']:.2f} to {row['high']:.2f})" if np.isfinite(row["low"]) else ""
            yield f"Beyond V, J and length the clusters follow {row['truth']} to {row['value']:.2f}{interval}, of 1."
        else:
            yield f"Whether the clusters follow {row['truth']} beyond V, J and length cannot be told: {row['reason']}."


def _calibrated(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "calibration")
    if "reason" in table:
        reasons = [str(reason) for reason in table["reason"].dropna().unique() if reason]
        if reasons and ("p_same" not in table or table["p_same"].isna().all()):
            yield f"The cutoff was not calibrated: {reasons[0]}."
