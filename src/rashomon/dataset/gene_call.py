"""Gene calls: each is a set of genes, because aligners often cannot tell several apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.core.labels import as_codes

__all__ = ["GeneCalls", "GeneLevel", "at_level", "shares"]

GeneLevel = Literal["allele", "gene", "family"]

_BETWEEN = ","
"""Separates the genes of a call, as in AIRR tables."""


def at_level(gene: str, level: GeneLevel) -> str:
    """Return a gene name cut to a level.

    Parameters
    ----------
    gene
        One gene, with or without allele.
    level
        ``allele`` (as it is), ``gene`` or ``family``.

    Examples
    --------
    >>> [at_level("TRBV12-3*01", level) for level in ("allele", "gene", "family")]
    ['TRBV12-3*01', 'TRBV12-3', 'TRBV12']
    >>> at_level("TRAV29/DV5*01", "family")
    'TRAV29/DV5'
    """
    if level == "allele":
        return gene
    name = gene.partition("*")[0]
    return name if level == "gene" else name.partition("-")[0]


@dataclass(frozen=True, eq=False)
class GeneCalls:
    """The calls of one segment (V, D, J or C), one per chain; a call is a set of genes.

    Parameters
    ----------
    codes
        ``int32``, shape ``(n_chains,)``; position in `names`, ``-1`` where there is no call.
    names
        The distinct calls: genes in their order, separated by commas, without spaces.

    Raises
    ------
    UsageError
        When a code has no name.

    Examples
    --------
    >>> calls = GeneCalls.from_texts(["TRBV12-3*01,TRBV12-4*01", "TRBV12-4*01", "", "TRBV9*01"])
    >>> calls.names
    ('TRBV12-3*01,TRBV12-4*01', 'TRBV12-4*01', 'TRBV9*01')
    >>> calls.at("gene").shares().astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    """

    codes: np.ndarray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        codes = as_codes(self.codes, where="gene calls")
        if codes.ndim != 1 or (codes.size and not -1 <= codes.min() <= codes.max() < len(self.names)):
            raise UsageError(
                "codes do not match the names",
                where="gene calls",
                expected=f"codes in [-1, {len(self.names) - 1}]",
                fix="use GeneCalls.from_texts",
            )
        object.__setattr__(self, "codes", codes)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> GeneCalls:
        """Make calls from the texts of a column; empty text is no call.

        Parameters
        ----------
        texts
            One per chain; genes of a call separated by commas.
        """
        column = pd.Series(pd.Categorical(list(texts)))
        names = [str(name) for name in column.cat.categories]
        kept = [place for place, name in enumerate(names) if name]
        position = np.full(len(names) + 1, -1, dtype=np.int32)
        position[kept] = np.arange(len(kept))
        return cls(position[column.cat.codes.to_numpy(dtype=np.int64)], tuple(names[place] for place in kept))

    @property
    def texts(self) -> np.ndarray:
        """The call of each chain as text, empty where there is none; objects, shape ``(n_chains,)``."""
        names = np.array([*self.names, ""], dtype=object)
        found: np.ndarray = names[self.codes]
        return found

    def at(self, level: GeneLevel) -> GeneCalls:
        """Return the calls cut to a `level`: ``allele``, ``gene`` or ``family``.

        Raises
        ------
        UsageError
            When the level is unknown.
        """
        if level not in get_args(GeneLevel):
            raise UsageError(
                f"unknown level {level!r}", where="gene calls", fix=did_you_mean(level, get_args(GeneLevel))
            )
        cut = [_BETWEEN.join(dict.fromkeys(at_level(g, level) for g in name.split(_BETWEEN))) for name in self.names]
        names = tuple(dict.fromkeys(cut))
        place = {name: code for code, name in enumerate(names)}
        position = np.array([*(place[name] for name in cut), -1], dtype=np.int32)
        return GeneCalls(position[self.codes], names)

    def take(self, rows: np.ndarray) -> GeneCalls:
        """Return the calls of some chains, `rows` being positions or a mask; the names stay as they are."""
        return GeneCalls(self.codes[rows], self.names)

    def shares(self) -> np.ndarray:
        """Return which calls may be the same gene: whether their sets meet; ``bool``, ``(n_names, n_names)``."""
        return shares(self.names)


def shares(names: Sequence[str]) -> np.ndarray:
    """Return which of the calls in `names` have a gene in common; ``bool``, shape ``(n_names, n_names)``.

    Examples
    --------
    >>> shares(["TRBV12-3,TRBV12-4", "TRBV12-4", "TRBV9"]).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    """
    sets = [name.split(_BETWEEN) for name in names]
    genes = {gene: place for place, gene in enumerate(dict.fromkeys(gene for each in sets for gene in each))}
    member = np.zeros((len(names), len(genes)), dtype=np.int32)
    for row, each in enumerate(sets):
        member[row, [genes[gene] for gene in each]] = 1
    found: np.ndarray = np.asarray(member @ member.T > 0)
    return found
