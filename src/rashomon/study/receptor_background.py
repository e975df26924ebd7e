"""Backgrounds of receptors: as many, with the same V, J and lengths, in which nothing else is shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rashomon.dataset import GeneCalls
from rashomon.multiverse import Executor, Level
from rashomon.multiverse.receptor_path import distance_path, select_call
from rashomon.perturb.matched_background import shuffle_within_strata

__all__ = ["expected_neighbours", "expected_retention", "selected_state"]

_N_DRAWS = 10


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


def expected_retention(
    state: Mapping[str, Any], pipeline: Mapping[str, Level], *, rng: np.random.Generator, n_draws: int = _N_DRAWS
) -> np.ndarray:
    """Return the share of items with a neighbour in each of several backgrounds, shape ``(n_draws,)``.

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
    """
    shares = []
    for background in _backgrounds(state, rng, n_draws):
        distances = _distances({**state, **background}, pipeline)
        shares.append(float((np.diff(distances.indptr) > 0).mean()) if distances.shape[0] else np.nan)
    return np.array(shares)


def expected_neighbours(
    state: Mapping[str, Any], pipeline: Mapping[str, Level], *, rng: np.random.Generator, n_draws: int = _N_DRAWS
) -> np.ndarray:
    """Return how many neighbours each item has, on average, in a background of as many items.

    Parameters
    ----------
    state, pipeline, rng, n_draws
        As in `expected_retention`.

    Returns
    -------
    ``float64``, shape ``(n_items,)``.
    """
    n_items = int(state["items"].max(initial=-1)) + 1
    total = np.zeros(n_items)
    for background in _backgrounds(state, rng, n_draws):
        joined: dict[str, Any] = {"items": np.arange(2 * n_items)}
        for arm, chains in background.items():
            shifted = chains.copy()
            shifted["item"] += n_items
            joined[arm] = np.concatenate([state[arm], shifted])
        between = _distances({**state, **joined}, pipeline)[:n_items, n_items:]
        total += np.diff(between.tocsr().indptr)
    return np.asarray(total / n_draws)


def _backgrounds(state: Mapping[str, Any], rng: np.random.Generator, n_draws: int) -> Iterator[dict[str, np.ndarray]]:
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


def _distances(state: Mapping[str, Any], pipeline: Mapping[str, Level]) -> Any:
    found = dict(state)
    for call in distance_path(pipeline):
        found |= call.step.run(found, call.params)
    return found["distances"]
