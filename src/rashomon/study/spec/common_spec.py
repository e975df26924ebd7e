"""What every study file says, whatever it is about: choices, scores, budget, engine, seed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from rashomon.study.spec.choice import MOST_PIPELINES
from rashomon.study.spec.engine_spec import STRICT, EngineSpec
from rashomon.study.spec.fault import refuse_value
from rashomon.study.spec.name import AllOf, NameOf
from rashomon.study.spec.value import Clusterer, ListOf, Multiverse, Seed, StepText, Text

__all__ = ["FORMAT", "CommonSpec", "scores_field"]

FORMAT = 1
"""Version of the format of study files that is written and read."""


def _format(number: int) -> int:
    if number != FORMAT:
        raise refuse_value(str(FORMAT))
    return number


def _out(folder: str) -> str:
    # only where something will be written: data may lie anywhere
    parts = folder.replace("\\", "/").split("/")
    if parts[0] == "" or ":" in parts[0] or ".." in parts or folder.strip() in {"", "."}:
        raise refuse_value("a folder below that of this file, without .. and not absolute")
    return folder


def scores_field(*registries: str) -> Any:
    """Return the type of a list of scores from some registries.

    Parameters
    ----------
    registries
        Their dotted paths.
    """
    known = NameOf(registries)
    return Annotated[
        ListOf[Annotated[str, known]],
        AllOf(known),
        Field(min_length=1, description="Scores to compute: all, or a list."),
    ]


class CommonSpec(BaseModel):
    """What every study file says."""

    model_config = STRICT

    rashomon: Annotated[int, AfterValidator(_format), Field(description="Version of this format.")]
    title: Annotated[Text | None, Field(description="One line for reports.")] = None
    out: Annotated[
        Annotated[Text, AfterValidator(_out)] | None,
        Field(description="Folder of the results, beside this file; its name and _study when empty."),
    ] = None
    multiverse: Annotated[
        Multiverse, Field(description="Levels of a choice in place of those of the budget, default first.")
    ] = {}
    clusterers: Annotated[ListOf[Clusterer], Field(description="More clusterers, by name or as module:function.")] = ()
    steps: Annotated[
        ListOf[StepText], Field(description="Transforms of yours: module:function on the view, x=... on the matrix.")
    ] = ()
    max_pipelines: Annotated[
        int | None,
        Field(ge=1, le=MOST_PIPELINES, description="Most pipelines; a balanced fraction is drawn above it."),
    ] = None
    budget: Annotated[str, NameOf(("rashomon.multiverse:BUDGETS",)), Field(description="Size of the multiverse.")] = (
        "quick"
    )
    engine: Annotated[EngineSpec, Field(description="How to run; no result depends on it.")] = EngineSpec()
    seed: Annotated[Seed, Field(description="Root of all random numbers.")] = 0
