"""Units that run one pipeline again on disturbed data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rashomon.core import Step
from rashomon.dataset import Dataset, relative_copies
from rashomon.engine import Call
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.multiverse import Multiverse, Pipeline
from rashomon.multiverse.path import pipeline_path
from rashomon.multiverse.unit import Unit
from rashomon.perturb import PERTURBATIONS, Domain, Perturbation, replicates

__all__ = ["missing_perturbations", "resample_units"]


def missing_perturbations(
    dataset: Dataset, *, use_rep: str | None, pipeline: Pipeline | None = None, multiverse: Multiverse | None = None
) -> list[tuple[str, str]]:
    """Return (perturbation, reason) for each one that the data, the pipeline or the budget do not allow.

    Parameters
    ----------
    dataset
        Counts and donors.
    use_rep
        The view the plan starts from, if it does.
    pipeline, multiverse
        What is repeated, and where it comes from; without them only the data decide.
    """
    without = multiverse.without if multiverse is not None else {}
    reasons = []
    for record in _of_domain(multiverse.domain if multiverse is not None else "expression"):
        reason = _obstacle(record, dataset, use_rep=use_rep) or without.get(record.name, "")
        if not reason and pipeline is not None and multiverse is not None:
            reason = _no_place(record, pipeline, multiverse)
        reasons.append((record.name, reason))
    return [(name, reason) for name, reason in reasons if reason]


def _of_domain(domain: Domain) -> list[Perturbation]:
    return [record for record in PERTURBATIONS.values() if domain in record.domains]


def _obstacle(record: Perturbation, dataset: Dataset, *, use_rep: str | None) -> str:
    if record.needs == "counts":
        if use_rep is not None:
            return f"the analysis starts from the embedding {use_rep!r}"
        if dataset.expression is None or dataset.expression.kind != "counts":
            return "the file holds no counts"
    if record.needs == "copies" and not _expanded(dataset):
        return "every receptor was seen equally often"
    if record.needs in {"donor", "batch"}:
        column = dataset.roles.donor if record.needs == "donor" else dataset.roles.batch
        if column is None:
            return f"no {record.needs} column was declared"
        if len(column.categories) < 2:
            return f"there is one {record.needs}"
    return ""


def _expanded(dataset: Dataset) -> bool:
    copies = relative_copies(dataset)
    return copies is not None and bool((copies > 1).any())


def _no_place(record: Perturbation, pipeline: Pipeline, multiverse: Multiverse) -> str:
    """Return why a perturbation has no place to act in a pipeline; empty when it has."""
    if record.place == "graph" and _graph_writer(pipeline_path(pipeline, multiverse)) is None:
        return f"the clusterer {pipeline['clusterer']} uses no graph"
    if record.place == "seed" and not {c.name for c in multiverse.choices if c.replicate} & set(pipeline):
        return f"the clusterer {pipeline['clusterer']} draws nothing at random"
    return ""


def _graph_writer(path: Sequence[Call]) -> int | None:
    return next((place for place, call in enumerate(path) if "graph" in call.step.writes), None)


def resample_units(
    pipeline: Pipeline,
    multiverse: Multiverse,
    dataset: Dataset,
    *,
    n_replicates: int,
    use_rep: str | None = None,
    rng: np.random.Generator,
) -> list[Unit]:
    """Return the units that repeat `pipeline` under every perturbation the data allow, at every resolution.

    Genes, components and graph are made again inside each resample, so stability is not conditional on them.

    Parameters
    ----------
    pipeline
        What is repeated; its granularity is varied over all levels of the multiverse.
    multiverse
        Where the pipeline comes from.
    dataset
        Says which perturbations are possible.
    n_replicates
        Repeats of each perturbation.
    use_rep
        The view the plan starts from, if it does.
    rng
        For draws fixed at planning time: seeds and halves of the donors.
    """
    blocked = dict(missing_perturbations(dataset, use_rep=use_rep, pipeline=pipeline, multiverse=multiverse))
    granular = [choice.name for choice in multiverse.choices if choice.granularity]
    versions = list(multiverse.siblings(pipeline, vary=granular))
    slot = "receptors" if multiverse.domain == "receptors" else "view" if use_rep is not None else "x"
    return [
        _unit(record, params, number, version, multiverse, slot)
        for record in _of_domain(multiverse.domain)
        if record.name not in blocked
        for number, params in enumerate(replicates(record, n=n_replicates, donors=_blocks(record, dataset), rng=rng))
        for version in versions
    ]


def _blocks(record: Perturbation, dataset: Dataset) -> np.ndarray | None:
    """Return the codes of what is resampled as a whole: donors, or batches."""
    column = dataset.roles.batch if record.needs == "batch" else dataset.roles.donor
    return None if column is None else column.codes


def _unit(
    record: Perturbation, params: dict[str, Any], number: int, version: Pipeline, multiverse: Multiverse, slot: str
) -> Unit:
    facts = {"perturbation": record.name, "replicate": number}
    if record.step is None:
        return label_unit({**version, **params}, multiverse, facts=facts)
    if record.place == "graph":
        return label_unit(version, multiverse, on_graph=Call(record.step, params), facts=facts)
    return label_unit(version, multiverse, start=(Call(_on(record.step, slot), params),), facts=facts)


def _on(step: Step, slot: str) -> Step:
    """Return `step` acting on `slot` in place of the matrix."""

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(slot if name == "x" else name for name in names)

    return replace(step, reads=swap(step.reads), writes=swap(step.writes))
