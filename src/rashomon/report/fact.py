"""The small print: what was run, what was not and why, which rows were used, what the words mean."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from rashomon.ask.stability.rung import PIPELINES
from rashomon.ask.stability.verdict import Thresholds
from rashomon.ask.standin import CLOSE
from rashomon.ask.structure.match import RECOVERED, WHOLE
from rashomon.core.slots import column
from rashomon.dataset import Item
from rashomon.dataset.noun import in_items
from rashomon.perturb import PERTURBATIONS
from rashomon.report.cluster import rung_title
from rashomon.report.escape import pathless
from rashomon.report.table import ShownTable, cell_text, show_table
from rashomon.study import Audit

__all__ = ["counts", "failures", "not_run", "row_lines", "snippet", "spec_rows", "thresholds", "varied"]

_MEANINGS = {name: record.summary for name, record in PERTURBATIONS.items()} | {
    PIPELINES: "Analyse the same cells with every other combination of settings."
}
_BESIDE = "Pipelines that answer a somewhat different question: shown beside, without weight in the verdict."


def varied(names: tuple[str, ...], item: Item = "cell") -> list[tuple[str, str]]:
    """Return title and meaning of each rung.

    Parameters
    ----------
    names
        Of the rungs.
    item
        What a row is.
    """
    return [(rung_title(name, item), in_items(_MEANINGS.get(name, _BESIDE), item)) for name in names]


def counts(audit: Audit) -> list[tuple[str, int, int]]:
    """Return (what was varied, runs, failed runs), in the order in which they were made."""
    runs = audit.tables["runs"]
    if not len(runs):
        return []
    groups = runs.groupby("perturbation", sort=False)["status"]
    return [
        (_of(str(name), audit.dataset.item), int(status.size), int((status == "failed").sum()))
        for name, status in groups
    ]


def _of(perturbation: str, item: Item) -> str:
    return rung_title(perturbation, item) if perturbation in PERTURBATIONS else f"all settings, on all {item}s"


def failures(audit: Audit) -> ShownTable | None:
    """Return the reasons for which runs failed, with how many did and one example, None when none failed."""
    failed = audit.failed
    if not len(failed):
        return None
    groups = failed.groupby("reason", sort=False, dropna=False)
    shown = groups.agg(runs=("run", "size"), for_example=("pipeline", "first")).reset_index()
    return show_table(shown, name="runs", caption="Runs that failed, and why; each is in the file tables/runs.csv")


def not_run(audit: Audit) -> ShownTable | None:
    """Return what the data did not allow, None when everything was run."""
    table: pd.DataFrame = audit.tables["not_run"]
    return show_table(table, name="not_run", caption="What was not run, and why") if len(table) else None


def row_lines(audit: Audit) -> list[str]:
    """Return the row log without the names of rows, which may identify people."""
    log = audit.dataset.rows
    dropped = [f"{entry.where}: {len(entry.names):,} dropped, {entry.reason}" for entry in log.dropped]
    return [f"{log.n_in:,} rows in, {log.n_used:,} used", *map(pathless, (*dropped, *log.notes))]


def spec_rows(audit: Audit) -> list[tuple[str, str]]:
    """Return the resolved call."""
    # as text: a seed is a name, not a quantity
    return [(str(key), str(value) if isinstance(value, int) else cell_text(value)) for key, value in audit.spec.items()]


def thresholds(item: Item = "cell") -> list[tuple[str, str]]:
    """Return the lines between the words, and what each decides.

    Parameters
    ----------
    item
        What a row is.
    """
    limits = Thresholds()
    values = {field.name: getattr(limits, field.name) for field in fields(limits)}
    return [
        (f"Jaccard index {RECOVERED:g}", "from here on, a cluster counts as found again in one repeat (Hennig 2007)"),
        (
            f"Jaccard index {WHOLE:g}",
            f"from here on, two sets of {item}s are the same, for splits and merges (Hennig 2007)",
        ),
        (f"{values['recovered']:.0%}", "of the repeats of every kind must find a cluster again, for it to come back"),
        (
            f"{values['elsewhere']:.0%}",
            "of the pipelines at other levels: found in fewer, a cluster is there only under one",
        ),
        (f"{values['half']:.0%}", "of the analyses that lost a cluster must agree that it splits, or merges"),
        (f"{values['n_cells']} {item}s", "below this size a cluster is not judged"),
        (f"{CLOSE:g}", "adjusted mutual information a pipeline must reach to stand in for labels of unknown making"),
    ]


def snippet(audit: Audit) -> list[str]:
    """Return a few lines of Python that open the annotated copy in scanpy; none where no cell got a verdict."""
    if audit.partitions is None or audit.dataset.item != "cell":
        return []
    labels = audit.judged.name if audit.judged.own else column("labels")
    stability, verdict = column("stability"), column("verdict")
    place = audit.view[1] if audit.view is not None else ""
    draw = (
        f"sc.pl.embedding(adata, basis={place!r}, color=[{labels!r}, {stability!r}, {verdict!r}])"
        if place in audit.dataset.views
        else f"sc.pl.violin(adata, {stability!r}, groupby={labels!r})"
    )
    return [
        "import scanpy as sc",
        'adata = sc.read_h5ad("annotated.h5ad")  # the copy beside this page; your own file was not changed',
        draw,
        f"sure = adata[adata.obs[{stability!r}] > 0.8]  # cells that stay with their cluster",
    ]
