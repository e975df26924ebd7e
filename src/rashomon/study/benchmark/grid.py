"""What a benchmark measured, as arrays: settings x seeds x pipelines x columns, with the controls of every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rashomon.core.labels import MISSING
from rashomon.engine import Record
from rashomon.sim.world_step import BAYES, TRUTHS
from rashomon.study.benchmark.plan import BenchmarkPlan
from rashomon.study.benchmark.score_step import compare_all

__all__ = ["NO_INPUT", "OWN", "REFERENCE", "Column", "Grid", "Results", "fill"]

OWN, REFERENCE = "own", "reference"
"""Views: that of the run itself, and the one that all runs of a data set share."""

NO_INPUT = "the pipeline makes no graph"
"""Why a score on the own view has no value where its input is not there."""

_TRACKED = ("ami",)
"""Agreement by which pipelines are ranked: chance-corrected, for any number of clusters and any sizes."""


@dataclass(frozen=True)
class Column:
    """One number that is measured of every run.

    Parameters
    ----------
    score, truth, view
        What it is; `truth` is empty for scores of labels alone, `view` for scores of labels.
    judged_by
        The truth whose labels are the positive control, and by which pipelines are ranked.
    direction
        +1 when larger is better, -1 when smaller is, 0 when it describes.
    controlled
        Whether the controls must bracket it.
    """

    score: str
    truth: str
    view: str
    judged_by: str
    direction: int
    controlled: bool


@dataclass(frozen=True, eq=False)
class Results:
    """Finished records of a benchmark, in the order of its units.

    Parameters
    ----------
    samples
        One per data set.
    labels, scores
        One per run: pipelines within data sets.
    references
        One per data set; none where no score needs a view.
    """

    samples: Sequence[Record]
    labels: Sequence[Record]
    scores: Sequence[Record]
    references: Sequence[Record]


@dataclass(frozen=True, eq=False)
class Grid:
    """All values of a benchmark.

    Parameters
    ----------
    plan
        What was run.
    columns
        What was measured.
    value, positive, attainable, negative, negative_sd, tracked
        Shape ``(n_points, n_seeds, n_pipelines, n_columns)``: the score of the found labels; of the truth itself; of
        the most probable classes (NaN without an oracle); mean and spread of random labels with the found sizes; and
        the agreement (AMI) of the found labels with the oracle's labels of the truth, or with the truth itself where
        there is no oracle. By it pipelines are ranked: a score that means something else by agreement disagrees.
    reason
        Why there is no value, in the same shape; empty where there is one.
    ceiling
        Shape ``(n_points, n_seeds, n_columns)``: AMI of the oracle's labels with the truth that judges the column; NaN
        without an oracle. Its mean over random labels of the same sizes is 0, whatever the sizes (Vinh, Epps and Bailey
        2010, JMLR 11:2837-2854).
    """

    plan: BenchmarkPlan
    columns: tuple[Column, ...]
    value: np.ndarray
    positive: np.ndarray
    attainable: np.ndarray
    negative: np.ndarray
    negative_sd: np.ndarray
    tracked: np.ndarray
    reason: np.ndarray
    ceiling: np.ndarray

    @property
    def direction(self) -> np.ndarray:
        """Of each column, shape ``(n_columns,)``."""
        return np.array([column.direction for column in self.columns], dtype=np.float64)

    def gain(self, values: np.ndarray) -> np.ndarray:
        """Return how far `values` are above the mean negative control, better always being higher."""
        found: np.ndarray = self.direction * (values - self.negative)
        return found


def fill(plan: BenchmarkPlan, results: Results) -> Grid:
    """Return the values of finished records.

    Parameters
    ----------
    plan
        What was run.
    results
        Its records; a failed one makes NaN with its reason, never a missing cell.
    """
    columns = _columns(plan)
    shape = (len(plan.draws), len(plan.pipelines), len(columns))
    names = ("value", "positive", "attainable", "negative", "negative_sd", "tracked")
    arrays = {name: np.full(shape, np.nan) for name in names}
    reason = np.full(shape, "", dtype=object)
    for place in range(len(plan.draws)):
        for run in range(len(plan.pipelines)):
            number = place * len(plan.pipelines) + run
            cell = _Cell(plan, place, run, results, number)
            for name, row in zip(names, cell.rows(), strict=True):
                arrays[name][place, run] = row
            reason[place, run] = cell.reasons()
    split = (len(plan.design.points), plan.design.n_seeds, *shape[1:])
    missing = np.isnan(arrays["value"])
    reason = np.where(missing, np.where(reason == "", "undefined", reason), "")
    parts = {name: values.reshape(split) for name, values in arrays.items()}
    known = np.array([_ceiling(sample, plan) for sample in results.samples])
    ceiling = known[:, [plan.truths.index(column.judged_by) for column in columns]]
    ceiling = ceiling.reshape(*split[:2], len(columns))
    return Grid(plan, columns, reason=reason.reshape(split), ceiling=ceiling, **parts)


def _ceiling(sample: Record, plan: BenchmarkPlan) -> np.ndarray:
    """Return the AMI of the oracle's labels with each truth of a data set; NaN where there is no oracle."""
    found = np.full(len(plan.truths), np.nan)
    if sample.status != "ok" or BAYES not in sample.slots:
        return found
    for t, (truth, best) in enumerate(zip(sample.slots[TRUTHS], sample.slots[BAYES], strict=True)):
        if (best >= 0).any() and (truth >= 0).any():
            values, _ = compare_all([best], [truth], _TRACKED)
            # undefined where both have one class: there is nothing to know
            found[t] = np.nan_to_num(values[0, 0, 0], nan=0.0)
    return found


def _columns(plan: BenchmarkPlan) -> tuple[Column, ...]:
    against = [each for each in plan.measures if each.against]
    alone = [each for each in plan.measures if not each.against]
    found = [
        Column(each.name, truth, "", truth, each.direction, each.controlled)
        for truth in plan.truths
        for each in against
    ]
    target = plan.truths[0]
    for view in ("",) if plan.receptors else (OWN, REFERENCE):
        found += [Column(each.name, "", view, target, each.direction, each.controlled) for each in alone]
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Cell:
    """One run on one data set."""

    plan: BenchmarkPlan
    place: int
    run: int
    results: Results
    number: int

    @property
    def score(self) -> Record:
        return self.results.scores[self.number]

    def rows(self) -> list[np.ndarray]:
        """Return the arrays of `Grid`, one row each."""
        against, alone = self._against(), self._alone()
        n_truths = len(self.plan.truths)
        sample = self.results.samples[self.place]
        fine = sample.status == "ok"
        nothing = np.full((n_truths, len(self.plan.against)), np.nan)
        positive = sample.slots["positive"] if fine else nothing
        attainable = sample.slots["attainable"] if fine else nothing
        tracked = self._tracked()
        by_truth = np.repeat(tracked, len(self.plan.against))
        n_alone = sum(each.shape[1] for each in alone)
        return [
            np.concatenate([against[0].ravel(), *(each[0] for each in alone)]),
            np.concatenate([positive.ravel(), *(each[1] for each in alone)]),
            np.concatenate([attainable.ravel(), np.full(n_alone, np.nan)]),
            np.concatenate([_mean(against[1:]).ravel(), *(_mean(each[1 + n_truths :]) for each in alone)]),
            np.concatenate([_sd(against[1:]).ravel(), *(_sd(each[1 + n_truths :]) for each in alone)]),
            np.concatenate([by_truth, np.full(n_alone, tracked[0])]),
        ]

    def _against(self) -> np.ndarray:
        shape = (1 + self.plan.n_negative, len(self.plan.truths), len(self.plan.against))
        return np.asarray(self.score.slots["against"]) if self.score.status == "ok" else np.full(shape, np.nan)

    def _alone(self) -> list[np.ndarray]:
        """Return the scores of labels alone, by view: found labels, truths, random ones."""
        shape = (1 + len(self.plan.truths) + self.plan.n_negative, len(self.plan.alone))
        own = np.full(shape, np.nan)
        if self.score.status == "ok":
            own[:, self._there] = self.score.slots["alone"]
        if self.plan.receptors:
            return [own]
        reference = self._reference
        if reference is None or reference.status != "ok":
            return [own, np.full(shape, np.nan)]
        return [own, np.asarray(reference.slots["alone"][self.run])]

    @property
    def _reference(self) -> Record | None:
        return self.results.references[self.place] if self.results.references else None

    @property
    def _there(self) -> list[int]:
        return self.plan.own_scores[self.run]

    def _tracked(self) -> np.ndarray:
        sample, labels = self.results.samples[self.place], self.results.labels[self.number]
        found = np.full(len(self.plan.truths), np.nan)
        if sample.status != "ok" or labels.status != "ok":
            return found
        truths, rows = sample.slots[TRUTHS], labels.slots["rows"]
        best = sample.slots.get(BAYES, np.full_like(truths, MISSING))
        # where nobody can know more than the oracle says, pipelines are not judged by what is beyond it
        judged = np.where((best >= 0).any(axis=1, keepdims=True), best, truths)[:, rows]
        values: np.ndarray = compare_all([labels.slots["labels"]], judged, _TRACKED)[0][0, :, 0]
        return values

    def reasons(self) -> np.ndarray:
        """Return why each column has no value, where it has none."""
        plan, failed = self.plan, self._failed()
        n_against = len(plan.truths) * len(plan.against)
        if failed:
            n_views = 1 if plan.receptors else 2
            return np.full(n_against + n_views * len(plan.alone), failed, dtype=object)
        own = np.full(len(plan.alone), NO_INPUT, dtype=object)
        own[self._there] = self.score.slots["alone_reason"]
        found = [self.score.slots["against_reason"].ravel(), own]
        reference = self._reference
        if not plan.receptors:
            fine = reference is not None and reference.status == "ok"
            why = reference.slots["alone_reason"][self.run] if reference is not None and fine else None
            said = "there is no common view" if reference is None else reference.reason
            found.append(np.full(len(plan.alone), said, dtype=object) if why is None else why)
        return np.concatenate([each.astype(object) for each in found])

    def _failed(self) -> str:
        for record in (self.results.labels[self.number], self.score):
            if record.status != "ok":
                return record.reason or "the run failed"
        return ""


def _mean(draws: np.ndarray) -> np.ndarray:
    """Return the mean over the first axis; NaN where a draw is, or there is none."""
    return draws.mean(axis=0) if len(draws) else np.full(draws.shape[1:], np.nan)


def _sd(draws: np.ndarray) -> np.ndarray:
    return draws.std(axis=0, ddof=1) if len(draws) > 1 else np.full(draws.shape[1:], np.nan)
