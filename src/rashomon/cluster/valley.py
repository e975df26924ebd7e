"""The valley between the two modes of a distribution: where clones end and strangers begin."""

from __future__ import annotations

import numpy as np

__all__ = ["valley"]

_FEWEST = 50
_GRID = 512
_LEAST_SHARE = 0.02


def valley(values: np.ndarray) -> tuple[float, str]:
    """Return the lowest place between the two modes of the density of `values`.

    Density by Gaussian kernels. The bandwidth is the smallest one that leaves two modes at most (Silverman's critical
    bandwidth): a rule made for one mode would smooth the valley away. The idea of the density method of shazam, which
    finds its bandwidth by cross-validation.

    Parameters
    ----------
    values
        Distances to the nearest, see `distance_to_nearest`; NaN is left out.

    Returns
    -------
    place
        NaN where there is no valley.
    reason
        Why it is NaN; else empty.

    References
    ----------
    Nouri & Kleinstein (2018), Bioinformatics 34:i341; Silverman (1981), Journal of the Royal Statistical Society B
    43:97.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> place, reason = valley(np.concatenate([rng.normal(0.05, 0.02, 300), rng.normal(0.4, 0.06, 300)]))
    >>> 0.1 < place < 0.3, reason
    (True, '')
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if known.size < _FEWEST:
        return float("nan"), f"{known.size} distances are too few: at least {_FEWEST}"
    spread = float(known.std())
    if spread == 0:
        return float("nan"), "all distances are equal"
    edges = np.linspace(known.min() - 3 * spread / 4, known.max() + 3 * spread / 4, _GRID + 1)
    grid, weight = (edges[1:] + edges[:-1]) / 2, np.histogram(known, edges)[0] / known.size
    density = _two_modes(grid, weight, spread)
    modes = np.flatnonzero((density[1:-1] > density[:-2]) & (density[1:-1] >= density[2:])) + 1
    if modes.size < 2:
        return float("nan"), "the distances have one mode"
    lowest = int(modes[0] + np.argmin(density[modes[0] : modes[1] + 1]))
    below = float(weight[:lowest].sum())
    if not _LEAST_SHARE <= below <= 1 - _LEAST_SHARE:
        return float("nan"), f"one of the two modes holds {100 * min(below, 1 - below):.1f} % of the distances"
    return float(grid[lowest]), ""


def _two_modes(grid: np.ndarray, weight: np.ndarray, spread: float) -> np.ndarray:
    """Return the density with the smallest bandwidth that leaves two modes at most, found by bisection."""
    low, high = float(grid[1] - grid[0]) / 2, 2 * spread
    for _ in range(30):
        middle = (low + high) / 2
        density = _density(grid, weight, middle)
        n_modes = int(((density[1:-1] > density[:-2]) & (density[1:-1] >= density[2:])).sum())
        low, high = (middle, high) if n_modes > 2 else (low, middle)
    return _density(grid, weight, high)


def _density(grid: np.ndarray, weight: np.ndarray, bandwidth: float) -> np.ndarray:
    # the grid is even, so that one row of kernels serves all
    reach = grid - grid[grid.size // 2]
    kernel = np.exp(-0.5 * (reach / bandwidth) ** 2)
    found: np.ndarray = np.convolve(weight, kernel / kernel.sum(), mode="same")
    return found
