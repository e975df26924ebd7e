"""Settings as people write them on a command line."""

from __future__ import annotations

from collections.abc import Sequence

from rashomon.core import UsageError
from rashomon.multiverse.choice import Level

__all__ = ["parse_levels", "parse_pairs", "parse_pipeline", "parse_within"]


def parse_pairs(texts: Sequence[str], *, option: str, expected: str) -> list[tuple[str, str]]:
    """Return the two sides of each text written as ``NAME=VALUE``.

    Parameters
    ----------
    texts
        What was written.
    option, expected
        Where, and in which form, for messages.

    Raises
    ------
    UsageError
        When one has no ``=``, or nothing on a side of it.

    Examples
    --------
    >>> parse_pairs(["cell_type = CD4 T"], option="--within", expected="COL=VALUE")
    [('cell_type', 'CD4 T')]
    """
    pairs = []
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or not value:
            raise UsageError(f"{text!r} is not {expected}", where=option, expected=expected, fix=f"{option} {expected}")
        pairs.append((name, value))
    return pairs


def parse_pipeline(texts: Sequence[str]) -> dict[str, Level] | None:
    """Return the settings in `texts`, written as ``CHOICE=LEVEL``; numbers become numbers. None when there are none.

    Raises
    ------
    UsageError
        When one has no ``=``.

    Examples
    --------
    >>> parse_pipeline(["n_pcs=30", "scale=none"])
    {'n_pcs': 30, 'scale': 'none'}
    """
    pairs = parse_pairs(texts, option="--pipeline", expected="CHOICE=LEVEL")
    return {name: _level(value) for name, value in pairs} or None


def parse_levels(texts: Sequence[str]) -> dict[str, tuple[Level, ...]]:
    """Return the levels in `texts`, written as ``CHOICE=LEVEL,LEVEL``; numbers become numbers.

    Raises
    ------
    UsageError
        When one has no ``=``.

    Examples
    --------
    >>> parse_levels(["n_pcs=30,50", "scale=none"])
    {'n_pcs': (30, 50), 'scale': ('none',)}
    """
    pairs = parse_pairs(texts, option="--vary", expected="CHOICE=LEVEL,LEVEL")
    return {name: tuple(_level(level.strip()) for level in value.split(",")) for name, value in pairs}


def parse_within(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return the values in `texts`, written as ``COL=VALUE``; a column may be named more than once.

    Raises
    ------
    UsageError
        When one has no ``=``.

    Examples
    --------
    >>> parse_within(["cell_type=CD4 T", "cell_type=CD8 T", "cluster=3"])
    {'cell_type': ['CD4 T', 'CD8 T'], 'cluster': ['3']}
    """
    found: dict[str, list[str]] = {}
    for name, value in parse_pairs(texts, option="--within", expected="COL=VALUE"):
        found.setdefault(name, []).append(value)
    return found


def _level(text: str) -> Level:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
