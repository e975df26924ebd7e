"""The defensible choices for clustering cells by expression, fitted to one data set."""

from __future__ import annotations

from typing import get_args

import numpy as np

from rashomon.core import UsageError, child, did_you_mean
from rashomon.dataset import Dataset
from rashomon.multiverse.budget import BUDGETS, Budget
from rashomon.multiverse.data_choice import BEFORE_VIEW, data_choices
from rashomon.multiverse.excluded import refuse_excluded
from rashomon.multiverse.fraction import select
from rashomon.multiverse.graph_choice import cluster_choices
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.offer import Offer, Wishes
from rashomon.multiverse.own_step import VIEW_STEP, own_step_choice, own_steps

__all__ = ["expression_multiverse"]


def expression_multiverse(
    dataset: Dataset,
    *,
    budget: Budget = "quick",
    use_rep: str | None = None,
    n_clusters: int | None = None,
    wishes: Wishes | None = None,
    rng: np.random.Generator | None = None,
) -> Multiverse:
    """Return the choices for one data set; what it does not allow is listed with the reason.

    Alternatives that answer another question, or are exploratory, are branches: a pipeline holds at most one of them.
    Where a budget allows fewer pipelines than there are, a balanced fraction is drawn (`rashomon.multiverse.fraction`).

    Parameters
    ----------
    dataset
        Its expression decides which steps can run: without counts, no counts-based normalisation. Its roles decide
        whether batches can be integrated.
    budget
        ``quick``: the choices that matter most, two levels each. ``default``: every equivalent choice, five seeds.
        ``full``: approximate neighbours and the panel of other clusterers too.
    use_rep
        Name of a view of the data set to start from; all choices before it are not run.
    n_clusters
        Number of clusters of the judged labels; clusterers that are told a number use it and others around it.
    wishes
        Levels, clusterers and limits in place of those of the budget.
    rng
        For the draw of a fraction; a fixed stream by default.

    Raises
    ------
    UsageError
        When the budget is unknown, there is neither expression nor a view, a wish is unknown or indefensible
        (``multiverse.excluded``), or so few pipelines leave an effect that cannot be estimated.
    """
    if budget not in get_args(Budget):
        raise UsageError(f"unknown budget {budget!r}", where="budget", fix=did_you_mean(budget, get_args(Budget)))
    offer = Offer(dataset, BUDGETS[budget], wishes or Wishes())
    if use_rep is not None:
        refuse_excluded("use_rep", use_rep, dataset=dataset)
        for name in BEFORE_VIEW:
            offer.skip(name, "all", f"the analysis starts from the embedding {use_rep!r}")
    elif dataset.expression is None:
        raise UsageError(
            "there is no expression to cluster",
            where=dataset.source,
            expected="a matrix of counts or log-normalised values, or an embedding",
            fix="give use_rep, or judge labels only",
        )
    before = [] if dataset.expression is None or use_rep is not None else data_choices(offer, dataset.expression)
    after, clusterers = cluster_choices(offer, n_clusters=n_clusters)
    own = own_step_choice(offer, VIEW_STEP)
    choices = (*before, *([own] if own is not None else []), *after)
    offer.refuse_unused([choice.name for choice in choices])
    steps = own_steps(offer, list(choices))
    whole = Multiverse(choices, tuple(offer.not_run), clusterers=clusterers, steps=steps, without=offer.without)
    most = offer.wishes.max_pipelines
    return select(
        whole,
        max_pipelines=offer.budget.max_pipelines if most is None else most,
        keep=offer.wishes.pipeline,
        rng=rng or child(0, "fraction"),
    )
