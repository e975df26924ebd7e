"""How to audit: the options, and what they say before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rashomon.ask import QUESTIONS, Judged, Request
from rashomon.ask.standin import StandIn
from rashomon.core import RNGLike, Step, Teller, UsageError, did_you_mean, require_portable, silent
from rashomon.dataset import Dataset
from rashomon.engine import Engine, MemoryStore, Store
from rashomon.multiverse import Budget, Level, Multiverse, Wishes, refuse_excluded
from rashomon.partitions import Partitions
from rashomon.perturb import HALVES, PERTURBATIONS
from rashomon.score import SCORES

__all__ = ["AuditOptions"]


@dataclass(frozen=True)
class AuditOptions:
    """How to audit.

    Parameters
    ----------
    budget
        Size of the multiverse.
    pipeline
        Choices that made the judged labels, where known.
    use_rep
        Name of a view of the data set to start from.
    multiverse
        Levels by choice in place of those of the budget.
    clusterers
        More clusterers beside those of the budget, each in a branch of its own: names, or steps of the user.
    steps
        Transforms of the matrix or the view that the user brings, each in a branch of its own.
    max_pipelines
        Most pipelines (resolutions and seeds not counted); that of the budget when None.
    dag
        Causal arrows between columns; those that are offered when None.
    n_replicates
        How often each perturbation is repeated.
    perturbations
        Names of those that are run, half-samples among them; those of the budget when empty.
    repeat_all
        Whether every pipeline is repeated, not only the one that stands in for the labels.
    questions, scores
        Keys of the questions that are answered and names of the scores that are computed; all when empty.
    rng
        Root of all random streams.
    engine, store
        How plans are run, and where records are kept.
    coordinates
        Two coordinates per cell to draw, and their name; the first two components when None.
    call
        What else the caller was given, for the record.
    memory_budget
        Bytes that all processes may take together.
    announce
        Receives the plan and the estimate before the work starts.
    """

    budget: Budget = "quick"
    pipeline: Mapping[str, Level] | None = None
    use_rep: str | None = None
    multiverse: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    clusterers: Sequence[str | Step] = ()
    steps: Sequence[Step] = ()
    max_pipelines: int | None = None
    dag: tuple[tuple[str, str], ...] | None = None
    n_replicates: int = 20
    perturbations: tuple[str, ...] = ()
    repeat_all: bool = False
    questions: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    rng: RNGLike = 0
    engine: Engine = field(default_factory=Engine)
    store: Store = field(default_factory=MemoryStore)
    coordinates: tuple[np.ndarray, str] | None = None
    call: Mapping[str, Any] = field(default_factory=dict)
    memory_budget: int = 8 * 2**30
    announce: Teller = silent

    @property
    def wishes(self) -> Wishes:
        """What the user changed in the multiverse of the budget."""
        return Wishes(
            self.multiverse, self.clusterers, self.steps, self.max_pipelines, self.pipeline, self.perturbations
        )

    def request(
        self,
        dataset: Dataset,
        judged: Judged,
        entropy: int,
        *,
        multiverse: Multiverse | None = None,
        parts: Partitions | None = None,
        standin: StandIn | None = None,
    ) -> Request:
        """Return what the questions are asked about.

        Parameters
        ----------
        dataset, judged
            As in `rashomon.study.audit`.
        entropy
            Root of all random streams.
        multiverse, parts, standin
            What is known of the pipelines.
        """
        return Request(
            dataset,
            judged,
            entropy,
            multiverse,
            parts,
            standin,
            n_replicates=self.n_replicates,
            use_rep=self.use_rep,
            budget=self.budget,
            dag=self.dag,
            questions=self.questions,
            repeat_all=self.repeat_all,
        )

    def check(self, dataset: Dataset, judged: Judged | None) -> None:
        """Refuse, before anything is computed, what cannot be.

        Raises
        ------
        UsageError
            When the view does not exist or is made for drawing (``multiverse.excluded``), nothing is to be clustered
            and settings of the clustering are given, there are fewer than two replicates, settings are given for labels
            that are not, labels have other rows, or a function of the user has no name by which worker processes could
            find it.
        """
        if self.use_rep is not None:
            if self.use_rep not in dataset.views:
                raise UsageError(
                    f"there is no embedding {self.use_rep!r}",
                    where=f"{dataset.source}, obsm",
                    fix=did_you_mean(self.use_rep, dataset.views),
                )
            refuse_excluded("use_rep", self.use_rep, dataset=dataset)
        self._refuse_unknown()
        self._refuse_perturbations(dataset)
        if self.n_replicates < 2:
            raise UsageError(f"n_replicates is {self.n_replicates}", where="n_replicates", expected="2 or more")
        if not dataset.can_cluster and self.use_rep is None:
            self._refuse_useless(dataset)
        if self.pipeline is not None and judged is None:
            raise UsageError(
                "pipeline= says how given labels were made, and none were given",
                where="pipeline",
                fix="name the labels with labels=",
            )
        if judged is not None and judged.codes.size != dataset.n_obs:
            raise UsageError("the judged labels and the data set have different numbers of rows", where=judged.name)
        if self.engine.name != "serial":
            require_portable(step for step in (*self.clusterers, *self.steps) if isinstance(step, Step))

    def _refuse_useless(self, dataset: Dataset) -> None:
        """Refuse what says how to cluster where nothing will be."""
        given = {
            "pipeline": self.pipeline,
            "multiverse": self.multiverse,
            "clusterers": self.clusterers,
            "steps": self.steps,
            "max_pipelines": self.max_pipelines,
            "perturbations": self.perturbations,
            "repeat_all": self.repeat_all,
        }
        useless = [name for name, value in given.items() if value]
        if useless:
            raise UsageError(
                f"{useless[0]} has no effect on labels alone",
                where=useless[0],
                expected="a matrix or an embedding to cluster",
                fix=f"leave {useless[0]} out, or give {dataset.source} with its matrix (without labels_only)",
            )

    def _refuse_unknown(self) -> None:
        for name, known in (("questions", QUESTIONS), ("scores", SCORES), ("perturbations", PERTURBATIONS)):
            for each in getattr(self, name):
                if each not in known:
                    raise UsageError(f"unknown name {each!r}", where=name, fix=did_you_mean(each, known))

    def _refuse_perturbations(self, dataset: Dataset) -> None:
        domain = "receptors" if dataset.item == "receptor" else "expression"
        able = [name for name, record in PERTURBATIONS.items() if domain in record.domains]
        for name in self.perturbations:
            if name not in able:
                raise UsageError(
                    f"{name} does not disturb {domain}",
                    where="perturbations",
                    expected=f"among {', '.join(able)}",
                    fix=f"leave {name} out",
                )
        if self.perturbations and HALVES not in self.perturbations:
            raise UsageError(
                f"{HALVES} is not among the perturbations",
                where="perturbations",
                expected="half-samples, from which verdicts and intervals come",
                fix=f"add {HALVES}",
            )
        if self.repeat_all and self.questions and "stability" not in self.questions:
            raise UsageError(
                "repeat_all has no effect without the question stability",
                where="repeat_all",
                fix="add stability to questions, or leave repeat_all out",
            )

    def described(self) -> dict[str, Any]:
        """Return the options that change a result, in JSON types."""
        return {
            "budget": self.budget,
            "pipeline": dict(self.pipeline) if self.pipeline is not None else None,
            "use_rep": self.use_rep,
            "multiverse": {name: list(levels) for name, levels in self.multiverse.items()},
            "clusterers": [_described(each) for each in self.clusterers],
            "steps": [_described(each) for each in self.steps],
            "max_pipelines": self.max_pipelines,
            "dag": [" -> ".join(arrow) for arrow in self.dag] if self.dag is not None else None,
            "n_replicates": self.n_replicates,
            **{name: list(asked) for name in _IF_ASKED if (asked := getattr(self, name))},
            **({"repeat_all": True} if self.repeat_all else {}),
        }


_IF_ASKED = ("questions", "scores", "perturbations")
"""Options that are on record only where something is left out."""


def _described(step: str | Step) -> str | list[str]:
    if isinstance(step, str):
        return step
    return [step.name, step.function, str(step.version)]
