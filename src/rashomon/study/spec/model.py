"""The study of a file of data: an audit, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from rashomon.perturb import HALVES
from rashomon.study.spec.common_spec import CommonSpec, scores_field
from rashomon.study.spec.engine_spec import STRICT
from rashomon.study.spec.fault import Fault, refuse_all, refuse_value
from rashomon.study.spec.name import AllOf, NameOf
from rashomon.study.spec.value import Arrow, ListOf, OneOrMore, Pipeline, Text, TruthText, Word

__all__ = ["AuditSpec", "FileSpec", "RolesSpec"]

_QUESTIONS = NameOf(("rashomon.ask:QUESTIONS",))
_PERTURBATIONS = NameOf(("rashomon.perturb:PERTURBATIONS",))


def _with_halves(names: tuple[str, ...]) -> tuple[str, ...]:
    if HALVES not in names:
        raise refuse_value(f"{HALVES} among them, from which verdicts and intervals come", f"add {HALVES}")
    return names


class FileSpec(BaseModel):
    """The data of an audit."""

    model_config = STRICT

    file: Annotated[
        Text, Field(description="The data, from the folder of this file: .h5ad, .zarr, .h5mu, receptors or labels.")
    ]
    layer: Annotated[Text | None, Field(description="Matrix to use; counts where they are found when empty.")] = None
    use_rep: Annotated[Text | None, Field(description="Embedding (obsm) to start from.")] = None
    within: Annotated[
        dict[Text, Annotated[ListOf[Word], Field(min_length=1), OneOrMore()]],
        Field(description="Only the cells with these values, by column."),
    ] = {}
    receptors: Annotated[
        bool, Field(description="Cluster the receptors of the cells; a table of receptors needs no flag.")
    ] = False
    labels_from: Annotated[Text | None, Field(description="Table of more label columns, by cell name.")] = None
    labels_only: Annotated[bool, Field(description="Leave the matrix alone: question 3 only.")] = False


class RolesSpec(BaseModel):
    """Which column is what; technical columns compete with the truths."""

    model_config = STRICT

    donor: Annotated[Text | None, Field(description="Column of donors.")] = None
    batch: Annotated[Text | None, Field(description="Column of batches: runs, lanes, libraries.")] = None
    sample: Annotated[Text | None, Field(description="Column of samples.")] = None
    condition: Annotated[Text | None, Field(description="Column of conditions: treatments, diseases.")] = None


class AuditSpec(CommonSpec):
    """A study of a file: which of its clusters survive, and whose truth they follow.

    Examples
    --------
    >>> spec = AuditSpec.model_validate({"rashomon": 1, "data": {"file": "pbmc.h5ad"}, "multiverse": {"n_pcs": 30}})
    >>> spec.budget, spec.multiverse, spec.engine.name
    ('quick', {'n_pcs': (30,)}, 'processes')
    """

    data: Annotated[FileSpec, Field(description="What is studied.")]
    labels: Annotated[
        Text | None, Field(description="Column of the clustering to judge; our default pipeline when empty.")
    ] = None
    unassigned: Annotated[
        ListOf[Word], Field(description='Words in label columns that mean "no class", as ungated.')
    ] = ()
    truths: Annotated[
        ListOf[TruthText] | None,
        Field(
            description="Label columns the clusters may follow, NAME[=KIND[:ORIGIN]]; empty: those the file declares."
        ),
    ] = None
    roles: Annotated[RolesSpec, Field(description="Technical columns, which compete with the truths.")] = RolesSpec()
    dag: Annotated[
        ListOf[Arrow] | None,
        Field(description="Causal arrows between columns, 'donor -> batch'; the offered ones when empty."),
    ] = None
    pipeline: Annotated[Pipeline | None, Field(description="Settings that made the labels, where known.")] = None
    perturbations: Annotated[
        Annotated[ListOf[Annotated[str, _PERTURBATIONS]], Field(min_length=1), AfterValidator(_with_halves)] | None,
        Field(description="How data and graph are disturbed, halves among them; those of the budget when empty."),
    ] = None
    n_replicates: Annotated[int, Field(ge=2, le=1000, description="Repeats of each perturbation.")] = 20
    repeat_all: Annotated[
        bool, Field(description="Repeat every pipeline, not only the one that stands in for the labels.")
    ] = False
    questions: Annotated[
        ListOf[Annotated[str, _QUESTIONS]],
        AllOf(_QUESTIONS),
        Field(min_length=1, description="Questions to answer: all, or a list."),
    ] = "all"  # type: ignore[assignment]  # expanded when it is validated
    scores: scores_field("rashomon.score:SCORES") = "all"  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _applies(self) -> AuditSpec:
        refuse_all(self._useless())
        return self

    def _useless(self) -> Iterator[Fault]:
        """Yield settings that have no effect: none is ignored."""
        data = self.data
        if self.pipeline and self.labels is None:
            near = "name them with labels"
            yield Fault(
                "a pipeline that made labels, and no labels", "labels to judge", near, ("pipeline",), of_key=True
            )
        if self.repeat_all and "stability" not in self.questions:
            near = "add stability to questions, or leave repeat_all out"
            yield Fault("repeat_all without the question stability", "the question", near, ("repeat_all",), of_key=True)
        if data.receptors:
            for key in ("layer", "use_rep", "labels_from", "labels_only"):
                if getattr(data, key):
                    yield Fault(
                        f"{key} beside receptors",
                        "neither matrix nor embedding",
                        f"leave {key} out",
                        ("data", key),
                        of_key=True,
                    )
            if self.steps:
                yield Fault(
                    "steps beside receptors", "none: they transform cells", "leave steps out", ("steps",), of_key=True
                )
