"""Units that run one pipeline again on disturbed data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rashomon.core import Step
from rashomon.dataset import Dataset
from rashomon.engine import Call
from rashomon.multiverse.base import label_unit
from rashomon.multiverse.multiverse import Multiverse, Pipeline
from rashomon.multiverse.unit import Unit
from rashomon.perturb import PERTURBATIONS, Perturbation, replicates

__all__ = ["missing_perturbations", "resample_units"]


def missing_perturbations(dataset: Dataset, *, use_rep: str | None) -> list[tuple[str, str]]:
    """Return (perturbation, reason) for each one that the data do not allow."""
    reasons = [(record.name, _obstacle(record, dataset, use_rep=use_rep)) for record in PERTURBATIONS.values()]
    return [(name, reason) for name, reason in reasons if reason]


def _obstacle(record: Perturbation, dataset: Dataset, *, use_rep: str | None) -> str:
    if record.needs == "counts":
        if use_rep is not None:
            return f"the analysis starts from the embedding {use_rep!r}"
        if dataset.expression is None or dataset.expression.kind != "counts":
            return "the file holds no counts"
    if record.needs == "donor":
        donor = dataset.roles.donor
        if donor is None:
            return "no donor column was declared"
        if len(donor.categories) < 2:
            return "there is one donor"
    return ""


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
    blocked = dict(missing_perturbations(dataset, use_rep=use_rep))
    granular = [choice.name for choice in multiverse.choices if choice.granularity]
    versions = list(multiverse.siblings(pipeline, vary=granular))
    donors = dataset.roles.donor.codes if dataset.roles.donor is not None else None
    slot = "view" if use_rep is not None else "x"
    return [
        _unit(record, params, number, version, multiverse, slot)
        for record in PERTURBATIONS.values()
        if record.name not in blocked
        for number, params in enumerate(replicates(record, n=n_replicates, donors=donors, rng=rng))
        for version in versions
    ]


def _unit(
    record: Perturbation, params: dict[str, Any], number: int, version: Pipeline, multiverse: Multiverse, slot: str
) -> Unit:
    facts = {"perturbation": record.name, "replicate": number}
    if record.step is None:
        return label_unit({**version, **params}, multiverse, facts=facts)
    return label_unit(version, multiverse, start=(Call(_on(record.step, slot), params),), facts=facts)


def _on(step: Step, slot: str) -> Step:
    """Return `step` acting on `slot` in place of the matrix."""

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(slot if name == "x" else name for name in names)

    return replace(step, reads=swap(step.reads), writes=swap(step.writes))
