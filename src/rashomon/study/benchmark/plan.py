"""From a sweep and pipelines to units: every data set is drawn once, and all pipelines stand below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rashomon.core import UsageError, child, did_you_mean
from rashomon.dataset import Dataset
from rashomon.encode import STEPS
from rashomon.engine import Call
from rashomon.multiverse import Multiverse, Pipeline, Unit
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.path import neighbour_call, view_path
from rashomon.sim.pack import pack_world
from rashomon.sim.world import World
from rashomon.sim.world_step import BAYES, TRUTHS, Sample, dataset_of, oracle_call, sample_call
from rashomon.study.benchmark.measure import Measure
from rashomon.study.benchmark.pipeline import Methods, named_pipelines, plan_methods
from rashomon.study.benchmark.receptor_step import receptor_scores_call, receptor_truths_call
from rashomon.study.benchmark.score_step import WRITES, reference_call, scores_call, truths_call
from rashomon.study.benchmark.sweep import Design, Point

__all__ = ["N_NEGATIVE", "BenchmarkPlan", "Draw", "plan_benchmark"]

N_NEGATIVE = 5
"""Random labelings with the sizes of the found clusters, per run."""

_FOR_REFERENCE = 15
"""Neighbours in the graph of the common view."""


@dataclass(frozen=True)
class Draw:
    """One data set.

    Parameters
    ----------
    point
        Setting of the world.
    seed
        Number of the data set; those of one number share their random numbers.
    sample
        What is drawn.
    """

    point: Point
    seed: int
    sample: Sample


@dataclass(frozen=True, eq=False)
class BenchmarkPlan:
    """Everything that a benchmark runs.

    Parameters
    ----------
    world
        The fixed point.
    design
        Settings.
    draws
        Data sets: seeds within settings.
    multiverse, pipelines
        What is run on each, by name.
    truths
        Names of the truths that clusters are compared with; the first decides for scores without a truth.
    measures
        Scores, those against a truth first.
    n_negative
        Random labelings per run; 0 without controls.
    """

    world: World
    design: Design
    draws: tuple[Draw, ...]
    multiverse: Multiverse
    pipelines: Mapping[str, Pipeline]
    truths: tuple[str, ...]
    measures: tuple[Measure, ...]
    n_negative: int = N_NEGATIVE

    @property
    def receptors(self) -> bool:
        """Whether receptors are clustered."""
        return self.multiverse.domain == "receptors"

    @property
    def against(self) -> list[str]:
        """Names of the scores that compare with a truth."""
        return [each.name for each in self.measures if each.against]

    @property
    def alone(self) -> list[str]:
        """Names of the others."""
        return [each.name for each in self.measures if not each.against]

    @property
    def data(self) -> dict[str, np.ndarray]:
        """Slots at the root."""
        return {"world": pack_world(self.world)}

    def lines(self) -> list[str]:
        """Return what will be run, before it is."""
        what = "receptors" if self.receptors else "cells"
        n = len(self.draws) * len(self.pipelines)
        return [
            f"a benchmark on {what} of the world {self.world.name!r}, {self.draws[0].sample.n_obs:,} per data set",
            *self.design.lines(),
            f"{len(self.pipelines):,} pipelines on each: {n:,} runs, {len(self.measures)} scores",
            f"truths: {', '.join(self.truths)}",
            *(f"  {name}" for name in self.pipelines),
        ]

    def sample_units(self) -> list[Unit]:
        """Return one unit per data set: its truths, what the oracle says of them, and the positive controls."""
        return [self._sample_unit(draw, place) for place, draw in enumerate(self.draws)]

    def _sample_unit(self, draw: Draw, place: int) -> Unit:
        facts = {"dataset": place}
        if self.receptors:
            chain = str(next(iter(self.pipelines.values()))["chain"])
            scored = receptor_truths_call(draw.sample, truths=self.truths, against=self.against, chain=chain)
            return Unit((self._drawn(draw), scored), (TRUTHS, "positive", "attainable"), facts)
        path = (self._drawn(draw), oracle_call(draw.sample, truths=self.truths), truths_call(self.against, oracle=True))
        return Unit(path, (TRUTHS, BAYES, "positive", "attainable"), facts)

    def label_units(self) -> list[Unit]:
        """Return the units of all labels: pipelines within data sets."""
        return [unit for place in range(len(self.draws)) for unit in self._units_of(place)]

    def _units_of(self, place: int) -> list[Unit]:
        start = (self._drawn(self.draws[place]),)
        found = []
        for name, pipeline in self.pipelines.items():
            unit = label_unit(pipeline, self.multiverse, start=start, facts={"dataset": place})
            found.append(Unit(unit.path, unit.keep, {**unit.facts, "run": f"{place}: {name}", "name": name}))
        return found

    def score_units(self, labels: list[Unit]) -> list[Unit]:
        """Return, for each of the units `labels`, the one below it that scores them."""
        return [Unit((*unit.path, self._scored(unit)), WRITES, unit.facts) for unit in labels]

    @cached_property
    def own_scores(self) -> list[list[int]]:
        """Of each pipeline, the positions in `alone` of the scores whose input it makes."""
        if self.receptors:
            return [list(range(len(self.alone)))] * len(self.pipelines)
        made = [self._scored(unit).params["on_view"] for unit in self._units_of(0)]
        return [[self.alone.index(name) for name in names] for names in made]

    def _scored(self, unit: Unit) -> Call:
        if self.receptors:
            return receptor_scores_call(
                self.draws[int(unit.facts["dataset"])].sample,
                truths=self.truths,
                against=self.against,
                alone=self.alone,
                chain=str(unit.facts["chain"]),
                n_negative=self.n_negative,
            )
        available = [slot for call in unit.path for slot in call.step.writes]
        return scores_call(against=self.against, on_view=self.alone, available=available, n_negative=self.n_negative)

    def reference_units(self, places: list[int]) -> list[Unit]:
        """Return the units that score all runs of some data sets on the view of the default pipeline.

        Parameters
        ----------
        places
            Positions of the data sets, in the order of their labels at the root.
        """
        if self.receptors or not self.alone:
            return []
        first = self.multiverse.default
        made = (*view_path(first, self.multiverse), neighbour_call(self.multiverse),
                Call(STEPS["fuzzy_graph"], {"k": self._k}))  # fmt: skip
        units = []
        for number, place in enumerate(places):
            scored = reference_call(self.alone, dataset=number, n_negative=self.n_negative)
            facts = {"dataset": place, "pipeline": self.multiverse.name(first)}
            units.append(Unit((self._drawn(self.draws[place]), *made, scored), ("alone", "alone_reason"), facts))
        return units

    @property
    def _k(self) -> int:
        k = self.multiverse.default.get("n_neighbours", _FOR_REFERENCE)
        return int(k)

    def _drawn(self, draw: Draw) -> Call:
        return sample_call(draw.sample, truths=self.truths, receptors=self.receptors)


def plan_benchmark(  # noqa: PLR0913 - what a specification says
    world: World,
    design: Design,
    *,
    methods: Methods,
    measures: tuple[Measure, ...],
    truths: tuple[str, ...] | None = None,
    n_obs: int,
    controls: bool = True,
    entropy: int,
) -> BenchmarkPlan:
    """Return what a benchmark runs; the first data set of the fixed point is drawn, which says what pipelines exist.

    Parameters
    ----------
    world, design
        The fixed point, and the settings around it.
    methods
        Which pipelines.
    measures
        Which scores.
    truths
        Names; all that the world has when None.
    n_obs
        Cells of each data set.
    controls
        Whether random labels are scored, too.
    entropy
        Root of all random streams.

    Raises
    ------
    UsageError
        When a truth or a choice is unknown, or no pipeline is left.
    """
    roots = [int(child(entropy, "benchmark", "world", str(seed)).integers(2**53)) for seed in range(design.n_seeds)]
    draws = tuple(
        Draw(point, seed, Sample(root, n_obs, point.knobs))
        for point in design.points
        for seed, root in enumerate(roots)
    )
    fixed = dataset_of(pack_world(world), Sample(roots[0], n_obs, {}))
    asked = _truths(world, fixed, truths)
    multiverse, pipelines = plan_methods(methods, fixed, rng=child(entropy, "benchmark", "fraction"))
    named = named_pipelines(multiverse, pipelines)
    return BenchmarkPlan(world, design, draws, multiverse, named, asked, measures, N_NEGATIVE if controls else 0)


def _truths(world: World, fixed: Dataset, asked: tuple[str, ...] | None) -> tuple[str, ...]:
    known = tuple(fixed.truths)
    for name in asked or ():
        if name not in known:
            raise UsageError(
                f"the world {world.name!r} has no truth {name!r}", where="truths", fix=did_you_mean(name, known)
            )
    # of all, a mechanism of the world decides, not who measured it
    return asked or tuple(sorted(known, key=lambda name: fixed.truths[name].kind == "technical"))
