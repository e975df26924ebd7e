"""Small data in every form that a clusterer reads, on which the laws of clusterers are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import child
from rashomon.core.digest import digest_array

__all__ = ["N_OBS", "OF_CELLS", "alike", "held", "in_order", "of_type", "slots"]

OF_CELLS = frozenset({"view", "graph", "distances", "igraph", "leidenalg_graph"})
"""Slots with one row per cell."""

N_OBS = 60
"""Cells, or receptors."""


def slots(entropy: int) -> dict[str, Any]:
    """Return 60 cells in three groups that overlap, and as many receptors, in every slot that clusterers of ours read.

    Parameters
    ----------
    entropy
        Of the noise; see `rashomon.core.child`.

    Returns
    -------
    ``view`` (``float32``, 4 dimensions), ``graph`` (weights in (0, 1], symmetric CSR), ``distances`` (pairs within 1,
    stored plus 1), the two forms of the graph for Leiden, and ``vdj`` with its companions (junctions).

    Examples
    --------
    >>> made = slots(1)
    >>> made["view"].shape, made["graph"].shape, made["vdj"].size
    ((60, 4), (60, 60), 60)
    """
    rng = child(entropy, "check_clusterer", "view")
    group = rng.permutation(np.arange(N_OBS) % 3)
    view = (2 * np.eye(4)[group] + rng.normal(size=(N_OBS, 4))).astype(np.float32)
    square = ((view[:, None] - view) ** 2).sum(axis=2)
    # the ten nearest, in either direction; all further weights are too small to count
    near = square <= np.sort(square, axis=1)[:, [10]]
    linked = (near | near.T) & ~np.eye(N_OBS, dtype=bool)
    weights = np.where(linked, np.maximum(np.exp(-square / 8), 1e-3), 0).astype(np.float32)
    return _with_graphs(
        {
            "view": view,
            "graph": sp.csr_matrix(weights),
            "distances": sp.csr_matrix((linked & (square < 3)) * np.where(square < 1.5, 1, 2).astype(np.float32)),
        }
    ) | _chains(group, rng)


def alike() -> dict[str, Any]:
    """Return 60 cells that are all alike: one point of the view, one weight or distance for every pair.

    Examples
    --------
    >>> made = alike()
    >>> np.unique(made["view"]).tolist(), made["graph"].nnz
    ([1.0], 3540)
    """
    every = sp.csr_matrix((1 - np.eye(N_OBS)).astype(np.float32))
    return _with_graphs(
        {
            "view": np.ones((N_OBS, 4), dtype=np.float32),
            "graph": every,
            "distances": every.copy(),
        }
    )


def in_order(made: Mapping[str, Any], order: np.ndarray) -> dict[str, Any]:
    """Return the slots of cells with the cells in another order.

    Parameters
    ----------
    made
        From `slots` or `alike`.
    order
        Positions, shape ``(60,)``.

    Examples
    --------
    >>> made = slots(1)
    >>> bool((in_order(made, np.arange(60)[::-1])["view"][0] == made["view"][59]).all())
    True
    """
    return _with_graphs(
        {
            "view": made["view"][order],
            "graph": made["graph"][order][:, order],
            "distances": made["distances"][order][:, order],
        }
    )


def of_type(made: Mapping[str, Any], dtype: type[np.floating[Any]]) -> dict[str, Any]:
    """Return the slots with view, graph and distances in another floating type.

    Examples
    --------
    >>> of_type(slots(1), np.float64)["graph"].dtype
    dtype('float64')
    """
    return {
        **made,
        **_with_graphs({name: made[name].astype(dtype) for name in ("view", "graph", "distances")}),
    }


def held(value: Any) -> tuple[Any, ...]:
    """Return what changes when a slot is changed: a digest of its values, or the edges of an igraph graph.

    Examples
    --------
    >>> held(np.zeros(3)) == held(np.ones(3))
    False
    """
    return (value.get_edgelist(), value.es["weight"]) if hasattr(value, "get_edgelist") else (digest_array(value),)


def _with_graphs(made: dict[str, Any]) -> dict[str, Any]:
    from rashomon.cluster import GRAPH_STEPS

    for step in GRAPH_STEPS.values():
        made |= step.run(made, {})
    return made


def _chains(group: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """Return one junction per receptor, with a motif for each group, from three donors."""
    from rashomon.encode.receptor_chain import selected_dtype

    letters = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
    chains = np.zeros(group.size, dtype=selected_dtype(15, 1))
    chains["item"] = np.arange(group.size)
    ends = ["".join(rng.choice(letters, 3)) for _ in range(group.size)]
    chains["aa"] = [f"CASS{('RGDT', 'WLNY', 'PKHE')[place]}{end}EQYF" for place, end in zip(group, ends, strict=True)]
    rows = np.arange(group.size)
    return {
        "vdj": chains,
        "vj": chains[:0],
        "items": rows,
        "rows": rows,
        "owner": (rows % 3).astype(np.int32),
        "v_names": np.array([b"TRBV1"]),
    }
