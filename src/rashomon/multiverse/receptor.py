"""The defensible choices for clustering receptors by sequence, fitted to one data set."""

from __future__ import annotations

from typing import get_args

import numpy as np

from rashomon.core import Step, UsageError, child, did_you_mean
from rashomon.dataset import Dataset
from rashomon.multiverse.budget import BUDGETS, Budget
from rashomon.multiverse.choice import Choice
from rashomon.multiverse.fraction import select
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.offer import Offer, Wishes
from rashomon.multiverse.receptor_choice import chain_choices, link_choices
from rashomon.multiverse.receptor_clone import clone_choices, is_of_b_cells
from rashomon.multiverse.unit import slots_of

__all__ = ["receptor_multiverse"]


def receptor_multiverse(
    dataset: Dataset, *, budget: Budget = "quick", wishes: Wishes | None = None, rng: np.random.Generator | None = None
) -> Multiverse:
    """Return the choices for one data set of receptors; what it does not allow is listed with the reason.

    Parameters
    ----------
    dataset
        Receptors, unique within their donor (`rashomon.dataset.unique_receptors`).
    budget
        ``quick``: Hamming and TCRdist, V free or equal. ``default``: every equivalent choice. ``full``: other
        definitions of a cluster too. Receptors of B cells have one set of choices: the clone rule, with its shares.
    wishes
        Levels, clusterers and limits in place of those of the budget.
    rng
        For the draw of a fraction; a fixed stream by default.

    Raises
    ------
    UsageError
        When the budget is unknown, there are no receptors, or a wish is unknown.
    """
    if budget not in get_args(Budget):
        raise UsageError(f"unknown budget {budget!r}", where="budget", fix=did_you_mean(budget, get_args(Budget)))
    offer = Offer(dataset, BUDGETS[budget], wishes or Wishes())
    slots = {name: value for name, value in slots_of(dataset).items() if isinstance(value, np.ndarray)}
    if "receptors" not in slots or dataset.item != "receptor":
        raise UsageError(
            "there are no unique receptors to cluster",
            where=dataset.source,
            expected="a data set of receptors",
            fix="call rashomon.dataset.unique_receptors first",
        )
    choices, steps = clone_choices(offer, slots) if is_of_b_cells(offer) else _link_choices(offer, slots)
    offer.refuse_unused([choice.name for choice in choices])
    whole = Multiverse(
        tuple(choices),
        tuple(offer.not_run),
        clusterers=steps,
        without=offer.without,
        domain="receptors",
    )
    most = offer.wishes.max_pipelines
    return select(
        whole,
        max_pipelines=offer.budget.max_pipelines if most is None else most,
        keep=offer.wishes.pipeline,
        rng=rng or child(0, "fraction"),
    )


def _link_choices(offer: Offer, slots: dict[str, np.ndarray]) -> tuple[list[Choice], dict[str, Step]]:
    first = chain_choices(offer, slots["receptors"])
    rest, steps = link_choices(offer, slots, tuple(map(str, first[0].levels)))
    return [*first, *rest], steps
