"""Run a benchmark: draw worlds, cluster them, score them, and say which knob breaks which score."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd

from rashomon.core import Teller, child, require_portable, root_entropy, silent
from rashomon.core.labels import MISSING
from rashomon.engine import Engine, MemoryStore, Record, Store, environment
from rashomon.multiverse import Budget, Executor, Unit
from rashomon.score import SCORES
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.sim import WORLDS, World, read_world
from rashomon.sim.part import EXPRESSION
from rashomon.study.benchmark.break_point import break_table
from rashomon.study.benchmark.control import control_table
from rashomon.study.benchmark.grid import Results, fill
from rashomon.study.benchmark.level import levels_of
from rashomon.study.benchmark.measure import NotMeasured, measures
from rashomon.study.benchmark.pipeline import Methods
from rashomon.study.benchmark.plan import BenchmarkPlan, plan_benchmark
from rashomon.study.benchmark.ranking import ranking_table
from rashomon.study.benchmark.result import Benchmark
from rashomon.study.benchmark.sweep import sweep
from rashomon.study.benchmark.table import effect_table, run_table, scores_of, sweep_table

__all__ = ["BenchmarkLike", "WorldsLike", "plan_spec", "run_benchmark", "run_plan"]

_LABELS_AT_ONCE = 2**26
"""Labels of all runs that one plan holds at its root."""


class _DataLike(Protocol):
    @property
    def worlds(self) -> WorldsLike: ...


class WorldsLike(Protocol):
    """The part of a specification that says which worlds; see `rashomon.study.spec.SweepSpec`."""

    @property
    def world(self) -> str:
        """Name in the catalogue, or the file of a world."""

    @property
    def n_obs(self) -> int:
        """Cells of each data set."""

    @property
    def knobs(self) -> Mapping[str, Any]:
        """Knobs that stay as they are here."""

    @property
    def sweep(self) -> str:
        """How knobs are varied."""

    @property
    def levels(self) -> Mapping[str, Sequence[Any]]:
        """Levels by knob."""

    @property
    def n_points(self) -> int | None:
        """Settings of a latin hypercube."""

    @property
    def n_seeds(self) -> int:
        """Data sets of each setting."""


class BenchmarkLike(Protocol):
    """What a specification of a benchmark says; `rashomon.study.spec.BenchmarkSpec` is one."""

    @property
    def data(self) -> _DataLike:
        """Which worlds."""

    @property
    def truths(self) -> Sequence[str] | None:
        """Truths to compare with; all when None."""

    @property
    def scores(self) -> Sequence[str]:
        """Names of scores."""

    @property
    def pipelines(self) -> Sequence[Mapping[str, Any]]:
        """Settings to run; all of the multiverse when empty."""

    @property
    def multiverse(self) -> Mapping[str, Sequence[Any]]:
        """Levels by choice."""

    @property
    def clusterers(self) -> Sequence[str]:
        """More clusterers."""

    @property
    def steps(self) -> Sequence[str]:
        """Transforms of the user."""

    @property
    def max_pipelines(self) -> int | None:
        """Most pipelines."""

    @property
    def budget(self) -> str:
        """Size of the multiverse."""

    @property
    def controls(self) -> bool:
        """Whether controls are run."""

    @property
    def seed(self) -> int:
        """Root of all random streams."""


def plan_spec(spec: BenchmarkLike, *, folder: Path | None = None) -> tuple[BenchmarkPlan, tuple[NotMeasured, ...]]:
    """Return what a specification runs, and the scores that do not apply; one data set is drawn.

    Parameters
    ----------
    spec
        What is asked for.
    folder
        Where a world's file is sought; the working directory when None.

    Raises
    ------
    UsageError
        When a world, knob, level, truth, score, choice or function is unknown, or the sweep is too large.
    """
    of, entropy = spec.data.worlds, root_entropy(spec.seed)
    world = _world(of, folder)
    design = sweep(
        world,
        kind=of.sweep,
        levels=of.levels,
        n_seeds=of.n_seeds,
        n_points=of.n_points,
        rng=child(entropy, "benchmark", "sweep"),
    )
    # whoever asks for every score of both kinds asks for all that apply
    every = {*SCORES, *RECEPTOR_SCORES} <= set(spec.scores)
    found, left = measures(None if every else tuple(spec.scores), receptors=EXPRESSION not in world.parts)
    methods = Methods(
        cast("Budget", spec.budget),
        spec.multiverse,
        spec.pipelines,
        spec.clusterers,
        spec.steps,
        spec.max_pipelines,
    )
    plan = plan_benchmark(
        world,
        design,
        methods=methods,
        measures=found,
        truths=None if spec.truths is None else tuple(spec.truths),
        n_obs=of.n_obs,
        controls=spec.controls,
        entropy=entropy,
    )
    return plan, left


def run_benchmark(
    spec: BenchmarkLike,
    *,
    folder: Path | None = None,
    store: Store | None = None,
    engine: Engine | None = None,
    announce: Teller = silent,
    resolved: Mapping[str, Any] | None = None,
) -> Benchmark:
    """Run the benchmark that a specification describes.

    Parameters
    ----------
    spec
        What is asked for.
    folder
        Folder of the specification, where a world's file is sought.
    store, engine
        Where records are kept, and who computes them; in memory and in this process by default. No result depends on
        either.
    announce
        Told the sweep, with the number of data sets and runs, before any is drawn.
    resolved
        The specification in JSON types, for the record.

    Returns
    -------
    Tables and sentences; failed runs are rows with their reason.

    Raises
    ------
    UsageError
        As `plan_spec` does, before any work.
    """
    plan, left = plan_spec(spec, folder=folder)
    found = {"seed": spec.seed, **(resolved or {})}
    return run_plan(plan, entropy=root_entropy(spec.seed), left=left, spec=found, store=store, engine=engine,
                    announce=announce)  # fmt: skip


def run_plan(
    plan: BenchmarkPlan,
    *,
    entropy: int,
    left: Sequence[NotMeasured] = (),
    spec: Mapping[str, Any] | None = None,
    store: Store | None = None,
    engine: Engine | None = None,
    announce: Teller = silent,
) -> Benchmark:
    """Run a planned benchmark.

    Parameters
    ----------
    plan
        From `plan_spec`.
    entropy
        Root of all random streams, that of the plan.
    left
        Scores that do not apply, for the table ``not_run``.
    spec
        What was asked for, for the record.
    store, engine, announce
        As in `run_benchmark`.
    """
    begun = time.monotonic()
    engine = engine or Engine("serial")
    if engine.name != "serial":
        require_portable(plan.multiverse.clusterers.values())
    for line in plan.lines():
        announce(line)
    executor = Executor(plan.data, entropy, store or MemoryStore(), engine)
    labels = plan.label_units()
    samples, scored = plan.sample_units(), plan.score_units(labels)
    records = executor.run([*samples, *labels, *scored], task="benchmark")
    of_samples = records[: len(samples)]
    of_labels, of_scores = records[len(samples) : len(samples) + len(labels)], records[len(samples) + len(labels) :]
    references = list(_references(plan, executor, of_labels))
    grid = fill(plan, Results(of_samples, of_labels, of_scores, references))
    levels = levels_of(plan.design)
    ranking = ranking_table(grid, levels)
    tables = {
        "sweep": sweep_table(plan),
        "runs": run_table(plan, labels, of_labels, of_scores, executor.keys(labels)),
        "scores": scores_of(grid),
        "controls": control_table(grid),
        "effects": effect_table(grid, levels),
        "ranking": ranking,
        "break_points": break_table(ranking),
        "not_run": _not_run(plan, left),
    }
    facts = {**(spec or {}), "world": plan.world.name, "world_digest": plan.world.digest}
    return Benchmark(
        facts,
        tuple(plan.lines()),
        tables,
        plan.truths[0],
        {"rashomon": version("rashomon"), **environment()},
        time.monotonic() - begun,
    )


def _world(of: WorldsLike, folder: Path | None) -> World:
    if of.world.lower().endswith((".yaml", ".yml")):
        base = read_world((folder or Path()) / of.world)
    else:
        base = WORLDS[of.world].world
    return World(base.name, {**base.given, **of.knobs}, base.summary, base.n_obs, base.fitted, base.labels, base.done,
                 base.turned, base.parts)  # fmt: skip


def _references(plan: BenchmarkPlan, executor: Executor, labels: Sequence[Record]) -> Iterator[Record]:
    """Score all runs of each data set on one common view; in parts, so that the labels of all never lie in memory."""
    n_runs, n_obs = len(plan.pipelines), plan.draws[0].sample.n_obs
    at_once = max(1, _LABELS_AT_ONCE // (n_runs * n_obs))
    for start in range(0, len(plan.draws), at_once):
        places = list(range(start, min(start + at_once, len(plan.draws))))
        units: list[Unit] = plan.reference_units(places)
        if not units:
            return
        table = np.full((len(places), n_obs, n_runs), MISSING, dtype=np.int32)
        for number, place in enumerate(places):
            for run, record in enumerate(labels[place * n_runs : (place + 1) * n_runs]):
                if record.status == "ok":
                    table[number, record.slots["rows"], run] = record.slots["labels"]
        common = Executor({**plan.data, "labelings": table}, executor.entropy, executor.store, executor.engine)
        yield from common.run(units, task="scores on the common view")


def _not_run(plan: BenchmarkPlan, left: Sequence[NotMeasured]) -> pd.DataFrame:
    rows = [("score", each.name, each.because) for each in left]
    rows += [(each.choice, str(each.level), each.because) for each in plan.multiverse.not_run]
    return pd.DataFrame(rows, columns=["what", "name", "because"])
