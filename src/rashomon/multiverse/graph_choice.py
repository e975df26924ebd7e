"""Choices from the embedding to the labels: the clusterer, its graph, how fine the clusters are, and the seeds."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from rashomon.cluster import CLUSTERERS, GRAPH_STEPS
from rashomon.core import Step
from rashomon.multiverse.choice import Choice, Option
from rashomon.multiverse.clusterer import clusterer_choice, clusterers_with, reads_graph
from rashomon.multiverse.offer import Offer

__all__ = ["METRICS", "SEARCHES", "cluster_choices"]

_MCINNES = "McInnes, Healy & Melville (2018), arXiv:1802.03426"
_N_CLUSTERS = 10
"""Number of clusters around which to vary when nobody gave labels."""
_SMALLEST_CLUSTER = 5
_OF_CELLS = {"view", *(slot for step in GRAPH_STEPS.values() for slot in (*step.reads, *step.writes))}
"""Slots of a plan on cells; clusterers that read others are for receptors."""

METRICS: Mapping[str, Option] = {
    "euclidean": Option("euclidean", "distances between the components as they are: the field's default", _MCINNES),
    "cosine": Option(
        "cosine",
        "angles: the length of a cell's vector, which follows its depth, has no say",
        "Haghverdi et al. (2018), Nature Biotechnology 36:421",
    ),
}

SEARCHES: Mapping[str, Option] = {
    "exact": Option("exact", "every neighbour is found", "Fix & Hodges (1951), USAF School of Aviation Medicine"),
    "pynndescent": Option(
        "pynndescent",
        "scanpy's default for large data; misses some neighbours, an error that says nothing of cells",
        "Dong, Moses & Li (2011), Proceedings of the 20th International Conference on World Wide Web, 577",
        "exploratory",
    ),
}


def cluster_choices(offer: Offer, *, n_clusters: int | None) -> tuple[list[Choice], dict[str, Step]]:
    """Return the choices after the embedding, in the order of the analysis, and the step of each clusterer.

    Parameters
    ----------
    offer
        Data set, budget and wishes; receives what cannot be run.
    n_clusters
        Number of judged clusters, around which the number of clusters is varied.
    """
    extra = offer.wishes.clusterers
    known = {name: step for name, step in CLUSTERERS.items() if set(step.reads) <= _OF_CELLS}
    asked = offer.named("clusterer", offer.budget.clusterers, known)
    names = [*asked, *(c for c in extra if isinstance(c, str))]
    own = [step for step in extra if isinstance(step, Step)]
    clusterer, steps = clusterer_choice(names, own, n_obs=offer.dataset.n_obs, not_run=offer.not_run)
    granular = [*_granular(offer, steps, n_clusters=n_clusters)]
    seeds = [Option(seed, "repeat with other random numbers") for seed in offer.numbers("seed", offer.budget.seeds)]
    seed = Choice("seed", tuple(seeds), within=clusterers_with(steps, "seed"), replicate=True)
    return [clusterer, *_graph_choices(offer, steps), *granular, *([seed] if _used(seed) else [])], steps


def _used(choice: Choice) -> bool:
    """Whether the choice applies anywhere: a condition that no level meets is none of ours."""
    return all(choice.within.values())


def _graph_choices(offer: Offer, steps: Mapping[str, Step]) -> list[Choice]:
    on_graph = tuple(name for name, step in steps.items() if reads_graph(step))
    if not on_graph:
        return []
    within = {} if len(on_graph) == len(steps) else {"clusterer": on_graph}
    metrics = offer.named("metric", offer.budget.metrics, METRICS)
    searches = [
        name for name in offer.named("neighbour_search", offer.budget.searches, SEARCHES) if _there(offer, name)
    ]
    choices = [Choice("n_neighbours", _neighbours(offer), within=within)]
    if len(metrics) > 1 or offer.asked("metric"):
        choices.append(Choice("metric", tuple(METRICS[name] for name in metrics), within=within))
    if len(searches) > 1 or (offer.asked("neighbour_search") and searches):
        choices.append(Choice("neighbour_search", tuple(SEARCHES[name] for name in searches), within=within))
    return choices


def _there(offer: Offer, search: str) -> bool:
    there = SEARCHES[search].equivalence == "equivalent" or find_spec(search) is not None
    if not there:
        offer.skip("neighbour_search", search, f"{search} is not installed (pip install 'rashomon[approximate]')")
    return there


def _neighbours(offer: Offer) -> tuple[Option, ...]:
    n_obs = offer.dataset.n_obs
    largest = max(2, n_obs // 10)
    levels = offer.numbers("n_neighbours", offer.budget.n_neighbours)
    for k in levels:
        if k > largest:
            offer.skip("n_neighbours", k, f"more than a tenth of {n_obs} cells would be neighbours of each cell")
    sizes = [k for k in levels if k <= largest] or [largest]
    return tuple(Option(k, "local or smoothed graph", _MCINNES) for k in sizes)


def _granular(offer: Offer, steps: dict[str, Step], *, n_clusters: int | None) -> list[Choice]:
    budget, n_obs = offer.budget, offer.dataset.n_obs
    target = n_clusters or _N_CLUSTERS
    ks = dict.fromkeys(min(max(2, round(target * factor)), max(2, n_obs // 4)) for factor in budget.factors)
    sizes = dict.fromkeys(max(_SMALLEST_CLUSTER, round(frac * n_obs)) for frac in budget.min_cluster_frac)
    fine = "Reichardt & Bornholdt (2006), Physical Review E 74:016110"
    offered = (
        ("resolution", budget.resolution, "how fine the communities are", fine),
        ("k", tuple(ks), "around the judged number of clusters", ""),
        ("min_cluster_size", tuple(sizes), "the smallest group that counts as a cluster", ""),
    )
    choices = []
    for name, levels, rationale, citation in offered:
        within = clusterers_with(steps, name)
        if all(within.values()):
            options = tuple(Option(level, rationale, citation) for level in offer.numbers(name, levels))
            choices.append(Choice(name, options, within=within, granularity=True))
    return choices
