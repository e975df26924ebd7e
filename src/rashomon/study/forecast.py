"""What an audit will do and cost, said before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rashomon.ask import Judged, Request
from rashomon.ask.standin import StandIn
from rashomon.ask.structure.population import MOST_CELLS
from rashomon.core import UsageError, child, root_entropy
from rashomon.dataset import Dataset
from rashomon.engine import Costs, Estimate
from rashomon.multiverse import (
    Executor,
    Multiverse,
    Unit,
    expression_multiverse,
    peak_bytes,
    receptor_multiverse,
    slots_of,
)
from rashomon.multiverse.base import label_units, score_units
from rashomon.multiverse.resample import missing_perturbations
from rashomon.study.option import AuditOptions
from rashomon.study.planned import Planned, plan_questions

__all__ = ["Forecast", "forecast", "foresee", "lines", "multiverse_units", "plan_multiverse", "within_memory"]

_ANSWER = (0.02, 7e-7)
"""Seconds per run, and per run and cell, that tables and answers take (measured from 3,000 to 30,000 cells)."""

_TESTS = {"structure_root": (0.6, 8e-4, 20_000), "structure_tree": (1.5, 1.5e-3, 20_000)}
"""Seconds of the tests of question 1, whatever the cells and per cell, and the cells that are tested at most (measured
from 500 to 3,000 cells of up to 2,000 genes)."""

_N_CLUSTERS = 8
"""Clusters that labels are taken to have before they are made."""


@dataclass(frozen=True)
class Forecast:
    """What an audit will cost.

    Parameters
    ----------
    multiverse
        Every pipeline on all cells, with its scores.
    repeats
        One pipeline on disturbed data and on one population; the default stands in for the one that will be found.
    beside
        What else the questions run: tests of the counts, twins, negative controls.
    answers
        Seconds for what follows: tables, scores on the common view, answers.
    costs
        Seconds of the steps that were timed.
    """

    multiverse: Estimate
    repeats: Estimate
    beside: Estimate
    answers: float = 0.0
    costs: Costs = field(default_factory=Costs)

    @property
    def whole(self) -> Estimate:
        """The cost of everything."""
        all_runs = self.multiverse + self.repeats + self.beside
        return replace(all_runs, seconds=all_runs.seconds + self.answers)


def plan_multiverse(dataset: Dataset, judged: Judged | None, *, options: AuditOptions, entropy: int) -> Multiverse:
    """Return the multiverse of an audit.

    Parameters
    ----------
    dataset, judged, options
        As in `rashomon.study.audit`.
    entropy
        Root of the draw of a fraction.
    """
    draw = child(entropy, "multiverse", "fraction")
    if dataset.item == "receptor":
        return receptor_multiverse(dataset, budget=options.budget, wishes=options.wishes, rng=draw)
    return expression_multiverse(
        dataset,
        budget=options.budget,
        use_rep=options.use_rep,
        n_clusters=len(judged.categories) if judged is not None else None,
        wishes=options.wishes,
        rng=draw,
    )


def multiverse_units(multiverse: Multiverse, *, scores: tuple[str, ...] = ()) -> tuple[list[Unit], list[Unit]]:
    """Return the units of every pipeline, and those that score it while its view is in memory.

    Parameters
    ----------
    multiverse
        Pipelines.
    scores
        Names of those that are computed; all when empty.
    """
    labels = label_units(multiverse)
    return labels, [unit for unit in score_units(labels) if not scores or unit.facts["score"] in scores]


def forecast(
    multiverse: Multiverse,
    dataset: Dataset,
    executor: Executor,
    *,
    options: AuditOptions,
    entropy: int,
    judged: Judged | None = None,
) -> Forecast:
    """Time a few paths, keep their results, and say what the whole audit will cost.

    Parameters
    ----------
    multiverse
        What will be run.
    dataset, options, entropy, judged
        As in `plan_multiverse`. Labels that will be made are taken to be a few clusters of one size.
    executor
        Runs the timed paths.
    """
    labels, scored = multiverse_units(multiverse, scores=options.scores)
    planned = plan_questions(_foreseen(multiverse, dataset, judged, options=options, entropy=entropy))
    repeats = planned.first
    _refuse_labels(len(labels) + len(repeats), dataset, options)
    memory, costs = peak_bytes(multiverse, dataset), Costs()
    timed = executor.estimate([*labels, *scored, *repeats], costs=costs)
    first = executor.estimate([*labels, *scored], costs=costs, n_probes=0)
    second = executor.estimate(repeats, costs=costs, n_probes=0)
    third = _beside(planned, executor, dataset, costs)
    n_runs = len(labels) + len(repeats) + len(planned.second)
    answers = n_runs * (_ANSWER[0] + _ANSWER[1] * dataset.n_obs)
    return Forecast(
        first.after(timed.spent).with_memory(memory),
        second.with_memory(memory),
        third.with_memory(memory),
        answers,
        costs,
    )


def _refuse_labels(n_runs: int, dataset: Dataset, options: AuditOptions) -> None:
    """Refuse so many runs that their labels, held twice while tables are made, do not fit in memory."""
    size = 2 * np.dtype(np.int32).itemsize * n_runs * dataset.n_obs
    if size > options.memory_budget:
        raise UsageError(
            f"labels of {n_runs:,} runs of {dataset.n_obs:,} {dataset.item}s need {size / 2**30:.1f} GiB",
            where="repeat_all" if options.repeat_all else "max_pipelines",
            expected=f"at most {options.memory_budget / 2**30:.1f} GiB",
            fix="use fewer pipelines, resolutions, perturbations or replicates",
        )


def _foreseen(
    multiverse: Multiverse, dataset: Dataset, judged: Judged | None, *, options: AuditOptions, entropy: int
) -> Request:
    """Return what will be asked, as far as it is known: the stand-in is not, but costs what the default does."""
    if judged is None:
        names = tuple(map(str, range(_N_CLUSTERS)))
        codes = np.arange(dataset.n_obs, dtype=np.int32) % _N_CLUSTERS
        judged = Judged("the default pipeline", codes, names, own=False)
    pipeline = multiverse.default if options.pipeline is None else multiverse.complete(options.pipeline)
    standin = StandIn(pipeline, multiverse.name(pipeline), 1.0, declared=options.pipeline is not None)
    return options.request(dataset, judged, entropy, multiverse=multiverse, standin=standin)


def _beside(planned: Planned, executor: Executor, dataset: Dataset, costs: Costs) -> Estimate:
    """Return the cost of what is run beside; twins cost what the one population does, by their cells."""
    beside = planned.executor(executor)
    # generated receptors resemble nothing that was timed, and take little
    n_probes = 2 if dataset.item == "receptor" else 0
    by_cells: dict[int, list[Unit]] = defaultdict(list)
    for unit in planned.second:
        by_cells[_drawn_cells(unit, dataset.n_obs)].append(unit)
    found, drawn = beside.estimate([]), min(dataset.n_obs, MOST_CELLS)
    for n_cells, units in by_cells.items():
        each = beside.estimate(units, costs=costs, n_probes=n_probes)
        shrunk = each.seconds * (n_cells / drawn if n_cells else 1.0)
        missing = [
            unit
            for unit, key in zip(units, beside.keys(units), strict=True)
            if beside.store.get(key, unit.keep) is None
        ]
        found += replace(each, seconds=shrunk + _tests(missing, dataset.n_obs, n_workers=each.n_workers))
    return found


def _drawn_cells(unit: Unit, n_obs: int) -> int:
    """Return the cells of the twin that a unit draws; 0 where it draws none."""
    params = {call.step.name: call.params for call in unit.path}
    if "draw_twin" not in params:
        return 0
    asked = params["draw_twin"].get("n_obs")
    return int(asked) if asked else min(n_obs, int(params["fit_twin"]["max_obs"]))


def _tests(units: Sequence[Unit], n_obs: int, *, n_workers: int) -> float:
    """Return the seconds of the tests of question 1, which are run once and too long to be tried out before."""
    known = [_TESTS[name] for unit in units if (name := unit.path[-1].step.name) in _TESTS]
    return sum(fixed + each * min(n_obs, most) for fixed, each, most in known) / max(1, min(n_workers, len(known)))


def lines(multiverse: Multiverse, dataset: Dataset, *, options: AuditOptions) -> list[str]:
    """Return the multiverse as a tree, with the perturbations that cannot be made.

    Parameters
    ----------
    multiverse
        What will be run.
    dataset, options
        What decides about the perturbations.
    """
    missing = missing_perturbations(
        dataset, use_rep=options.use_rep, pipeline=multiverse.default, multiverse=multiverse
    )  # fmt: skip
    return [*multiverse.lines(), *(f"not run: perturbation = {name}, because {because}" for name, because in missing)]


def within_memory(multiverse: Multiverse, dataset: Dataset, *, options: AuditOptions) -> AuditOptions:
    """Return the options with no more processes than the memory allows, before anything is made.

    A number of processes that the user gave stays as it is; "all cores" means as many as fit.

    Raises
    ------
    UsageError
        When one process, or the number asked for, would take more memory than allowed; names the size and what to
        change.
    """
    wanted, each = options.engine.n_workers, peak_bytes(multiverse, dataset)
    fitting = wanted if options.engine.n_jobs else min(wanted, max(1, options.memory_budget // each))
    if fitting * each > options.memory_budget:
        raise UsageError(
            f"{fitting} processes of {each / 2**30:.1f} GiB need {fitting * each / 2**30:.1f} GiB",
            where="memory",
            expected=f"at most {options.memory_budget / 2**30:.1f} GiB",
            fix="use fewer processes, keep fewer genes in the file, or start from an embedding with use_rep=",
        )
    if fitting == wanted:
        return options
    limit = f"{options.memory_budget / 2**30:.1f} GiB"
    options.announce(
        f"one process takes {each / 2**30:.1f} GiB: {fitting} of {wanted} cores are used to stay in {limit}"
    )
    return replace(options, engine=replace(options.engine, n_jobs=fitting))


def foresee(dataset: Dataset, judged: Judged | None = None, *, options: AuditOptions | None = None) -> list[str]:
    """Return what an audit would run and cost, as lines; a few paths are run to learn it, and nothing else.

    Parameters
    ----------
    dataset, judged, options
        As in `rashomon.study.audit`.

    Raises
    ------
    UsageError
        As `rashomon.study.audit` does before it starts to work.
    """
    options = options or AuditOptions()
    entropy = root_entropy(options.rng)
    options.check(dataset, judged)
    multiverse = plan_multiverse(dataset, judged, options=options, entropy=entropy)
    said: list[str] = []
    options = within_memory(multiverse, dataset, options=replace(options, announce=said.append))
    executor = Executor(slots_of(dataset, use_rep=options.use_rep), entropy, options.store, options.engine)
    foreseen = forecast(multiverse, dataset, executor, options=options, entropy=entropy, judged=judged)
    return [
        *lines(multiverse, dataset, options=options),
        *said,
        f"the multiverse: {foreseen.multiverse}",
        f"repeats of {'every' if options.repeat_all else 'one'} pipeline: {foreseen.repeats}",
        f"nulls and twins: {foreseen.beside}",
        *foreseen.whole.on_disk,
        f"the whole audit: {foreseen.whole}",
    ]
