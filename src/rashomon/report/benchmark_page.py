"""The page of a benchmark: sentences, whether its controls hold, which knob breaks which score, and what failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd

from rashomon.core import first_few
from rashomon.dataset import WorldFacts
from rashomon.pl.benchmark_score import KEYS, chosen_scores, invalid_scores
from rashomon.pl.break_point import break_points
from rashomon.pl.knob_effect import knob_effects
from rashomon.report.benchmark_methods import benchmark_methods
from rashomon.report.page import render
from rashomon.report.picture import Picture, picture_uri
from rashomon.report.table import ShownTable, show_table
from rashomon.study.benchmark import Benchmark
from rashomon.study.benchmark.break_point import BREAK_COLUMNS
from rashomon.study.benchmark.control import CONTROL_COLUMNS
from rashomon.study.benchmark.ranking import RANKING_COLUMNS
from rashomon.study.benchmark.table import ALL_PIPELINES, EFFECT_COLUMNS

__all__ = ["benchmark"]

_PANELS = 8
"""Scores in the figure of a knob; the table holds them all."""

_SOONEST = ("broken at the fixed point", "breaks", "ends", "cannot tell", "holds")
_WORST = ("invalid", "cannot tell", "valid", "not applicable")
_LEFT_OUT = ["judged_by", "loss_low", "loss_high", "gain_low", "gain_high"]
"""Columns of the table of levels that only its file has."""
_TRUTH_SIDE = "positive"


def benchmark(found: Benchmark) -> str:
    """Return the report of a benchmark: one HTML page that fetches nothing.

    Invalid scores are named before anything else, failed runs are counted at the top and listed with their reasons.
    Everything that comes from the study is escaped; absolute paths are left out, also of the tables inside the page.

    Parameters
    ----------
    found
        From `rashomon.study.benchmark.run_benchmark`; nothing else is read.
    """
    world = WorldFacts(str(found.spec.get("world", "")), str(found.spec.get("world_digest", "")))
    return render("benchmark.html", _context(found), world=world)


def _context(found: Benchmark) -> dict[str, Any]:
    world = str(found.spec.get("world", ""))
    failed = found.failed
    return {
        "title": str(found.spec.get("title") or f"Which knob breaks which score: the world {world}"),
        "world": world,
        "digest": str(found.spec.get("world_digest", "")),
        "lines": found.lines,
        "sentences": found.sentences(),
        "first": _first_to_break(found),
        "judged": _judged(found),
        "target": found.target,
        "invalid": _invalid(found),
        "n_invalid": len(found.invalid),
        "controls": _controls(found),
        "n_runs": len(found.tables["runs"]),
        "n_failed": len(failed),
        "failures": _failures(failed),
        "failed": _failed(found),
        "missing": _missing(found.tables["scores"]),
        "not_run": _not_run(found.tables["not_run"]),
        "map": _map(found),
        "pictures": tuple(_effect_pictures(found)),
        "tables": tuple(_tables(found)),
        "spec": json.dumps(dict(found.spec), indent=2, ensure_ascii=False, default=str).splitlines(),
        "methods": benchmark_methods(found),
        "environment": found.environment,
        "version": found.environment.get("rashomon", ""),
    }


def _judged(found: Benchmark) -> tuple[int, int, int]:
    """Return how many scores have controls, how many of these are valid, and of how many nothing can be told."""
    status = found.tables["controls"]["status"]
    counts = [int((status == word).sum()) for word in ("valid", "invalid", "cannot tell")]
    return sum(counts), counts[0], counts[2]


def _first_to_break(found: Benchmark) -> str:
    """Return the knobs that are first for most valid scores that break; what cannot be told is no praise."""
    every = _chosen(found)
    invalid = invalid_scores(found.tables)
    valid = [key not in invalid for key in every[KEYS].itertuples(index=False, name=None)]
    rows = every[pd.Series(valid, every.index, dtype=bool)]
    left = len(every.groupby(KEYS)) - len(rows.groupby(KEYS))
    left_out = f"; {left:,} invalid left out" if left else ""
    first = rows[rows["order"] == 1]
    counts = first["knob"].value_counts()
    if not len(first):
        unknown = int((rows["status"] == "cannot tell").sum())
        start = len(rows[rows["status"] == "broken at the fixed point"].groupby(KEYS))
        notes = [f"{start:,} broken before anything is turned" if start else "",
                 f"{unknown:,} of {len(rows):,} cannot be told" if unknown else ""]  # fmt: skip
        return "; ".join(filter(None, ["none seen" if unknown else "none", *notes])) + left_out
    told = [f"{knob} ({n:,} of {len(first.groupby(KEYS)):,} scores)" for knob, n in counts.items()]
    return first_few(told, n=2) + left_out


def _chosen(found: Benchmark) -> pd.DataFrame:
    table = found.tables["break_points"]
    return (
        chosen_scores(found.tables, truth=found.target) if found.target in set(table["judged_by"]) else table.iloc[:0]
    )


def _invalid(found: Benchmark) -> list[dict[str, str]]:
    """Return what is said of each score and truth that controls do not bracket, at the view with the largest margin."""
    entries = []
    for (score, truth), group in found.invalid.groupby(["score", "truth"], sort=False):
        row = group.iloc[int(group["margin"].argmax())]
        said = ("better than", "the truth itself") if row["side"] == _TRUTH_SIDE else ("worse than", "random labels")
        views = " and ".join(dict.fromkeys(filter(None, group["view"])))
        against = [f"with {truth}" if str(truth) else "", f"on the {views} view" if views else ""]
        entries.append(
            {
                "score": str(score),
                "of": ", ".join(filter(None, against)),
                "why": f"{row['pipeline']} is rated {' '.join(said)} at {row['point']}, by {row['margin']:.3g}",
                "where": f"outside in {int(group['n_outside'].max()):,} of {int(group['n_compared'].max()):,} "
                "comparisons of a pipeline with its controls",
            }
        )
    return entries


def _controls(found: Benchmark) -> ShownTable:
    table = found.tables["controls"]
    # the worst first on the page; the file keeps its order
    shown = table.sort_values("status", key=lambda column: column.map(_WORST.index), kind="stable")
    columns = ["status", *KEYS, "reason", "positive", "attainable", "found", "negative", "n_outside", "n_compared"]
    caption = "One row per score: do its controls bracket it?"
    return show_table(shown[columns], name="controls", caption=caption, whole=table, columns=CONTROL_COLUMNS)


def _failures(failed: pd.DataFrame) -> ShownTable | None:
    if not len(failed):
        return None
    groups = failed.groupby(["pipeline", "reason"], sort=False)
    counts = groups.agg(
        runs=("point", "size"), settings=("point", lambda points: first_few(dict.fromkeys(points), n=6))
    )
    return show_table(counts.reset_index(), name="failures", caption="Why runs failed, and in which settings")


def _failed(found: Benchmark) -> ShownTable | None:
    failed = found.failed
    if not len(failed):
        return None
    number = found.tables["sweep"].set_index(["point", "world_seed"])["dataset"]
    dataset = number.loc[list(zip(failed["point"], failed["world_seed"], strict=True))].to_numpy()
    shown = failed[["point", "pipeline", "reason", "key"]].copy()
    shown.insert(0, "dataset", dataset.astype(str))
    whole = failed.assign(dataset=dataset)
    return show_table(shown, name="failed_runs", caption="One row per failed run", whole=whole)


def _missing(scores: pd.DataFrame) -> ShownTable | None:
    """Return why scores have no value: also those of runs that went well."""
    none = scores[scores["value"].isna()]
    if not len(none):
        return None
    groups = none.groupby("reason", sort=False, dropna=False)
    counts = groups.agg(
        values=("point", "size"),
        scores=("score", lambda names: first_few(dict.fromkeys(names), n=6)),
        settings=("point", lambda points: first_few(dict.fromkeys(points), n=4)),
    )
    caption = f"Why {len(none):,} of {len(scores):,} values are missing; they take no part in any mean"
    return show_table(counts.reset_index(), name="missing", caption=caption)


def _not_run(table: pd.DataFrame) -> ShownTable | None:
    return show_table(table, name="not_run", caption="What was not run, and why") if len(table) else None


def _tables(found: Benchmark) -> Iterator[ShownTable]:
    tables = found.tables
    effects = tables["effects"]
    shown = {
        "break_points": (
            _last(tables["break_points"], "reason"),
            "One row per score and knob: where it breaks",
            BREAK_COLUMNS,
        ),
        "effects": (
            effects[effects["pipeline"] == ALL_PIPELINES].drop(columns="pipeline"),
            "One row per level and score, mean over pipelines; the file has each pipeline",
            EFFECT_COLUMNS,
        ),
        "ranking": (
            tables["ranking"].drop(columns=_LEFT_OUT),
            "One row per level and score: does it rank as AMI does? The file has more columns",
            RANKING_COLUMNS,
        ),
        "sweep": (_as_names(tables["sweep"]), "One row per data set: its setting and its seed", {}),
    }
    for name, (table, caption, columns) in shown.items():
        yield show_table(table, name=name, caption=caption, whole=tables[name], columns=columns)


def _last(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[[*table.columns.drop([name, "judged_by"]), name]]


def _as_names(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return seeds and numbers of data sets as text: they are names, not quantities."""
    return sweep.astype({"dataset": str, "world_seed": str, "random_seed": str})


def _map(found: Benchmark) -> Picture | None:
    rows = _chosen(found)
    if not len(rows):
        return None
    n_scores, n_knobs = len(rows.groupby(KEYS)), rows["knob"].nunique()
    return _picture(
        "break_points",
        lambda: break_points(found.tables, truth=found.target),
        alt=f"{n_scores} scores by {n_knobs} knobs, with the first level at which each score is broken; the table "
        "break_points names the same.",
        caption="Which knob breaks which score first? A square names the first level of a knob, counted from the fixed "
        f"point (in brackets), at which a score no longer ranks pipelines as their agreement (AMI) with what is "
        f"attainable of {found.target} does, and how it fails.",
    )


def _effect_pictures(found: Benchmark) -> Iterator[Picture]:
    rows = _chosen(found)
    for name, of_knob in rows.groupby("knob", sort=False):
        knob = str(name)
        soonest = of_knob.assign(place=of_knob["status"].map(_SOONEST.index))
        soonest = soonest.sort_values(["place", "steps"], kind="stable")
        drawn = list(dict.fromkeys(soonest["score"]))[:_PANELS]
        left = of_knob["score"].nunique() - len(drawn)
        which = (
            f"{len(drawn)} scores, those that it breaks soonest before others; {left} more are in the table effects."
            if left
            else ""
        )
        yield _picture(
            f"effect_{knob}",
            partial(_draw_effect, found, knob, drawn),
            alt=f"{len(drawn)} scores over the levels of {knob}: {', '.join(drawn)}; the table effects has the values.",
            caption=f"What does {knob} do to each score? Each in its own units, with its bounds where a setting has "
            f"the level: what can be attained of {found.target}, and random labels of the same sizes. {which}".strip(),
        )


def _draw_effect(found: Benchmark, knob: str, scores: list[str]) -> Any:
    return knob_effects(found.tables, knob, scores=scores, truth=found.target)[0]


def _picture(name: str, draw: Callable[[], Any], *, alt: str, caption: str) -> Picture:
    return Picture(name, picture_uri(draw), alt, caption)
