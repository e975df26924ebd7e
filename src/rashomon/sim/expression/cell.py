"""Mechanisms of cells: what a cell is, what state it is in, and how much of it was measured."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import log_ndtr, ndtri, ndtri_exp

from rashomon.sim.node import Scene
from rashomon.sim.repertoire.state import linked_position, linked_type

__all__ = [
    "PHASES",
    "annotation",
    "batch",
    "branch",
    "cell_depth",
    "cycle",
    "depth_mode",
    "donor",
    "doublet",
    "doublet_chance",
    "factor",
    "path_coordinates",
    "position",
    "programme",
    "second_cell",
    "stress",
    "type_",
]

PHASES = ("G1", "S", "G2M")
_TRUNK = 0.4
"""Share of the way from the root to a tip that all branches share."""


def _pick(shares: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the class of each cell: rows of `shares` sum to 1, shape ``(n_cells, n_classes)``."""
    edges = np.cumsum(shares, axis=1)
    edges[:, -1] = np.inf
    return np.asarray((chance[:, None] >= edges).sum(axis=1))


def donor(s: Scene) -> np.ndarray:
    """Return the donor of each cell of scene `s`: that of its clone, where there are clones."""
    if "clone" in s.values:
        return np.asarray(s["clone_donor"][s["clone"]])
    return np.searchsorted(np.cumsum(s["donor_share"])[:-1], s.chances("donor")[:, 0], side="right")


def type_(s: Scene) -> np.ndarray:
    """Return the type of each cell of scene `s`, by its donor's composition, and by its clone where that has a say."""
    shares, chance = s["composition"][s["donor"]], s.chances("type")[:, 0]
    return linked_type(s, shares, chance) if "clone" in s.values else _pick(shares, chance)


def batch(s: Scene) -> np.ndarray:
    """Return the batch of each cell of scene `s`, given its donor and its type."""
    return _pick(s["batch_share"][s["donor"], s["type"]], s.chances("batch")[:, 0])


def position(s: Scene) -> np.ndarray:
    """Return the position of each cell of scene `s` on the path, in [0, 1]: uniform, or near that of its clone."""
    free = np.asarray(s.chances("position")[:, 0])
    return linked_position(s, free) if "clone" in s.values else free


def branch(s: Scene) -> np.ndarray:
    """Return the branch of each cell of scene `s`; cells on the trunk have one too, which nothing shows."""
    return np.asarray(np.floor(s.chances("branch")[:, 0] * s.knobs["n_branches"]).astype(np.int64))


def path_coordinates(topology: str, at: np.ndarray, on: np.ndarray, *, n_branches: int) -> np.ndarray:
    """Return how far a cell is along each part of the path, shape ``(n_cells, n_parts)``.

    Parameters
    ----------
    topology
        ``line``: one coordinate from -1/2 to 1/2. ``cycle``: cosine, sine. ``branching``: trunk, then each branch.
    at, on
        Position in [0, 1] and branch of each cell.
    n_branches
        Number of branches.

    Examples
    --------
    >>> path_coordinates("branching", np.array([0.2, 1.0]), np.array([1, 1]), n_branches=2)
    array([[0.5, 0. , 0. ],
           [1. , 0. , 1. ]])
    """
    if topology == "line":
        return np.stack([at - 0.5], axis=1)
    if topology == "cycle":
        return np.stack([np.cos(2 * np.pi * at), np.sin(2 * np.pi * at)], axis=1)
    beyond = np.maximum(at - _TRUNK, 0.0) / (1.0 - _TRUNK)
    branches = np.where(on[:, None] == np.arange(n_branches), beyond[:, None], 0.0)
    return np.column_stack([np.minimum(at / _TRUNK, 1.0), branches])


def programme(s: Scene) -> np.ndarray:
    """Return the activity of each programme in each cell of scene `s`: 0, or exponential with mean 1."""
    n = int(s.knobs["n_programmes"])
    toss = s.chances("programme", n=2 * n)
    return np.where(toss[:, :n] < s.knobs["programme_share"], -np.log(toss[:, n:]), 0.0)


def factor(s: Scene) -> np.ndarray:
    """Return the factor scores of each cell of scene `s`: standard normal."""
    return s.gaussians("factor", n=len(s["loading"])) if len(s["loading"]) else np.zeros((s.units.size, 0))


def cycle(s: Scene) -> np.ndarray:
    """Return the angle of each cell of scene `s` in the cell cycle, in [0, 2 pi); NaN where it does not divide."""
    toss = s.chances("cycle", n=2)
    return np.where(toss[:, 0] < s.knobs["cycling_share"], 2 * np.pi * toss[:, 1], np.nan)


def stress(s: Scene) -> np.ndarray:
    """Return the activity of stress in each cell of scene `s`: 0, or exponential with mean 1."""
    toss = s.chances("stress", n=2)
    return np.where(toss[:, 0] < s.knobs["stress_share"], -np.log(toss[:, 1]), 0.0)


def depth_mode(s: Scene) -> np.ndarray:
    """Return the mode of the depth of each cell of scene `s`: 0 low, 1 high; all high where there is one mode."""
    if s.knobs["depth_gap"] == 0.0:
        return np.ones(s.units.size, dtype=np.int64)
    return np.asarray((s.chances("depth_mode")[:, 0] >= s.knobs["low_share"]).astype(np.int64))


def cell_depth(s: Scene) -> np.ndarray:
    """Return the expected molecules of each cell of scene `s`; the log is centred at that of the knob."""
    knobs = s.knobs
    if knobs["depth"] == 0.0:
        return np.zeros(s.units.size)
    chance = s.chances("cell_depth", n=2)
    location = math.log(knobs["depth"]) + s["depth_of_type"][s["type"]] + s["depth_of_batch"][s["batch"]]
    if knobs["depth_gap"]:
        location = location + knobs["depth_gap"] * (s["depth_mode"] - (1.0 - knobs["low_share"]))
    if "depth_quantile" in s.fitted:
        location = location + _fitted_depth(s.fitted["depth_quantile"], s["type"], chance[:, 1])
    floor = -np.inf if knobs["depth_min"] == 0.0 else math.log(knobs["depth_min"])
    if knobs["depth_sd"] == 0.0:
        return np.asarray(np.exp(location))
    sd = knobs["depth_sd"]
    return np.asarray(np.exp(location + sd * _above((floor - location) / sd, chance[:, 0])))


def _above(floor: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the quantile of a standard normal law cut below `floor`."""
    if not np.isfinite(floor).any():
        return np.asarray(ndtri(chance))
    # from the upper tail, where a high floor leaves digits
    return np.asarray(-ndtri_exp(np.log(1.0 - chance) + log_ndtr(-floor)))


def _fitted_depth(quantiles: np.ndarray, types: np.ndarray, chance: np.ndarray) -> np.ndarray:
    place = np.clip(chance * quantiles.shape[1] - 0.5, 0.0, quantiles.shape[1] - 1.0)
    low = np.minimum(place.astype(np.int64), quantiles.shape[1] - 2)
    # of a twin of one population, types planted later share its depths
    rows, part = np.minimum(types, len(quantiles) - 1), place - low
    return np.asarray((1.0 - part) * quantiles[rows, low] + part * quantiles[rows, low + 1])


def doublet_chance(s: Scene) -> float:
    """Return the share of droplets of scene `s` with two cells: 1 - exp(-rate * thousands of cells in a lane)."""
    return 1.0 - math.exp(-s.knobs["doublet_rate"] * s.n_obs / s.n("batch") / 1000.0)


def doublet(s: Scene) -> np.ndarray:
    """Return which droplets of scene `s` hold a second cell."""
    return np.asarray(s.chances("doublet")[:, 0] < doublet_chance(s))


def second_cell(s: Scene) -> np.ndarray:
    """Return donor and type of the second cell of each droplet of scene `s`: any that its lane holds, in proportion.

    Returns
    -------
    Shape ``(n_cells, 2)``; it plays a part where the droplet is a doublet.
    """
    n_types = s.n("type")
    joint = s["donor_share"][:, None, None] * s["composition"][:, :, None] * s["batch_share"]
    of_lane = joint.reshape(-1, s.n("batch")).T
    shares = of_lane / np.maximum(of_lane.sum(axis=1, keepdims=True), 1e-300)
    return np.stack(np.divmod(_pick(shares[s["batch"]], s.chances("second_cell")[:, 0]), n_types), axis=1)


def annotation(s: Scene) -> np.ndarray:
    """Return the type that an annotator wrote for each cell of scene `s`; wrong in a known share of cells."""
    noise, n = s.knobs["label_noise"], s.n("type")
    toss = s.chances("annotation", n=2)
    others = ~np.eye(n, dtype=bool)
    if s.knobs["label_confusion"] == "sibling":
        siblings = s.tree.siblings()
        # an only child can be taken for anything
        others = np.where(siblings.any(axis=1, keepdims=True), siblings, others)
    shares = others / np.maximum(others.sum(axis=1, keepdims=True), 1)
    wrong = (toss[:, 0] < noise) & (n > 1)
    return np.where(wrong, _pick(shares[s["type"]], toss[:, 1]), s["type"])
