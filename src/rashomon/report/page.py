"""The page: one file that opens anywhere and loads nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from rashomon.core import publish_text
from rashomon.dataset.noun import in_items
from rashomon.report import fact
from rashomon.report.cluster import cluster_rows, marks_of, rung_names, tally
from rashomon.report.escape import finalize, pathless
from rashomon.report.guarantee import guarantee_grid
from rashomon.report.labelling import labelling_page
from rashomon.report.mark import MARKS
from rashomon.report.methods import citations, methods
from rashomon.report.paired import paired_page
from rashomon.report.receptor import lone_receptors, meanings, receptor_lines, receptor_page
from rashomon.report.section import STATUS_SIGNS, sections
from rashomon.report.tripwire import trip_wires
from rashomon.report.world import world_banner, world_page
from rashomon.study import Audit

__all__ = ["render", "write"]

_MOST = 300
"""Clusters on the page; the files hold them all."""

_SHOWN = 30
"""Clusters that are seen at once; the others unfold."""


def write(audit: Audit, path: Path | str) -> Path:
    """Write the report of an audit: one HTML file without scripts, links or fonts to fetch.

    Everything that comes from the data is escaped; names of cells and absolute paths are left out.

    Parameters
    ----------
    audit
        What was found; nothing else is read.
    path
        Where to write; replaced whole or not at all.

    Returns
    -------
    The path.

    Raises
    ------
    StoreError
        When the file cannot be written.
    """
    target = Path(path)
    publish_text(target, _render(audit))
    return target


def _render(audit: Audit) -> str:
    return render("page.html", _context(audit))


def render(template: str, context: dict[str, Any]) -> str:
    """Return a page from one of our templates: `context` is escaped, the style is inside and nothing else is loaded."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["pathless"] = pathless
    css = _read("page.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    # trusted: both are files of this package
    style = Markup(css)  # noqa: S704
    return environment.from_string(_read(template)).render(style=style, style_hash=digest, **context)


def _read(name: str) -> str:
    return files("rashomon.report").joinpath(name).read_text(encoding="utf-8")


def _context(audit: Audit) -> dict[str, Any]:
    rows, item = cluster_rows(audit), audit.dataset.item
    return {
        "audit": audit,
        "banner": world_banner(audit.dataset.world),
        "world": world_page(audit),
        "items": f"{item}s",
        "receptors": receptor_page(audit),
        "paired": paired_page(audit),
        "lone": lone_receptors(audit),
        "shown_rows": _SHOWN,
        "rows": rows[:_MOST],
        "rows_left_out": max(0, len(rows) - _MOST),
        "varied": fact.varied(rung_names(audit), item),
        "tally": tally(rows),
        "unjudged": _unjudged(audit),
        "wires": trip_wires(audit),
        "sections": sections(audit),
        "labelling": labelling_page(audit),
        "cards": bool(len(audit.tables.get("cards", ()))),
        "guarantees": guarantee_grid(audit),
        "marks": {**MARKS, **marks_of(audit)},
        "verdicts": {name: in_items(meaning, item) for name, meaning in meanings(audit).items()},
        "signs": STATUS_SIGNS,
        "thresholds": [*fact.thresholds(item), *receptor_lines(audit)],
        "counts": fact.counts(audit),
        "failures": fact.failures(audit),
        "not_run": fact.not_run(audit),
        "row_lines": fact.row_lines(audit),
        "spec": fact.spec_rows(audit),
        "snippet": fact.snippet(audit),
        "methods": methods(audit),
        "citations": citations(audit),
    }


def _unjudged(audit: Audit) -> list[tuple[str, int]]:
    """Return name and size of the clusters where none could be judged."""
    if len(audit.clusters):
        return []
    naming = next((truth for truth in audit.dataset.truths.values() if truth.kind != "technical"), None)
    return list(zip(audit.judged.describe(naming), map(int, audit.judged.sizes), strict=True))
