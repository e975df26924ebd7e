"""Figures of the questions that draw look-alikes of the data: which score to believe, what could have been found."""

from __future__ import annotations

import pandas as pd

from rashomon import pl
from rashomon.core import first_few
from rashomon.report.figure_record import Figure
from rashomon.study import Audit

__all__ = ["QUESTION_FIGURES"]


def _table(audit: Audit, name: str) -> pd.DataFrame:
    return audit.tables.get(name, pd.DataFrame())


def _hardest(audit: Audit) -> str:
    """Return the cluster that draws recover least often."""
    points = _table(audit, "detectability")
    return str(points.groupby("name", sort=False)["rate"].mean().idxmin())


def _alt_track(audit: Audit) -> str:
    table = _table(audit, "score_track")
    believed = list(map(str, table[table["verdict"] == "believe"]["score"].unique()))
    said = f"believed: {first_few(believed)}" if believed else "none is believed"
    return f"Dot plots of {table['score'].nunique()} scores: how often the pick of each is one of the best; {said}."


def _alt_power(audit: Audit) -> str:
    points = _table(audit, "detectability")
    cluster = _hardest(audit)
    mine = points[points["name"] == cluster]
    return (
        f"How often draws recover cluster {cluster}, the hardest one, at {len(mine)} numbers of cells and depths: "
        f"between {mine['rate'].min():.2f} and {mine['rate'].max():.2f}."
    )


QUESTION_FIGURES = (
    Figure(
        "score_track",
        "which_score",
        "Which number may choose the resolution? Left: how often the pick of a score is one of the best in look-alikes "
        "of these data with known types; right: the agreement it loses. Dashed: the default pipeline.",
        lambda audit: len(_table(audit, "score_track")) > 0,
        lambda audit: pl.score_track(_table(audit, "score_track"))[0],
        _alt_track,
    ),
    Figure(
        "power",
        "power",
        "Where would the hardest cluster have been found? Dots: draws of a look-alike at other numbers of cells and "
        "depths; the diamond: these data; the line: the closed form.",
        lambda audit: len(_table(audit, "detectability")) > 0,
        lambda audit: pl.power(audit.tables, _hardest(audit)),
        _alt_power,
    ),
)
"""Figures of questions 6 and 7; none where nothing was drawn."""
