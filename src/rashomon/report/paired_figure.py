"""The figure of cells with expression and receptors, as a record."""

from __future__ import annotations

from typing import Any

from rashomon.core import first_few
from rashomon.pl.paired import paired
from rashomon.report.figure_record import Figure
from rashomon.report.receptor_figure import table_of
from rashomon.study import Audit

__all__ = ["PAIRED", "PAIRED_FIGURES"]

PAIRED = "paired"
"""Name of the section, and of the group of figures that stand there."""


def _draw(audit: Audit) -> Any:
    return paired(*(table_of(audit, f"paired_{name}") for name in ("states", "clusters", "clones")))[0]


def _alt(audit: Audit) -> str:
    states, pairs, clones = (table_of(audit, f"paired_{name}") for name in ("states", "clusters", "clones"))
    largest = states.sort_values("n_expanded", ascending=False, kind="stable").head(5)
    values = first_few((f"{row['expression_cluster']} {row['n_expanded']}" for _, row in largest.iterrows()), n=5)
    n_clusters = pairs["receptor_cluster"].nunique() if len(pairs) else 0
    return (
        f"Dot plots by expression cluster. Clusters with cells of most expanded clones: {values}. "
        f"{n_clusters:,} receptor clusters; {len(clones):,} clones of two cells or more."
    )


PAIRED_FIGURES = (
    Figure(
        "paired",
        PAIRED,
        "Where do expression and receptors agree? One row per expression cluster, with its compared cells. Left: "
        "expanded clones, each counted by the shares of its cells; the bar is what clonotypes of the same donors would "
        "have. Middle: the clonotypes of each receptor cluster by the cluster that most of their cells are in. Filled: "
        "more than expected within donors, at a false discovery rate of 5 %. Right: the share of a clone in its main "
        "cluster (number: clones alike), and what shuffled cells of a donor would have (line).",
        lambda audit: len(table_of(audit, "paired_states")) > 0,
        _draw,
        _alt,
    ),
)
"""In the order of the page."""
