"""What gene names give away: spreadsheets, versions of identifiers, several species."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rashomon.core import first_few
from rashomon.io.rule import remark

__all__ = ["gene_remarks", "species"]

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_DATE = re.compile(rf"^(\d{{1,2}}-({_MONTHS})|({_MONTHS})-\d{{1,2}}|\d{{4}}-\d\d-\d\d( 00:00:00)?)$", re.IGNORECASE)
_VERSION = re.compile(r"^ENS[A-Z]*G\d{11}\.\d+$")
_PREFIX = re.compile(r"^_*((?:GRC[hmrz]|hg|mm|rn|danRer)\d+\w?|HUMAN|MOUSE|RAT)_+(?=\S)", re.IGNORECASE)
_ENSEMBL = re.compile(r"^(ENS[A-Z]*)G\d{11}(\.\d+)?$")

_GENOMES = {"grch": "human", "hg": "human", "human": "human", "ensg": "human"}
_GENOMES |= {"grcm": "mouse", "mm": "mouse", "mouse": "mouse", "ensmusg": "mouse"}
_GENOMES |= {"grcr": "rat", "rn": "rat", "rat": "rat", "ensrnog": "rat"}

_LEAST = 10
"""Genes of a second species below this number are spike-ins or transgenes."""


def gene_remarks(names: Iterable[str]) -> tuple[str, ...]:
    """Return notes on gene names.

    Parameters
    ----------
    names
        ``var_names``.

    Returns
    -------
    Notes ``names.excel``, ``names.version`` and ``names.species``, each with its count.

    Examples
    --------
    >>> gene_remarks(["CD3E", "1-Mar", "2-Sep"])
    ('var_names: 2 gene names look like dates (1-Mar, 2-Sep) [names.excel]',)
    """
    return tuple(_remarks([str(name) for name in names]))


def _remarks(names: list[str]) -> Iterator[str]:
    dates = [name for name in names if _DATE.match(name)]
    if dates:
        what = f"{len(dates)} gene names look like dates ({first_few(dates, n=3)})"
        yield remark("names.excel", what, where="var_names")
    versions = [name for name in names if _VERSION.match(name)]
    if versions:
        what = f"{len(versions)} of {len(names)} Ensembl identifiers carry a version ({first_few(versions, n=2)})"
        yield remark("names.version", what, where="var_names")
    found = species(names)
    if len(found) > 1:
        said = ", ".join(f"{n} of {kind}" for kind, n in found.items())
        yield remark("names.species", f"genes of {len(found)} species: {said}", where="var_names")


def species(names: Iterable[str]) -> dict[str, int]:
    """Return the number of genes of each species that occurs with 10 genes or more.

    Parameters
    ----------
    names
        ``var_names``. The species is told by the prefix of a genome (``GRCh38_``, ``mm10___``, ``HUMAN_``) or by the
        kind of the Ensembl identifier; other names say nothing: capitals alone do not tell man from mouse.

    Returns
    -------
    Counts by species, the most frequent first.

    Examples
    --------
    >>> species([f"GRCh38_A{i}" for i in range(20)] + [f"mm10___b{i}" for i in range(12)] + ["CD3E"])
    {'human': 20, 'mouse': 12}
    """
    counts: dict[str, int] = {}
    for name in names:
        kind = _species(name)
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
    return {kind: n for kind, n in sorted(counts.items(), key=lambda entry: -entry[1]) if n >= _LEAST}


def _species(name: str) -> str:
    prefix, ensembl = _PREFIX.match(name), _ENSEMBL.match(name)
    if prefix is not None:
        # the number of the assembly, and a letter of its patch
        word = re.sub(r"\d+\w?$", "", prefix[1].casefold())
        return _GENOMES.get(word, word)
    if ensembl is not None:
        return _GENOMES.get(f"{ensembl[1]}g".casefold(), ensembl[1])
    return ""
