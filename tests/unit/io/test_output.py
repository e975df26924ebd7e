"""Every code that an error can carry can be explained."""

from __future__ import annotations

import re
from pathlib import Path

import rashomon
from rashomon.io import CODES, RULES

SOURCE = Path(rashomon.__file__).parent


def literal_codes() -> set[str]:
    """Return the codes written as ``code="..."`` anywhere in the package."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    return {code for text in texts for code in re.findall(r'\bcode="([^"]+)"', text)}


def test_every_literal_code_is_registered():
    """A code that `rashomon explain` does not know helps nobody."""
    assert literal_codes() - set(CODES) == set()


def test_every_registered_code_is_raised():
    """A code beside the rules of the door is raised somewhere, or is one of the fields of a truth."""
    others = set(CODES) - set(RULES) - {"truth.kind", "truth.derived_from"}
    assert others - literal_codes() == set()


def test_explanations_are_sentences():
    """Every explanation ends with a full stop; the short texts, which errors carry, do not."""
    for rule in CODES.values():
        assert rule.explanation.endswith("."), rule.name
        assert not rule.fix.endswith("."), rule.name
