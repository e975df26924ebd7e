"""The runs of an audit planned again from its spec and its data: nothing of the stored plan is believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.ask import QUESTIONS, Judged, Request, find_standin
from rashomon.core import root_entropy
from rashomon.dataset import Dataset
from rashomon.multiverse import Executor, Multiverse, Unit, slots_of
from rashomon.partitions import Partitions
from rashomon.study.forecast import multiverse_units, plan_multiverse
from rashomon.study.option import AuditOptions

__all__ = ["Replan", "replan"]


@dataclass(frozen=True)
class Replan:
    """Units by the name of their run, and what computes them: in this process, without a store of earlier records.

    Parameters
    ----------
    executor
        Knows the data.
    units
        By the name of the run.
    """

    executor: Executor
    units: dict[str, Unit]


def replan(
    dataset: Dataset, judged: Judged | None, parts: Partitions, *, options: AuditOptions, known: bool = True
) -> Replan:
    """Return the runs of an audit as its spec and data make them.

    Parameters
    ----------
    dataset, judged
        What was audited. Without labels on trial, those of the default pipeline are.
    parts
        Labels of the undisturbed runs, which decide which pipeline is repeated.
    options
        Of the audit.
    known
        Whether these are the labels on trial; where they are not known, no repeat is planned.

    Returns
    -------
    Every run of the multiverse; of the repeats those that read nothing but the data.
    """
    entropy = root_entropy(options.rng)
    multiverse = plan_multiverse(dataset, judged, options=options, entropy=entropy)
    labels, _ = multiverse_units(multiverse)
    executor = Executor(slots_of(dataset, use_rep=options.use_rep), entropy)
    units = {unit.facts["run"]: unit for unit in labels}
    base = parts.select(parts.runs["run"].isin(set(units)).to_numpy())
    request = _request(dataset, judged, base, multiverse, options) if known else None
    if request is not None:
        planned = (unit for each in QUESTIONS.values() if not each.own_slots for unit in each.plan(request))
        units |= {unit.facts["run"]: unit for unit in planned if "run" in unit.facts and "labels" in unit.keep}
    return Replan(executor, units)


def _request(
    dataset: Dataset, judged: Judged | None, base: Partitions, multiverse: Multiverse, options: AuditOptions
) -> Request | None:
    """Return what the questions were asked about, None where that cannot be told."""
    on_trial = judged or _default_labels(base, multiverse)
    if on_trial is None:
        return None
    pipeline = options.pipeline if judged is not None else multiverse.default
    standin = find_standin(on_trial, base, multiverse, pipeline=pipeline)
    entropy = root_entropy(options.rng)
    return options.request(dataset, on_trial, entropy, multiverse=multiverse, parts=base, standin=standin)


def _default_labels(base: Partitions, multiverse: Multiverse) -> Judged | None:
    matches = np.ones(base.n_runs, dtype=bool)
    for name, level in multiverse.default.items():
        matches &= (base.runs[name] == level).to_numpy()
    if not matches.any():
        return None
    codes = base.labels[:, int(np.flatnonzero(matches)[0])]
    return Judged("the default pipeline", codes, tuple(map(str, range(int(codes.max()) + 1))), own=False)
