"""The genes of a species, as tidytcells knows them: which names exist, which are functional, which residue ends a J."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rashomon.core import UsageError, did_you_mean

__all__ = ["LONGEST", "SPECIES", "Germline", "Species", "germline", "segment_of"]

Species = Literal["human", "mouse"]

SPECIES: Mapping[Species, str] = {"human": "homosapiens", "mouse": "musmusculus"}
"""Species, and what tidytcells calls them."""

LONGEST = 64
"""Characters of a name; no gene has half as many, and what is longer costs tidytcells the square of its length."""

_CONSTANT = re.compile(r"IGH([AEGM]|D$)|...C")
_ANCHOR = re.compile(r"[FWC](?=G.G)")


def segment_of(gene: str) -> str:
    """Return the segment of a gene: ``V``, ``D``, ``J`` or ``C``, or another letter for a name that is none.

    Examples
    --------
    >>> [segment_of(name) for name in ("TRBV9*01", "IGHD1-1", "IGHD", "IGHG1", "TRAV29/DV5")]
    ['V', 'D', 'C', 'C', 'V']
    """
    return "C" if _CONSTANT.match(gene.partition("*")[0]) else gene[3:4]


@dataclass(frozen=True, eq=False)
class Germline:
    """Names of the genes of a species.

    Parameters
    ----------
    species
        ``human`` or ``mouse``.
    alleles
        All alleles.
    genes
        All genes.
    functional
        Alleles and genes that are functional: a gene that has a functional allele.
    loci
        First two letters of the names that are known: ``TR``, ``IG``.
    """

    species: Species
    alleles: frozenset[str]
    genes: frozenset[str]
    functional: frozenset[str]
    loci: frozenset[str]

    def standard(self, gene: str) -> str | None:
        """Return the IMGT name of a gene (without allele) that is written in another way, None where there is none."""
        import tidytcells

        if len(gene) > LONGEST:
            return None
        for module, letters in ((tidytcells.tr, "TR"), (tidytcells.ig, "IG")):
            if letters in self.loci:
                found = module.standardize(gene, species=SPECIES[self.species], log_failures=False)
                if found is not None and found in self.genes:
                    return str(found)
        return None

    def members(self, family: str) -> list[str]:
        """Return the genes of a family, orphons left out: of ``TRBV6`` ``TRBV6-1`` and more, of ``IGHG`` ``IGHG1``."""
        between = r"\d" if segment_of(family) == "C" else "-"
        member = re.compile(re.escape(family) + between)
        return sorted(gene for gene in self.genes if member.match(gene) and "/OR" not in gene)

    def anchors(self) -> Mapping[str, tuple[str, str]]:
        """Return for each J gene the residue that ends a junction, and the residues of the germline before it."""
        found = {name: _end(name, self.species) for name in sorted(self.alleles) if segment_of(name) == "J"}
        genes: dict[str, tuple[str, str]] = {}
        for name, end in found.items():
            # the first allele stands for its gene where none is given
            if end is not None:
                genes.setdefault(name.partition("*")[0], end)
        return genes | {name: end for name, end in found.items() if end is not None}


@cache
def germline(species: Species) -> Germline:
    """Return the genes of a species.

    Parameters
    ----------
    species
        ``human`` (T and B cell receptors) or ``mouse`` (T cell receptors: tidytcells knows no others).

    Raises
    ------
    UsageError
        When the species is another.

    Examples
    --------
    >>> human = germline("human")
    >>> human.standard("TCRBV05-01"), human.members("TRAV38"), "TRBV1" in human.functional
    ('TRBV5-1', ['TRAV38-1', 'TRAV38-2/DV8'], False)
    >>> human.anchors()["TRAJ33"]
    ('W', 'DSNYQLI')
    """
    import tidytcells

    if species not in SPECIES:
        raise UsageError(f"unknown species {species!r}", where="receptors", fix=did_you_mean(str(species), SPECIES))
    sources = {"TR": tidytcells.tr, "IG": tidytcells.ig} if species == "human" else {"TR": tidytcells.tr}
    alleles: set[str] = set()
    functional: set[str] = set()
    for source in sources.values():
        alleles |= source.query(species=SPECIES[species], precision="allele")
        functional |= source.query(species=SPECIES[species], precision="allele", functionality="F")
    genes = frozenset(name.partition("*")[0] for name in alleles)
    functional |= {name.partition("*")[0] for name in functional}
    return Germline(species, frozenset(alleles), genes, frozenset(functional), frozenset(sources))


def _end(allele: str, species: Species) -> tuple[str, str] | None:
    import tidytcells

    source = tidytcells.tr if allele.startswith("TR") else tidytcells.ig
    try:
        regions = source.get_aa_sequence(allele, species=SPECIES[species])
    except ValueError:  # the sequence of this allele is not known: mostly pseudogenes
        return None
    place = _ANCHOR.search(regions.get("J-REGION", ""))
    return None if place is None else (place.group(), regions["J-REGION"][: place.start()])
