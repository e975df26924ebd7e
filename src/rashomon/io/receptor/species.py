"""The species of receptors: read from gene names that only one species has, and never guessed against what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import cast

import numpy as np

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.dataset import GeneCalls
from rashomon.io.receptor.call_text import parts_of, species_said
from rashomon.io.receptor.germline import SPECIES, Species, germline
from rashomon.io.rule import refuse, remark

__all__ = ["MAX_FOREIGN", "species_of"]

MAX_FOREIGN = 0.01
"""Share of the telling calls that may name genes of the other species."""


def species_of(
    calls: Iterable[GeneCalls], *, said: str | None = None, where: str = "receptors"
) -> tuple[Species, tuple[str, ...]]:
    """Return the species whose genes the calls name.

    Telling are names of T cell receptor genes that only one species has under any spelling (alleles not counted), names
    in the spelling of mouse genes (``Trbv13-2``), and calls that say their species (``Homsap IGHV3-7*01 F``).

    Parameters
    ----------
    calls
        V and J calls as written.
    said
        What the user says; None when nothing was said.
    where
        The file or table, for messages.

    Returns
    -------
    species
        ``human`` or ``mouse``; human where no name tells.
    notes
        How it was found, where it was not said.

    Raises
    ------
    InputError
        ``receptor.species`` when more than 1 % of the telling calls name genes of the other species.
    UsageError
        When `said` is an unknown species.

    Examples
    --------
    >>> species_of([GeneCalls.from_texts(["TRBV13-2*01", "Trbv29"])], where="x.tsv")
    ('mouse', ('x.tsv: the genes are those of mouse (2 calls name genes that human does not have)',))
    """
    if said is not None and said not in SPECIES:
        raise UsageError(f"unknown species {said!r}", where=where, fix=did_you_mean(said, SPECIES))
    telling: Counter[tuple[str, Species]] = Counter()
    for each in calls:
        for name, n in _telling(each):
            telling[name] += n
    counts = {species: sum(n for (_, own), n in telling.items() if own == species) for species in SPECIES}
    species = cast("Species", said or max(SPECIES, key=lambda name: counts[name]))
    other: Species = "mouse" if species == "human" else "human"
    names = [f"{text} {n:,}" for (text, own), n in sorted(telling.items(), key=lambda x: -x[1]) if own == other]
    what = f"{counts[other]:,} calls name genes of {other} and {counts[species]:,} genes of {species}"
    if counts[other] > MAX_FOREIGN * sum(counts.values()):
        raise refuse("receptor.species", f"{what} ({first_few(names, n=3)})", where=where)
    notes = (remark("receptor.species_few", f"{what} ({first_few(names, n=3)})", where=where),) if names else ()
    if said is None and not sum(counts.values()):
        return species, (remark("receptor.species_unsaid", "no gene name tells the species", where=where),)
    if said is None:
        how = f"the genes are those of {species} ({counts[species]:,} calls name genes that {other} does not have)"
        notes = (f"{where}: {how}", *notes)
    return species, notes


def _telling(calls: GeneCalls) -> Iterable[tuple[tuple[str, Species], int]]:
    chains = np.bincount(calls.codes[calls.codes >= 0], minlength=len(calls.names))
    for text, n in zip(calls.names, chains.tolist(), strict=True):
        said = species_said(text)
        found = {said} if said else {_owner(part) for part in parts_of(text)}
        if len(found - {""}) == 1 and n:
            yield (text, cast("Species", max(found))), n


def _owner(part: str) -> str:
    """Return the only species that has a gene of this name, under any spelling; nothing where both may, or none."""
    gene = part.partition("*")[0]
    # the spelling of mouse genes; IMGT writes all genes in capitals
    if gene[:1].isupper() and gene[1:4].islower():
        return "mouse"
    here = [species for species in SPECIES if gene.startswith("TR") and _has(species, gene)]
    return here[0] if len(here) == 1 else ""


def _has(species: Species, gene: str) -> bool:
    known = germline(species)
    return gene in known.genes or len(known.members(gene)) > 1 or known.standard(gene) is not None
