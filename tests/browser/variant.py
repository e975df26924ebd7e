"""Every kind of page, made from the audits of these tests; with hostile text in every field where one is given."""

from dataclasses import replace
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from rashomon import report
from rashomon.ask.card.cell_word import CELL_WORDS
from rashomon.dataset import Truth
from rashomon.report.download import Shelf
from rashomon.truth import relations
from tests import example_audit, example_benchmark, example_receptor_audit
from tests.unit.report import test_paired

VARIANTS = ("single-cell", "receptor", "paired", "truths", "benchmark")

EACH = [VARIANTS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in VARIANTS[1:])]
"""Every kind of page; by default one of them is opened."""

BLANK = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz4="
"""A figure that takes no time."""


def cards(audit, hostile=""):
    """The tables that full audits of cells have, and the example does not: cards, labellings, quality, resolutions."""
    names, n = [*audit.judged.categories], len(audit.judged.categories)
    words = [*CELL_WORDS]
    said = pd.DataFrame(
        {
            "cluster": names,
            "n": audit.clusters["size"],
            "word": [words[i % len(words)] for i in range(n)],
            "detail": [f"(in detail{hostile})"] * n,
            "action": [f"look again{hostile}"] * n,
            "donors": ["in 7 of 8 donors"] * n,
            "markers": [f"CD3D, IL7R{hostile}"] * n,
            "nearest": names[::-1],
            "dissolves_at": ["halves", *[""] * (n - 1)],
            "exists_at": [f"resolution 0.5 to 1{hostile}"] * n,
            "worst_setting": [f"scale = none (60%){hostile}"] * n,
            "quality": [f"depth 900 (1.3e+03 in the others){hostile}"] * n,
        }
    )
    measured = pd.DataFrame(
        [
            {"cluster": name, "nuisance": nuisance + hostile, "median": 900.0, "median_others": 1300.5, "cv_auc": auc}
            for name in names
            for nuisance, auc in (("depth", 0.8), ("stress", 0.5))
        ]
    )
    labellings = pd.DataFrame({"cluster": names, "n": audit.clusters["size"], "recommended": names})
    labellings = labellings.assign(
        conservative=[names[0]] * n, why_recommended=f"a gap{hostile}", why_conservative=f"no proof{hostile}"
    )
    ranges = pd.MultiIndex.from_product([range(n), [0.5, 1.0]]).to_frame(index=False, name=["cluster", "level"])
    ranges = ranges.assign(choice="resolution", n=24, recovered=0.9, n_halves=20, recovered_halves=0.9, exists=True)
    more = {"cards": said, "nuisances": measured, "labellings": labellings, "resolution_range": ranges}
    return replace(audit, tables={**audit.tables, **more})


def single_cell(folder, hostile="", **more):
    audit = example_audit.audit(hostile=hostile, failed=3, simulated=True, **more)
    return report.write(cards(audit, hostile), folder / "single-cell.html")


def receptor(folder, hostile=""):
    return report.write(example_receptor_audit.audit(hostile), folder / "receptor.html")


def paired(folder, hostile=""):
    return report.write(test_paired.audit(hostile), folder / "paired.html")


def truths(folder, hostile=""):
    # half a pair cannot be in a name that was read from a file
    hostile = hostile.replace("\ud800", "")
    rng = np.random.default_rng(0)
    named = {
        f"{name}{hostile}": Truth(
            f"{name}{hostile}", "annotation", rng.integers(0, 3, 90), tuple(f"{each}{hostile}" for each in "xyz")
        )
        for name in ("gate", "type", "tissue")
    }
    return report.write_relations(named, relations(named), folder / "truths", source=f"a.h5ad{hostile}", call={})


def benchmark(folder, hostile=""):
    found = example_benchmark.benchmark(
        failed=2, reason=f"ValueError: cannot open /home/ada/x{hostile}", title=f"a study{hostile}"
    )
    names = {name: f"{name}{hostile}" for name in example_benchmark.PIPELINES}
    tables = {key: table.replace(names) for key, table in found.tables.items()}
    spec = {**found.spec, "world": f"two types{hostile}"}
    found = replace(found, tables=tables, spec=spec, environment={f"numpy{hostile}": f"2{hostile}"})
    path = folder / "benchmark.html"
    path.write_text(report.benchmark(found), encoding="utf-8")
    return path


MAKERS = dict(zip(VARIANTS, (single_cell, receptor, paired, truths, benchmark), strict=True))


def undrawn(make, *arguments, **more):
    """A page whose figures are not drawn, which takes longer than all else."""
    places = ("section", "benchmark_page", "truth_page")
    patches = [mock.patch(f"rashomon.report.{place}.picture_uri", return_value=BLANK) for place in places]
    patches.append(mock.patch("rashomon.report.map._still", return_value=BLANK))
    for patch in patches:
        patch.start()
    try:
        return make(*arguments, **more)
    finally:
        for patch in patches:
            patch.stop()


def recorded(make, *arguments):
    """A page, and the tables that its buttons save, in its order."""
    tables = []

    class Recording(Shelf):
        def take(self, table):
            tables.append(table)
            return super().take(table)

    with mock.patch("rashomon.report.page.Shelf", Recording):
        return make(*arguments), tables
