"""What the page says of receptors: in sentences, figures and tables, beside the seven questions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Interval
from rashomon.ask.alias import aliases
from rashomon.ask.card.cell_word import CELL_WORDS
from rashomon.ask.receptor.cluster import target_truths
from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.ask.stability.verdict import VERDICTS
from rashomon.core import first_few
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.report.escape import pathless
from rashomon.report.picture import Picture
from rashomon.report.receptor_figure import RECEPTORS, table_of
from rashomon.report.section import pictures
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["ReceptorPage", "lone_receptors", "meanings", "receptor_lines", "receptor_page"]

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
    said = (*_words(audit), *_targets(audit), *_retained(audit), *_scores(audit), *_beyond(audit), *_calibrated(audit))
    return ReceptorPage(tuple(map(pathless, said)), pictures(audit, RECEPTORS), tuple(tables))


def lone_receptors(audit: Audit) -> tuple[str, ...]:
    """Return what the page begins with where no receptor has a neighbour: that, and what to do; else nothing."""
    if audit.dataset.item != "receptor" or audit.judged.own or (audit.judged.codes >= 0).any():
        return ()
    name = f" ({pathless(audit.standin.name)})" if audit.standin is not None else ""
    table = table_of(audit, "percolation")
    linked = table[table["retention"] > 0] if len(table) else table
    reach = "None has one at any cutoff that was tried either"
    if len(linked):
        best = linked.sort_values("retention").iloc[-1]
        reach = f"{100 * best['retention']:.1f} % have one with {best['metric']} at a cutoff of {best['cutoff']:g}"
    return (
        f"No receptor has a neighbour at this cutoff{name}.",
        f"There are no clusters, so nothing below can be told of them. {reach}.",
        "Use a larger cutoff or radius, or more receptors: of few hundred unselected ones hardly any has a neighbour.",
    )


def meanings(audit: Audit) -> dict[str, str]:
    """Return every word that clusters of `audit` may have, with its meaning."""
    if len(table_of(audit, "cards")):
        return {word.name: f"{word.summary} ({word.rule})" for word in CELL_WORDS.values()}
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
        proof = " A candidate is no proof of a shared target." if "candidate" in said else ""
        yield f"{len(table):,} clusters of two receptors or more: {said}.{proof}"


def _targets(audit: Audit) -> Iterator[str]:
    """Say which label columns were read as what a receptor binds: words for clusters rest on these."""
    if not len(table_of(audit, "receptor_clusters")):
        return
    names = [truth.name for truth in target_truths(audit.dataset)]
    rest = [
        truth.name for truth in audit.dataset.truths.values() if truth.name not in names and truth.kind == "annotation"
    ]
    others = f" Not read as targets: {first_few(rest, n=6)}." if rest else ""
    if names:
        yield f"What receptors bind was read from {first_few(names, n=6)}.{others}"
        return
    yield (
        "No label column says what a receptor binds (declare one with --truth NAME=biological:external): the words "
        f"rest on genes, donors, copies and links.{others}"
    )


def _retained(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "percolation")
    for metric, rows in table.groupby("metric", sort=False) if len(table) else ():
        yield from _exceeding(str(metric), rows.sort_values("cutoff"))
        chained = rows[rows["largest_share"] > _CHAINED].sort_values("cutoff")
        if metric == CLONE:
            yield from _families(rows)
        elif len(chained):
            first = chained.iloc[0]
            yield (
                f"With {metric}, clusters run together from a cutoff of {first['cutoff']:g} on: the largest component "
                f"holds {100 * first['largest_share']:.0f} % of all receptors."
            )


def _families(rows: pd.DataFrame) -> Iterator[str]:
    """Say how many heavy chains are in clonal families, from the strictest share to the most lenient."""
    for row in (rows.iloc[0], rows.iloc[-1]) if len(rows) > 1 else ():
        yield (
            f"Where up to {100 * row['cutoff']:.0f} % of the nucleotides may differ, {100 * row['retention']:.0f} % of "
            f"the heavy chains are in {row['n_clusters']:,.0f} clonal families of two or more; the largest holds "
            f"{100 * row['largest_share']:.0f} % of all."
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
    ends = ("low", "high")
    said = [
        f"excess {_points_of(row['excess'])} points, {' to '.join(_points_of(row[f'excess_{end}']) for end in ends)}",
        f"{row['excess_ratio']:.1f} times" if np.isfinite(row["excess_ratio"]) else "",
        "no more than backgrounds vary" if row.get("p_background", row.get("p")) > _ALPHA else "",
    ]
    return "; ".join(filter(None, said))


def _points_of(share: float) -> str:
    # -0.1 % is shown as 0
    return f"{100 * share:.0f}".replace("-0", "0") if abs(share) < 0.005 else f"{100 * share:.0f}"


def _scores(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "receptor_scores")
    if not len(table):
        return
    strata = table["strata"] if "strata" in table else pd.Series("", index=table.index)
    hidden = [name for name, truth in audit.dataset.truths.items() if aliases(audit.dataset, truth)]
    for score, by_chance in _CHANCE.items():
        said: dict[str, list[str]] = {}
        rows = table[(table["score"] == score) & (strata == "") & table["value"].notna()]
        # how pure clusters are in what a batch hides is in the table, and says nothing in a sentence
        rows = rows if score == "retention" else rows[~rows["truth"].isin(hidden)]
        for _, row in rows.iterrows():
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
            interval = f" ({Interval(row['low'], row['high'], '')})" if np.isfinite(row["low"]) else ""
            chance = ": no more than by chance" if row.get("p", 0.0) > _ALPHA else ""
            follow = f"the clusters follow {row['truth']} to {max(0.0, row['value']):.2f}{interval}, of 1{chance}"
            yield f"Beyond V, J and length {follow}."
        else:
            yield f"Whether the clusters follow {row['truth']} beyond V, J and length cannot be told: {row['reason']}."


def _calibrated(audit: Audit) -> Iterator[str]:
    table = table_of(audit, "calibration")
    if "reason" in table:
        reasons = [str(reason) for reason in table["reason"].dropna().unique() if reason]
        if reasons and ("p_same" not in table or table["p_same"].isna().all()):
            yield f"The cutoff was not calibrated: {reasons[0]}."
