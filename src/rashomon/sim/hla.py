"""HLA: common alleles with their frequencies, which class and lineage they mean, and the alleles of donors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rashomon.core import Registry, UsageError
from rashomon.sim.stream import uniforms

__all__ = ["HLA_ALLELES", "HLA_LOCI", "HlaAllele", "carriers", "draw_hla", "hla_class", "lineage_of"]

HLA_LOCI = ("A", "B", "DRB1")
"""Loci at which donors have two alleles each."""

HlaClass = Literal["I", "II"]

_NAME = re.compile(r"(A|B|C|DRA|DRB[1345]|DQA1|DQB1|DPA1|DPB1)\*\d{2,}:\d{2,}")

# thousandths; see the docstring of HLA_ALLELES
_FREQUENCIES = {
    "A*02:01": 277, "A*01:01": 200, "A*03:01": 149, "A*24:02": 72, "A*11:01": 62, "A*29:02": 44, "A*32:01": 36,
    "A*68:01": 31, "A*31:01": 28, "A*23:01": 17, "A*26:01": 17, "A*25:01": 15, "A*30:01": 10, "A*30:02": 10,
    "B*07:02": 156, "B*08:01": 152, "B*44:02": 117, "B*15:01": 63, "B*44:03": 61, "B*40:01": 58, "B*35:01": 45,
    "B*57:01": 41, "B*27:05": 41, "B*18:01": 37, "B*51:01": 37, "B*14:02": 26, "B*13:02": 20, "B*55:01": 19,
    "B*37:01": 14, "B*14:01": 12, "B*49:01": 12,
    "DRB1*03:01": 162, "DRB1*07:01": 158, "DRB1*15:01": 156, "DRB1*04:01": 113, "DRB1*01:01": 98,
    "DRB1*13:01": 54, "DRB1*04:04": 41, "DRB1*13:02": 41, "DRB1*11:01": 27, "DRB1*14:01": 20, "DRB1*08:01": 19,
    "DRB1*01:03": 18, "DRB1*12:01": 15, "DRB1*09:01": 14,
}  # fmt: skip


@dataclass(frozen=True)
class HlaAllele:
    """One allele, at two fields.

    Parameters
    ----------
    name
        As in ``A*02:01``.
    frequency
        Share of the chromosomes that carry it.
    """

    name: str
    frequency: float

    @property
    def locus(self) -> str:
        """Its gene."""
        return self.name.partition("*")[0]

    @property
    def summary(self) -> str:
        """One line for tables."""
        return f"Class {hla_class(self.name)}, on {self.frequency:.1%} of chromosomes."


HLA_ALLELES: Registry[HlaAllele] = Registry(
    "HLA allele", [HlaAllele(name, thousandths / 1000) for name, thousandths in _FREQUENCIES.items()]
)
"""Alleles with a share of at least 1 % in the White British participants of the UK Biobank, to a tenth of a percent.

Shares among the imputed alleles that were called at a locus (for 91 to 97 % of the chromosomes), from the counts of
McInnes et al. (2019), Bioinformatics 35:2495 (Global Biobank Engine). They are one population's: elsewhere, others are
common.
"""


def hla_class(name: str) -> HlaClass:
    """Return the class of an allele.

    Parameters
    ----------
    name
        Two fields: ``A*02:01``, ``DRB1*15:01``.

    Raises
    ------
    UsageError
        ``hla.name`` for anything else; ``A*02`` leaves open which allele presents.

    Examples
    --------
    >>> hla_class("A*02:01"), hla_class("DRB1*15:01")
    ('I', 'II')
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no allele at two fields",
            where="HLA",
            expected="a name such as A*02:01 or DRB1*15:01",
            code="hla.name",
        )
    return "I" if name[0] in "ABC" else "II"


def lineage_of(name: str) -> Literal["CD4", "CD8"]:
    """Return the lineage of the T cells that an allele restricts: CD8 for class I, CD4 for class II.

    Parameters
    ----------
    name
        As in `hla_class`.

    Examples
    --------
    >>> lineage_of("A*02:01"), lineage_of("DRB1*15:01")
    ('CD8', 'CD4')
    """
    return "CD8" if hla_class(name) == "I" else "CD4"


def draw_hla(key: np.uint64, donors: np.ndarray) -> np.ndarray:
    """Return two alleles at each locus for each donor, drawn independently (no linkage between loci, no relatives).

    Parameters
    ----------
    key
        From `rashomon.sim.stream.stream_key`.
    donors
        Numbers of donors, at least 0; the alleles of one depend on `key` and its number alone.

    Returns
    -------
    Positions in `HLA_ALLELES`, -1 for an allele that is not in it; ``int16``, shape ``(n_donors, n_loci, 2)``, loci in
    the order of `HLA_LOCI`.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> alleles = draw_hla(stream_key(1, "hla"), np.arange(2000))
    >>> bool(abs((alleles[:, 0] == 0).mean() - HLA_ALLELES["A*02:01"].frequency) < 0.02)
    True
    """
    chances = uniforms(key, donors, 2 * len(HLA_LOCI)).reshape(len(donors), len(HLA_LOCI), 2)
    found = np.full(chances.shape, -1, dtype=np.int16)
    for place, locus in enumerate(HLA_LOCI):
        mine = [(code, each.frequency) for code, each in enumerate(HLA_ALLELES.values()) if each.locus == locus]
        codes, shares = np.array([code for code, _ in mine] + [-1]), np.cumsum([share for _, share in mine])
        found[:, place] = codes[np.searchsorted(shares, chances[:, place])]
    return found


def carriers(alleles: np.ndarray, name: str) -> np.ndarray:
    """Return which donors carry an allele; ``bool``, shape ``(n_donors,)``.

    Parameters
    ----------
    alleles
        From `draw_hla`.
    name
        An allele of `HLA_ALLELES`.

    Examples
    --------
    >>> carriers(np.array([[[0, 1]], [[1, 2]]]), "A*02:01").tolist()
    [True, False]
    """
    code = list(HLA_ALLELES).index(HLA_ALLELES[name].name)
    return np.asarray((alleles == code).any(axis=(1, 2)))
