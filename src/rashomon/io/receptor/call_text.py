"""What a gene call says: the parts of its text, before any of them is looked up."""

from __future__ import annotations

import re

__all__ = ["alternatives", "parts_of"]

_NO_CALL = frozenset(
    {"", "-", ".", "?", "na", "n/a", "nan", "none", "null", "unresolved", "unknown", "undefined", "no call", "no data"}
)

_SPECIES = re.compile(r"\b(homsap|musmus|homo[ _]sapiens|mus[ _]musculus|human|mouse)\b[ _|]*", re.IGNORECASE)
_REMARK = re.compile(r"\(see comment\)|\(\d+(\.\d+)?\)|[\[(](F|ORF|P)[\])]|(?<=\s)(F|ORF|P)(?=\s*(,|;|\bor\b|$))")
"""Remarks behind a name: the score of MiXCR, the functionality of IMGT."""

_BETWEEN = re.compile(r"\s*[,;|]\s*(?:or\s+|and\s+)?|\s+(?:or|and)\s+|\s+(?=(?:TR|IG|TCR)[A-Z]{2})", re.IGNORECASE)
_STEM = re.compile(r"[A-Za-z]+")


def parts_of(text: str) -> tuple[str, ...]:
    """Return the genes that a call names, as it writes them: without species and functionality; none for no call.

    Parameters
    ----------
    text
        As in a table. Slashes are left alone: they may belong to a name, see `alternatives`.

    Examples
    --------
    >>> parts_of("Homsap IGHV3-33*01 F, or Homsap IGHV3-33*06 F")
    ('IGHV3-33*01', 'IGHV3-33*06')
    >>> parts_of("TRBV6-2,6-3"), parts_of("TRBV7-9*00(1204.2)"), parts_of("unresolved")
    (('TRBV6-2', 'TRBV6-3'), ('TRBV7-9*00',), ())
    """
    if text.strip().lower() in _NO_CALL:
        return ()
    plain = _REMARK.sub(" ", _SPECIES.sub(" ", text)).strip()
    parts = [part.strip() for part in _BETWEEN.split(plain) if part.strip().lower() not in _NO_CALL]
    return tuple(dict.fromkeys(_completed(parts[0], part) for part in parts))


def alternatives(part: str) -> tuple[str, ...]:
    """Return what a name with slashes says if each slash means "or"; one entry where there is no slash.

    Parameters
    ----------
    part
        One of `parts_of`.

    Examples
    --------
    >>> alternatives("TRBV6-2/6-3*01"), alternatives("TRBV6-2/3"), alternatives("TRBV12-3/TRBV12-4")
    (('TRBV6-2', 'TRBV6-3*01'), ('TRBV6-2', 'TRBV6-3'), ('TRBV12-3', 'TRBV12-4'))
    """
    head, *others = (each for each in part.split("/") if each)
    return tuple(dict.fromkeys([head, *(_completed(head, other) for other in others)]))


def _completed(head: str, part: str) -> str:
    """Return a part such as ``6-3`` with the letters, or the family, of the first name."""
    stem = _STEM.match(head)
    if stem is None or not part[:1].isdigit():
        return part
    family, dash, _ = head.partition("*")[0].rpartition("-")
    return family + dash + part if dash and "-" not in part.partition("*")[0] else stem.group() + part
