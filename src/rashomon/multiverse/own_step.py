"""The choices of steps that users bring: their function, or none, on the matrix and on the view."""

from __future__ import annotations

from rashomon.core import Step, UsageError
from rashomon.multiverse.choice import Choice, Option
from rashomon.multiverse.offer import Offer

__all__ = ["MATRIX_STEP", "VIEW_STEP", "own_step_choice", "own_steps"]

MATRIX_STEP, VIEW_STEP = "matrix_step", "view_step"
"""Names of the choices, by the slot that the step transforms: ``x`` and ``view``."""

_NONE = "none"
_SLOTS = {MATRIX_STEP: "x", VIEW_STEP: "view"}


def own_step_choice(offer: Offer, name: str) -> Choice | None:
    """Return the choice of no step, or one of those that the user brought; None when there are none.

    Parameters
    ----------
    offer
        Holds the wishes.
    name
        `MATRIX_STEP` or `VIEW_STEP`.
    """
    steps = {step.name: step for step in offer.wishes.steps if step.writes == (_SLOTS[name],)}
    if not steps:
        return None
    none = Option(_NONE, "as it is without a step of yours")
    return Choice(name, (none, *(Option(name, step.summary, "", "exploratory") for name, step in steps.items())))


def own_steps(offer: Offer, choices: list[Choice]) -> dict[str, Step]:
    """Return the steps of the user by name.

    Parameters
    ----------
    offer
        Holds the wishes.
    choices
        All choices of the multiverse.

    Raises
    ------
    UsageError
        When two steps share a name, or one has no place: it transforms a matrix, and the analysis starts from a view.
    """
    levels = {level for choice in choices if choice.name in _SLOTS for level in choice.levels}
    found: dict[str, Step] = {}
    for step in offer.wishes.steps:
        if step.name in found:
            raise UsageError(
                f"two steps are called {step.name!r}", where="steps", fix="name one of them: user_transform(name=)"
            )
        if step.name not in levels:
            raise UsageError(
                f"the step {step.name!r} has no place",
                where="steps",
                expected="a step on the view, because the analysis starts from an embedding",
                fix="leave it out, or start from the matrix",
            )
        found[step.name] = step
    return found
