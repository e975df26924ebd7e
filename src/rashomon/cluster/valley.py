"""The valley between the two modes of a distribution: where clones end and strangers begin."""

from __future__ import annotations

import numpy as np

__all__ = ["valley"]

_FEWEST = 50
_GRID = 513
_LEAST_SHARE = 0.05
_DEEP = 0.5
_CLEAR = 1.5
_NOTHING = 1e-3


def valley(values: np.ndarray) -> tuple[float, str]:
    """Return the lowest place between the two modes of the density of `values`.

    Density by Gaussian kernels. Silverman's critical bandwidths, the smallest that leave one mode and two modes at
    most, say how clear two modes are: the first must be `_CLEAR` times the second. The bandwidth lies between them, as
    their geometric mean; a rule made for one mode would smooth the valley away. The idea is that of the density method
    of shazam, which finds its bandwidth by cross-validation.

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
    one, two = (_critical(grid, weight, spread, n_modes=n) for n in (1, 2))
    density = _density(grid, weight, float(np.sqrt(one * two)))
    modes = _modes(density)
    if one < _CLEAR * two or modes.size < 2:
        return float("nan"), "the distances have no two clear modes"
    lowest = int(modes[0] + np.argmin(density[modes[0] : modes[1] + 1]))
    below = float(weight[:lowest].sum())
    if not _LEAST_SHARE <= below <= 1 - _LEAST_SHARE:
        return float("nan"), f"one of the two modes holds {100 * min(below, 1 - below):.1f} % of the distances"
    if density[lowest] > _DEEP * min(density[modes[0]], density[modes[1]]):
        return float("nan"), "the valley between the modes is shallow"
    return float(grid[lowest]), ""


def _critical(grid: np.ndarray, weight: np.ndarray, spread: float, *, n_modes: int) -> float:
    """Return the smallest bandwidth that leaves so many modes at most, found by bisection."""
    low, high = float(grid[1] - grid[0]) / 2, 4 * spread
    for _ in range(25):
        middle = (low + high) / 2
        enough = _modes(_density(grid, weight, middle)).size <= n_modes
        low, high = (low, middle) if enough else (middle, high)
    return high


def _modes(density: np.ndarray) -> np.ndarray:
    """Return the places of the local maxima; what is next to nothing is rounding, or a single distance far away."""
    inner = density[1:-1]
    top = (inner > density[:-2]) & (inner >= density[2:]) & (inner > _NOTHING * density.max())
    return np.flatnonzero(top) + 1


def _density(grid: np.ndarray, weight: np.ndarray, bandwidth: float) -> np.ndarray:
    # the grid is even, so that one row of kernels, as wide as it on both sides, serves all
    step = float(grid[1] - grid[0])
    kernel = np.exp(-0.5 * (np.arange(1 - grid.size, grid.size) * step / bandwidth) ** 2)
    found: np.ndarray = np.convolve(kernel / kernel.sum(), weight, mode="valid")
    return found
