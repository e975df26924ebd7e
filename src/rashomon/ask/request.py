"""What a question is asked about: the data, the labels on trial, the finished multiverse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from rashomon.ask.alias import aliases
from rashomon.ask.judged import Judged
from rashomon.ask.standin import StandIn
from rashomon.ask.structure.population_record import Population
from rashomon.core import child
from rashomon.dataset import Dataset, Truth
from rashomon.multiverse import Budget, Multiverse
from rashomon.partitions import Partitions

__all__ = ["MORE_LINKS", "TYPES", "Request"]

TYPES = "types"
"""Slot of the labels on trial."""

MORE_LINKS = "use a larger cutoff or radius, or more receptors"
"""What to do where no receptor has a neighbour."""


@dataclass(frozen=True, eq=False)
class Request:
    """Everything a question may read.

    Parameters
    ----------
    dataset
        Rows, truths, roles.
    judged
        The labels on trial.
    entropy
        Root of all random streams.
    multiverse, parts, standin
        Choices, labels of every pipeline, and the pipeline that stands in; absent when only labels are known.
    n_replicates
        How often each perturbation is repeated.
    use_rep
        The view of the data set the analysis starts from; None when it starts from the matrix.
    budget
        How much may be computed: draws of nulls and of twins follow from it.
    dag
        Causal arrows between columns that the user declared; None: those that are offered.
    population
        What the stand-in pipeline makes of one population; None before it was drawn.
    questions
        Keys of the questions that are asked; all when empty.
    repeat_all
        Whether every pipeline is repeated, not only the one that stands in.
    """

    dataset: Dataset
    judged: Judged
    entropy: int
    multiverse: Multiverse | None = None
    parts: Partitions | None = None
    standin: StandIn | None = None
    n_replicates: int = 20
    use_rep: str | None = None
    budget: Budget = "quick"
    dag: tuple[tuple[str, str], ...] | None = None
    population: Population | None = None
    questions: tuple[str, ...] = ()
    repeat_all: bool = False
    truths: Mapping[str, Truth] = field(init=False)

    def __post_init__(self) -> None:
        # technical columns compete with the declared truths: "the clusters follow the batch" is an answer
        roles = {truth.name: truth for _, truth in self.dataset.roles}
        object.__setattr__(self, "truths", {**roles, **self.dataset.truths})

    def asks(self, question: str) -> bool:
        """Return whether a question is asked.

        Parameters
        ----------
        question
            Its key.
        """
        return not self.questions or question in self.questions

    def rng(self, *names: object) -> np.random.Generator:
        """Return the random stream called `names`."""
        return child(self.entropy, "ask", *names)

    @property
    def why_no_counts(self) -> str:
        """Why there are no raw counts to draw from or to test; empty where there are."""
        expression = self.dataset.expression
        if expression is None:
            return "there is no expression matrix"
        if self.use_rep is not None:
            return f"the analysis starts from the embedding {self.use_rep!r}"
        return "" if expression.kind == "counts" else f"{expression.slot} holds no counts"

    @property
    def counts_step(self) -> str:
        """What to do where `why_no_counts` says something."""
        expression = self.dataset.expression
        there = self.use_rep is not None and expression is not None and expression.kind == "counts"
        return "Leave use_rep out: the counts are there." if there else "Give raw counts."

    def slot_of(self, truth: str) -> str:
        """Return the slot in which units find the codes of a declared truth, or of the labels on trial.

        Parameters
        ----------
        truth
            Its name.
        """
        return TYPES if truth == self.judged.name else f"truth_{list(self.dataset.truths).index(truth)}"

    @property
    def naming_truth(self) -> Truth | None:
        """The truth by which clusters are named: the first declared one that is not technical or hidden by a batch."""
        named = (truth for truth in self.dataset.truths.values() if truth.kind != "technical")
        return next((truth for truth in named if not aliases(self.dataset, truth)), None)

    @cached_property
    def cluster_names(self) -> tuple[str, ...]:
        """A readable name per judged cluster."""
        return self.judged.describe(self.naming_truth)

    @property
    def lone(self) -> str:
        """Why there is not one cluster to ask about; empty where there is one."""
        if (self.judged.codes >= 0).any():
            return ""
        if self.dataset.item == "receptor" and not self.judged.own:
            return "No receptor has a neighbour at this cutoff, so that there are no clusters."
        return f"No {self.dataset.item} is in a cluster."

    def runs(self) -> pd.DataFrame:
        """Return the table of runs, empty when there are none."""
        return pd.DataFrame() if self.parts is None else self.parts.runs
