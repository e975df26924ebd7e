"""Question 5 without an audit: the negative controls are clustered, and where asked for a twin without nuisances."""

from __future__ import annotations

from collections.abc import Sequence

from rashomon.ask import Answered, Judged, Request, find_standin
from rashomon.ask.confounding.dag import parse_arrows
from rashomon.ask.confounding.question import conclude
from rashomon.core import RNGLike, root_entropy
from rashomon.dataset import Dataset
from rashomon.multiverse import Budget, Executor, collect, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.study.alone import ask_alone

__all__ = ["find_confounders"]


def find_confounders(
    dataset: Dataset,
    judged: Judged,
    *,
    dag: Sequence[str | tuple[str, str]] | None = None,
    budget: Budget = "quick",
    rng: RNGLike = 0,
) -> Answered:
    """Return what technical explains a clustering, as an audit answers it, in a fraction of its time.

    Parameters
    ----------
    dataset
        Rows, truths and roles; with expression, depth and damage are looked at, too.
    judged
        The labels on trial.
    dag
        Arrows of the causal diagram, see `rashomon.ask.confounding.dag.parse_arrows`; None: one is offered.
    budget
        Above ``"quick"`` twins are drawn, and clustered by the default pipeline.
    rng
        Root of all random numbers.

    Returns
    -------
    The answer and its tables.

    Raises
    ------
    UsageError
        When the diagram names unknown columns, or its arrows run in a circle.
    """
    arrows = None if dag is None else parse_arrows(dag)
    request = Request(dataset, judged, root_entropy(rng), budget=budget, dag=arrows)
    if dataset.expression is None:
        return conclude(request, [])
    multiverse = expression_multiverse(dataset)
    executor = Executor(slots_of(dataset), request.entropy)
    parts = standin = None
    if budget != "quick":
        # seeds of the default pipeline: what stands in for the labels, and how far its seeds agree
        pipelines = [{**multiverse.default, "seed": seed} for seed in multiverse["seed"].levels]
        units = [label_unit(pipeline, multiverse, facts=FULL_DATA) for pipeline in pipelines]
        records, keys = executor.run(units, task="default pipeline"), executor.keys(units)
        parts = collect(units, records, keys, obs_names=dataset.obs_names, item=dataset.item)
        standin = find_standin(judged, parts, multiverse, pipeline=multiverse.default)
    request = Request(dataset, judged, request.entropy, multiverse, parts, standin, budget=budget, dag=arrows)
    return ask_alone("confounding", request, executor=executor)
