"""An audit: a study with defaults. Plan, estimate, run, ask."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import QUESTIONS, Finished, Judged, Request, find_standin
from rashomon.core import RNGLike, Teller, UsageError, did_you_mean, root_entropy, silent
from rashomon.dataset import Dataset
from rashomon.engine import Engine, Estimate, MemoryStore, Record, Store, environment
from rashomon.multiverse import (
    Budget,
    Executor,
    Level,
    Multiverse,
    Unit,
    collect,
    dense_bytes,
    expression_multiverse,
    slots_of,
)
from rashomon.multiverse.base import label_units, reference_unit, score_units
from rashomon.partitions import Partitions
from rashomon.study.result import Audit
from rashomon.study.scores import all_scores, reference_scores

__all__ = ["AuditOptions", "audit"]


@dataclass(frozen=True)
class AuditOptions:
    """How to audit.

    Parameters
    ----------
    budget
        Size of the multiverse.
    pipeline
        Choices that made the judged labels, where known.
    use_rep
        Name of a view of the data set to start from.
    n_replicates
        How often each perturbation is repeated.
    rng
        Root of all random streams.
    engine, store
        How plans are run, and where records are kept.
    coordinates
        Two coordinates per cell to draw, and their name; the first two components when None.
    call
        What else the caller was given, for the record.
    memory_budget
        Bytes that the dense matrices of all processes may take together.
    announce
        Receives the plan and the estimate before the work starts.
    """

    budget: Budget = "quick"
    pipeline: Mapping[str, Level] | None = None
    use_rep: str | None = None
    n_replicates: int = 20
    rng: RNGLike = 0
    engine: Engine = field(default_factory=Engine)
    store: Store = field(default_factory=MemoryStore)
    coordinates: tuple[np.ndarray, str] | None = None
    call: Mapping[str, Any] = field(default_factory=dict)
    memory_budget: int = 8 * 2**30
    announce: Teller = silent


@dataclass(frozen=True, eq=False)
class _Base:
    """The finished multiverse on all cells."""

    multiverse: Multiverse
    parts: Partitions
    on_view: list[tuple[Unit, Record]]
    estimate: Estimate


@dataclass(frozen=True, eq=False)
class _Runs:
    """What was run for the questions: their units, and the view of the pipeline that stands in."""

    finished: Mapping[str, list[Finished]]
    reference: Record | None = None
    estimate: Estimate | None = None


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
    _check(dataset, judged, options)
    if dataset.expression is None and options.use_rep is None:
        if judged is None:
            raise UsageError("there is nothing to judge", where=dataset.source, fix="name a label column with labels=")
        request = Request(dataset, judged, entropy)
        return _finish(request, None, _Runs({name: [] for name in QUESTIONS}), None, options, begun)
    executor = Executor(slots_of(dataset, use_rep=options.use_rep), entropy, options.store, options.engine)
    base = _run_base(dataset, judged, executor, options)
    made = _default_labels(base)
    standin = find_standin(
        judged or made,
        base.parts,
        base.multiverse,
        pipeline=options.pipeline if judged is not None else base.multiverse.default,
    )
    request = Request(
        dataset,
        judged or made,
        entropy,
        base.multiverse,
        base.parts,
        standin,
        n_replicates=options.n_replicates,
        use_rep=options.use_rep,
    )
    finished = _run_questions(request, executor, options)
    return _finish(request, base, finished, executor, options, begun)


def _run_questions(request: Request, executor: Executor, options: AuditOptions) -> _Runs:
    """Run what all questions planned, in one plan: what two of them need is computed once."""
    if request.multiverse is None or request.standin is None:
        return _Runs({name: [] for name in QUESTIONS})
    planned = {name: question.plan(request) for name, question in QUESTIONS.items()}
    reference = reference_unit(request.multiverse, request.standin.pipeline)
    units = [reference, *(unit for each in planned.values() for unit in each)]
    cost = executor.estimate(units)
    options.announce(f"re-running {request.standin.name}: {cost}")
    done = map(Finished, units, executor.run(units, task="resamples"), executor.keys(units))
    first = next(done)
    return _Runs({name: list(islice(done, len(each))) for name, each in planned.items()}, first.record, cost)


def _check(dataset: Dataset, judged: Judged | None, options: AuditOptions) -> None:
    if options.use_rep is not None and options.use_rep not in dataset.views:
        raise UsageError(
            f"there is no embedding {options.use_rep!r}",
            where=f"{dataset.source}, obsm",
            fix=did_you_mean(options.use_rep, dataset.views),
        )
    if options.n_replicates < 2:
        raise UsageError(f"n_replicates is {options.n_replicates}", where="n_replicates", expected="2 or more")
    if options.pipeline is not None and judged is None:
        raise UsageError(
            "pipeline= says how given labels were made, and none were given",
            where="pipeline",
            fix="name the labels with labels=",
        )
    if judged is not None and judged.codes.size != dataset.n_obs:
        raise UsageError("the judged labels and the data set have different numbers of rows", where=judged.name)


def _run_base(dataset: Dataset, judged: Judged | None, executor: Executor, options: AuditOptions) -> _Base:
    multiverse = expression_multiverse(
        dataset,
        budget=options.budget,
        use_rep=options.use_rep,
        n_clusters=len(judged.categories) if judged is not None else None,
    )
    if options.pipeline is not None:
        multiverse.complete(options.pipeline)
    labels = label_units(multiverse)
    scored = score_units(labels)
    for line in multiverse.lines():
        options.announce(line)
    _announce_size(dense_bytes(multiverse, dataset), options)
    cost = executor.estimate([*labels, *scored])
    options.announce(f"the multiverse: {cost}")
    records = executor.run([*labels, *scored], task="multiverse")
    parts = collect(labels, records[: len(labels)], executor.keys(labels), obs_names=dataset.obs_names)
    if (parts.runs["status"] == "failed").all():
        raise UsageError(
            "every pipeline failed",
            where=dataset.source,
            expected="at least one run",
            fix=str(parts.runs["reason"].iloc[0]),
        )
    return _Base(multiverse, parts, list(zip(scored, records[len(labels) :], strict=True)), cost)


def _announce_size(size: int, options: AuditOptions) -> None:
    """Say how large the densified matrix becomes; refuse it above the memory budget."""
    total = size * options.engine.n_workers
    if total > options.memory_budget:
        raise UsageError(
            f"the scaled genes need {total / 2**30:.1f} GiB in {options.engine.n_workers} processes",
            where="memory",
            expected=f"at most {options.memory_budget / 2**30:.1f} GiB",
            fix="keep fewer genes in the file, start from an embedding with use_rep=, or use fewer processes",
        )
    if size:
        options.announce(f"scaled genes are dense: {size / 2**20:.0f} MiB in each process")


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
    runs: _Runs,
    executor: Executor | None,
    options: AuditOptions,
    begun: float,
) -> Audit:
    answered = {name: question.conclude(request, runs.finished[name]) for name, question in QUESTIONS.items()}
    parts = request.parts
    for each in answered.values():
        parts = parts.concat(each.partitions) if parts is not None and each.partitions is not None else parts
    on_view = list(base.on_view) if base is not None else []
    if executor is not None and runs.reference is not None and runs.reference.status == "ok":
        on_view += zip(*reference_scores(request, runs.reference, executor), strict=True)
    labels = [request.judged.categories[code] if code >= 0 else "" for code in request.judged.codes]
    columns = {name: values for each in answered.values() for name, values in each.cells.items()}
    skipped = [(e.choice, str(e.level), e.because) for e in (request.multiverse.not_run if request.multiverse else ())]
    skipped += [row for each in answered.values() for row in each.not_run]
    return Audit(
        request.dataset,
        request.judged,
        _spec(request, options),
        {name: each.answer for name, each in answered.items()},
        {
            **{name: table for each in answered.values() for name, table in each.tables.items()},
            "scores": all_scores(request, on_view),
            "runs": parts.runs if parts is not None else pd.DataFrame(),
            "not_run": pd.DataFrame(skipped, columns=["choice", "level", "because"]),
        },
        pd.DataFrame({"label": labels, **columns}, index=pd.Index(request.dataset.obs_names)),
        parts,
        request.multiverse,
        request.standin,
        base.estimate + runs.estimate if base is not None and runs.estimate is not None else None,
        options.coordinates or _first_components(request.dataset, runs.reference),
        {"rashomon": version("rashomon"), **environment()},
        time.monotonic() - begun,
    )


def _spec(request: Request, options: AuditOptions) -> dict[str, Any]:
    return {
        "source": request.dataset.source,
        "data_digest": request.dataset.digest,
        "labels": request.judged.name,
        "truths": {
            name: {"kind": truth.kind, "derived_from": truth.derived_from}
            for name, truth in request.dataset.truths.items()
        },
        "roles": {role: truth.name for role, truth in request.dataset.roles},
        "budget": options.budget,
        "pipeline": dict(options.pipeline) if options.pipeline is not None else None,
        "use_rep": options.use_rep,
        "n_replicates": options.n_replicates,
        "rng": request.entropy,
        **options.call,
    }


def _first_components(dataset: Dataset, reference: Record | None) -> tuple[np.ndarray, str] | None:
    if reference is None or reference.status == "failed":
        return None
    coordinates = np.full((dataset.n_obs, 2), np.nan, dtype=np.float32)
    coordinates[reference.slots["rows"]] = reference.slots["view"][:, :2]
    return coordinates, "first two components"
