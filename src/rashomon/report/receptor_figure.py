"""The figures that only audits of receptors have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.truths.question import PRIMARY
from rashomon.core import first_few
from rashomon.pl.calibration import calibration
from rashomon.pl.percolation import percolation
from rashomon.pl.rank_conflict import rank_conflict
from rashomon.pl.receptor_cluster import receptor_clusters
from rashomon.pl.retention_curve import retention_curve
from rashomon.pl.truth_matrix import truth_matrix
from rashomon.report.figure_record import Figure
from rashomon.score import SCORES
from rashomon.study import Audit

__all__ = ["RECEPTORS", "RECEPTOR_FIGURES", "table_of"]

RECEPTORS = "receptors"
"""Name of the section, and of the group of figures that stand there."""


def table_of(audit: Audit, name: str) -> pd.DataFrame:
    """Return a table of `audit` by `name`, empty where there is none."""
    return audit.tables.get(name, pd.DataFrame())


def _told(name: str, *columns: str, least: int = 1) -> Callable[[Audit], bool]:
    """Return whether an audit of receptors has a table with enough rows, and numbers in the columns."""

    def available(audit: Audit) -> bool:
        table = table_of(audit, name)
        there = audit.dataset.item == "receptor" and len(table) >= least and set(columns) <= set(table.columns)
        return there and all(bool(table[column].notna().any()) for column in columns)

    return available


def _alt_words(audit: Audit) -> str:
    table = table_of(audit, "receptor_clusters")
    words = first_few((f"{count:,} {word}" for word, count in table["verdict"].value_counts().items()), n=8)
    return f"Dot plot of {len(table):,} clusters of receptors. Words: {words}."


def _alt_percolation(audit: Audit) -> str:
    said = []
    for metric, rows in table_of(audit, "percolation").groupby("metric", sort=False):
        last = rows.sort_values("cutoff").iloc[-1]
        said.append(
            f"{metric} {last['cutoff']:g}: retention {last['retention']:.2f} (background "
            f"{last['background_retention']:.2f}), largest component {last['largest_share']:.2f} of all"
        )
    return f"Lines against the cutoff, at the largest one: {'; '.join(said)}.".replace("nan", "unknown")


def _alt_curves(audit: Audit) -> str:
    table = table_of(audit, "curves").dropna(subset=["purity"])
    best = table.groupby("truth", sort=False)["purity"].max()
    values = first_few((f"{truth} {value:.2f}" for truth, value in best.items()), n=6)
    return f"Lines of purity against retention, one panel per label column. Highest purity: {values}."


def _alt_calibration(audit: Audit) -> str:
    rows = table_of(audit, "calibration").sort_values("cutoff").dropna(subset=["p_same"])
    first, last = rows.iloc[0], rows.iloc[-1]
    return (
        f"Lines against the cutoff: the probability of the same label is {first['p_same']:.2f} at {first['cutoff']:g} "
        f"and {last['p_same']:.2f} at {last['cutoff']:g}."
    )


def _alt_matrix(audit: Audit) -> str:
    table = table_of(audit, "truth_matrix").dropna(subset=["value"])
    best = table.loc[table.groupby("truth", sort=False)["value"].idxmax()]
    values = first_few((f"{row['truth']} {row['value']:.2f}" for _, row in best.iterrows()), n=8)
    return f"Heat map of {table['pipeline'].nunique()} pipelines; the best value of each label column: {values}."


def _alt_conflict(audit: Audit) -> str:
    table = table_of(audit, "conflict")
    values = first_few(
        (
            f"{row['truth_a']} and {row['truth_b']} {100 * row['conflict']:.0f} %"
            for _, row in table.dropna(subset=["conflict"]).iterrows()
        ),
        n=6,
    )
    return f"Dot plot of {len(table)} pairs; share of the pairs of pipelines in reverse order: {values or 'untold'}."


def _draw_matrix(audit: Audit) -> Any:
    return truth_matrix(table_of(audit, "truth_matrix"), display=SCORES[PRIMARY].display)


def _draw_percolation(audit: Audit) -> Any:
    table = table_of(audit, "percolation")
    lines = ("background_retention", "background_low", "background_high")
    return percolation(table.assign(**{name: np.nan for name in lines if name not in table}))[0]


RECEPTOR_FIGURES = (
    Figure(
        "receptor_clusters",
        RECEPTORS,
        "What makes each cluster? One row per cluster, the largest first: receptors, then the share of its largest "
        "donor, of its most common V gene, and of the label in excess, or of most where none is (filled: enriched "
        "beyond V, J and length at a false discovery rate of 5 %). The word stands at the right; names and next steps "
        "are in the table.",
        _told("receptor_clusters", "n"),
        lambda audit: receptor_clusters(table_of(audit, "receptor_clusters"))[0],
        _alt_words,
    ),
    Figure(
        "percolation",
        RECEPTORS,
        "Where do links chain? Above: the share of all receptors in the largest component; over the dashed "
        "line (10 %) clusters run together. Below: the share of receptors with a link, which grows with their number; "
        "only what lies above the matched background, with as many receptors, says anything.",
        _told("percolation", "retention"),
        _draw_percolation,
        _alt_percolation,
    ),
    Figure(
        "retention_curve",
        RECEPTORS,
        "Which distance gives purer clusters, at the same retention? A point is a cutoff, small ones at the left; "
        "dotted: the same clusters with shuffled labels. Compare lines where they retain alike, and label columns only "
        "by their distance from the dotted line.",
        _told("curves", "purity"),
        lambda audit: retention_curve(table_of(audit, "curves"))[0],
        _alt_curves,
    ),
    Figure(
        "calibration",
        RECEPTORS,
        "What does a distance say about a shared label? Left: the probability of the same label within a cutoff, at "
        "the stated prevalence; middle: how many times likelier such a pair is than in the background; right: how "
        "common it is there. Bands: 95 % intervals over studies; hollow: no labelled pair is as close.",
        _told("calibration", "cutoff", "p_same"),
        lambda audit: calibration(table_of(audit, "calibration"))[0],
        _alt_calibration,
    ),
    Figure(
        "truth_matrix",
        "truths",
        "Which pipeline serves which label column? Lighter is closer; marks are the best pipelines of a row, a row "
        "without one is served by none. Two rows with no mark in the same column: no pipeline is best for both.",
        _told("truth_matrix", "value", least=2),
        _draw_matrix,
        _alt_matrix,
    ),
    Figure(
        "rank_conflict",
        "truths",
        "Do the label columns prefer different pipelines? A dot is the share of the pairs of pipelines, told apart by "
        "both columns, that they order differently (0: none, 0.5: as chance would), with its 95 % interval.",
        _told("conflict", "truth_a"),
        lambda audit: rank_conflict(table_of(audit, "conflict")),
        _alt_conflict,
    ),
)
"""In the order of the page."""
