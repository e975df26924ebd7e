"""The likelihood of a cell with its depth integrated out.

Per cell and state: Newton steps to the most probable log depth, an interval around it beyond which nothing is left, a
Chebyshev series of the log-likelihood on this interval (6 to 36 points, where all genes with counts are visited; wide
intervals are cut), and a quadrature of the series times the law of the depth. The interval grows until the integrand
has fallen far enough at both ends.

Without ambient molecules and extra zeros the log-likelihood is concave in log depth: there is one mode. Ambient
molecules could make a second one where genes contradict each other. Extra zeros do so in earnest (a zero of a strong
gene is an extra one, or the depth is small), so all log depths are looked at first.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np

from rashomon.sim.oracle.chebyshev import SIZES, fit_matrices, series_value
from rashomon.sim.oracle.nonzero_term import Cell, is_impossible, nonzero_slope, nonzero_term
from rashomon.sim.oracle.zero_term import zero_value

__all__ = ["Prior", "Rows", "Series", "at_depth", "integrate", "series_of"]

_ERROR = math.log(1e11)
_WIDTH, _WIDTH_TABLE = 6.5, 8.0
# logarithms that the integrand falls by before it counts as gone: beside a normal law, and beside a table, whose
# quantiles may be dense where the likelihood has fallen
_DROP, _DROP_TABLE = 21.0, 32.0
_N_STEPS, _N_GROWTHS = 60, 14
# log depths that are looked at first where there may be several modes
_N_SD, _N_SCAN, _SCAN_STEP = 8.0, 64, 0.1
_POINTS_PER_SD, _N_TOP, _MANY = 4.0, 8, 4000
_GAUSS = np.array([0.8611363115940526, 0.3399810435848563, -0.3399810435848563, -0.8611363115940526])
_GAUSS_WEIGHT = np.array([0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538]) / 2
_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_NOWHERE, _NARROW, _COARSE = 1e-12, 1e-9, 0.5


class Rows(NamedTuple):
    """Cells: sparse rows of integer counts, and the ambient group of each."""

    counts: np.ndarray
    indices: np.ndarray
    indptr: np.ndarray
    group: np.ndarray


class Prior(NamedTuple):
    """The law of the log depth: means per cell and state with deviations per state, or quantiles per state.

    Parameters
    ----------
    mean, sd
        Shapes ``(n_cells, n_states)`` and ``(n_states,)``; not read where there are quantiles.
    quantiles
        Shape ``(n_states, n_quantiles)``; without columns where the law is normal.
    low, high
        Ends of the range of log depths that is looked at.
    """

    mean: np.ndarray
    sd: np.ndarray
    quantiles: np.ndarray
    low: float
    high: float


class Series(NamedTuple):
    """What Chebyshev series need: points and fit matrices of all sizes, and the half-width of the strip."""

    points: np.ndarray
    matrices: np.ndarray
    strip: float


def series_of(strip: float) -> Series:
    """Return points and matrices for a `strip` of this half-width."""
    return Series(*fit_matrices(), strip)


@numba.njit(cache=True, nogil=True)
def at_depth(rows: Any, law: Any, table: Any, log_depth: np.ndarray, span: Any, out: np.ndarray) -> None:
    """Add to `out`, shape ``(n_cells, n_states)``, the log-likelihood of the cells of a `span` at known depths.

    Parameters
    ----------
    rows, law, table
        Cells, law of counts, zero term.
    log_depth
        Shape ``(n_cells, n_states)``.
    span, out
        First cell and the one after the last, and where their values go.
    """
    depth, value = np.empty(1), np.empty(1)
    for i in range(span[0], span[1]):
        for s in range(out.shape[1]):
            cell = _cell(rows, law, i, s, (log_depth[i, s], np.inf, log_depth[i, s], log_depth[i, s]))
            if is_impossible(cell):
                out[i, s] = -np.inf
                continue
            depth[0] = math.exp(cell.mean)
            nonzero_term(cell, law, depth, value)
            out[i, s] += value[0] + zero_value(table, 0, cell.group, s, cell.mean)


@numba.njit(cache=True, nogil=True)
def integrate(rows: Any, law: Any, table: Any, prior: Any, series: Any, span: Any, out: np.ndarray) -> None:
    """Add to `out` the log-likelihood of the cells of a `span` with the depth integrated out.

    Parameters
    ----------
    rows, law, table, span, out
        See `at_depth`.
    prior
        The law of the depth.
    series
        See `series_of`.
    """
    tabled = prior.quantiles.shape[1] > 0
    for i in range(span[0], span[1]):
        for s in range(out.shape[1]):
            if tabled:
                known = (0.0, np.inf, prior.quantiles[s, 0], prior.quantiles[s, -1])
            else:
                known = (prior.mean[i, s], prior.sd[s], prior.low, prior.high)
            cell = _cell(rows, law, i, s, known)
            out[i, s] = -np.inf if is_impossible(cell) else out[i, s] + _marginal(cell, law, table, prior, series)


@numba.njit(cache=True, nogil=True)
def _cell(rows: Any, law: Any, i: Any, s: Any, known: Any) -> Any:
    start, stop = rows.indptr[i], rows.indptr[i + 1]
    group = rows.group[i]
    mean, sd, low, high = known
    counts, indices = rows.counts[start:stop], rows.indices[start:stop]
    return Cell(counts, indices, law.rates[s], law.ambient[group], s, group, mean, sd, low, high)


@numba.njit(cache=True, nogil=True)
def _marginal(cell: Any, law: Any, table: Any, prior: Any, series: Any) -> Any:
    tabled = prior.quantiles.shape[1] > 0
    drop = _DROP_TABLE if tabled else _DROP
    guess, first, last = _scan(cell, law, table, drop)
    centre, slope, bend = _mode(cell, law, table, guess)
    width = _reach(slope, bend, drop, _WIDTH_TABLE if tabled else _WIDTH)
    left, right = max(cell.low, min(first, centre - width)), min(cell.high, max(last, centre + width))
    result = 0.0
    for _ in range(_N_GROWTHS):
        coefficients = _fit(cell, law, table, series, left, right)
        if tabled:
            quantiles = prior.quantiles[cell.state]
            result, top = _over_table(coefficients, quantiles, left, right, min(width / _WIDTH_TABLE, _COARSE))
        else:
            n = int(min(1000.0, _POINTS_PER_SD * 2.0 * _WIDTH * max(1.0, (right - left) / (2.0 * width))))
            result, top = _over_normal(coefficients, cell, left, right, n)
        grow_left = left > cell.low and _log_density(coefficients, cell, left, right, -1.0) > top - drop
        grow_right = right < cell.high and _log_density(coefficients, cell, left, right, 1.0) > top - drop
        if not (grow_left or grow_right):
            break
        step = (right - left) / 2.0
        left = max(cell.low, left - step) if grow_left else left
        right = min(cell.high, right + step) if grow_right else right
    return result


@numba.njit(cache=True, nogil=True)
def _scan(cell: Any, law: Any, table: Any, drop: Any) -> Any:
    """Return where to begin, and the first and last log depth where the integrand matters as far as is known."""
    # where no law says it, the molecules say about where the depth lies
    guess = cell.mean if cell.sd < np.inf else math.log(max(float(cell.counts.sum()), 0.5) / cell.rates.sum())
    guess = min(max(guess, cell.low), cell.high)
    if law.extra_zeros == 0.0:
        return guess, np.inf, -np.inf
    low, high = max(cell.low, cell.mean - _N_SD * cell.sd), min(cell.high, cell.mean + _N_SD * cell.sd)
    n = min(_N_SCAN, max(4, math.ceil((high - low) / _SCAN_STEP)))
    t, values = np.linspace(low, high, n), np.empty(n)
    nonzero_term(cell, law, np.exp(t), values)
    for k in range(n):
        u = (t[k] - cell.mean) / cell.sd
        values[k] += zero_value(table, 0, cell.group, cell.state, t[k]) - 0.5 * u * u
    matters = np.flatnonzero(values > values.max() - drop)
    return t[values.argmax()], t[matters[0]], t[matters[-1]]


@numba.njit(cache=True, nogil=True)
def _mode(cell: Any, law: Any, table: Any, t: Any) -> Any:
    """Return the most probable log depth in the range of the cell, roughly, with slope and curvature there."""
    left, right = cell.low, cell.high
    slope, bend = 0.0, 0.0
    for _ in range(_N_STEPS):
        slope, bend = nonzero_slope(cell, law, math.exp(t))
        slope += zero_value(table, 1, cell.group, cell.state, t) - (t - cell.mean) / (cell.sd * cell.sd)
        bend += zero_value(table, 2, cell.group, cell.state, t) - 1.0 / (cell.sd * cell.sd)
        if slope > 0.0:
            left = t
        else:
            right = t
        new = t - slope / bend if bend < 0.0 else math.inf
        # a centre within a tenth of a standard deviation is near enough for the interval around it
        near = bend < 0.0 and abs(new - t) < 0.1 / math.sqrt(-bend)
        if near or right - left < _NOWHERE or abs(slope) * (right - left) < 0.1:
            break
        t = new if left < new < right else 0.5 * (left + right)
    return t, slope, bend


@numba.njit(cache=True, nogil=True)
def _reach(slope: Any, bend: Any, drop: Any, n_sd: Any) -> Any:
    """Return how far from the mode the integrand has fallen: by its curvature, or by its slope at the edge."""
    width = n_sd / math.sqrt(-bend) if bend < 0.0 else np.inf
    if slope != 0.0:
        width = min(width, drop / abs(slope))
    return width if width < np.inf else 1.0


@numba.njit(cache=True, nogil=True)
def _fit(cell: Any, law: Any, table: Any, series: Any, left: Any, right: Any) -> Any:
    """Return the Chebyshev series of the log-likelihood on equal pieces of [left, right], ``(n_pieces, n)``."""
    n_pieces = max(1, math.ceil((right - left) / (2.0 * series.strip)))
    half = max(0.5 * (right - left) / n_pieces, _NARROW)
    ratio = series.strip / half
    rate = math.log(ratio + math.sqrt(ratio * ratio + 1.0))
    wanted = (_ERROR + math.log(1.0 + cell.counts.sum())) / rate
    size = 0
    while size < SIZES.size - 1 and SIZES[size] < wanted:
        size += 1
    n = SIZES[size]
    coefficients, values = np.zeros((n_pieces, n)), np.empty(n)
    for piece in range(n_pieces):
        # points ascend here, and descend in the series
        t = left + half * (2.0 * piece + 1.0 + series.points[size, :n][::-1])
        nonzero_term(cell, law, np.exp(t), values)
        for k in range(n):
            values[k] += zero_value(table, 0, cell.group, cell.state, t[k])
        for j in range(n):
            for k in range(n):
                coefficients[piece, j] += series.matrices[size, j, k] * values[n - 1 - k]
    return coefficients


@numba.njit(cache=True, nogil=True)
def _series_at(coefficients: np.ndarray, x: Any) -> Any:
    """Return the value of the pieces at x in [-1, 1]."""
    at = 0.5 * (x + 1.0) * coefficients.shape[0]
    piece = min(int(at), coefficients.shape[0] - 1)
    return series_value(coefficients[piece], 2.0 * (at - piece) - 1.0)


@numba.njit(cache=True, nogil=True)
def _log_density(coefficients: np.ndarray, cell: Any, left: Any, right: Any, x: Any) -> Any:
    """Return likelihood times normal law, without its constant, at x in [-1, 1]; sd infinite: the likelihood."""
    u = (0.5 * (left + right) + 0.5 * (right - left) * x - cell.mean) / cell.sd
    return _series_at(coefficients, x) - 0.5 * u * u


@numba.njit(cache=True, nogil=True)
def _over_normal(coefficients: np.ndarray, cell: Any, left: Any, right: Any, n: Any) -> Any:
    """Return the log integral by the trapezoidal rule, exponentially exact for what falls at both ends, and the top."""
    while True:
        values = np.empty(n + 1)
        for k in range(n + 1):
            values[k] = _log_density(coefficients, cell, left, right, 2.0 * k / n - 1.0)
        # points around the top say whether the grid is fine enough, whatever the curvature promised
        if n > _MANY or (values > values.max() - 2.0).sum() >= _N_TOP:
            break
        n *= 4
    top = values.max()
    total = 0.0
    for k in range(n + 1):
        total += math.exp(values[k] - top) * (0.5 if k in (0, n) else 1.0)
    return top + math.log(total * (right - left) / n) - math.log(cell.sd) - _HALF_LOG_2PI, top


@numba.njit(cache=True, nogil=True)
def _over_table(coefficients: np.ndarray, quantiles: np.ndarray, left: Any, right: Any, scale: Any) -> Any:
    """Return the log integral over a law uniform between quantiles (Gauss, four points a piece), and the top."""
    top, total = -np.inf, 0.0
    n = quantiles.size - 1
    middle, half = 0.5 * (left + right), max(0.5 * (right - left), _NARROW)
    first = max(0, np.searchsorted(quantiles, left) - 1)
    for j in range(first, n):
        a, b = quantiles[j], quantiles[j + 1]
        begin, end = max(a, left), min(b, right)
        if a > right or (end <= begin and b - a >= _NOWHERE):
            continue
        # equal quantiles are a point mass
        share = (end - begin) / (b - a) if b - a >= _NOWHERE else 1.0
        pieces = max(1, math.ceil((end - begin) / (0.5 * scale)))
        step = (end - begin) / pieces
        for piece in range(pieces):
            for point in range(_GAUSS.size):
                t = begin + step * (piece + 0.5 + 0.5 * _GAUSS[point])
                value = _series_at(coefficients, min(max((t - middle) / half, -1.0), 1.0))
                if value > top:
                    total *= math.exp(top - value)
                    top = value
                total += share / pieces / n * _GAUSS_WEIGHT[point] * math.exp(value - top)
    return top + math.log(total), top
