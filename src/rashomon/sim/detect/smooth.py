"""Monotone smoothing of detection rates over a grid: one logistic surface, steeper where more of a thing helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, xlogy
from scipy.stats import chi2

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.detect.logistic import fit_logistic

__all__ = ["RISING", "Axis", "Surface", "smooth"]

RISING = ("n_obs", "depth", "effect_size", "prevalence", "rare_share", "n_markers", "type_strength")
"""Axes along which a group should only become easier to find (a `rare_share` of 0 leaves the share to other knobs)."""

_LOG_SPAN = 3.0


@dataclass(frozen=True)
class Axis:
    """One axis of a surface: its name, lowest and highest value of the grid, and how values become predictors.

    Values are taken as logarithms where `log`; then `centre` is subtracted and the rest divided by `spread`.
    """

    name: str
    low: float
    high: float
    log: bool
    centre: float
    spread: float

    def predictor(self, values: Any) -> np.ndarray:
        """Return the predictor of `values`."""
        x = np.asarray(values, dtype=float)
        return np.asarray(((np.log(x) if self.log else x) - self.centre) / self.spread)

    def value(self, predictor: float) -> float:
        """Return the value that has this `predictor`."""
        x = predictor * self.spread + self.centre
        return float(np.exp(min(x, 700.0)) if self.log else x)


@dataclass(frozen=True, eq=False)
class Surface:
    """A smooth surface of rates over the axes of a grid.

    Parameters
    ----------
    axes
        Axes in the order of the coefficients; those of one value have none.
    coefficients
        Log odds at the centre, then the slope of each axis, per unit of its predictor.
    rising
        Whether a coefficient was kept from being negative.
    design
        Predictors of the grid points, shape ``(n_points, n_coefficients)``.
    n_hits, n
        Recovered and all draws of each grid point.
    rates
        Fitted rates at the grid points, shape ``(n_points,)``.
    points
        Row of the table that each grid point was; rows without a rate are left out.
    correlation
        Mean correlation of two grid points of one replicate, beyond what the surface explains: common seeds make it.
    misfit
        Probability of a deviance as large as that of the points if the surface were true; small: the rate is not
        monotone, or its shape is another, and the points are to be believed rather than the surface.
    """

    axes: tuple[Axis, ...]
    coefficients: np.ndarray
    rising: np.ndarray
    design: np.ndarray
    n_hits: np.ndarray
    n: np.ndarray
    rates: np.ndarray
    points: np.ndarray
    correlation: float
    misfit: float

    def rate(self, points: Mapping[str, Any]) -> np.ndarray:
        """Return the rates at `points`: a number or array for each axis, broadcast against each other.

        Raises
        ------
        UsageError
            When an axis is missing or unknown.
        """
        names = [axis.name for axis in self.axes]
        if set(points) != set(names):
            wrong = next(iter(set(points) ^ set(names)))
            raise UsageError(f"{wrong} is missing or no axis", where="Surface.rate", expected=f"{', '.join(names)}")
        odds = self.coefficients[0]
        for slope, axis in zip(self.coefficients[1:], self.axes, strict=True):
            odds = odds + slope * axis.predictor(points[axis.name])
        return np.asarray(expit(odds))


def smooth(
    table: pd.DataFrame, *, axes: Sequence[str], rising: Sequence[str] = RISING, draws: pd.DataFrame | None = None
) -> Surface:
    """Fit a logistic surface to the rates of a grid, with slopes that are not negative along `rising` axes.

    The log odds of recovery are linear in each axis, or in its logarithm where values are positive and span more than a
    factor of 3. Small counts do not bias the slopes, see `rashomon.sim.detect.logistic.fit_logistic`.

    Parameters
    ----------
    table
        One row per grid point: the `axes`, ``n_recovered``, ``n_replicates`` and, where there are any, ``n_failed``.
    axes
        Columns of numbers. Those with one value are left out; the rows must have one word at most of everything else.
    rising
        Axes whose slope is not negative; others are free. Names that are no axis are passed over.
    draws
        The draws behind the table. Where replicates share their seeds over the grid, as in `detectability`, errors of
        its points go together, and intervals without the draws are too narrow.

    Raises
    ------
    UsageError
        When an axis does not exist, is no number or is a function of the others, there is no rate at all, or the draws
        are not those of the table.

    Examples
    --------
    >>> table = pd.DataFrame({"n_obs": [100, 200, 400, 800], "n_recovered": [0, 8, 24, 30], "n_replicates": 30})
    >>> surface = smooth(table, axes=["n_obs"])
    >>> surface.rate({"n_obs": [150, 300, 600]}).round(2).tolist()
    [0.09, 0.6, 0.96]
    """
    for name in axes:
        if name not in table or not pd.api.types.is_numeric_dtype(table[name]):
            what = f"{name} is no column of numbers"
            raise UsageError(what, where="smooth(axes=)", fix=did_you_mean(name, map(str, table.columns)))
    trials = (table["n_replicates"] - table.get("n_failed", 0)).to_numpy(dtype=float)
    kept = np.flatnonzero(trials > 0)
    if not kept.size:
        raise UsageError("no grid point has a rate", where="smooth(table=)", expected="draws that did not fail")
    rows = table.iloc[kept]
    used = tuple(_axis(name, rows[name].to_numpy(dtype=float)) for name in axes if rows[name].nunique() > 1)
    design = np.column_stack([np.ones(kept.size), *(axis.predictor(rows[axis.name]) for axis in used)])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise UsageError(
            "the axes are not separate: one follows from the others",
            where="smooth(axes=)",
            expected="a grid of all combinations",
            fix="leave an axis out",
        )
    signs = np.array([False, *(axis.name in rising for axis in used)])
    n_hits, n = rows["n_recovered"].to_numpy(dtype=float), trials[kept]
    (coefficients,) = fit_logistic(design, n_hits[None], n, rising=signs)
    rates = expit(design @ coefficients)
    together = 0.0 if draws is None else _correlation(draws, rows, axes, rates)
    misfit = _misfit(n_hits, n, rates, n_coefficients=design.shape[1])
    return Surface(used, coefficients, signs, design, n_hits, n, rates, kept, together, misfit)


def _axis(name: str, values: np.ndarray) -> Axis:
    low, high = float(values.min()), float(values.max())
    log = low > 0 and high / low > _LOG_SPAN
    levels = np.unique(np.log(values) if log else values)
    return Axis(name, low, high, log, float(levels.mean()), float(levels.std()))


def _correlation(draws: pd.DataFrame, rows: pd.DataFrame, axes: Sequence[str], rates: np.ndarray) -> float:
    """Return the mean product of standardised residuals of two grid points in one replicate; at least 0."""
    fitted = rows[list(axes)].assign(_rate=rates)
    ran = draws[draws["status"] != "failed"].merge(fitted, on=list(axes))
    n_ran = int((rows["n_replicates"] - rows.get("n_failed", 0)).sum())
    if len(ran) != n_ran:
        raise UsageError(
            f"{len(ran)} draws belong to the table, which counts {n_ran}",
            where="smooth(draws=)",
            expected="the draws behind the table, with its settings as axes",
        )
    variance = ran["_rate"] * (1 - ran["_rate"])
    # points of rates near 0 or 1 say little, and their residuals are extreme
    ran = ran.assign(_residual=ran["recovered"].astype(float) - ran["_rate"], _scale=np.sqrt(variance))
    sums = ran.groupby("replicate")[["_residual", "_scale"]].sum()
    squares = ran.assign(_r=ran["_residual"] ** 2, _s=variance).groupby("replicate")[["_r", "_s"]].sum()
    cross = float((sums["_residual"] ** 2 - squares["_r"]).sum())
    possible = float((sums["_scale"] ** 2 - squares["_s"]).sum())
    return float(np.clip(cross / possible, 0.0, 1.0)) if possible > 0 else 0.0


def _misfit(n_hits: np.ndarray, n: np.ndarray, rates: np.ndarray, *, n_coefficients: int) -> float:
    """Return the probability of a larger deviance under the surface; NaN where no freedom is left."""
    if n.size <= n_coefficients:
        return float("nan")
    seen = n_hits / n
    deviance = 2 * (xlogy(n_hits, seen / rates) + xlogy(n - n_hits, (1 - seen) / (1 - rates))).sum()
    return float(chi2.sf(deviance, n.size - n_coefficients))
