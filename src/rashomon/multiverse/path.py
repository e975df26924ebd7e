"""From a pipeline to the steps that run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashomon.cluster import CLUSTERERS, GRAPH_STEPS
from rashomon.core import Step
from rashomon.encode import STEPS
from rashomon.engine import Call
from rashomon.multiverse.choice import Level
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.normalisation import NORMALISATIONS

__all__ = ["cluster_path", "neighbour_call", "view_path"]

_MIN_CELLS = 3
"""Genes seen in fewer cells say nothing about groups; beside them only empty cells are dropped."""


def _call(step: Step, **params: Any) -> Call:
    return Call(step, params)


def view_path(pipeline: Mapping[str, Level], multiverse: Multiverse) -> list[Call]:
    """Return the steps from the matrix to the embedding (slot ``view``); none when the data start from an embedding.

    One PCA is computed at the largest number of components of the multiverse; smaller ones are its first columns.
    """
    if "normalise" not in pipeline:
        return []
    normalisation = NORMALISATIONS[str(pipeline["normalise"])]
    calls = [_call(STEPS["filter"], min_counts=normalisation.min_counts, min_cells=_MIN_CELLS)]
    calls += [_call(STEPS[name], **params) for name, params in normalisation.before]
    if pipeline["n_genes"] != "all":
        calls.append(_call(STEPS["variable_genes"], n_top=pipeline["n_genes"], flavor=normalisation.gene_flavor))
    calls += [_call(STEPS[name], **params) for name, params in normalisation.after]
    if pipeline.get("scale") == "clip 10":
        calls.append(_call(STEPS["scale"], max_value=10.0))
    largest = max(level for level in multiverse["n_pcs"].levels if isinstance(level, int))
    return [*calls, _call(STEPS["pca"], n_comps=largest), _call(STEPS["take_pcs"], n_pcs=pipeline["n_pcs"])]


def neighbour_call(multiverse: Multiverse) -> Call:
    """Return the neighbour search at the largest number of neighbours of the multiverse."""
    largest = max(level for level in multiverse["n_neighbours"].levels if isinstance(level, int))
    return _call(STEPS["neighbours"], k=largest)


def cluster_path(pipeline: Mapping[str, Level], multiverse: Multiverse) -> list[Call]:
    """Return the steps from the embedding to the labels.

    One neighbour search is made at the largest number of neighbours; smaller graphs use its first columns.
    """
    clusterer = CLUSTERERS[str(pipeline["clusterer"])]
    calls: list[Call] = []
    if "n_neighbours" in pipeline:
        calls = [
            neighbour_call(multiverse),
            _call(STEPS["fuzzy_graph"], k=pipeline["n_neighbours"]),
            _call(GRAPH_STEPS["igraph"]),
        ]
    names = {choice.name for choice in multiverse.choices if choice.granularity or choice.replicate}
    params = {name: level for name, level in pipeline.items() if name in names}
    return [*calls, _call(clusterer, **params)]
