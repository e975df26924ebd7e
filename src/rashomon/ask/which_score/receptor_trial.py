"""Trials of receptor scores: twins with planted labels, clustered at every cutoff and by every clusterer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rashomon.ask.alias import aliases
from rashomon.ask.receptor.cluster import target_truths
from rashomon.ask.request import Request
from rashomon.ask.which_score.receptor_score import REACHABLE, SEEN, score_call
from rashomon.ask.which_score.trial import AGAIN, OWN, PLANTED, STRENGTHS, TRIAL_SIZES, Planted, TrialSize
from rashomon.engine import Call
from rashomon.multiverse import Multiverse, Unit
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.multiverse import Pipeline
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.perturb import PERTURBATIONS

__all__ = [
    "BACKGROUND",
    "CUTOFF",
    "planted_receptor_truths",
    "receptor_pipelines",
    "receptor_slots",
    "receptor_trial_units",
    "why_no_receptor_twin",
]

BACKGROUND = "background"
"""What a unit is for (``perturbation``): labels of a draw in which V, J and length alone make receptors alike."""

CUTOFF = "distance and cutoff"
"""What is chosen first: how far apart linked receptors may be, all else as in the default pipeline."""

_BEYOND: Mapping[str, tuple[float, ...]] = {"hamming": (2,), "tcrdist": (6, 48), "paired tcrdist": (12, 120)}
"""Cutoffs on trial beside those of the multiverse: where nothing too wide is on offer, a score that always picks the
widest looks right."""

_CUTOFFS = ("cutoff", "radius", "paired_radius")
_BESIDE = ("clusterer", "v_match")
"""Choices whose alternatives are tried at every cutoff."""

_N_RERUNS = 2
_ROLES = ("donor", "batch")


def planted_receptor_truths(request: Request) -> list[Planted]:
    """Return the label columns that can be planted: those of what receptors bind, see `target_truths`.

    Parameters
    ----------
    request
        Receptors and their columns.
    """
    return [
        Planted(request.slot_of(truth.name), truth.name, np.asarray(truth.codes, dtype=np.int32))
        for truth in target_truths(request.dataset)
        if truth.name != request.judged.name
    ]


def receptor_slots(request: Request) -> dict[str, np.ndarray]:
    """Return the slots that twins of receptors are fitted with, by name.

    Parameters
    ----------
    request
        See `planted_receptor_truths`.
    """
    return {planted.slot: planted.codes for planted in planted_receptor_truths(request)}


def why_no_receptor_twin(request: Request) -> str:
    """Return why no twin of the receptors is drawn; empty where one is.

    Parameters
    ----------
    request
        What is asked about.
    """
    if request.multiverse is None:
        return "labels alone cannot be re-made"
    receptors = request.dataset.receptors
    loci = () if receptors is None else receptors.loci
    if request.multiverse.default.get("distance") == CLONE or (loci and all(name.startswith("IG") for name in loci)):
        return "B cells mutate after generation, and no twin has that"
    planted = planted_receptor_truths(request)
    if not planted:
        return "no label column says what receptors bind"
    if all(_obstacle(request, each) for each in planted):
        return "; ".join(f"{each.name}: {_obstacle(request, each)}" for each in planted)
    return "" if request.budget in TRIAL_SIZES else f"budget {request.budget!r} draws no twins"


def _obstacle(request: Request, planted: Planted) -> str:
    hidden = aliases(request.dataset, request.dataset.truths[planted.name])
    return f"it cannot be told from {' and '.join(hidden)}" if hidden else planted.obstacle


def receptor_pipelines(multiverse: Multiverse, *, n_settings: int) -> list[tuple[str, Pipeline]]:
    """Return the pipelines on trial with what they differ in: `CUTOFF` for the first family, or ``clusterer=...``.

    Parameters
    ----------
    multiverse
        Where they come from; levels that are not equivalent take no part.
    n_settings
        How many alternatives of clusterer and V match are tried beside the defaults, each at every cutoff.

    Returns
    -------
    The default pipeline first.
    """
    default = multiverse.default
    changes: list[tuple[str, dict[str, Any]]] = [(CUTOFF, {})]
    changes += [(f"{name}={level}", {name: level}) for name in _BESIDE for level in _others(multiverse, name, default)][
        :n_settings
    ]
    found: dict[tuple[Any, ...], tuple[str, Pipeline]] = {}
    for family, change in changes:
        for given in ({}, *_cutoffs(multiverse)):
            pipeline = _completed(multiverse, {**given, **change})
            if pipeline is not None:
                found.setdefault(tuple(pipeline.items()), (family, pipeline))
    return list(found.values())


def _others(multiverse: Multiverse, name: str, default: Pipeline) -> Iterator[Any]:
    if name in default:
        yield from (o.level for o in multiverse[name].options[1:] if o.equivalence == "equivalent")


def _cutoffs(multiverse: Multiverse) -> Iterator[dict[str, Any]]:
    """Iterate over distance and cutoff, all else at the defaults."""
    known = {choice.name: choice for choice in multiverse.choices}
    distance = known.get("distance")
    for option in () if distance is None else distance.options:
        if option.equivalence != "equivalent":
            continue
        start = _completed(multiverse, {"distance": option.level})
        name = next((name for name in _CUTOFFS if start is not None and name in start), None)
        if name is not None:
            pair = "paired " if name == "paired_radius" else ""
            beyond = _BEYOND.get(f"{pair}{option.level}", ())
            yield from ({"distance": option.level, name: level} for level in sorted({*known[name].levels, *beyond}))


def _completed(multiverse: Multiverse, given: Mapping[str, Any]) -> Pipeline | None:
    """Return the pipeline with these levels; None where one of them does not apply, as V match with TCRdist."""
    pipeline: Pipeline = {}
    for choice in multiverse.choices:
        if choice.applies(pipeline):
            pipeline[choice.name] = given.get(choice.name, choice.default)
    return pipeline if set(given) <= set(pipeline) else None


def receptor_trial_units(request: Request, *, size: TrialSize) -> list[Unit]:
    """Return the units that draw twins and cluster them, and score the clusters by the labels of half of the receptors.

    Other clusterers, and re-runs, are tried at the strength that decides.

    Parameters
    ----------
    request
        Receptors and a multiverse. What cannot be planted is left out.
    size
        How much is computed.
    """
    # worlds are only loaded where twins are drawn
    from rashomon.ask.which_score.receptor_twin import draw_receptor_call, fit_receptor_call

    multiverse = request.multiverse
    if multiverse is None:
        return []
    roles = tuple(role for role, truth in request.dataset.roles if role in _ROLES and (truth.codes >= 0).any())
    pipelines = receptor_pipelines(multiverse, n_settings=size.n_settings)
    chain = str(multiverse.default["chain"])
    units: list[Unit] = []
    for planted in [each for each in planted_receptor_truths(request) if not _obstacle(request, each)][: size.n_truths]:
        fit = fit_receptor_call(planted.slot, roles=roles)
        for place, strength in enumerate((*STRENGTHS, None)):
            n_draws = size.n_deciding if place == 0 or strength is None else size.n_other
            for replicate in range(n_draws):
                start = (fit, draw_receptor_call(replicate=replicate, strength=strength, chain=chain))
                facts = {"truth": planted.name, "strength": strength, "replicate": replicate}
                units += _units_of_draw(multiverse, pipelines, start, facts)
    return units


def _units_of_draw(
    multiverse: Multiverse, pipelines: list[tuple[str, Pipeline]], start: tuple[Call, ...], facts: Mapping[str, Any]
) -> list[Unit]:
    subsample = PERTURBATIONS["subsample"].step
    units = []
    deciding = facts["strength"] in {STRENGTHS[0], None}
    for number, (family, pipeline) in enumerate(pipelines):
        if not deciding and family != CUTOFF:
            continue
        told = {**facts, "family": family, "number": number}
        if facts["strength"] is None:
            unit = label_unit(pipeline, multiverse, start=start, facts={**told, "perturbation": BACKGROUND})
            units.append(unit)
            continue
        unit = label_unit(pipeline, multiverse, start=start, facts={**told, "perturbation": OWN})
        units.append(
            Unit((*unit.path, score_call()), ("labels", "rows", PLANTED, SEEN, REACHABLE, "values"), unit.facts)
        )
        if subsample is not None and deciding and family == CUTOFF:
            for rerun in range(_N_RERUNS):
                again = Call(replace(subsample, reads=("receptors", "rows"), writes=("receptors", "rows")),
                             {"share": 0.8, "replicate": rerun})  # fmt: skip
                units.append(
                    label_unit(pipeline, multiverse, start=(*start, again),
                               facts={**told, "perturbation": AGAIN, "rerun": rerun})
                )  # fmt: skip
    return units
