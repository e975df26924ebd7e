"""Backgrounds of receptors: as many, with the same V, J and lengths, in which nothing else is shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from rashomon.dataset import GeneCalls
from rashomon.multiverse import Executor, Level
from rashomon.multiverse.receptor_path import distance_path, select_call
from rashomon.perturb.matched_background import shuffle_within_strata

__all__ = [
    "NO_BACKGROUND",
    "Links",
    "backgrounds",
    "distances_of",
    "draws_for",
    "expected_links",
    "expected_neighbours",
    "links",
    "selected_state",
]

NO_BACKGROUND = "no background: clones of B cells are told by nucleotides, which shuffled residues do not have"
"""Why clones have none; the matched backgrounds shuffle amino acids."""

_N_DRAWS = 10
"""Backgrounds behind a mean; one with a range needs more."""

_SMALL, _N_SMALL, _N_LARGE = 20_000, 39, 19


class Links(NamedTuple):
    """By cutoff: the share of rows that have a neighbour, and the number of links (pairs of items)."""

    retention: np.ndarray
    n_links: np.ndarray


def selected_state(executor: Executor, pipeline: Mapping[str, Level]) -> dict[str, Any]:
    """Return the slots of a plan on receptors after its chains were picked.

    Parameters
    ----------
    executor
        Holds the slots at the root.
    pipeline
        Says which chains.
    """
    call = select_call(pipeline)
    state = dict(executor.data)
    return state | call.step.run(state, call.params)


def draws_for(n_items: int) -> int:
    """Return how many backgrounds are drawn for so many receptors.

    With 39 the 2.5 % and 97.5 % points lie next to the extremes, and p can be as small as 0.025. Above 20,000 receptors
    backgrounds differ little among themselves and cost more: 19, with which p can be 0.05.

    Parameters
    ----------
    n_items
        Receptors that are compared.

    Examples
    --------
    >>> draws_for(2_000), draws_for(100_000)
    (39, 19)
    """
    return _N_SMALL if n_items <= _SMALL else _N_LARGE


def links(distances: sp.csr_matrix, items: np.ndarray, *, cutoffs: Sequence[float]) -> Links:
    """Return how many rows have a neighbour, and how many links there are, at each of several cutoffs.

    Parameters
    ----------
    distances
        Between items, distance + 1, within the largest cutoff at least; shape ``(n_items, n_items)``.
    items
        Item of each row that is compared, shape ``(n_rows,)``. Rows of one item are no neighbours of each other.
    cutoffs
        Largest distances of a link.

    Examples
    --------
    >>> distances = sp.csr_matrix(np.array([[0, 2, 0], [2, 0, 3], [0, 3, 0]], dtype=np.float32))
    >>> found = links(distances, np.array([0, 0, 1, 2]), cutoffs=[1, 2])
    >>> found.retention.tolist(), found.n_links.tolist()
    ([0.75, 1.0], [1, 2])
    """
    rows = np.repeat(np.arange(distances.shape[0]), np.diff(distances.indptr))
    retention, n_links = np.full(len(cutoffs), np.nan), np.zeros(len(cutoffs), dtype=np.int64)
    for k, cutoff in enumerate(cutoffs):
        near = rows[distances.data <= cutoff + 1]
        linked = np.zeros(distances.shape[0], dtype=bool)
        linked[near] = True
        n_links[k] = near.size // 2
        if items.size:
            retention[k] = linked[items].mean()
    return Links(retention, n_links)


def expected_links(
    state: Mapping[str, Any],
    pipeline: Mapping[str, Level],
    *,
    cutoffs: Sequence[float],
    rng: np.random.Generator,
    n_draws: int | None = None,
) -> Links:
    """Return the same of matched backgrounds of as many receptors, each of which serves all cutoffs.

    A background may hold a receptor of a donor twice, which data do not: it has a little more than chance, and an
    excess over it is a little too small (in mouse receptors of few genes by a point of 52 % retention).

    Parameters
    ----------
    state
        Of `selected_state`.
    pipeline
        Says which distance and matches of genes, and the largest cutoff.
    cutoffs
        Largest distances of a link; none above that of the pipeline.
    rng
        Of the backgrounds.
    n_draws
        Backgrounds; None: as `draws_for` says.

    Returns
    -------
    Arrays of shape ``(n_draws, n_cutoffs)``.
    """
    drawn = [
        links(distances_of({**state, **background}, pipeline), state["items"], cutoffs=cutoffs)
        for background in backgrounds(state, rng, draws_for(state["items"].size) if n_draws is None else n_draws)
    ]
    return Links(np.stack([each.retention for each in drawn]), np.stack([each.n_links for each in drawn]))


def expected_neighbours(
    state: Mapping[str, Any], pipeline: Mapping[str, Level], *, rng: np.random.Generator, n_draws: int = _N_DRAWS
) -> np.ndarray:
    """Return how many neighbours each item has, on average, in a background of as many items.

    Parameters
    ----------
    state
        Of `selected_state`.
    pipeline
        Says which distance, cutoff and matches of genes.
    rng
        Of the backgrounds.
    n_draws
        Backgrounds.

    Returns
    -------
    ``float64``, shape ``(n_items,)``.
    """
    n_items = int(state["items"].max(initial=-1)) + 1
    total = np.zeros(n_items)
    for background in backgrounds(state, rng, n_draws):
        joined: dict[str, Any] = {"items": np.arange(2 * n_items)}
        for arm, chains in background.items():
            shifted = chains.copy()
            shifted["item"] += n_items
            joined[arm] = np.concatenate([state[arm], shifted])
        between = distances_of({**state, **joined}, pipeline)[:n_items, n_items:]
        total += np.diff(between.tocsr().indptr)
    return np.asarray(total / n_draws)


def backgrounds(state: Mapping[str, Any], rng: np.random.Generator, n_draws: int) -> Iterator[dict[str, np.ndarray]]:
    """Yield the chains of backgrounds: the same V, J and lengths, inner residues shuffled within these.

    Parameters
    ----------
    state
        Of `selected_state`.
    rng
        Of the shuffles.
    n_draws
        Backgrounds.

    Yields
    ------
    The slots ``vdj`` and ``vj``, to be put over those of `state`; see `shuffle_within_strata`.
    """
    genes = {part: _gene_of(state[f"{part}_names"]) for part in ("v", "j")}
    for _ in range(n_draws):
        found = {}
        for arm in ("vdj", "vj"):
            chains = state[arm].copy()
            if chains.size:
                v, j = genes["v"][chains["v"]], genes["j"][chains["j"]]
                chains["aa"] = shuffle_within_strata(chains["aa"], v, j, rng=rng).aa
            found[arm] = chains
        yield found


def _gene_of(names: np.ndarray) -> np.ndarray:
    """Return the number of the gene, or set of genes, of each call; the last, for no call, is -1."""
    genes = GeneCalls(np.arange(names.size), tuple(name.decode() for name in names)).at("gene")
    return np.append(genes.codes, -1)


def distances_of(state: Mapping[str, Any], pipeline: Mapping[str, Level]) -> sp.csr_matrix:
    """Return the distances between the items of `state` within the cutoff of a `pipeline`, plus one."""
    found = dict(state)
    for call in distance_path(pipeline):
        found |= call.step.run(found, call.params)
    return sp.csr_matrix(found["distances"])
