"""Which groups the default pipeline can see at all, in closed form: PCA of log-normalised counts, then a graph.

Three steps, each with its formula. (1) Distance: mean and variance of every gene of log CP10k under the negative
binomial (`rashomon.ask.power.moment`). (2) PCA: of a contrast of strength ``l = w d^2`` in units of the noise along it,
``w = a b / (a + b)`` for groups of shares a and b, the part ``(l^2 - g) / (l (l + g))`` of the squared distance is left
in the components (`rashomon.sim.limit.gene_overlap`), none below ``l = sqrt(g)``. Genes are not whitened, so ``g`` is
the effective number of genes, ``sum(v^2) / v_m^2`` with v the variances of genes and v_m that along the contrast, over
the number of cells. (3) Graph: nearest neighbours among noise of as many components; what decides is by how much
neighbours of one's own group are preferred, as odds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtr, chndtr

from rashomon.ask.power.moment import log_moments
from rashomon.ask.power.profile import FEWEST, Profiles

__all__ = [
    "ENOUGH", "MOST", "TARGET", "Contrast", "Seen", "Setting", "cell_factor", "depth_factor", "fewest_cells",
    "is_enough", "least_factor", "neighbour_odds", "odds", "odds_needed", "of_difference",
]  # fmt: skip

ENOUGH = 8.0
"""Odds for neighbours of the own group from which the default pipeline finds a group in about 80 % of draws.

Measured on simulated groups (tests/statistical/test_power.py), not derived: cells or depth at which 80 % are found are
predicted within a factor of 2.
"""

RESOLUTIONS = (2.0, 1.5, 1.0, 0.5, 0.2)
"""Resolutions that are tried, the finest first: those of the budget default."""

_WHOLE = 0.12
"""Share of the cells over the resolution: larger groups are cut by chance. Fitted to simulated groups of 10 to 50 %."""

MOST = 64.0
"""Factor of cells or depth beyond which nothing is promised."""

TARGET = 1e4
"""Molecules to which the default pipeline scales every cell."""

_MOST_ODDS = 1e6
_N_STEPS, _N_DEPTHS = 20, 32


@dataclass(frozen=True)
class Setting:
    """Where a group is searched for.

    Parameters
    ----------
    n_cells
        Cells in all.
    depth
        Molecules per cell.
    n_pcs, n_neighbours
        Components and neighbours of the graph.
    """

    n_cells: float
    depth: float
    n_pcs: int = 50
    n_neighbours: int = 15


@dataclass(frozen=True)
class Contrast:
    """Two groups of cells as PCA sees them.

    Parameters
    ----------
    distance
        Squared distance of their centres in units of the noise along it.
    n_effective
        Effective number of genes.
    """

    distance: float
    n_effective: float


def of_difference(difference: np.ndarray, noise: np.ndarray, weight: np.ndarray | float = 1.0) -> Contrast:
    """Return a contrast from differences of mean log expression.

    Parameters
    ----------
    difference
        Of each gene, shape ``(n_genes,)``.
    noise
        Variance of each gene within groups, likewise.
    weight
        How many genes each of them stands for.
    """
    squares = weight * difference**2
    total = float(squares.sum())
    if total <= 0.0:
        return Contrast(0.0, float(noise.size))
    along = float((squares * noise).sum()) / total
    if along <= 0.0:
        return Contrast(0.0, float(noise.size))
    return Contrast(total / along, float((noise**2).sum()) / along**2)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the pipeline sees of clusters at one depth.

    Parameters
    ----------
    means
        Mean log expression, shape ``(n_clusters, n_genes)``.
    noise
        Variance of each gene within clusters, mean over the cells, shape ``(n_genes,)``.
    """

    means: np.ndarray
    noise: np.ndarray

    @classmethod
    def at(cls, profiles: Profiles, depth: float) -> Seen:
        """Return it for cells of `depth` molecules."""
        means, variance = log_moments(depth * profiles.rates, profiles.dispersion, scale=TARGET / depth)
        return cls(means, np.asarray(profiles.sizes @ variance / profiles.sizes.sum()))

    def contrast(self, a: int, b: int) -> Contrast:
        """Return clusters at positions `a` and `b` as PCA sees them."""
        return of_difference(self.means[a] - self.means[b], self.noise)


def neighbour_odds(between: Contrast, share_a: float, share_b: float, setting: Setting) -> float:
    """Return the odds for a neighbour of the own group, over those of chance, of a cell of group a against group b.

    Parameters
    ----------
    between
        The two groups.
    share_a, share_b
        Their shares of all cells, above 0, together at most 1.
    setting
        Cells, depth, components, neighbours.

    Returns
    -------
    Between 1, where PCA sees nothing, and 1e6, where no neighbour is of the other group.

    Examples
    --------
    >>> setting = Setting(n_cells=400, depth=1000.0)
    >>> [round(neighbour_odds(Contrast(d, 1000.0), 0.1, 0.9, setting), 1) for d in (20.0, 60.0)]
    [1.2, 17.6]
    """
    weight = share_a * share_b / (share_a + share_b)
    strength, ratio = weight * between.distance, between.n_effective / setting.n_cells
    if strength**2 <= ratio:
        return 1.0
    left = between.distance * (strength**2 - ratio) / (strength * (strength + ratio))
    own, other = setting.n_cells * share_a, setting.n_cells * share_b
    radius = _radius(own, other, left, setting)
    near, far = float(chdtr(setting.n_pcs, radius)), float(chndtr(radius, setting.n_pcs, left / 2))
    return min(near / far, _MOST_ODDS) if far > 0 else _MOST_ODDS


def _radius(own: float, other: float, left: float, setting: Setting) -> float:
    """Return the half squared distance within which the neighbours of a cell of the group lie."""
    wanted = min(float(setting.n_neighbours), 0.9 * (own + other))
    low, high = 0.0, 20.0 * setting.n_pcs + 4.0 * left
    for _ in range(45):
        middle = (low + high) / 2
        found = own * chdtr(setting.n_pcs, middle) + other * chndtr(middle, setting.n_pcs, left / 2)
        low, high = (middle, high) if found < wanted else (low, middle)
    return high


def odds(profiles: Profiles, a: int, b: int, setting: Setting, *, seen: dict[float, Seen] | None = None) -> float:
    """Return `neighbour_odds` of cluster `a` against cluster `b` at a setting.

    Parameters
    ----------
    profiles
        The clusters, of the genes that are used.
    a, b
        Positions of the clusters.
    setting
        Cells, depth, components, neighbours.
    seen
        What was computed already, by depth; more is added.
    """
    known = {} if seen is None else seen
    if setting.depth not in known:
        known[setting.depth] = Seen.at(profiles, setting.depth)
    share = profiles.sizes / profiles.n_cells
    return neighbour_odds(known[setting.depth].contrast(a, b), float(share[a]), float(share[b]), setting)


def odds_needed(share_a: float, share_b: float) -> float:
    """Return the odds from which group a is told from group b in about 80 % of draws, at least `ENOUGH`.

    At resolution c modularity keeps two groups apart where their cells have fewer than c times the links to each other
    that chance gives (Reichardt and Bornholdt 2006, Phys Rev E 74:016110): ``1 / (r a + b) < c`` at odds r. A fine
    resolution cuts large groups by chance, so that one of share a needs ``c <= 0.12 / a`` (fitted), and the odds
    ``(1 / c - b) / a`` with the finest such c that is tried.

    Parameters
    ----------
    share_a, share_b
        Shares of all cells, above 0, together at most 1.

    Examples
    --------
    >>> [round(odds_needed(share, 1 - share), 1) for share in (0.05, 0.1, 0.2, 0.3, 0.5)]
    [8.0, 8.0, 8.0, 14.3, 9.0]
    """
    able = [each for each in RESOLUTIONS if each <= _WHOLE / share_a]
    resolution = able[0] if able else RESOLUTIONS[-1]
    return max(ENOUGH, (1.0 / resolution - share_b) / share_a)


def is_enough(between: Contrast, share_a: float, share_b: float, setting: Setting) -> bool:
    """Return whether the smaller of two groups is one that the default pipeline finds in about 80 % of draws.

    Its cells must have neighbours of their own at the odds of `odds_needed`, and be at least `fewest_cells`.

    Parameters
    ----------
    between, share_a, share_b, setting
        As in `neighbour_odds`.
    """
    few = share_a * setting.n_cells < fewest_cells(setting)
    return not few and neighbour_odds(between, share_a, share_b, setting) >= odds_needed(share_a, share_b)


def fewest_cells(setting: Setting) -> float:
    """Return the cells below which modularity merges a group with its neighbour, at least 5: ``sqrt(n / k)``.

    The sum of degrees at which a group that one edge ties to another is merged with it, ``sqrt(2 m)`` with ``m = n k /
    2`` edges, over k, the neighbours of a cell (`rashomon.sim.limit.resolution_limit`, at resolution 1).

    Parameters
    ----------
    setting
        Cells and neighbours.

    Examples
    --------
    >>> fewest_cells(Setting(6000, 1000.0)), fewest_cells(Setting(100, 1000.0))
    (20.0, 5.0)
    """
    return max(math.sqrt(setting.n_cells / setting.n_neighbours), float(FEWEST))


def cell_factor(between: Contrast, share_a: float, share_b: float, setting: Setting) -> float:
    """Return by which factor of cells a group is one that is found; below 1: fewer would do; infinity above `MOST`.

    Parameters
    ----------
    between, share_a, share_b, setting
        As in `neighbour_odds`.
    """
    return least_factor(
        lambda x: is_enough(between, share_a, share_b, replace(setting, n_cells=x * setting.n_cells)), n_steps=_N_STEPS
    )


def depth_factor(
    profiles: Profiles, a: int, b: int, setting: Setting, *, seen: dict[float, Seen] | None = None
) -> float:
    """Return by which factor of depth cluster `a` is told from `b`; below 1: less would do; infinity above `MOST`.

    Parameters
    ----------
    profiles, a, b, setting, seen
        As in `odds`.

    Returns
    -------
    The least of factors 14 % apart that is enough, so that several clusters are looked at in the same few depths.
    """
    known = {} if seen is None else seen
    share = profiles.sizes / profiles.n_cells
    needed = odds_needed(float(share[a]), float(share[b]))

    def enough(step: int) -> bool:
        deeper = replace(setting, depth=setting.depth * MOST ** (step / _N_DEPTHS))
        return odds(profiles, a, b, deeper, seen=known) >= needed

    low, high = (-_N_DEPTHS, 0) if enough(0) else (0, _N_DEPTHS)
    if not enough(high):
        return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(MOST ** (high / _N_DEPTHS))


def least_factor(enough: Callable[[float], bool], *, n_steps: int) -> float:
    """Return the least factor that is enough, between 1 / `MOST` and `MOST`, by bisection of its logarithm.

    Parameters
    ----------
    enough
        Whether a factor is; from some factor on it must be.
    n_steps
        Halvings of the interval.

    Returns
    -------
    Infinity where `MOST` is not enough.
    """
    low, high = -math.log(MOST), math.log(MOST)
    if not enough(MOST):
        return math.inf
    for _ in range(n_steps):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(math.exp(middle)) else (middle, high)
    return math.exp(high)
