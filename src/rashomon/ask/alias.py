"""Label columns that no analysis can tell from a technical one, because each of its classes holds one of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rashomon.ask.answer import Answer, Assumption
from rashomon.dataset import Dataset, Truth, nesting

__all__ = ["aliases", "correction", "how_aliased", "refused", "with_hidden"]

_PROCESSING = ("batch", "sample")
"""Roles whose effects are of no interest; that a donor has one condition is the plan of many studies."""


def aliases(dataset: Dataset, truth: Truth) -> tuple[str, ...]:
    """Return the processing columns each of whose classes holds one class of a label column.

    Parameters
    ----------
    dataset
        Declares the columns.
    truth
        The label column.

    Returns
    -------
    Their names; none for a column with one class, or for the column itself.

    Examples
    --------
    >>> import pandas as pd
    >>> from rashomon.dataset import Roles
    >>> lane = Truth("lane", "technical", np.array([0, 1, 2, 2]), ("A", "B", "C"))
    >>> data = Dataset(pd.DataFrame(index=list("wxyz")), roles=Roles(batch=lane))
    >>> aliases(data, Truth("status", "biological", np.array([0, 0, 1, 1]), ("healthy", "ill")))
    ('lane',)
    """
    found = []
    for role, column in dataset.roles:
        if role in _PROCESSING and how_aliased(column, truth):
            found.append(column.name)
    return tuple(found)


def how_aliased(column: Truth, truth: Truth) -> str:
    """Return in words how a processing column hides a label column; empty where each varies within the other.

    Parameters
    ----------
    column
        Batch, sample, or donor.
    truth
        The label column.

    Examples
    --------
    >>> lane = Truth("lane", "technical", np.array([0, 1, 2, 2]), ("A", "B", "C"))
    >>> how_aliased(lane, Truth("status", "biological", np.array([0, 0, 1, 1]), ("healthy", "ill")))
    'every lane holds one class of status'
    >>> how_aliased(lane, Truth("status", "biological", np.array([0, 1, 2, 2]), ("a", "b", "c")))
    'status and lane are one and the same'
    """
    both = (column.codes >= 0) & (truth.codes >= 0)
    several = min(np.unique(codes[both]).size for codes in (column.codes, truth.codes)) > 1
    if not several or column.name == truth.name:
        return ""
    how = nesting(column.codes, truth.codes)
    if how == "same":
        return f"{truth.name} and {column.name} are one and the same"
    return f"every {column.name} holds one class of {truth.name}" if how == "nested" else ""


def correction(dataset: Dataset, name: str, *, purpose: str) -> str:
    """Return what to do about a column that divides the clusters: correct for it, unless a label goes with it.

    Parameters
    ----------
    dataset
        Declares the columns.
    name
        Of the column. One that is not declared takes no label with it.
    purpose
        What follows the advice, such as ``"and compare"``.

    Examples
    --------
    >>> import pandas as pd
    >>> from rashomon.dataset import Roles
    >>> lane = Truth("lane", "technical", np.array([0, 1, 2, 2]), ("A", "B", "C"))
    >>> status = Truth("status", "biological", np.array([0, 0, 1, 1]), ("healthy", "ill"))
    >>> data = Dataset(pd.DataFrame(index=list("wxyz")), roles=Roles(batch=lane))
    >>> correction(data, "lane", purpose="and compare")
    'Integrate over lane, or cluster within it, and compare.'
    >>> correction(replace(data, roles=Roles(batch=lane, condition=status)), "lane", purpose="and compare")
    'Integrate over lane only to name what its classes share: every lane holds one class of status, which goes with it.'
    """
    declared = dict(dataset.truths) | {column.name: column for _, column in dataset.roles}
    labels = [truth for truth in declared.values() if truth.kind != "technical"]
    lost = [how for truth in labels if name in declared and (how := how_aliased(declared[name], truth))]
    if lost:
        return f"Integrate over {name} only to name what its classes share: {lost[0]}, which goes with it."
    return f"Integrate over {name}, or cluster within it, {purpose}."


def refused(said: Answer, truth: Truth, columns: tuple[str, ...]) -> Answer:
    """Return an answer that names no winner, because the best label column cannot be told from `columns`.

    Parameters
    ----------
    said
        The answer that would have been given.
    truth
        The label column that agrees best.
    columns
        Of `aliases`.
    """
    others = " and ".join(columns)
    why = f"every class of {others} holds one class of {truth.name}"
    return replace(
        said,
        status="cannot tell",
        verdict=f"{truth.name} cannot be told from {others}",
        text=f"{said.text} But {why}: no analysis of these data can tell their effects apart.",
        evidence=f"not identifiable: {why}",
        next_step=f"Add data in which {truth.name} varies within {others}; until then name neither as the cause.",
        estimate=None,
        estimate_of="",
        interval=None,
        assumptions=(*said.assumptions, Assumption(f"{truth.name} varies within {others}", "violated", why)),
    )


def with_hidden(said: Answer, hidden: Mapping[str, tuple[str, ...]]) -> Answer:
    """Return an answer that also names the other label columns about which nothing can be said.

    Parameters
    ----------
    said
        The answer.
    hidden
        Columns of `aliases`, by the name of the label column.
    """
    for name, columns in hidden.items():
        others = " and ".join(columns)
        why = f"every class of {others} holds one class of {name}"
        said = replace(
            said,
            text=f"{said.text} Nothing can be said about {name}: {why}.",
            evidence="; ".join(filter(None, (said.evidence, f"{name} cannot be told from {others}"))),
            assumptions=(*said.assumptions, Assumption(f"{name} varies within {others}", "violated", why)),
        )
    return said
