"""What a search for structure that found nothing would have found."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import nbinom, norm

from rashomon.structure.residual import Residuals
from rashomon.structure.spectrum import Spectrum

__all__ = ["Detectable", "detectable"]

_FOLD, _SHARES, _POWER, _MOST = 4.0, (0.1, 0.5), 0.8, 100


@dataclass(frozen=True)
class Detectable:
    """The smallest group that would have been seen as structure with probability 0.8.

    Parameters
    ----------
    share
        Share of the cells in the group: 0.1, or 0.5 where no group of 10 % would have been seen.
    fold
        Factor by which markers are higher in the group.
    n_markers
        Markers it needs; NaN where 100 would not do.
    mean
        Counts per cell of such a marker outside the group: that of the median gene.
    sentence
        The same in words.
    """

    share: float
    fold: float
    n_markers: float
    mean: float
    sentence: str


def detectable(residuals: Residuals, spectrum: Spectrum) -> Detectable:
    """Return the group that would have been seen, in closed form from the spiked model.

    A group of share s with y markers adds ``L = s (1 - s) y d^2`` to the variance in one direction, where d is the
    difference of a marker's mean residual between four-fold and normal expression (negative binomial, trended
    dispersion, depth 1). The top eigenvalue is then near ``(v + L)(1 + v g / (n L))``, for g genes of mean variance v
    and n cells, with standard deviation ``(v + L) sqrt(2 / n (1 - g v^2 / (n L^2)))`` (Paul 2007); it must exceed the
    largest of the nulls. Genes in fewer, more variable sets are not counted on, so that more is seen, if anything.

    Parameters
    ----------
    residuals
        Of the cells.
    spectrum
        Of the same cells.

    Returns
    -------
    Detectable.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.structure.residual import residuals
    >>> from rashomon.structure.spectrum import spectrum_test
    >>> rng = np.random.default_rng(0)
    >>> found = residuals(sp.csr_matrix(rng.poisson(2.0, (300, 100))))
    >>> detectable(found, spectrum_test(found, n_permutations=19, rng=rng)).sentence
    'a group of 10 % of the cells with 2 markers at 4-fold (2 counts per cell elsewhere) would have been seen with \
80 % power'
    """
    gene = int(np.argsort(residuals.rate, kind="stable")[residuals.rate.size // 2])
    mean, dispersion = float(residuals.rate[gene]), float(residuals.dispersion[gene])
    step = _expected(mean * _FOLD, mean, dispersion) - _expected(mean, mean, dispersion)
    for share in _SHARES:
        n_markers = _needed(residuals, share * (1 - share) * step**2, spectrum.edges[0])
        if np.isfinite(n_markers):
            said = (
                f"a group of {share:.0%} of the cells with {n_markers:.0f} markers at {_FOLD:g}-fold "
                f"({mean:.2g} counts per cell elsewhere) would have been seen with 80 % power"
            ).replace("%", " %", 1)
            return Detectable(share, _FOLD, n_markers, mean, said)
    said = f"not even half of the cells with {_MOST} markers at {_FOLD:g}-fold would have been seen with 80 % power"
    return Detectable(_SHARES[-1], _FOLD, float("nan"), mean, f"{said}; more cells or deeper ones are needed")


def _expected(mean: float, usual: float, dispersion: float) -> float:
    """Return the mean residual of counts of this mean where `usual` is expected."""
    size = 1 / max(dispersion, 1e-6)
    counts = np.arange(int(mean + 20 * sqrt(mean + dispersion * mean**2) + 20))
    values = np.arcsinh((counts - usual) / sqrt(usual + dispersion * usual**2))
    return float(nbinom.pmf(counts, size, size / (size + mean)) @ values)


def _needed(residuals: Residuals, by_marker: float, edge: float) -> float:
    """Return the fewest markers that lift the top eigenvalue above `edge`; NaN if too many."""
    n, g = residuals.values.shape
    v = float(np.square(residuals.values, dtype=np.float64).mean())
    spike = by_marker * np.arange(1, min(_MOST, g) + 1)
    beyond = 1 - g / n * (v / spike) ** 2
    top = (v + spike) * (1 + v * g / (n * spike))
    low = top - norm.ppf(_POWER) * (v + spike) * np.sqrt(2 / n * np.maximum(beyond, 0))
    enough = np.flatnonzero((beyond > 0) & (low > edge))
    return float(enough[0] + 1) if enough.size else float("nan")
