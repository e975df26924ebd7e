"""An audit: a study with defaults. Plan, estimate, run, ask."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Judged, Request, StandIn, choices, find_standin, stability, truths
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
from rashomon.multiverse.base import label_units, score_units
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
        return _finish(request, None, None, [], None, options, begun)
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
    again, reference_units = stability.plan(request), truths.plan(request)
    cost = executor.estimate([*again, *reference_units])
    options.announce(f"re-running {standin.name}: {cost}")
    base = replace(base, estimate=base.estimate + cost)
    records = executor.run([*again, *reference_units], task="resamples")
    resamples = collect(again, records[: len(again)], executor.keys(again), obs_names=dataset.obs_names)
    references = records[len(again) :]
    if references[0].status == "ok":
        base.on_view.extend(zip(*reference_scores(request, references[0], executor), strict=True))
    return _finish(request, base, resamples, references, standin, options, begun)


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
    resamples: Partitions | None,
    references: list[Record],
    standin: StandIn | None,
    options: AuditOptions,
    begun: float,
) -> Audit:
    held = stability.answer(request, resamples)
    followed = truths.answer(request, references[0] if references else None)
    made = choices.answer(request)
    everything = None if base is None or resamples is None else base.parts.concat(resamples)
    verdicts = held.clusters["verdict"].to_numpy(dtype=object) if len(held.clusters) else None
    codes = request.judged.codes
    cells = pd.DataFrame(
        {
            "label": [request.judged.categories[code] if code >= 0 else "" for code in codes],
            "stability": held.cells,
            "verdict": ["" if code < 0 or verdicts is None else verdicts[code] for code in codes],
        },
        index=pd.Index(request.dataset.obs_names),
    )
    tables = {
        "clusters": held.clusters,
        "rungs": held.rungs,
        "settings": held.settings,
        "truths": followed.table,
        "truth_matrix": followed.matrix,
        "shares": made.shares,
        "curve": made.curve,
        "scores": all_scores(request, base.on_view if base is not None else []),
        "runs": everything.runs if everything is not None else pd.DataFrame(),
        "not_run": _not_run(request, base),
    }
    answers = {"stability": held.answer, "truths": followed.answer, "choices": made.answer}
    return Audit(
        request.dataset,
        request.judged,
        _spec(request, options),
        answers,
        tables,
        cells,
        everything,
        request.multiverse,
        standin,
        base.estimate if base is not None else None,
        options.coordinates or _first_components(request.dataset, references),
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


def _not_run(request: Request, base: _Base | None) -> pd.DataFrame:
    entries = list(base.multiverse.not_run) if base is not None else []
    rows = [(entry.choice, str(entry.level), entry.because) for entry in entries]
    rows += stability.not_run(request)
    return pd.DataFrame(rows, columns=["choice", "level", "because"])


def _first_components(dataset: Dataset, references: list[Record]) -> tuple[np.ndarray, str] | None:
    if not references or references[0].status == "failed":
        return None
    coordinates = np.full((dataset.n_obs, 2), np.nan, dtype=np.float32)
    coordinates[references[0].slots["rows"]] = references[0].slots["view"][:, :2]
    return coordinates, "first two components"
