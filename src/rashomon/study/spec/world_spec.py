"""The study of simulated worlds: a benchmark, as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, model_validator

from rashomon.study.spec.choice import MOST_PIPELINES, unknown_levels
from rashomon.study.spec.common_spec import CommonSpec, scores_field
from rashomon.study.spec.engine_spec import STRICT
from rashomon.study.spec.fault import Fault, nearest, refuse_all, shown
from rashomon.study.spec.name import NameOf
from rashomon.study.spec.value import ListOf, Pipeline, Text, checked_whole

__all__ = ["MOST_DATASETS", "MOST_POINTS", "SWEEPS", "BenchmarkSpec", "Sweep", "SweepSpec", "WorldsSpec"]

Sweep = Literal["one at a time", "factorial", "latin hypercube"]

SWEEPS: tuple[Sweep, ...] = get_args(Sweep)
"""Ways to vary knobs: each alone around the fixed point; all combinations; a space-filling sample of them."""

MOST_POINTS = 5000
"""Settings of a world that a sweep may visit."""

MOST_DATASETS = 100_000
"""Data sets, settings times seeds, that a benchmark may draw."""

_SCORES = ("rashomon.score:SCORES", "rashomon.sim.judge_receptor_score:JUDGED_RECEPTOR_SCORES")


def _knob_faults(given: Mapping[str, Any], *, lists: bool) -> Iterator[Fault]:
    from rashomon.sim.mechanism import KNOBS

    for name, value in given.items():
        if name not in KNOBS:
            yield Fault(f"the unknown knob {name!r}", *nearest(name, KNOBS), (name,), of_key=True)
            continue
        knob = KNOBS[name]
        if lists and not (isinstance(value, list | tuple) and len(value)):
            yield Fault(shown(value), "a list of one level or more", path=(name,))
            continue
        for place, each in (((name, i), level) for i, level in enumerate(value)) if lists else [((name,), value)]:
            if knob.wrong(each) is not None:
                yield Fault(shown(each), f"{knob.expected} ({knob.unit})", path=place)


_KNOB = Annotated[str, NameOf(("rashomon.sim:KNOBS",))]
_KNOBS = checked_whole(partial(_knob_faults, lists=False))
_LEVELS = checked_whole(partial(_knob_faults, lists=True))
_WORLD = NameOf(("rashomon.sim:WORLDS",), r".+\.[yY][aA]?[mM][lL]", "a world's own file, as mine.yaml")
_SWEEP = NameOf((f"{__name__}:Sweep",))


class SweepSpec(BaseModel):
    """Which worlds are drawn: a fixed one, and the knobs that are turned."""

    model_config = STRICT

    world: Annotated[Text, _WORLD, Field(description="A world of the catalogue, or its YAML file.")]
    n_obs: Annotated[int, Field(ge=10, le=1_000_000, description="Cells, or receptors, of each data set.")] = 500
    knobs: Annotated[dict[_KNOB, Any], _KNOBS, Field(description="Knobs that stay as they are given here.")] = {}
    sweep: Annotated[str, _SWEEP, Field(description="How knobs are varied.")] = "one at a time"
    levels: Annotated[
        dict[_KNOB, ListOf[Any]], _LEVELS, Field(min_length=1, description="Levels of the knobs that are varied.")
    ]
    n_points: Annotated[
        int | None, Field(ge=1, le=MOST_POINTS, description="Settings to visit, for a latin hypercube only.")
    ] = None
    n_seeds: Annotated[int, Field(ge=1, le=1000, description="Data sets of each setting.")] = 20

    @property
    def n_settings(self) -> int:
        """How many settings of the world are visited, the fixed one of a sweep of one knob at a time included."""
        if self.sweep == "latin hypercube":
            return self.n_points or 0
        sizes = [len(set(map(str, levels))) for levels in self.levels.values()]
        return math.prod(sizes) if self.sweep == "factorial" else 1 + sum(sizes)

    @model_validator(mode="after")
    def _fits(self) -> SweepSpec:
        refuse_all(self._misfits())
        return self

    def _misfits(self) -> Iterator[Fault]:
        hypercube = self.sweep == "latin hypercube"
        if hypercube and self.n_points is None:
            yield Fault(
                "a latin hypercube without n_points", "how many settings to visit", "add n_points: 100", ("sweep",)
            )
        if not hypercube and self.n_points is not None:
            yield Fault(
                f"n_points beside {self.sweep!r}", "a latin hypercube", "leave n_points out", ("n_points",), of_key=True
            )
        for name in self.levels:
            if name in self.knobs and self.sweep != "one at a time":
                yield Fault(f"{name} in knobs and in levels", "it in one of them", path=("levels", name), of_key=True)
        if self.n_settings > MOST_POINTS:
            near = "sweep one at a time, or draw n_points of a latin hypercube"
            yield Fault(f"{self.n_settings:,} settings", f"at most {MOST_POINTS:,}", near, ("levels",), of_key=True)
        elif self.n_settings * self.n_seeds > MOST_DATASETS:
            n = self.n_settings * self.n_seeds
            yield Fault(f"{n:,} data sets", f"at most {MOST_DATASETS:,}", "use fewer seeds", ("n_seeds",), of_key=True)
        yield from self._impossible()

    def _impossible(self) -> Iterator[Fault]:
        """Yield what no world of the catalogue can be: the fixed point first, then each level by itself."""
        from rashomon.sim.catalogue import WORLDS
        from rashomon.sim.check import problems

        if self.world not in WORLDS:
            return  # its file is read, and checked, when the study is run
        world = WORLDS[self.world].world
        fixed = {**world.given, **self.knobs}
        wrong = {problem.knob: problem for problem in problems(fixed, None, world.parts)}
        for knob, problem in wrong.items():
            yield Fault(problem.what, "a possible world", problem.fix, ("knobs", knob), of_key=True)
        if wrong:
            return
        for name, levels in self.levels.items():
            for i, level in enumerate(levels):
                for problem in problems({**fixed, name: level}, None, world.parts):
                    yield Fault(
                        problem.what, f"a possible world with {name}: {level}", problem.fix, ("levels", name, i)
                    )


class WorldsSpec(BaseModel):
    """The data of a benchmark."""

    model_config = STRICT

    worlds: Annotated[SweepSpec, Field(description="Worlds in which every truth is known.")]


class BenchmarkSpec(CommonSpec):
    """A study of simulated worlds: which knob breaks which score, and whose clusters are nearest to the truth.

    Examples
    --------
    >>> worlds = {"world": "ideal", "levels": {"effect_size": [1, 2]}, "n_seeds": 3}
    >>> spec = BenchmarkSpec.model_validate({"rashomon": 1, "data": {"worlds": worlds}})
    >>> spec.data.worlds.n_settings, spec.controls
    (3, True)
    """

    data: Annotated[WorldsSpec, Field(description="What is studied.")]
    truths: Annotated[
        ListOf[Text] | None, Field(description="Truths of the world to compare with; all it has when empty.")
    ] = None
    pipelines: Annotated[
        ListOf[Pipeline], Field(description="Settings of the pipelines to run; those of the multiverse when empty.")
    ] = ()
    scores: scores_field(*_SCORES) = "all"  # type: ignore[valid-type]
    controls: Annotated[
        bool, Field(description="Positive and negative controls must bracket every score, or the study is invalid.")
    ] = True

    @model_validator(mode="after")
    def _known(self) -> BenchmarkSpec:
        refuse_all(self._unknown())
        return self

    def _unknown(self) -> Iterator[Fault]:
        if len(self.pipelines) > MOST_PIPELINES:
            yield Fault(f"{len(self.pipelines):,} pipelines", f"at most {MOST_PIPELINES:,}", path=("pipelines",))
        if self.pipelines and self.multiverse:
            near = "leave one of them out"
            yield Fault("pipelines beside a multiverse", "one of them", near, ("multiverse",), of_key=True)
        own = [name.rpartition(":")[2] for name in self.clusterers]
        for i, setting in enumerate(self.pipelines):
            for fault in unknown_levels(setting, own):
                yield replace(fault, path=("pipelines", i, *fault.path))
        yield from self._unknown_truths()

    def _unknown_truths(self) -> Iterator[Fault]:
        from rashomon.core import RashomonError
        from rashomon.sim.catalogue import WORLDS
        from rashomon.sim.world import World

        sweep = self.data.worlds
        if not self.truths or sweep.world not in WORLDS:
            return
        base = WORLDS[sweep.world].world
        given = {**base.given, **sweep.knobs}
        try:
            known = (*World(sweep.world, given, parts=base.parts).truths, *_of_genes(base.parts))
        except RashomonError as error:
            yield Fault(error.what, "a possible world", error.fix, ("data", "worlds", "knobs"), of_key=True)
            return
        for i, name in enumerate(self.truths):
            if name not in known:
                yield Fault(f"the unknown truth {name!r}", *nearest(name, known), ("truths", i))


def _of_genes(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the truths that data of receptors have by themselves."""
    from rashomon.sim.part import EXPRESSION
    from rashomon.truth.clonotype import GENE_TRUTHS

    return () if EXPRESSION in parts else (*GENE_TRUTHS, *(f"vj {name}" for name in GENE_TRUTHS))
