"""Mechanisms that link the receptor of a cell to its state: clones prefer a type, or a place on a continuum."""

from __future__ import annotations

import numpy as np

from rashomon.sim.node import Scene

__all__ = ["LINKS", "clone_expanded", "clone_state", "linked_position", "linked_type"]

LINKS = ("independent", "nested", "graded", "opposed")
"""Clones say nothing about state; each has one; each has a range; those of one epitope are dealt over all states."""

_EXPANDED = 0.2
"""Share of the clones of a donor, the largest, that count as expanded."""

_SPREAD = 0.12
"""Standard deviation of the places of the cells of a clone on a continuum, at full strength."""


def _anchor(s: Scene) -> np.ndarray:
    """Return the unit that decides the state of each clone: the clone, or its epitope where it sees one."""
    n = s["clone_epitope"].size
    own = np.arange(n)
    if s.knobs["linked_to"] == "clone":
        return own
    return np.where(s["clone_epitope"] >= 0, n + s["clone_epitope"], own)


def clone_state(s: Scene) -> np.ndarray:
    """Return what each clone of scene `s` prefers, in (0, 1): a quantile of the types of its donor, or of the path.

    Where clone and state are opposed, the clones of an epitope are dealt in turn, so that receptors which are alike are
    as different in state as can be.
    """
    chance = s.chances("clone_state", _anchor(s))[:, 0]
    if s.knobs["state_link"] != "opposed":
        return np.asarray(chance)
    seen = s["clone_epitope"]
    order = np.argsort(seen, kind="stable")
    rank = np.empty(seen.size, dtype=np.int64)
    starts = np.searchsorted(seen[order], seen[order], side="left")
    rank[order] = np.arange(seen.size) - starts
    n = max(s.n("type"), 2)
    return np.where(seen >= 0, (rank % n + 0.5) / n, chance)


def clone_expanded(s: Scene) -> np.ndarray:
    """Return whether each clone of scene `s` is among the largest of its donor."""
    owner, size = s["clone_donor"], s["clone_size"]
    order = np.lexsort((np.arange(size.size), -size, owner))
    count = np.bincount(owner, minlength=s.n("donor"))
    rank = np.arange(size.size) - (np.cumsum(count) - count)[owner[order]]
    expanded = np.empty(size.size, dtype=bool)
    expanded[order] = rank < np.ceil(_EXPANDED * count)[owner[order]]
    # where all are as large, none is expanded
    smallest = np.full(s.n("donor"), np.inf)
    np.minimum.at(smallest, owner, size)
    return np.asarray(expanded & (size > smallest[owner]))


def linked_type(s: Scene, shares: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the type of each cell, given its clone.

    Parameters
    ----------
    s
        From `Scene.cells`.
    shares
        Of the types in the donor of each cell, shape ``(n_cells, n_types)``.
    chance
        Uniform numbers that decide the type where the clone does not, shape ``(n_cells,)``.
    """
    edges = np.cumsum(shares, axis=1)
    free = _pick(edges, chance)
    toss = s.chances("type link", n=2)
    link, prefers = s.knobs["state_link"], s["clone_state"][s["clone"]]
    held = (toss[:, 0] < s.knobs["link_strength"]) & (link != "independent")
    if link == "graded":
        # the cells of a clone spread over neighbouring types
        prefers = np.clip(prefers + _SPREAD * s.gaussians("type spread")[:, 0] * 2.0, 0.0, 1.0 - 1e-12)
    found = np.where(held, _pick(edges, prefers), free)
    last = s["clone_expanded"][s["clone"]] & (toss[:, 1] < s.knobs["expansion_state"])
    return np.where(last, s.n("type") - 1, found)


def linked_position(s: Scene, free: np.ndarray) -> np.ndarray:
    """Return the place of each cell on the continuum, given its clone.

    Parameters
    ----------
    s
        From `Scene.cells`.
    free
        Places where clones say nothing, shape ``(n_cells,)``.
    """
    if s.knobs["state_link"] == "independent":
        return free
    spread = 0.0 if s.knobs["state_link"] == "nested" else _SPREAD
    held = s.chances("position link")[:, 0] < s.knobs["link_strength"]
    at = s["clone_state"][s["clone"]] + spread * s.gaussians("position spread")[:, 0]
    # reflected at the ends, so that none of the path is empty
    inside = np.abs(np.mod(at + 1.0, 2.0) - 1.0)
    return np.where(held, inside, free)


def _pick(edges: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return np.asarray((chance[:, None] >= edges[:, :-1]).sum(axis=1))
