"""The figures of a report: each answers one question, from the tables of an audit alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon import pl
from rashomon.ask.choices.share import INTERACTIONS, NOISE
from rashomon.ask.truths.question import PRIMARY
from rashomon.core import Registry, first_few, publish
from rashomon.perturb import PERTURBATIONS
from rashomon.report.cluster_figure import CLUSTER_FIGURES
from rashomon.report.escape import pathless
from rashomon.report.figure_record import Figure
from rashomon.report.paired_figure import PAIRED_FIGURES
from rashomon.report.pipeline_figure import PIPELINE_FIGURES
from rashomon.report.question_figure import QUESTION_FIGURES
from rashomon.report.receptor_figure import RECEPTOR_FIGURES
from rashomon.report.truth import drawn, relation_sentence
from rashomon.score import SCORES
from rashomon.study import Audit

__all__ = ["FIGURES", "Figure", "figures"]


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


def _draw_cells(audit: Audit) -> Any:
    judged = audit.judged
    own = audit.dataset.colours
    panels: dict[str, Any] = {f"clusters: {judged.name}": _categories(judged.codes, judged.categories)}
    colours = {f"clusters: {judged.name}": own.get(judged.name, {})}
    naming = next((truth for truth in audit.dataset.truths.values() if truth.kind != "technical"), None)
    if naming is not None:
        panels[f"labels: {naming.name}"] = _categories(naming.codes, naming.categories)
        colours[f"labels: {naming.name}"] = own.get(naming.name, {})
    panels["how well each cell stays with its cluster"] = audit.cells["stability"].to_numpy(dtype=float)
    coordinates, _ = audit.view or (np.empty((0, 2)), "")
    return pl.cell_panels(coordinates, panels, colours=colours)[0]


def _categories(codes: np.ndarray, names: tuple[str, ...]) -> Any:
    shown = np.maximum(codes, -1).astype(np.int64)
    return pd.Categorical.from_codes(shown, pd.Index(names, dtype=object))


def _alt_cells(audit: Audit) -> str:
    known = audit.cells[audit.cells["stability"].notna() & (audit.judged.codes >= 0)]
    means = known.groupby("label", sort=False)["stability"].mean().sort_values(kind="stable")
    worst = first_few((f"{name} {value:.2f}" for name, value in means.items()), n=3)
    lowest = f" Mean stability is lowest in the clusters {worst}." if len(means) else " No cell's stability is known."
    where = audit.view[1] if audit.view is not None else ""
    what = f"{audit.dataset.n_obs:,} {audit.dataset.item}s ({where})"
    return f"Scatter plots of {what}: the judged clusters, labels, stability.{lowest}"


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


def _columns(audit: Audit) -> tuple[str, ...]:
    return drawn([*audit.dataset.truths.values()])


def _alt_alluvial(audit: Audit) -> str:
    names = _columns(audit)
    rows = audit.tables.get("relations", pd.DataFrame(columns=["truth_a", "truth_b"]))
    rows = rows[rows["truth_a"].isin(names) & rows["truth_b"].isin(names)]
    said = relation_sentence(rows.iloc[0], audit.dataset.item) if len(rows) else ""
    classes = (f"{name} ({len(audit.dataset.truths[name].categories)} classes)" for name in names)
    return f"Alluvial plot of {' and '.join(classes)}. {said}".strip()


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
    return pl.specification_curve(
        _with_failed(audit),
        outcome=_outcome(audit),
        choices=[choice.name for choice in choices if not choice.replicate],
        marked=audit.standin.pipeline if audit.standin is not None else None,
    )[0]


def _with_failed(audit: Audit) -> pd.DataFrame:
    """Return the curve with the pipelines that failed, as rows without a value."""
    curve, failed = audit.tables["curve"], audit.failed
    if not len(failed):
        return curve
    # branches beside the others have no place on the curve
    beside = failed["branch"] != "" if "branch" in failed else False
    absent = failed[~failed["perturbation"].isin(list(PERTURBATIONS)) & ~failed["run"].isin(curve["run"]) & ~beside]
    return curve.set_index("run").reindex([*curve["run"], *absent["run"]]).reset_index()


def _alt_curve(audit: Audit) -> str:
    values = audit.tables["curve"][_outcome(audit)].dropna()
    if not len(values):
        return f"Specification curve: {_outcome(audit)} has no value in any run."
    spread = f"from {values.min():.2f} to {values.max():.2f}, median {values.median():.2f}"
    return f"Specification curve: {_outcome(audit)} over {len(values)} runs, {spread}; the settings of each below."


def _graph(audit: Audit) -> Mapping[str, Any]:
    """Return the causal graph of simulated data, without nodes for other data."""
    graph = audit.dataset.world.graph if audit.dataset.world is not None else None
    return {"nodes": [], "edges": []} if graph is None else graph


def _alt_graph(audit: Audit) -> str:
    nodes, edges = (_graph(audit)[part] for part in ("nodes", "edges"))
    outside = first_few(node["name"] for node in nodes if node["intervened"])
    set_to = f" Set from outside: {pathless(outside)}." if outside else ""
    return f"Causal graph of {len(nodes)} variables and {len(edges)} arrows; the table below lists them.{set_to}"


FIGURES: Registry[Figure] = Registry(
    "figure",
    [
        Figure(
            "causal_graph",
            "world",
            "What causes what in the world that these data are from? An arrow leads from a cause to what it acts on; a "
            "box says below its name what it has one value for. A heavy outline marks what was set from outside.",
            lambda audit: bool(_graph(audit)["nodes"]),
            lambda audit: pl.causal_graph(_graph(audit)),
            _alt_graph,
        ),
        *CLUSTER_FIGURES,
        Figure(
            "cells",
            "stability",
            "Which cells are unsure? The same map with the clusters, the labels, and for each cell how much of its "
            "cluster stays together with it when half of the cells are analysed anew (0: none, 1: all; grey: not "
            "known). A map bends distances; the numbers are not made from it.",
            lambda audit: audit.view is not None,
            _draw_cells,
            _alt_cells,
        ),
        Figure(
            "truths",
            "truths",
            "Which label column do the clusters follow? The diamond should lie right of the shuffled labels, which are "
            "chance, and cannot be expected to lie right of the triangle, which is what the neighbours of each cell "
            "know. Small dots: every pipeline at its best resolution. Hatched columns were made from the same matrix "
            "and cannot win.",
            _filled("truths"),
            _draw_truths,
            _alt_truths,
        ),
        Figure(
            "alluvial",
            "truths",
            "How do the label columns relate to each other? A ribbon is a group of cells with one class in each "
            "column, in the colour of its class in the first.",
            lambda audit: bool(_columns(audit)),
            lambda audit: pl.alluvial(audit, truths=_columns(audit)),
            _alt_alluvial,
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
            "seeds); below, its settings. A setting whose squares gather at one end moves the result. The marked "
            "column is the pipeline that was re-run.",
            _filled("shares", "curve"),
            _draw_curve,
            _alt_curve,
        ),
        *PIPELINE_FIGURES,
        *QUESTION_FIGURES,
        *RECEPTOR_FIGURES,
        *PAIRED_FIGURES,
    ],
)
"""Every figure, in the order of the page; names are those of the files."""
