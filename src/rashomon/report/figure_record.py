"""The record of a figure: what it shows, when there is one, who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rashomon import pl
from rashomon.study import Audit

__all__ = ["Figure"]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Parameters
    ----------
    name
        Name of its files.
    question
        Key of the question it belongs to.
    summary
        What it shows and how to read it; stands under the figure.
    available
        Whether the audit holds what it needs.
    draw
        Draws it and returns one of its Axes.
    alt
        What a reader who cannot see it needs to know.
    """

    name: str
    question: str
    summary: str
    available: Callable[[Audit], bool]
    draw: Callable[[Audit], Any]
    alt: Callable[[Audit], str]

    def encode(self, audit: Audit, *, kind: str) -> bytes:
        """Return the bytes of the figure; the same audit gives the same bytes."""
        with pl.house_style():
            return pl.encode(self.draw(audit), kind=kind)
