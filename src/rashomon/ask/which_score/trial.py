"""Trials of scores: twins with a planted truth, clustered by several pipelines, and what every score says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from rashomon.ask.request import Request
from rashomon.core import Step
from rashomon.engine import Call
from rashomon.multiverse import Multiverse, Unit
from rashomon.multiverse.base import label_unit, score_units
from rashomon.multiverse.multiverse import Pipeline
from rashomon.perturb import PERTURBATIONS
from rashomon.score.step import TABLE_STEPS, VIEW_STEPS

__all__ = [
    "AGAIN",
    "ON_TRIAL",
    "OWN",
    "PLANTED",
    "RERUN_SCORES",
    "SCORED",
    "STRENGTHS",
    "TRIAL_SIZES",
    "TRIAL_STEPS",
    "Planted",
    "TrialSize",
    "planted_slots",
    "planted_truths",
    "trial_pipelines",
    "trial_units",
]

STRENGTHS = (1.0, 0.5, 2.0)
"""Strengths at which a truth is planted, as multiples of the fitted differences between its classes; the first, the one
that was fitted to the data, decides."""

RERUN_SCORES = ("ecc", "pairwise_ami")
"""Scores of the agreement between re-runs."""

OWN, SCORED, AGAIN = "labels", "score", "again"
"""What a unit is for (``perturbation``): labels of a twin, a score of these, labels of a part of the twin."""

PLANTED = "planted"
"""Slot of the planted classes of the cells of a twin."""

_TYPES = "types"
_N_RERUNS = 2

_FEWEST = 10
"""Cells that a class must have to be planted; two such classes are needed."""

_DENSITY = replace(TABLE_STEPS["dbcv"], reads=("labels", "view"), function="rashomon.score.step:score_labels")
"""Quadratic in the cells, so that audits leave it out; twins are small."""

TRIAL_STEPS: Mapping[str, Step] = {**VIEW_STEPS, "dbcv": _DENSITY}
"""Scores of the labels of one run on its own view, graph or neighbours."""

ON_TRIAL = (*TRIAL_STEPS, *RERUN_SCORES)
"""Scores that need no truth, so that one may choose by them: on the own view or graph, and between two re-runs on 80 %
of the cells."""


class TrialSize(NamedTuple):
    """How much is computed: draws at the deciding strength, at the others, other pipelines, truths, seeds."""

    n_deciding: int
    n_other: int
    n_settings: int
    n_truths: int
    n_seeds: int


TRIAL_SIZES: Mapping[str, TrialSize] = {
    "default": TrialSize(n_deciding=10, n_other=5, n_settings=2, n_truths=2, n_seeds=1),
    "full": TrialSize(n_deciding=20, n_other=20, n_settings=6, n_truths=4, n_seeds=3),
}
"""By budget; nothing is drawn under a smaller one."""


@dataclass(frozen=True, eq=False)
class Planted:
    """A truth that is planted in twins.

    Parameters
    ----------
    slot
        Where its codes are: ``types`` for the labels on trial, ``truth_<i>`` for the i-th declared truth.
    name
        Its column.
    codes
        ``int32``, shape ``(n_obs,)``; below 0 where unknown.
    """

    slot: str
    name: str
    codes: np.ndarray

    @property
    def obstacle(self) -> str:
        """Why it cannot be planted; empty where it can."""
        sizes = np.bincount(self.codes[self.codes >= 0], minlength=1)
        n_large = int((sizes >= _FEWEST).sum())
        return "" if n_large > 1 else f"{n_large} of its classes have {_FEWEST} cells, two are needed"


def planted_truths(request: Request) -> list[Planted]:
    """Return the truths that can be planted: the labels on trial, then each declared one that is not technical.

    Parameters
    ----------
    request
        Data and labels; columns declared technical, and the judged one a second time, are left out.
    """
    judged = request.judged
    found = [Planted(_TYPES, judged.name, np.asarray(judged.codes, dtype=np.int32))]
    others = [
        truth for truth in request.dataset.truths.values() if truth.kind != "technical" and truth.name != judged.name
    ]
    return found + [
        Planted(request.slot_of(truth.name), truth.name, np.asarray(truth.codes, dtype=np.int32)) for truth in others
    ]


def planted_slots(request: Request) -> dict[str, Any]:
    """Return the slots that twins are fitted with, by name: ``types`` and ``truth_<i>``.

    Parameters
    ----------
    request
        See `planted_truths`.
    """
    return {planted.slot: planted.codes for planted in planted_truths(request)}


def trial_pipelines(multiverse: Multiverse, *, n_settings: int) -> list[Pipeline]:
    """Return the pipelines on trial, seeds left at their default: the default pipeline first.

    Parameters
    ----------
    multiverse
        Where they come from; levels that are not equivalent take no part.
    n_settings
        How many settings beside the default one: those that differ from it in one choice, in the order of the choices.

    Returns
    -------
    Each setting at every granularity.
    """
    default = multiverse.default
    chosen = [default, *_neighbours(multiverse)[:n_settings]]
    free = [choice.name for choice in multiverse.choices if choice.granularity]
    versions = [version for setting in chosen for version in _with_levels(setting, multiverse, free)]
    return [dict(items) for items in dict.fromkeys(tuple(version.items()) for version in versions)]


def _neighbours(multiverse: Multiverse) -> list[Pipeline]:
    """Return the pipelines that differ from the default one in one equivalent setting, one choice after the other."""
    default, turns = multiverse.default, []
    for choice in multiverse.choices:
        if choice.granularity or choice.replicate or choice.name not in default:
            continue
        others = [option.level for option in choice.options[1:] if option.equivalence == "equivalent"]
        turns.append([(place, choice.name, level) for place, level in enumerate(others)])
    # the first alternative of every choice before the second of any
    order = sorted((turn for each in turns for turn in each), key=lambda turn: turn[0])
    return [multiverse.complete({name: level}) for _, name, level in order]


def _with_levels(setting: Pipeline, multiverse: Multiverse, free: Sequence[str]) -> Iterator[Pipeline]:
    versions = [setting]
    for name in free:
        if name in setting:
            versions = [{**version, name: level} for version in versions for level in multiverse[name].levels]
    yield from versions


def trial_units(request: Request, *, size: TrialSize, strengths: Sequence[float] = STRENGTHS) -> list[Unit]:
    """Return the units that draw twins and cluster them, and score the clusters without their truth.

    Parameters
    ----------
    request
        Counts and a multiverse. What cannot be planted is left out.
    size
        How much is computed.
    strengths
        Multiples of the fitted differences between classes (knob ``type_strength``); the first one is drawn more often.
    """
    # worlds are only loaded where twins are drawn
    from rashomon.sim.twin_step import draw_call, fit_call, twin_roles

    roles = twin_roles(request.dataset)
    units: list[Unit] = []
    for planted in _on_trial(request, size.n_truths):
        fit = fit_call(roles, null=False, types=planted.slot)
        for place, strength in enumerate(strengths):
            for replicate in range(size.n_other if place else size.n_deciding):
                draw = draw_call(roles, replicate=replicate, knobs={"type_strength": strength})
                facts = {"truth": planted.name, "strength": strength, "replicate": replicate}
                units += _units_of_draw(request, size, (fit, draw), facts)
    return units


def _on_trial(request: Request, n: int) -> list[Planted]:
    """Return the truths that are planted: the one that names the clusters and the judged labels come first."""
    named = request.naming_truth
    able = [planted for planted in planted_truths(request) if not planted.obstacle]
    able.sort(key=lambda planted: 0 if named is not None and planted.name == named.name else 1)
    return able[:n]


def _units_of_draw(request: Request, size: TrialSize, start: tuple[Call, ...], facts: Mapping[str, Any]) -> list[Unit]:
    multiverse = request.multiverse
    if multiverse is None:
        return []
    units = []
    subsample = PERTURBATIONS["subsample"].step
    for pipeline in trial_pipelines(multiverse, n_settings=size.n_settings):
        for seeded in _seeds(pipeline, multiverse, size.n_seeds):
            unit = label_unit(seeded, multiverse, start=start, facts={**facts, "perturbation": OWN, "score": ""})
            units.append(replace(unit, keep=("labels", "rows", PLANTED)))
            units += [replace(each, facts={**each.facts, "perturbation": SCORED}) for each in _scored(unit)]
        # of the default setting: re-runs make graph and components anew, and cost as much as everything else
        if subsample is not None and multiverse.setting(pipeline) == multiverse.setting(multiverse.default):
            for number in range(_N_RERUNS):
                again = Call(subsample, {"share": 0.8, "replicate": number})
                units.append(
                    label_unit(
                        pipeline,
                        multiverse,
                        start=(*start, again),
                        facts={**facts, "perturbation": AGAIN, "score": "", "rerun": number},
                    )
                )
    return units


def _seeds(pipeline: Pipeline, multiverse: Multiverse, n_seeds: int) -> Iterator[Pipeline]:
    seed = next((choice for choice in multiverse.choices if choice.replicate and choice.name in pipeline), None)
    if seed is None:
        yield pipeline
        return
    yield from ({**pipeline, seed.name: level} for level in seed.levels[:n_seeds])


def _scored(unit: Unit) -> list[Unit]:
    found = score_units([unit])
    call = Call(_DENSITY, {"name": _DENSITY.name})
    return [*found, Unit((*unit.path, call), _DENSITY.writes, {**unit.facts, "score": _DENSITY.name})]
