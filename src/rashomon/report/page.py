"""The page: one file that opens anywhere and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from rashomon.core import UsageError, publish_text
from rashomon.dataset import WorldFacts
from rashomon.dataset.noun import in_items
from rashomon.report import fact
from rashomon.report.card import card_table, page_cards
from rashomon.report.cluster import cluster_rows, marks_of, rung_names, tally
from rashomon.report.download import Shelf
from rashomon.report.escape import finalize, pathless
from rashomon.report.guarantee import guarantee_grid
from rashomon.report.labelling import labelling_page
from rashomon.report.map import MapBlock, map_block
from rashomon.report.mark import MARKS
from rashomon.report.methods import citations, methods
from rashomon.report.paired import paired_page
from rashomon.report.pipeline_figure import RUN
from rashomon.report.receptor import lone_receptors, meanings, receptor_lines, receptor_page
from rashomon.report.section import STATUS_SIGNS, pictures, sections, unasked
from rashomon.report.tripwire import trip_wires
from rashomon.report.world import world_banner, world_page
from rashomon.study import Audit

__all__ = ["Beside", "render", "write"]

_MOST = 300
"""Clusters on the page; the files hold them all."""

_SHOWN = 30
"""Clusters that are seen at once; the others unfold."""

_ENDS = re.compile(r"</script|<!--", re.IGNORECASE)
_MACROS = ("mark", "grid", "folded", "shown", "told")
"""What templates share."""


def write(audit: Audit, path: Path | str) -> Path:
    """Write the report of an audit: one HTML file that fetches nothing.

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
    block = map_block(audit)
    beside = Beside() if block is None else Beside((block.script,), block.style)
    return render("page.html", _context(audit, block), world=audit.dataset.world, beside=beside)


@dataclass(frozen=True)
class Beside:
    """What a page needs beside the scripts and the style of all pages.

    Parameters
    ----------
    scripts
        Texts of scripts of this package.
    style
        Rules of a style sheet of this package.
    """

    scripts: tuple[str, ...] = ()
    style: str = ""


def render(
    template: str, context: Mapping[str, Any], *, world: WorldFacts | None = None, beside: Beside | None = None
) -> str:
    """Return a page from one of our templates: everything is inside, and nothing else is loaded or runs.

    Parameters
    ----------
    template
        Name of a file of this package.
    context
        What the template prints; escaped.
    world
        Of simulated data: the banner says so, and files that a reader saves carry the mark.
    beside
        Scripts and style of this page alone.

    Raises
    ------
    UsageError
        When a script would end its own element.
    """
    more = beside or Beside()
    scripts, style = (_read("page.js"), *more.scripts), _read("page.css") + more.style
    for script in scripts:
        if _ENDS.search(script):
            raise UsageError(
                "a script would end its own element", where=script[:60], expected="no </script and no <!--"
            )
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["pathless"] = pathless
    macros = environment.get_template("macro.html").make_module({"shelf": Shelf(world)})
    frame = {
        "banner": world_banner(world),
        # trusted: words of this module, and files of this package
        "policy": Markup(_policy(style, scripts)),  # noqa: S704
        "style": Markup(style),  # noqa: S704
        "scripts": tuple(map(Markup, scripts)),
        **{name: getattr(macros, name) for name in _MACROS},
    }
    return environment.get_template(template).render({**frame, **context})


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    """Return what a browser may do with the page: draw its own images, use its own style, run its own scripts."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; img-src data: blob:; style-src 'sha256-{_digest(style)}'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _read(name: str) -> str:
    return files("rashomon.report").joinpath(name).read_text(encoding="utf-8")


def _context(audit: Audit, block: MapBlock | None) -> dict[str, Any]:
    rows, item = cluster_rows(audit), audit.dataset.item
    return {
        "audit": audit,
        "world": world_page(audit),
        "items": f"{item}s",
        "receptors": receptor_page(audit),
        "paired": paired_page(audit),
        "lone": lone_receptors(audit),
        "shown_rows": _SHOWN,
        "rows": rows[:_MOST],
        "cards": page_cards(audit, rows[:_MOST]),
        "card_table": card_table(audit),
        "map": block,
        "rows_left_out": max(0, len(rows) - _MOST),
        "varied": fact.varied(rung_names(audit), item),
        "tally": tally(rows),
        "unjudged": _unjudged(audit),
        "wires": trip_wires(audit),
        "sections": sections(audit),
        "labelling": labelling_page(audit),
        "unasked": unasked(audit),
        "has_cards": bool(len(audit.tables.get("cards", ()))),
        "guarantees": guarantee_grid(audit),
        "marks": {**MARKS, **marks_of(audit)},
        "verdicts": {name: in_items(meaning, item) for name, meaning in meanings(audit).items()},
        "signs": STATUS_SIGNS,
        "thresholds": [*fact.thresholds(item), *receptor_lines(audit)],
        "counts": fact.counts(audit),
        "failures": fact.failures(audit),
        "run_pictures": pictures(audit, RUN),
        "not_run": fact.not_run(audit),
        "row_lines": fact.row_lines(audit),
        "spec": fact.spec_rows(audit),
        "snippet": fact.snippet(audit),
        "methods": methods(audit),
        "citations": citations(audit),
        "digest": str(audit.spec.get("data_digest") or "not recorded"),
    }


def _unjudged(audit: Audit) -> list[tuple[str, int]]:
    """Return name and size of the clusters where none could be judged."""
    if len(audit.clusters):
        return []
    naming = next((truth for truth in audit.dataset.truths.values() if truth.kind != "technical"), None)
    return list(zip(audit.judged.describe(naming), map(int, audit.judged.sizes), strict=True))
