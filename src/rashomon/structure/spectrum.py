"""Structure: whether genes vary together more than after each gene's residuals are dealt anew among like cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.core.thread import run_threads
from rashomon.structure.component import leading_components
from rashomon.structure.residual import Residuals

__all__ = ["Spectrum", "spectrum_test"]

MAX_K = 12
"""Eigenvalues above the null are counted up to this many."""

_STRATUM = 40
"""Cells of one batch and of neighbouring depth among which residuals are exchanged."""

_FEWEST, _FACTOR = 30, 4
"""Genes in the smallest set tried, and how many times larger the next set is."""

_PILOTS, _ENOUGH, _BLOCK = 10, 8, 10
"""Permutations that only set the scale; as extreme nulls after which the search stops; permutations between looks."""

_LANCZOS = 16
"""Steps of the Lanczos iteration; the same for data and nulls, so that its error is, too."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The top eigenvalue of the residuals against permuted residuals.

    Parameters
    ----------
    p
        Monte-Carlo p-value in (0, 1]; small is structure. Never below ``1 / (1 + n_permutations)``.
    top
        Standardised top eigenvalue of the data: in standard deviations of the null, the largest over nested gene sets.
    null
        The same of the permutations that were drawn, shape ``(B,)``; fewer than asked for when p is clearly large.
    k
        Eigenvalues of the data above the largest top eigenvalue of a null, 0 to 12, among `n_genes` genes.
    n_genes
        Size of the set of most variable genes in which the top eigenvalue stands out most.
    eigenvalue
        Top eigenvalue of the data in that set.
    sizes, edges
        Sizes of the sets that were tried, the largest first, and the largest top eigenvalue of a null in each.
    """

    p: float
    top: float
    null: np.ndarray
    k: int
    n_genes: int
    eigenvalue: float
    sizes: tuple[int, ...]
    edges: tuple[float, ...]


def spectrum_test(residuals: Residuals, *, n_permutations: int = 99, rng: np.random.Generator) -> Spectrum:
    """Test whether residuals of different genes are related in any way.

    The statistic is the top eigenvalue of the covariance of the most variable genes, of all of them and of nested sets
    each a quarter as large: standardised by 10 pilot permutations of its own, the largest counts. In a null each
    gene's residuals are rotated by a random step within strata of about 40 cells of one batch and similar depth, each
    gene and stratum for itself. That leaves every gene's distribution, its variance (and so the choice of genes) and
    its dependence on depth and batch as they are; if genes are unrelated given both, data and nulls are exchangeable
    and p is valid whatever the dispersions. The search stops after 8 nulls as extreme as the data (Besag and Clifford
    1991), which spends little on what is clearly nothing.

    Parameters
    ----------
    residuals
        Of the cells.
    n_permutations
        Nulls at most, 19 or more; a level of 0.01 needs 99.
    rng
        Draws the permutations.

    Returns
    -------
    Spectrum. Time grows as cells x genes x permutations; memory: two more dense copies of the residuals.

    Raises
    ------
    UsageError
        When fewer than 19 permutations are asked for, or fewer than 2 genes are left.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.structure.residual import residuals
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat([1.0, 6.0], 60)[:, None] * np.ones(40)
    >>> x = np.hstack([rng.poisson(groups), rng.poisson(3.0, (120, 60))])
    >>> found = spectrum_test(residuals(sp.csr_matrix(x)), n_permutations=19, rng=rng)
    >>> found.p, found.k
    (0.05, 1)
    """
    _check(residuals, n_permutations)
    sets = _gene_sets(residuals.values.shape[1])
    with threadpool_limits(limits=1):
        draws = _draws(residuals, sets, n_permutations=n_permutations, rng=rng)
        data, pilots = next(draws)[0], next(draws)
        centre, scale = pilots.mean(axis=0), np.maximum(pilots.std(axis=0, ddof=1), 1e-9)
        top = ((data - centre) / scale).max()
        null, edges = np.zeros(0), pilots.max(axis=0)
        for tops in draws:
            null = np.append(null, ((tops - centre) / scale).max(axis=1))
            edges = np.maximum(edges, tops.max(axis=0))
            if (null >= top).sum() >= _ENOUGH:
                break
    best = int(((data - centre) / scale).argmax())
    k = min(MAX_K, sets[best], residuals.values.shape[0])
    above = leading_components(residuals, k, n_genes=int(sets[best]))[0] > edges[best]
    return Spectrum(
        _p(null, top, n_permutations),
        float(top),
        null,
        int(above.sum()),
        int(sets[best]),
        float(data[best]),
        tuple(map(int, sets)),
        tuple(map(float, edges)),
    )


def _check(residuals: Residuals, n_permutations: int) -> None:
    if n_permutations < 19 or residuals.values.shape[1] < 2:
        raise UsageError(
            f"{n_permutations} permutations of {residuals.values.shape[1]} genes",
            where="spectrum_test",
            expected="19 permutations or more, and 2 genes or more",
        )


def _p(null: np.ndarray, top: float, n_permutations: int) -> float:
    """Return the Besag-Clifford p-value: h over the draws needed for h exceedances, or that of all draws."""
    as_extreme = np.flatnonzero(null >= top)
    if as_extreme.size >= _ENOUGH:
        return float(_ENOUGH / (as_extreme[_ENOUGH - 1] + 1))
    return float((1 + as_extreme.size) / (1 + n_permutations))


def _gene_sets(n_genes: int) -> np.ndarray:
    """Return the sizes of the nested sets, the largest first."""
    sizes = [n_genes]
    while sizes[-1] // _FACTOR >= _FEWEST:
        sizes.append(sizes[-1] // _FACTOR)
    return np.array(sizes)


def _draws(
    residuals: Residuals, sets: np.ndarray, *, n_permutations: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield top eigenvalues ``(draws, sets)``: of the data, of the pilots, then of blocks of nulls."""
    order = np.lexsort((residuals.depth, residuals.batch))
    x = np.ascontiguousarray(residuals.values[order].T)
    edges = _strata(residuals.batch[order])
    start = np.asarray(rng.standard_normal(x.shape[0]), dtype=np.float32)
    seeds = rng.integers(1, 2**63, size=_PILOTS + n_permutations, dtype=np.uint64)
    yield np.array([[_top(x[:size], start[:size]) for size in sets]])
    looks = range(_PILOTS + _BLOCK, seeds.size, _BLOCK)
    for block in np.split(seeds, [_PILOTS, *looks]):
        tops = np.empty((block.size, sets.size))

        def fill(each: np.ndarray, block: np.ndarray = block, tops: np.ndarray = tops) -> None:
            space = np.empty_like(x)
            for i in each:
                _rotate(x, edges, block[i], space)
                tops[i] = [_top(space[:size], start[:size]) for size in sets]

        run_threads(fill, np.array_split(np.arange(block.size), 2))
        yield tops


def _strata(batch: np.ndarray) -> np.ndarray:
    """Return where strata begin and end among cells sorted by batch and depth: each a part of one batch."""
    edges = [0]
    for size in np.bincount(batch):
        parts = max(1, round(size / _STRATUM))
        edges.extend(edges[-1] + np.cumsum([part.size for part in np.array_split(np.arange(size), parts)]))
    return np.array(edges)


@numba.njit(cache=True, nogil=True)
def _rotate(x: np.ndarray, edges: np.ndarray, seed: np.uint64, out: np.ndarray) -> None:
    """Rotate each row of `x` within each stratum by a step of its own (splitmix64)."""
    state = seed
    for gene in range(x.shape[0]):
        for stratum in range(edges.size - 1):
            low, size = edges[stratum], edges[stratum + 1] - edges[stratum]
            state += np.uint64(0x9E3779B97F4A7C15)
            z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            step = np.int64((z ^ (z >> np.uint64(31))) % np.uint64(max(size, 1)))
            for i in range(size - step):
                out[gene, low + i] = x[gene, low + i + step]
            for i in range(step):
                out[gene, low + size - step + i] = x[gene, low + i]


@numba.njit(cache=True, nogil=True)
def _top(x: np.ndarray, start: np.ndarray) -> float:
    """Return the largest Ritz value of ``x x' / n`` after a fixed number of Lanczos steps."""
    steps = min(_LANCZOS, x.shape[0])
    diagonal, beside = np.zeros(steps), np.zeros(steps)
    before = np.zeros_like(start)
    now: np.ndarray = start / np.sqrt(np.sum(start * start))
    for i in range(steps):
        next_: np.ndarray = np.dot(x, np.dot(now, x)) / np.float32(x.shape[1])
        diagonal[i] = np.dot(next_, now)
        next_ = next_ - np.float32(diagonal[i]) * now - np.float32(beside[i - 1] if i else 0.0) * before
        beside[i] = np.sqrt(np.float64(np.dot(next_, next_)))
        # the space is exhausted
        if beside[i] <= 1e-6 * diagonal[0]:
            steps = i + 1
            break
        before, now = now, next_ / np.float32(beside[i])
    matrix = np.zeros((steps, steps))
    for i in range(steps):
        matrix[i, i] = diagonal[i]
        if i + 1 < steps:
            matrix[i, i + 1] = matrix[i + 1, i] = beside[i]
    return float(np.linalg.eigvalsh(matrix)[-1])
