"""Choices for B cells, whose receptors mutate: clones by nucleotides, in place of links between amino acids."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np

from rashomon.cluster import CLUSTERERS
from rashomon.core import Step, UsageError, first_few
from rashomon.multiverse.choice import Choice, Option
from rashomon.multiverse.clusterer import clusterer_choice
from rashomon.multiverse.offer import Offer

__all__ = ["CLONE", "CLONE_DISTANCE", "clone_choices", "is_of_b_cells"]

CLONE = "clone"
"""Level of the choice ``distance`` that is the clone rule of B cells."""

CLONE_DISTANCE = Step(
    "clone_distance",
    "rashomon.cluster.bcr_clone:bcr_distances",
    reads=("vdj", "items", "rows", "owner", "v_names", "j_names"),
    writes=("distances",),
    summary="Share of the nucleotides that differ, between heavy chains of one donor, V, J and length.",
    citation="Gupta et al. (2017), Journal of Immunology 198:2489",
)
"""The step behind `CLONE`."""

_GUPTA = "Gupta et al. (2017), Journal of Immunology 198:2489"
_NOURI = "Nouri & Kleinstein (2018), Bioinformatics 34:i341"

_SHARES = (0.15, 0.1, 0.2)
_APART = 0.005
"""A valley nearer than this to a share on offer is that share."""

_MOST_WITHOUT = 0.5
"""Heavy chains without nucleotides, as a share, above which there is no clone rule (a convention)."""

_NO_RULE = "receptors of B cells mutate: amino acids within an edit are no clone"

_CHAIN = Option("vdj", "the heavy chain, which tells clones apart", _GUPTA)
_UNITS = {
    CLONE: Option("nucleotides", "mutations of a clone stay apart, and are counted", _GUPTA),
    "identity": Option("amino acids", "one item per junction, V and J of a donor", _GUPTA),
}
_ANY_LENGTH = Option("any", "heavy chains reach 40 residues, and lengths are never mixed", _GUPTA)
_DISTANCES = {
    CLONE: Option(
        CLONE, "same donor, V, J and length, few nucleotides differ: with single linkage the clones of B cells", _GUPTA
    ),
    "identity": Option(
        "identity", "equal junctions only: public clonotypes, without those that mutated", _GUPTA, "another question"
    ),
}
_V = {
    "gene": Option("gene", "members of a clone have one V gene", _GUPTA),
    "allele": Option("allele", "and one allele, where alleles are called", _GUPTA),
}


def is_of_b_cells(offer: Offer) -> bool:
    """Whether all receptors of the data set are those of B cells."""
    receptors = offer.dataset.receptors
    return receptors is not None and bool(receptors.loci) and all(name.startswith("IG") for name in receptors.loci)


def clone_choices(offer: Offer, slots: Mapping[str, np.ndarray]) -> tuple[list[Choice], dict[str, Step]]:
    """Return the choices for receptors of B cells, and the step of each clusterer.

    Heavy chains with nucleotides are clustered by the clone rule: one donor, V, J and length, a small share of places
    that differ, single linkage. Its share is varied, and where the distances to the nearest have a valley, that is one
    more. Without heavy chains, nucleotides or gene names there is no clone rule: equal junctions are all that is left,
    which answers another question.

    Parameters
    ----------
    offer
        Data set, budget and wishes; receives what cannot be run.
    slots
        The root of the plan.

    Raises
    ------
    UsageError
        ``clonotype.bcr`` when a distance between amino acids is asked for.
    """
    rule = _rule(offer, slots["receptors"])
    chain = _CHAIN if (slots["receptors"]["n_vdj"] > 0).any() else Option("vj", "the only chain there is", _GUPTA)
    _refuse(offer, rule)
    clusterer, steps = clusterer_choice(
        ("component",), [step for step in offer.wishes.clusterers if isinstance(step, Step)], n_obs=offer.dataset.n_obs,
        not_run=offer.not_run,
    )  # fmt: skip
    single = Option("component", CLUSTERERS["component"].summary, _GUPTA)
    choices = [
        Choice("chain", (chain,)),
        Choice("unit", (_UNITS[rule],)),
        Choice("lengths", (_ANY_LENGTH,)),
        Choice("clusterer", (single, *clusterer.options[1:])),
        Choice("distance", (_DISTANCES[rule],)),
    ]
    if rule == CLONE:
        shares = offer.numbers("share", _shares(offer, slots))
        choices.append(Choice("v_match", tuple(_V[name] for name in offer.named("v_match", tuple(_V), _V))))
        choices.append(Choice("share", tuple(_share(share) for share in shares), granularity=True))
    return choices, steps


def _rule(offer: Offer, items: np.ndarray) -> str:
    """Return the distance that the data allow, and say why it is not the clone rule where it is not."""
    heavy = items["n_vdj"] > 0
    chains = items["vdj"][heavy]
    why = ""
    if not heavy.any():
        why = "clones of B cells are told by heavy chains, and there are none"
    elif (without := float((chains["nt"] == b"").mean())) > _MOST_WITHOUT:
        why = f"{without:.0%} of the heavy chains have no nucleotides (column junction)"
    elif (without := float(((chains["v"] < 0) | (chains["j"] < 0)).mean())) > _MOST_WITHOUT:
        why = f"{without:.0%} of the heavy chains have no V or no J gene"
    if why:
        offer.skip("distance", CLONE, why)
    for name in offer.budget.distances:
        if name != "identity":
            offer.skip("distance", name, _NO_RULE)
    if (items["n_vj"] > 0).any() and heavy.any():
        offer.skip("chain", "paired", "clones of B cells are told by heavy chains")
    return "identity" if why else CLONE


def _refuse(offer: Offer, rule: str) -> None:
    asked = [name for name in map(str, offer.wishes.levels.get("distance", ())) if name not in (CLONE, "identity")]
    if asked:
        raise UsageError(
            f"{first_few(asked)} between receptors of B cells: {_NO_RULE}",
            where="distance",
            expected=f"{CLONE} (nucleotides, with the same V, J and length)",
            fix=f"leave the choice out: {rule} is what these data allow",
            code="clonotype.bcr",
        )


def _shares(offer: Offer, slots: Mapping[str, np.ndarray]) -> tuple[float, ...]:
    """Return the shares on offer, with that of the valley where there is one."""
    from rashomon.cluster.clonotype import bcr_cutoff

    receptors = offer.dataset.receptors
    if receptors is None:
        return _SHARES
    found, reason = bcr_cutoff(receptors, offer.dataset.n_obs, donor=slots["owner"])
    if not isfinite(found):
        offer.skip("share", "valley", reason)
        return _SHARES
    place = round(found, 3)
    near = [share for share in _SHARES if abs(share - place) < _APART]
    if near:
        offer.skip("share", "valley", f"it lies at {place:g}, which is offered")
        return _SHARES
    return (*_SHARES, place)


def _share(share: float) -> Option:
    if share in _SHARES:
        return Option(share, "share of the nucleotides that differ, at most", _GUPTA)
    return Option(share, "the valley between members of clones and strangers in these data, or as asked", _NOURI)
