"""The figures of a report: each answers one question, from the tables of an audit alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon import pl
from rashomon.ask.match import RECOVERED
from rashomon.ask.share import INTERACTIONS, NOISE
from rashomon.ask.truths import PRIMARY
from rashomon.core import Registry, first_few, publish
from rashomon.multiverse.base import FULL_DATA
from rashomon.report.mark import MARKS
from rashomon.score import SCORES
from rashomon.study import Audit

__all__ = ["FIGURES", "Figure", "figures"]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Parameters
    ----------
    name
        Name of its files.
    question
        Key of the question it belongs to.
    summary
        What it shows and how to read it; stands under the figure.
    available
        Whether the audit holds what it needs.
    draw
        Draws it and returns one of its Axes.
    alt
        What a reader who cannot see it needs to know.
    """

    name: str
    question: str
    summary: str
    available: Callable[[Audit], bool]
    draw: Callable[[Audit], Any]
    alt: Callable[[Audit], str]

    def encode(self, audit: Audit, *, kind: str) -> bytes:
        """Return the bytes of the figure; the same audit gives the same bytes."""
        with pl.house_style():
            return pl.encode(self.draw(audit), kind=kind)


def figures(audit: Audit, folder: Path | str) -> list[Path]:
    """Write every figure the audit allows to `folder`, as PNG and SVG; return the paths.

    Parameters
    ----------
    audit
        What was found.
    folder
        Created where it is missing.

    Raises
    ------
    StoreError
        When the folder cannot be written to.
    """
    written = []
    for figure in FIGURES.values():
        for kind in ("png", "svg") if figure.available(audit) else ():
            path = Path(folder) / f"{figure.name}.{kind}"
            with publish(path) as temporary:
                temporary.write_bytes(figure.encode(audit, kind=kind))
            written.append(path)
    return written


def _filled(*names: str) -> Callable[[Audit], bool]:
    return lambda audit: all(len(audit.tables[name]) > 0 for name in names)


def _draw_clusters(audit: Audit) -> Any:
    shown = audit.clusters.copy()
    shown["verdict"] = [f"{MARKS[row['class']].sign} {row['verdict']}" for _, row in shown.iterrows()]
    rungs = audit.tables["rungs"].assign(rung=[str(name).replace("_", " ") for name in audit.tables["rungs"]["rung"]])
    return pl.cluster_recovery(rungs, shown, threshold=RECOVERED)[0]


def _alt_clusters(audit: Audit) -> str:
    rungs = audit.tables["rungs"]
    means = rungs.groupby("rung", sort=False)["jaccard"].mean()
    values = ", ".join(f"{rung} {value:.2f}" for rung, value in means.items())
    counts = audit.clusters["class"].value_counts()
    verdicts = ", ".join(f"{counts[name]} {name}" for name in MARKS if name in counts)
    return f"Dot plot of {len(audit.clusters)} clusters. Mean Jaccard index over clusters: {values}. Verdicts: {verdicts}."


def _draw_cells(audit: Audit) -> Any:
    if audit.view is None:
        raise AssertionError("available() was not asked")
    panels: dict[str, Any] = {f"clusters: {audit.judged.name}": _categories(audit.judged.codes, audit.judged.categories)}
    naming = next((truth for truth in audit.dataset.truths.values() if truth.kind != "technical"), None)
    if naming is not None:
        panels[f"labels: {naming.name}"] = _categories(naming.codes, naming.categories)
    panels["how well each cell stays with its cluster"] = audit.cells["stability"].to_numpy(dtype=float)
    return pl.cell_panels(audit.view[0], panels)[0]


def _categories(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(np.maximum(codes, -1), list(names))


def _alt_cells(audit: Audit) -> str:
    stability = audit.cells["stability"].groupby(audit.judged.codes).mean()
    known = {audit.judged.categories[int(code)]: value for code, value in stability.dropna().items() if int(str(code)) >= 0}
    worst = first_few((f"{name} {value:.2f}" for name, value in sorted(known.items(), key=lambda item: item[1])), n=3)
    lowest = f" Mean stability is lowest in the clusters {worst}." if known else " The stability of no cell is known."
    where = audit.view[1] if audit.view is not None else ""
    return f"Scatter plots of {audit.dataset.n_obs:,} cells ({where}): the judged clusters, labels, stability.{lowest}"


def _draw_truths(audit: Audit) -> Any:
    display = SCORES[PRIMARY].display
    return pl.truth_agreement(audit.tables["truths"], audit.tables["truth_matrix"], score=PRIMARY, display=display)


def _alt_truths(audit: Audit) -> str:
    rows = audit.tables["truths"].sort_values(PRIMARY, ascending=False)
    values = [
        f"{row['truth']} {row[PRIMARY]:.2f}" + (" (made from the same matrix)" if row["circular"] else "")
        for _, row in rows.iterrows()
        if np.isfinite(row[PRIMARY])
    ]
    return f"Dot plot of {SCORES[PRIMARY].display} of the clusters with each label column: {first_few(values, n=8)}."


def _outcome(audit: Audit) -> str:
    return str(audit.tables["shares"]["outcome"].iloc[0])


def _apart(audit: Audit) -> list[str]:
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    return [*(choice.name for choice in choices if choice.granularity), INTERACTIONS, NOISE]


def _draw_choices(audit: Audit) -> Any:
    return pl.variance_shares(audit.tables["shares"], outcome=_outcome(audit), apart=_apart(audit))


def _alt_choices(audit: Audit) -> str:
    shares = audit.tables["shares"]
    rows = shares[shares["outcome"] == _outcome(audit)].sort_values("share", ascending=False).dropna(subset=["share"])
    values = first_few((f"{row['choice']} {100 * max(0, row['share']):.0f} %" for _, row in rows.iterrows()), n=10)
    return f"Bars: shares of the spread in {_outcome(audit)}: {values or 'none, every run agrees equally'}."


def _draw_curve(audit: Audit) -> Any:
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    failed = set(audit.failed["run"]) - set(audit.tables["curve"]["run"]) if len(audit.failed) else set()
    on_all_cells = audit.tables["runs"]["perturbation"] == FULL_DATA["perturbation"]
    return pl.specification_curve(
        audit.tables["curve"],
        outcome=_outcome(audit),
        choices=[choice.name for choice in choices if not choice.replicate],
        marked=audit.standin.pipeline if audit.standin is not None else None,
        n_failed=int((on_all_cells & audit.tables["runs"]["run"].isin(failed)).sum()),
    )[0]


def _alt_curve(audit: Audit) -> str:
    values = audit.tables["curve"][_outcome(audit)].dropna()
    spread = f"from {values.min():.2f} to {values.max():.2f}, median {values.median():.2f}" if len(values) else "undefined"
    return f"Specification curve: {_outcome(audit)} over {len(values)} runs, {spread}; the settings of each below."


FIGURES: Registry[Figure] = Registry(
    "figure",
    [
        Figure(
            "clusters",
            "stability",
            "How well is each cluster found again? One panel per thing that was varied. Dot: mean agreement with the most "
            "similar cluster of each repeat; line: where 95 % of the repeats lie; hollow: on average not found again. The "
            "best clusters come first.",
            _filled("clusters", "rungs"),
            _draw_clusters,
            _alt_clusters,
        ),
        Figure(
            "cells",
            "stability",
            "Which cells are unsure? The same map three times: the clusters, the labels, and for each cell how much of its "
            "cluster stays together with it when half of the cells are analysed anew (0: none, 1: all). A map bends "
            "distances; the numbers are not made from it.",
            lambda audit: audit.view is not None,
            _draw_cells,
            _alt_cells,
        ),
        Figure(
            "truths",
            "truths",
            "Which label column do the clusters follow? The diamond should lie right of the shuffled labels, which are "
            "chance, and cannot be expected to lie right of the triangle, which is what the neighbours of each cell know. "
            "Hatched columns were made from the same matrix and cannot win.",
            _filled("truths"),
            _draw_truths,
            _alt_truths,
        ),
        Figure(
            "choices",
            "choices",
            "Which settings move the result? A bar is the share of the differences between pipelines that one setting "
            "explains; line: 95 % interval. Hatched, below the line: how fine the clusters are, settings that act only "
            "together, and chance between seeds.",
            _filled("shares"),
            _draw_choices,
            _alt_choices,
        ),
        Figure(
            "specification_curve",
            "choices",
            "How far do the pipelines differ? Every pipeline is one column: above, its agreement (line: range over "
            "seeds); below, its settings. A setting whose squares gather at one end moves the result. The marked column "
            "is the pipeline that was re-run.",
            _filled("shares", "curve"),
            _draw_curve,
            _alt_curve,
        ),
    ],
)
"""Every figure, in the order of the page; names are those of the files."""
