"""The pipeline that stands in for labels whose making is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.ask.answer import Assumption
from rashomon.ask.judged import Judged
from rashomon.multiverse import Level, Multiverse, Pipeline
from rashomon.partitions import Partitions
from rashomon.score import score

__all__ = ["CLOSE", "StandIn", "find_standin"]

CLOSE = 0.5
"""Adjusted mutual information below which no pipeline can stand in for the judged labels (a convention)."""


@dataclass(frozen=True)
class StandIn:
    """A pipeline that makes, or nearly makes, the judged labels.

    Parameters
    ----------
    pipeline
        Its choices.
    name
        Its name, without granularity and seed.
    agreement
        Mean adjusted mutual information between its labels (over seeds) and the judged labels.
    declared
        Whether the user named it, or the judged labels are its own.
    """

    pipeline: Pipeline
    name: str
    agreement: float
    declared: bool

    @property
    def usable(self) -> bool:
        """Whether re-running it says something about the judged labels."""
        return bool(self.agreement >= CLOSE)

    @property
    def assumption(self) -> Assumption:
        """The assumption that re-running it is re-running the user's analysis."""
        if self.declared:
            status: Literal["holds", "violated", "untested"] = "holds" if self.usable else "violated"
            # no clusters agree with nothing, and disagree with nothing
            status = status if np.isfinite(self.agreement) else "untested"
            evidence = f"adjusted mutual information {_number(self.agreement)} with: {self.name}"
            return Assumption("the judged labels were made by the pipeline that is re-run", status, evidence)
        return Assumption(
            "the closest pipeline of the multiverse stands in for the unknown one that made the labels",
            "untested" if self.usable else "violated",
            f"adjusted mutual information {_number(self.agreement)} with: {self.name}",
        )


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "undefined"


def find_standin(
    judged: Judged, parts: Partitions, multiverse: Multiverse, *, pipeline: Mapping[str, Level] | None
) -> StandIn:
    """Return the pipeline that is re-run in place of the one that made the judged labels.

    Parameters
    ----------
    judged
        The labels on trial.
    parts
        All pipelines on all cells.
    multiverse
        Where the pipelines come from.
    pipeline
        Choices the user declared; the rest are defaults. For labels that are not the user's own, the pipeline that
        made them.
    """
    repeats: dict[tuple[tuple[str, Level], ...], list[float]] = {}
    names = [choice.name for choice in multiverse.choices if not choice.replicate]
    for j, row in enumerate(parts.runs.to_dict("records")):
        if row["status"] == "ok":
            levels = {name: row[name] for name in names if pd.notna(row[name])}
            value = score("ami", judged.codes, parts.labels[:, j]).value
            repeats.setdefault(tuple(multiverse.complete(levels).items()), []).append(value)
    seeds = {choice.name for choice in multiverse.choices if choice.replicate}
    means = {
        frozenset(item for item in key if item[0] not in seeds): np.mean(values) for key, values in repeats.items()
    }
    if pipeline is not None:
        chosen = multiverse.complete(pipeline)
    else:
        chosen = dict(max(repeats.items(), key=lambda item: float(np.nan_to_num(np.mean(item[1]), nan=-1.0)))[0])
    key = frozenset(item for item in chosen.items() if item[0] not in seeds)
    return StandIn(chosen, multiverse.name(chosen), float(means.get(key, np.nan)), declared=pipeline is not None)
