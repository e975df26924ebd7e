"""Units of the multiverse itself: every pipeline on all cells, and what is scored while its view is in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashomon.core import digest_json
from rashomon.encode import STEPS
from rashomon.engine import Call
from rashomon.multiverse.choice import Level
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.path import neighbour_call, pipeline_path, view_path
from rashomon.multiverse.receptor_path import distance_path, select_call
from rashomon.multiverse.unit import Unit
from rashomon.score.step import VIEW_STEPS

__all__ = ["FULL_DATA", "label_unit", "label_units", "reference_unit", "score_units"]

FULL_DATA = {"perturbation": "none", "replicate": 0}
"""Facts of runs on all cells, undisturbed."""


def label_unit(
    pipeline: Mapping[str, Level],
    multiverse: Multiverse,
    *,
    start: tuple[Call, ...] = (),
    on_graph: Call | None = None,
    facts: Mapping[str, Any],
) -> Unit:
    """Return the unit that computes the labels of one pipeline, after the perturbation steps `start`.

    Parameters
    ----------
    pipeline, multiverse
        What is run, and where it comes from.
    start
        Steps before all others.
    on_graph
        A step that disturbs the neighbour graph.
    facts
        Columns of the table of runs.
    """
    path = pipeline_path(pipeline, multiverse, on_graph=on_graph)
    described = {
        "run": digest_json([dict(facts), dict(pipeline)])[:12],
        **facts,
        "pipeline": multiverse.name(pipeline),
        "branch": multiverse.branch(pipeline),
        **{choice.name: pipeline.get(choice.name) for choice in multiverse.choices},
        "domain": multiverse.domain,
        "view": f"view-{_view_name(path)}" if multiverse.domain == "expression" else "",
    }
    return Unit((*start, *_repeated(path)) if start else path, ("labels", "rows"), described)


def _repeated(path: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return the steps as repeats on disturbed data run them: only the components asked for are computed.

    Equal to those of all components up to rounding, and nothing outside compares repeats bit by bit.
    """
    return tuple(
        # a solver that was asked for stays
        Call(STEPS["leading_pca"], call.params) if call.step is STEPS["pca"] and "solver" not in call.params else call
        for call in path
    )


def _view_name(path: tuple[Call, ...]) -> str:
    """Return a digest of the steps up to the last that writes the view; perturbations have no part in it."""
    last = max((place for place, call in enumerate(path) if "view" in call.step.writes), default=-1)
    return digest_json([[call.step.name, dict(call.params)] for call in path[: last + 1]])[:8]


def label_units(multiverse: Multiverse) -> list[Unit]:
    """Return one unit per pipeline of the multiverse, on all cells."""
    return [label_unit(pipeline, multiverse, facts=FULL_DATA) for pipeline in multiverse]


def score_units(units: list[Unit]) -> list[Unit]:
    """Return, for the first seed of each pipeline, the units that score its labels on its own view and graph.

    None for receptors: their links have no common geometry that a score of cells could use.
    """
    units = [unit for unit in units if unit.facts.get("domain") == "expression"]
    scored: list[Unit] = []
    first = next((unit.facts["seed"] for unit in units if unit.facts.get("seed") is not None), None)
    for unit in units:
        available = {slot for call in unit.path for slot in call.step.writes}
        for step in VIEW_STEPS.values():
            # clusterers that draw nothing have no seed
            if unit.facts.get("seed") in {first, None} and set(step.reads) <= available | {"view"}:
                call = Call(step, {"name": step.name})
                scored.append(Unit((*unit.path, call), step.writes, {**unit.facts, "score": step.name}))
    return scored


def reference_unit(multiverse: Multiverse, pipeline: Mapping[str, Level]) -> Unit:
    """Return the unit that keeps the view of one pipeline with its nearest neighbours; of receptors, the distances."""
    if multiverse.domain == "receptors":
        linked = (select_call(pipeline), *distance_path(pipeline))
        return Unit(linked, ("distances", "items", "rows"), {"pipeline": multiverse.name(pipeline)})
    path = (*view_path(pipeline, multiverse), neighbour_call(multiverse))
    return Unit(path, ("knn_indices", "rows", "view"), {"pipeline": multiverse.name(pipeline)})
