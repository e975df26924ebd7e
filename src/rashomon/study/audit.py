"""An audit: a study with defaults. Plan, estimate, run, ask."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Judged, Request, find_standin, trip
from rashomon.ask.assumption.status import assumptions_table
from rashomon.ask.card.card import card_words, cards
from rashomon.ask.confounding.question import causal_diagram
from rashomon.ask.guarantee.table import guarantee_table
from rashomon.ask.receptor.structure import RECEPTOR_VERDICTS
from rashomon.ask.stability.certainty import certainty
from rashomon.core import UsageError, root_entropy
from rashomon.dataset import Dataset
from rashomon.engine import Record, environment
from rashomon.multiverse import Executor, Multiverse, Unit, collect, dense_bytes, slots_of
from rashomon.partitions import Partitions
from rashomon.study.ceiling import against_ceilings
from rashomon.study.forecast import Forecast, forecast, lines, multiverse_units, plan_multiverse, within_memory
from rashomon.study.option import AuditOptions
from rashomon.study.question import Runs, run_questions
from rashomon.study.receptor import receptor_tables
from rashomon.study.result import Audit
from rashomon.study.scores import all_scores, reference_scores

__all__ = ["AuditOptions", "audit"]


@dataclass(frozen=True, eq=False)
class _Base:
    """The finished multiverse on all cells."""

    multiverse: Multiverse
    parts: Partitions
    on_view: list[tuple[Unit, Record]]
    forecast: Forecast


def audit(dataset: Dataset, judged: Judged | None = None, *, options: AuditOptions | None = None) -> Audit:
    """Judge a clustering: does it come back, whose truth does it follow, which settings made it.

    Parameters
    ----------
    dataset
        Rows, matrix, truths and roles.
    judged
        The labels on trial; the default pipeline of the multiverse when None.
    options
        See `AuditOptions`.

    Returns
    -------
    Answers, tables and per-cell columns. Without a usable matrix only question 3 is answered.

    Raises
    ------
    UsageError
        When there is neither a matrix (or view) nor labels, or a named view or choice does not exist.
    """
    options = options or AuditOptions()
    begun = time.monotonic()
    entropy = root_entropy(options.rng)
    options.check(dataset, judged)
    if options.dag is not None:
        # arrows between columns that do not exist are refused before the work, not after it
        blank = Judged("the default pipeline", np.full(dataset.n_obs, -1, dtype=np.int32), (), own=False)
        causal_diagram(options.request(dataset, judged or blank, entropy))
    if not dataset.can_cluster and options.use_rep is None:
        if judged is None:
            raise UsageError("there is nothing to judge", where=dataset.source, fix="name a label column with labels=")
        request = options.request(dataset, judged, entropy)
        return _finish(request, None, Runs.none(), None, options, begun)
    multiverse = plan_multiverse(dataset, judged, options=options, entropy=entropy)
    for line in lines(multiverse, dataset, options=options):
        options.announce(line)
    options = within_memory(multiverse, dataset, options=options)
    executor = Executor(slots_of(dataset, use_rep=options.use_rep), entropy, options.store, options.engine)
    base = _run_base(multiverse, dataset, judged, executor, options)
    made = _default_labels(base)
    standin = find_standin(
        judged or made,
        base.parts,
        base.multiverse,
        pipeline=options.pipeline if judged is not None else base.multiverse.default,
    )
    request = options.request(
        dataset, judged or made, entropy, multiverse=base.multiverse, parts=base.parts, standin=standin
    )
    finished = run_questions(request, executor, options, base.forecast)
    return _finish(request, base, finished, executor, options, begun)


def _run_base(
    multiverse: Multiverse, dataset: Dataset, judged: Judged | None, executor: Executor, options: AuditOptions
) -> _Base:
    size = dense_bytes(multiverse, dataset)
    if size:
        options.announce(f"scaled genes are dense: {size / 2**20:.0f} MiB in each process")
    foreseen = forecast(multiverse, dataset, executor, options=options, entropy=executor.entropy, judged=judged)
    options.announce(f"the whole audit: {foreseen.whole}")
    options.announce(f"the multiverse: {foreseen.multiverse}")
    labels, scored = multiverse_units(multiverse, scores=options.scores)
    records = executor.run([*labels, *scored], task="multiverse")
    keys = executor.keys(labels)
    parts = collect(labels, records[: len(labels)], keys, obs_names=dataset.obs_names, item=dataset.item)
    if (parts.runs["status"] == "failed").all():
        raise UsageError(
            "every pipeline failed",
            where=dataset.source,
            expected="at least one run",
            fix=str(parts.runs["reason"].iloc[0]),
        )
    return _Base(multiverse, parts, list(zip(scored, records[len(labels) :], strict=True)), foreseen)


def _default_labels(base: _Base) -> Judged:
    default = base.multiverse.default
    runs = base.parts.runs
    matches = np.all([(runs[name] == level).to_numpy() for name, level in default.items()], axis=0)
    position = int(np.flatnonzero(matches)[0])
    if runs["status"].iloc[position] == "failed":
        raise UsageError(
            "the default pipeline failed", where=base.multiverse.name(default), fix=str(runs["reason"].iloc[position])
        )
    codes = base.parts.labels[:, position]
    return Judged("the default pipeline", codes, tuple(map(str, range(int(codes.max()) + 1))), own=False)


def _finish(
    request: Request,
    base: _Base | None,
    runs: Runs,
    executor: Executor | None,
    options: AuditOptions,
    begun: float,
) -> Audit:
    request, answered = runs.conclude(request)
    parts = request.parts
    for each in answered.values():
        parts = parts.concat(each.partitions) if parts is not None and each.partitions is not None else parts
    on_view = list(base.on_view) if base is not None else []
    if executor is not None and runs.reference is not None and runs.reference.status == "ok":
        on_view += zip(*reference_scores(request, runs.reference, executor, scores=options.scores), strict=True)
    labels = [request.judged.categories[code] if code >= 0 else "" for code in request.judged.codes]
    columns = {name: values for each in answered.values() for name, values in each.cells.items()}
    skipped = [(e.choice, str(e.level), e.because) for e in (request.multiverse.not_run if request.multiverse else ())]
    skipped += [row for each in answered.values() for row in each.not_run]
    scores = all_scores(request, on_view, scores=options.scores)
    answers = {name: each.answer for name, each in answered.items()}
    tables = {name: table for each in answered.values() for name, table in each.tables.items()}
    sure = certainty(request, answered["stability"].partitions, runs.reference)
    columns |= sure.columns
    if sure.promise is not None:
        said = answers["stability"]
        answers["stability"] = replace(said, assumptions=(*said.assumptions, sure.promise))
    tables["cards"] = cards(request, tables)
    if len(tables["cards"]):
        columns["verdict"] = card_words(request, tables["cards"])
    return Audit(
        request.dataset,
        request.judged,
        _spec(request, options),
        answers,
        {
            **tables,
            "assumptions": assumptions_table(answers),
            "guarantees": guarantee_table(request, answers),
            "tripwires": trip(request.dataset, request.judged),
            "scores": scores,
            **against_ceilings(request.dataset, request.judged.name, scores),
            **receptor_tables(
                request,
                runs.reference,
                executor,
                beyond_generation=answers["structure"].verdict == RECEPTOR_VERDICTS["yes"],
            ),
            "runs": parts.runs if parts is not None else pd.DataFrame(),
            "not_run": pd.DataFrame(skipped, columns=["choice", "level", "because"]),
        },
        pd.DataFrame({"label": labels, **columns}, index=pd.Index(request.dataset.obs_names)),
        parts,
        request.multiverse,
        request.standin,
        base.forecast.whole if base is not None else None,
        options.coordinates or _first_components(request.dataset, runs.reference),
        {"rashomon": version("rashomon"), **environment()},
        time.monotonic() - begun,
    )


def _spec(request: Request, options: AuditOptions) -> dict[str, Any]:
    world = request.dataset.world
    return {
        "source": request.dataset.source,
        "data_digest": request.dataset.digest,
        **({} if world is None else {"simulated": world.stamp}),
        "labels": request.judged.name,
        "truths": {
            name: {"kind": truth.kind, "derived_from": truth.derived_from}
            for name, truth in request.dataset.truths.items()
        },
        "roles": {role: truth.name for role, truth in request.dataset.roles},
        **options.described(),
        "rng": request.entropy,
        **options.call,
    }


def _first_components(dataset: Dataset, reference: Record | None) -> tuple[np.ndarray, str] | None:
    if reference is None or reference.status == "failed" or "view" not in reference.slots:
        return None
    coordinates = np.full((dataset.n_obs, 2), np.nan, dtype=np.float32)
    coordinates[reference.slots["rows"]] = reference.slots["view"][:, :2]
    return coordinates, "first two components"
