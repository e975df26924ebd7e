"""What a gene call says: the parts of its text, before any of them is looked up."""

from __future__ import annotations

import re

__all__ = ["alternatives", "parts_of", "species_said"]

_NO_CALL = frozenset(
    {"", "-", ".", "?", "na", "n/a", "nan", "none", "null", "unresolved", "unknown", "undefined", "no call", "no data"}
)

_HUMAN = re.compile(r"\b(homsap|homo[ _]sapiens|human)\b[ _|]*", re.IGNORECASE)
_MOUSE = re.compile(r"\b(musmus|mus[ _]musculus|mouse)\b[ _|]*", re.IGNORECASE)
_REMARK = re.compile(r"\(see comment\)|\(\d+(\.\d+)?\)|[\[(](F|ORF|P)[\])]")
_FUNCTION = re.compile(r"(?<=\s)(F|ORF|P)(?=\s*(,|;|\bor\b|$))")
"""Remarks behind a name: the score of MiXCR, the functionality of IMGT."""

_ORPHON = re.compile(r"-or0*(\d+)_0*(\d+)", re.IGNORECASE)
"""Orphons as Adaptive writes them: ``TCRBV20-or09_02``."""

_BETWEEN = re.compile(r"\s*[,;|]\s*(?:or\s+|and\s+)?|\s+(?:or|and)\s+|\s+(?=(?:TR|IG|TCR)[A-Z]{2})", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"/(DV|OR)", re.IGNORECASE)
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
    plain = _FUNCTION.sub(" ", _REMARK.sub(" ", _MOUSE.sub(" ", _HUMAN.sub(" ", text))).strip()).strip()
    plain = _ORPHON.sub(r"/OR\1-\2", plain)
    parts = ["".join(part.split()) for part in _BETWEEN.split(plain)]
    parts = [part for part in parts if part.lower() not in _NO_CALL]
    return tuple(dict.fromkeys(_completed(parts[0], part) for part in parts))


def species_said(text: str) -> str:
    """Return the species that a call names beside its gene: ``human``, ``mouse`` or nothing.

    Examples
    --------
    >>> species_said("Musmus TRBV13-2*01 F"), species_said("TRBV9")
    ('mouse', '')
    """
    if _HUMAN.search(text):
        return "human"
    return "mouse" if _MOUSE.search(text) else ""


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
    >>> alternatives("TRAV29/DV5"), alternatives("TRBV20/OR9-2")
    (('TRAV29/DV5',), ('TRBV20/OR9-2',))
    """
    if _PART_OF_NAME.search(part):
        return (part,)
    head, *others = [each for each in part.split("/") if each] or [part]
    return tuple(dict.fromkeys([head, *(_completed(head, other) for other in others)]))


def _completed(head: str, part: str) -> str:
    """Return a part such as ``6-3`` with the letters, or the family, of the first name."""
    stem = _STEM.match(head)
    if stem is None or not part[:1].isdigit():
        return part
    family, dash, _ = head.partition("*")[0].rpartition("-")
    return family + dash + part if dash and "-" not in part.partition("*")[0] else stem.group() + part
