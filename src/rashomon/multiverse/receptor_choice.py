"""Choices for clustering receptors: chains, names, units, distance, what must match, how far, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rashomon.cluster import CLUSTERERS
from rashomon.core import Step, UsageError
from rashomon.encode.germline_loop import species_of
from rashomon.multiverse.choice import Choice, Option
from rashomon.multiverse.clusterer import clusterer_choice, clusterers_with
from rashomon.multiverse.offer import Offer
from rashomon.multiverse.percolation import MOST, largest_share

__all__ = ["DISTANCES", "chain_choices", "link_choices"]

_DASH = "Dash et al. (2017), Nature 547:89"
_TCRDIST3 = "Mayer-Blackwell et al. (2021), eLife 10:e68605"
_MEYSMAN = "Meysman et al. (2019), Bioinformatics 35:1461"
_SCIRPY = "Sturm et al. (2020), Bioinformatics 36:4817"
_AIRR = "Vander Heiden et al. (2018), Frontiers in Immunology 9:2206"

DISTANCES: Mapping[str, Option] = {
    "hamming": Option("hamming", "one residue exchanged, the length kept", _MEYSMAN),
    "levenshtein": Option("levenshtein", "one residue exchanged, added or lost", _MEYSMAN),
    "tcrdist": Option("tcrdist", "similar residues count as close, and the loops of V take part", _TCRDIST3),
    "identity": Option("identity", "only equal junctions: public clonotypes", _SCIRPY, "another question"),
    "tcrdist classic": Option("tcrdist classic", "TCRdist with gaps at a fixed position", _DASH),
}

_CHAINS: Mapping[str, Option] = {
    "vdj": Option("vdj", "the more diverse chain (beta, delta, heavy)", _MEYSMAN),
    "paired": Option("paired", "both chains: the whole receptor, where both were read", _DASH),
    "vj": Option("vj", "the less diverse chain alone: invariant cells dominate it", _DASH, "another question"),
}

_DUALS: Mapping[str, Option] = {
    "primary": Option("primary", "of two chains, the one with more copies", _SCIRPY),
    "any": Option("any", "both chains are compared, the closer one counts", _SCIRPY),
    "drop": Option("drop", "two chains may be a doublet: such receptors are left out", _SCIRPY),
}

_UNITS: Mapping[str, Option] = {
    "amino acids": Option("amino acids", "one item per junction, V and J of a donor", _MEYSMAN),
    "nucleotides": Option("nucleotides", "convergent rearrangements of a donor stay apart", _AIRR),
}

_GENES: Mapping[str, Option] = {
    "repaired": Option(
        "repaired", "names as the nomenclature committee spells them", "Nagano & Chain (2023), tidytcells"
    ),
    "as written": Option("as written", "names as the table has them", _AIRR),
}

_V_MATCHES: Mapping[str, Option] = {
    "none": Option("none", "the junction alone decides", _MEYSMAN),
    "family": Option("family", "linked receptors share the V family", _SCIRPY),
    "gene": Option("gene", "linked receptors share the V gene", _SCIRPY),
}

_J_MATCHES: Mapping[str, Option] = {
    "none": Option("none", "the junction holds most of J already", _MEYSMAN),
    "gene": Option("gene", "linked receptors share the J gene", _SCIRPY),
}

_LENGTHS: Mapping[str, Option] = {
    "8-23": Option("8-23", "junctions of 8 to 23 residues; others are mostly artefacts", _MEYSMAN),
    "any": Option("any", "junctions of any length", _MEYSMAN, "exploratory"),
}

_MIN_SHARE = 0.5
"""Share of the receptors that must have a chain, or both, for it to be a choice (a convention)."""


def chain_choices(offer: Offer, items: np.ndarray) -> list[Choice]:
    """Return the choices of what is compared.

    Parameters
    ----------
    offer
        Data set, budget and wishes; receives what cannot be run.
    items
        Receptors, as `rashomon.dataset.receptor_items` makes them.
    """
    chains = _chains(offer, items)
    choices = [Choice("chain", tuple(_CHAINS[name] for name in chains))]
    if (items["n_vdj"] > 1).any() or (items["n_vj"] > 1).any():
        choices.append(_choice(offer, "dual", _DUALS, tuple(_DUALS) if _is_large(offer) else ("primary", "any")))
    else:
        offer.skip("dual", "any", "no receptor has two chains of an arm")
    if any((items[arm]["nt"] != b"").any() for arm in ("vdj", "vj")):
        choices.append(_choice(offer, "unit", _UNITS, tuple(_UNITS) if _is_large(offer) else ("amino acids",)))
    if offer.asked("lengths") or _is_large(offer):
        choices.append(_choice(offer, "lengths", _LENGTHS, tuple(_LENGTHS)))
    return choices


def _is_large(offer: Offer) -> bool:
    return offer.budget.name != "quick"


def _choice(offer: Offer, name: str, known: Mapping[str, Option], offered: tuple[str, ...]) -> Choice:
    return Choice(name, tuple(known[level] for level in offer.named(name, offered, known)))


def _chains(offer: Offer, items: np.ndarray) -> tuple[str, ...]:
    has = {arm: items[f"n_{arm}"] > 0 for arm in ("vdj", "vj")}
    share = {"vdj": has["vdj"].mean(), "paired": (has["vdj"] & has["vj"]).mean(), "vj": has["vj"].mean()}
    fit = [name for name in _CHAINS if share[name] >= _MIN_SHARE]
    # alone, the less diverse chain is a last resort
    fit = [name for name in fit if name != "vj"] or fit or [max(share, key=lambda name: share[name])]
    for name in _CHAINS:
        if name not in fit and 0 < share[name] < _MIN_SHARE:
            offer.skip("chain", name, f"{share[name]:.0%} of the receptors have it")
    return offer.named("chain", fit, {name: option for name, option in _CHAINS.items() if share[name] > 0})


def link_choices(
    offer: Offer, slots: Mapping[str, np.ndarray], chains: tuple[str, ...]
) -> tuple[list[Choice], dict[str, Step]]:
    """Return the choices of how receptors are linked and grouped, and the step of each clusterer.

    Parameters
    ----------
    offer
        Data set, budget and wishes; receives what cannot be run.
    slots
        The root of the plan.
    chains
        Levels of the choice ``chain``.
    """
    distances = _distances(offer, slots)
    clusterer, steps = _clusterers(offer, slots, distances, chains)
    linked = tuple(name for name, step in steps.items() if {"distances", "graph", "igraph"} & set(step.reads))
    by_link = {} if len(linked) == len(steps) else {"clusterer": linked}
    found = [clusterer]
    if linked:
        by_sequence = tuple(name for name in distances if not name.startswith("tcrdist"))
        found.append(Choice("distance", tuple(DISTANCES[name] for name in distances), within=by_link))
        if by_sequence:
            found += _matches(offer, slots, {**by_link, "distance": by_sequence})
        found += _cutoffs(offer, distances, chains, by_link)
    found += _granular(offer, steps)
    seeds = tuple(
        Option(seed, "repeat with other random numbers") for seed in offer.numbers("seed", offer.budget.seeds)
    )
    seed = Choice("seed", seeds, within=clusterers_with(steps, "seed"), replicate=True)
    return [*found, *([seed] if all(seed.within.values()) else [])], steps


def _distances(offer: Offer, slots: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    receptors = offer.dataset.receptors
    offered = list(offer.budget.distances)
    loci = () if receptors is None else receptors.loci
    if not {"TRA", "TRB"} & set(loci) or not slots["v_names"].size:
        for name in [name for name in offered if name.startswith("tcrdist")]:
            offered.remove(name)
            offer.skip("distance", name, "it needs V genes of alpha or beta chains, whose loops are known")
    elif (why := _unknown_species(slots)) and any(name.startswith("tcrdist") for name in offered):
        for name in [name for name in offered if name.startswith("tcrdist")]:
            offered.remove(name)
            offer.skip("distance", name, why)
    return offer.named("distance", offered, DISTANCES)


def _unknown_species(slots: Mapping[str, np.ndarray]) -> str:
    """Return why the loops of V cannot be looked up; empty when they can."""
    if slots["species"][0]:
        return ""
    try:
        species_of([name.decode() for name in slots["v_names"]])
    except UsageError as error:
        return error.what
    return ""


def _clusterers(
    offer: Offer, slots: Mapping[str, np.ndarray], distances: tuple[str, ...], chains: tuple[str, ...]
) -> tuple[Choice, dict[str, Step]]:
    extra = offer.wishes.clusterers
    known = {name: step for name, step in CLUSTERERS.items() if name not in {"spectral", "ward", "gaussian_mixture"}}
    names = [
        *offer.named("clusterer", offer.budget.receptor_clusterers, known),
        *(c for c in extra if isinstance(c, str)),
    ]
    own = [step for step in extra if isinstance(step, Step)]
    _, steps = clusterer_choice(names, own, n_obs=offer.dataset.n_obs, not_run=offer.not_run)
    metric = next((name for name in distances if name in {"hamming", "levenshtein"}), None)
    share = 0.0 if metric is None else largest_share(slots, chain=chains[0], metric=metric)
    options = {name: _option(step, share) for name, step in steps.items()}
    # the default is the first that answers the question
    order = sorted(steps, key=lambda name: options[name].equivalence != "equivalent")
    return Choice("clusterer", tuple(options[name] for name in order)), {name: steps[name] for name in order}


_EQUIVALENT = ("component", "leiden", "markov")
"""Clusterers of the graph of links as published tools use them; the others define a cluster otherwise."""


def _option(step: Step, share: float) -> Option:
    if step.name == "component" and share > MOST:
        why = f"{step.summary} Here the largest holds {share:.0%} of all receptors, above {MOST:.0%}: it chains."
        return Option(step.name, why, step.citation, "exploratory")
    equivalence = "equivalent" if step.name in _EQUIVALENT else "exploratory"
    return Option(step.name, step.summary, step.citation, equivalence)  # type: ignore[arg-type]


def _matches(offer: Offer, slots: Mapping[str, np.ndarray], within: Mapping[str, tuple[str, ...]]) -> list[Choice]:
    if not slots["v_names"].size:
        offer.skip("v_match", "gene", "the table names no V genes")
        return []
    levels = offer.named("v_match", offer.budget.v_matches, _V_MATCHES)
    found = [Choice("v_match", tuple(_V_MATCHES[name] for name in levels), within=within)]
    matched = tuple(level for level in levels if level != "none")
    if set(slots["v_names"]) != set(slots["v_raw_names"]) and matched:
        genes = offer.named("genes", tuple(_GENES) if _is_large(offer) else ("repaired",), _GENES)
        found.append(Choice("genes", tuple(_GENES[name] for name in genes), within={**within, "v_match": matched}))
    if offer.asked("j_match") or _is_large(offer):
        j_levels = offer.named("j_match", tuple(_J_MATCHES), _J_MATCHES)
        found.append(Choice("j_match", tuple(_J_MATCHES[name] for name in j_levels), within=within))
    return found


def _cutoffs(
    offer: Offer, distances: tuple[str, ...], chains: tuple[str, ...], within: Mapping[str, tuple[str, ...]]
) -> list[Choice]:
    edits = tuple(name for name in distances if name in {"hamming", "levenshtein"})
    radial = tuple(name for name in distances if name.startswith("tcrdist"))
    single, paired = (tuple(name for name in chains if (name == "paired") == both) for both in (False, True))
    radii, of_two = offer.budget.radii, offer.budget.paired_radii
    offered = (
        ("cutoff", (1,), {"distance": edits}, "residues that differ"),
        ("radius", radii, {"distance": radial, "chain": single}, "TCRdist of one chain"),
        ("paired_radius", of_two, {"distance": radial, "chain": paired}, "TCRdist of both chains"),
    )
    return [
        Choice(
            name,
            tuple(Option(n, why, _TCRDIST3) for n in offer.numbers(name, levels)),
            {**within, **at},
            granularity=True,
        )
        for name, levels, at, why in offered
        if all(at.values())
    ]


def _granular(offer: Offer, steps: dict[str, Step]) -> list[Choice]:
    n = offer.dataset.n_obs
    offered = (
        ("resolution", offer.budget.resolution, "how fine the communities are", "Reichardt & Bornholdt (2006)"),
        (
            "inflation",
            offer.budget.inflation,
            "how fine the flow clusters are",
            "van Dongen (2008), SIAM J Matrix Anal 30:121",
        ),
        (
            "k",
            tuple(sorted({max(2, n // size) for size in (50, 20, 100)})),
            "clusters of about 20 to 100 receptors",
            "",
        ),
        ("min_cluster_size", (5, 3, 10), "the smallest group that counts", ""),
    )
    choices = []
    for name, levels, rationale, citation in offered:
        within = clusterers_with(steps, name)
        if all(within.values()):
            options = tuple(Option(level, rationale, citation) for level in offer.numbers(name, levels))
            choices.append(Choice(name, options, within=within, granularity=True))
    return choices
