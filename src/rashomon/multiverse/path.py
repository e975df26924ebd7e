"""From a pipeline to the steps that run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashomon.cluster import CLUSTERERS
from rashomon.core import Step
from rashomon.encode import STEPS
from rashomon.engine import Call
from rashomon.multiverse.choice import Level
from rashomon.multiverse.clusterer import graph_step, reads_graph
from rashomon.multiverse.gene_flavor import GENE_FLAVORS
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.normalisation import NORMALISATIONS, Normalisation
from rashomon.multiverse.own_step import MATRIX_STEP, VIEW_STEP
from rashomon.multiverse.receptor_path import receptor_path

__all__ = ["cluster_path", "neighbour_call", "pipeline_path", "view_path"]

_FOR_REFERENCE = 15
"""Neighbours of the reference where no clusterer of the multiverse reads a graph."""

_MIN_CELLS = 3
"""Genes seen in fewer cells say nothing about groups; beside them only empty cells are dropped."""


def _call(step: Step, **params: Any) -> Call:
    return Call(step, params)


def view_path(pipeline: Mapping[str, Level], multiverse: Multiverse) -> list[Call]:
    """Return the steps from the matrix to the embedding (slot ``view``); of a given embedding, only the user's own.

    One PCA is computed at the largest number of components of the multiverse; smaller ones are its first columns. By
    arpack, each number of components is computed by itself, as scanpy does.
    """
    own = _own_call(pipeline, multiverse, VIEW_STEP)
    if "normalise" not in pipeline:
        return own
    normalisation = NORMALISATIONS[str(pipeline["normalise"])]
    ranked, taken = _gene_calls(pipeline, normalisation)
    calls = [_call(STEPS["filter"], min_counts=normalisation.min_counts, min_cells=_MIN_CELLS), *ranked]
    calls += [_call(STEPS[name], **params) for name, params in normalisation.before]
    calls += taken
    calls += [_call(STEPS[name], **params) for name, params in normalisation.after]
    calls += _own_call(pipeline, multiverse, MATRIX_STEP)
    if pipeline.get("scale") == "clip 10":
        calls.append(_call(STEPS["scale"], max_value=10.0))
    calls += _component_calls(pipeline, multiverse)
    integration = pipeline.get("integrate", "none")
    return [*calls, *([] if integration == "none" else [_call(STEPS[str(integration)])]), *own]


def _component_calls(pipeline: Mapping[str, Level], multiverse: Multiverse) -> list[Call]:
    taken = _call(STEPS["take_pcs"], n_pcs=pipeline["n_pcs"])
    if pipeline.get("pca_solver") == "arpack":
        return [_call(STEPS["pca"], n_comps=pipeline["n_pcs"], solver="arpack"), taken]
    largest = max(level for level in multiverse["n_pcs"].levels if isinstance(level, int))
    return [_call(STEPS["pca"], n_comps=largest), taken]


def _own_call(pipeline: Mapping[str, Level], multiverse: Multiverse, choice: str) -> list[Call]:
    """Return the step of the user that a pipeline has in a choice, if any."""
    step = multiverse.steps.get(str(pipeline.get(choice)))
    return [] if step is None else [_call(step)]


def _gene_calls(pipeline: Mapping[str, Level], normalisation: Normalisation) -> tuple[list[Call], list[Call]]:
    """Return the steps that choose genes: before and after the matrix is normalised."""
    if pipeline["n_genes"] == "all":
        return [], []
    flavor = GENE_FLAVORS[str(pipeline.get("gene_flavor", normalisation.gene_flavors[0]))]
    excluded = pipeline.get("excluded_genes", "none")
    params = {
        "n_top": pipeline["n_genes"],
        "flavor": flavor.name,
        "exclude": "" if excluded == "none" else excluded,
    }
    within = "_by_batch" if pipeline.get("gene_batch") == "by batch" else ""
    if flavor.on_counts:
        return [_call(STEPS[f"rank_genes_counts{within}"], **params)], [_call(STEPS["take_genes"])]
    return [], [_call(STEPS[f"variable_genes{within}"], **params)]


def neighbour_call(multiverse: Multiverse) -> Call:
    """Return the neighbour search at the largest number of neighbours of the multiverse."""
    levels = multiverse["n_neighbours"].levels if _has(multiverse, "n_neighbours") else (_FOR_REFERENCE,)
    largest = max(level for level in levels if isinstance(level, int))
    return _call(STEPS["neighbours"], k=largest)


def pipeline_path(
    pipeline: Mapping[str, Level], multiverse: Multiverse, *, on_graph: Call | None = None
) -> tuple[Call, ...]:
    """Return the steps from the data to the labels.

    Parameters
    ----------
    pipeline, multiverse
        What is run, and where it comes from.
    on_graph
        A step that disturbs the graph; only for pipelines that have one.
    """
    if multiverse.domain == "receptors":
        return tuple(receptor_path(pipeline, multiverse, on_graph=on_graph))
    return (*view_path(pipeline, multiverse), *cluster_path(pipeline, multiverse, on_graph=on_graph))


def cluster_path(pipeline: Mapping[str, Level], multiverse: Multiverse, *, on_graph: Call | None = None) -> list[Call]:
    """Return the steps from the embedding to the labels.

    One exact neighbour search is made at the largest number of neighbours; smaller graphs use its first columns. An
    approximate search gives other neighbours for another number, so it is made for each.

    Parameters
    ----------
    pipeline, multiverse
        What is run, and where it comes from.
    on_graph
        A step that disturbs the neighbour graph; only for pipelines that have one.
    """
    name = str(pipeline["clusterer"])
    clusterer = multiverse.clusterers[name] if name in multiverse.clusterers else CLUSTERERS[name]
    granular = {choice.name for choice in multiverse.choices if choice.granularity or choice.replicate}
    last = _call(clusterer, **{choice: level for choice, level in pipeline.items() if choice in granular})
    return [*(_graph_calls(pipeline, multiverse, on_graph) if reads_graph(clusterer) else []), *_form(clusterer), last]


def _graph_calls(pipeline: Mapping[str, Level], multiverse: Multiverse, on_graph: Call | None) -> list[Call]:
    k = pipeline["n_neighbours"]
    cosine = pipeline.get("metric") == "cosine"
    exact = pipeline.get("neighbour_search", "exact") == "exact"
    search = neighbour_call(multiverse) if exact else _call(STEPS["approximate_neighbours"], k=k)
    # the nearest by angle are the nearest of the vectors of length 1; their distances are halved squares
    searched = [_call(STEPS["unit_length"]), search, _call(STEPS["cosine_distances"])] if cosine else [search]
    return [*searched, _call(STEPS["fuzzy_graph"], k=k), *([on_graph] if on_graph is not None else [])]


def _form(clusterer: Step) -> list[Call]:
    step = graph_step(clusterer)
    return [] if step is None else [_call(step)]


def _has(multiverse: Multiverse, name: str) -> bool:
    return any(choice.name == name for choice in multiverse.choices)
