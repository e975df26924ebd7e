"""What an audit will do and cost, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rashomon.ask import Judged
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
from rashomon.multiverse.base import label_units, reference_unit, score_units
from rashomon.multiverse.resample import missing_perturbations, resample_units
from rashomon.study.option import AuditOptions

__all__ = ["Forecast", "forecast", "foresee", "lines", "multiverse_units", "plan_multiverse", "within_memory"]

_ANSWER = (0.02, 7e-7)
"""Seconds per run, and per run and cell, that tables and answers take (measured from 3,000 to 30,000 cells)."""


@dataclass(frozen=True)
class Forecast:
    """What an audit will cost.

    Parameters
    ----------
    multiverse
        Every pipeline on all cells, with its scores.
    repeats
        One pipeline on disturbed data; the default stands in for the one that will be found.
    answers
        Seconds for what follows: tables, scores on the common view, answers.
    costs
        Seconds of the steps that were timed.
    """

    multiverse: Estimate
    repeats: Estimate
    answers: float = 0.0
    costs: Costs = field(default_factory=Costs)

    @property
    def whole(self) -> Estimate:
        """The cost of everything."""
        both = self.multiverse + self.repeats
        return replace(both, seconds=both.seconds + self.answers)


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


def multiverse_units(multiverse: Multiverse) -> tuple[list[Unit], list[Unit]]:
    """Return the units of every pipeline, and those that score it while its view is in memory."""
    labels = label_units(multiverse)
    return labels, score_units(labels)


def forecast(
    multiverse: Multiverse, dataset: Dataset, executor: Executor, *, options: AuditOptions, entropy: int
) -> Forecast:
    """Time a few paths, keep their results, and say what the whole audit will cost.

    Parameters
    ----------
    multiverse
        What will be run.
    dataset, options, entropy
        As in `plan_multiverse`.
    executor
        Runs the timed paths.
    """
    labels, scored = multiverse_units(multiverse)
    # the stand-in is not known yet, but its repeats cost what those of the default do
    repeats = resample_units(
        multiverse.default,
        multiverse,
        dataset,
        n_replicates=options.n_replicates,
        use_rep=options.use_rep,
        rng=child(entropy, "ask", "perturbations"),
    )
    repeats.append(reference_unit(multiverse, multiverse.default))
    memory, costs = peak_bytes(multiverse, dataset), Costs()
    timed = executor.estimate([*labels, *scored, *repeats], costs=costs)
    first = executor.estimate([*labels, *scored], costs=costs, n_probes=0)
    second = executor.estimate(repeats, costs=costs, n_probes=0)
    n_runs = len(labels) + len(repeats)
    answers = n_runs * (_ANSWER[0] + _ANSWER[1] * dataset.n_obs)
    return Forecast(first.after(timed.spent).with_memory(memory), second.with_memory(memory), answers, costs)


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
    foreseen = forecast(multiverse, dataset, executor, options=options, entropy=entropy)
    return [
        *lines(multiverse, dataset, options=options),
        *said,
        f"the multiverse: {foreseen.multiverse}",
        f"repeats of one pipeline: {foreseen.repeats}",
        f"the whole audit: {foreseen.whole}",
    ]
