"""The parts of a world: what it generates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from rashomon.core import UsageError, did_you_mean

__all__ = ["EXPRESSION", "PARTS", "RECEPTORS", "Part", "ordered_parts"]

Part = Literal["expression", "receptors"]
"""Counts of genes, or chains of immune receptors; a paired world generates both, of the same cells."""

PARTS: tuple[Part, ...] = get_args(Part)
EXPRESSION: Part = "expression"
RECEPTORS: Part = "receptors"


def ordered_parts(given: Iterable[str]) -> tuple[Part, ...]:
    """Return the parts in `given`, each once, in the order of `PARTS`.

    Raises
    ------
    UsageError
        ``world.parts`` when there is none, or one is unknown.

    Examples
    --------
    >>> ordered_parts(["receptors", "expression"])
    ('expression', 'receptors')
    """
    words = [given] if isinstance(given, str) else list(given)
    unknown = [word for word in words if word not in PARTS]
    if unknown or not words:
        raise UsageError(
            f"there is no part {unknown[0]!r}" if unknown else "a world without parts generates nothing",
            where="parts",
            expected=" or ".join(PARTS) + ", or both",
            fix=did_you_mean(str(unknown[0]), PARTS) if unknown else "",
            code="world.parts",
        )
    return tuple(part for part in PARTS if part in words)
