"""How each verdict is marked, so that none depends on colour: a sign, and a tone of the style sheet."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.ask.card.cell_word import CELL_WORDS
from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.ask.stability.verdict import VERDICTS

__all__ = ["CELL_MARKS", "MARKS", "RECEPTOR_MARKS", "Mark"]


@dataclass(frozen=True)
class Mark:
    """A sign that every font has, and the CSS class that colours it."""

    sign: str
    tone: str


MARKS: dict[str, Mark] = dict(
    zip(
        VERDICTS,
        (
            Mark("✓", "back"),
            Mark("÷", "part"),
            Mark("+", "join"),
            Mark("◐", "only"),
            Mark("✗", "gone"),
            Mark("?", "open"),
        ),
        strict=True,
    )
)
"""By verdict, in the order of the verdicts."""

CELL_MARKS: dict[str, Mark] = dict(
    zip(
        CELL_WORDS,
        (
            Mark("?", "open"),
            Mark("?", "open"),
            Mark("!", "gone"),
            Mark("!", "gone"),
            Mark("÷", "part"),
            Mark("+", "join"),
            Mark("◐", "only"),
            Mark("✗", "gone"),
            Mark("✗", "gone"),
            Mark("1", "only"),
            Mark("≈", "join"),
            Mark("✓", "back"),
            Mark("○", "only"),
        ),
        strict=True,
    )
)
"""By word for clusters of cells, in the order of the words."""

RECEPTOR_MARKS: dict[str, Mark] = dict(
    zip(
        RECEPTOR_WORDS,
        (
            Mark("=", "join"),
            Mark("!", "gone"),
            Mark("1", "only"),
            Mark("Y", "only"),
            Mark("÷", "part"),
            Mark("V", "join"),
            Mark("≈", "join"),
            Mark("✓", "back"),
            Mark("?", "open"),
        ),
        strict=True,
    )
)
"""By word for clusters of receptors, in the order of the words."""
