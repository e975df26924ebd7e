"""How much is needed: the value of one axis at which a group is recovered often enough, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from rashomon.core import RNGLike, UsageError, child, did_you_mean, root_entropy
from rashomon.sim.detect.logistic import fit_logistic
from rashomon.sim.detect.smooth import Axis, Surface

__all__ = ["Threshold", "threshold"]


@dataclass(frozen=True)
class Threshold:
    """The value of one axis at which the rate of recovery reaches what is asked for.

    Parameters
    ----------
    value
        The value; ``inf`` where it lies above the grid, ``-inf`` where it lies below: nothing was drawn there.
    low, high
        Ends of its 95 % interval, likewise.
    said
        The same in words.
    """

    value: float
    low: float
    high: float
    said: str


def threshold(
    fit: Surface,
    *,
    rate: float = 0.8,
    along: str = "n_obs",
    at: Mapping[str, float] | None = None,
    have: float | None = None,
    n_bootstrap: int = 400,
    rng: RNGLike = None,
) -> Threshold:
    """Return the value of one axis at which the fitted rate reaches `rate`, all other axes held.

    Parameters
    ----------
    fit
        From `smooth`; its slope along the axis must be one that cannot be negative.
    rate
        Rate of recovery asked for, in (0, 1).
    along
        The axis.
    at
        Value of every other axis, within the grid.
    have
        What there is already, not above the grid: then the words say how much more is needed.
    n_bootstrap
        Tables drawn from the fitted rates, at least 100.
    rng
        Seed of the bootstrap.

    Returns
    -------
    The value with an interval from a parametric bootstrap over grid points (percentiles): binomial counts at the fitted
    rates, with the correlation of points that share their seeds. Beyond the grid it is "more than". Where the whole
    interval lies beyond, it is "not by cells alone" if the slope may be 0, or if the highest value of the grid gives
    less than half of the rate (upper end of its 95 % interval). All of it holds as far as the logistic shape does: see
    `Surface.misfit`.

    Raises
    ------
    UsageError
        When an axis is unknown, missing, may fall, or is held or had outside the grid, or a number is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> from rashomon.sim.detect.smooth import smooth
    >>> table = pd.DataFrame({"n_obs": [100, 200, 400, 800], "n_recovered": [0, 8, 24, 30], "n_replicates": 30})
    >>> needed = threshold(smooth(table, axes=["n_obs"]), have=200, rng=1)
    >>> round(needed.value), needed.said.partition(" (95 %")[0]
    (383, 'needs about 184 more cells')
    """
    _check(fit, rate, along, n_bootstrap)
    _check_have(fit, along, have)
    held, axis, position = _held(fit, along, at or {})
    root = child(root_entropy(rng), "threshold bootstrap")
    hits = _bootstrap(fit, n_bootstrap, root)
    fits = np.vstack([fit.coefficients, fit_logistic(fit.design, hits, fit.n, rising=fit.rising)])
    slope, base = fits[:, position], np.delete(fits, position, axis=1) @ held
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = (logit(rate) - base) / slope
    # a flat surface reaches the rate nowhere, or is above it everywhere
    needed = np.where(slope > 0, needed, np.where(base >= logit(rate), -np.inf, np.inf))
    edges = axis.predictor([axis.low, axis.high])
    inside = np.where(needed > edges[1], np.inf, np.where(needed < edges[0], -np.inf, needed))
    ends = np.quantile(inside[1:], [0.025, 0.975], method="inverted_cdf")
    value, low, high = (axis.value(x) if math.isfinite(x) else float(x) for x in (inside[0], *ends))
    most = float(np.quantile(expit(base + slope * edges[1])[1:], 0.975))
    flat = float(np.quantile(slope[1:], 0.025)) == 0.0
    hopeless = low == math.inf and (flat or most < rate / 2)
    return Threshold(value, low, high, _said(axis, (value, low, high), have=have, most=most if hopeless else None))


def _bootstrap(fit: Surface, n_bootstrap: int, rng: np.random.Generator) -> np.ndarray:
    """Return counts drawn from the fitted rates, shape ``(n_bootstrap, n_points)``."""
    n = fit.n.astype(int)
    # of two latent normal values, cut at 0; at other rates the correlation of the cuts is a little smaller
    latent = min(math.sin(math.pi / 2 * fit.correlation), 0.99)
    if latent == 0.0:
        return rng.binomial(n, fit.rates, size=(n_bootstrap, n.size))
    drawn, cut = np.arange(int(n.max()))[:, None] < n, ndtri(fit.rates)
    hits = np.empty((n_bootstrap, n.size), dtype=int)
    for each in hits:
        common, own = rng.standard_normal((len(drawn), 1)), rng.standard_normal(drawn.shape)
        each[:] = ((math.sqrt(latent) * common + math.sqrt(1 - latent) * own < cut) & drawn).sum(axis=0)
    return hits


def _held(fit: Surface, along: str, at: Mapping[str, float]) -> tuple[np.ndarray, Axis, int]:
    """Return the predictors of all other coefficients, the axis that moves, and the position of its slope."""
    names = [axis.name for axis in fit.axes]
    others = {axis.name: axis for axis in fit.axes if axis.name != along}
    if set(at) != set(others):
        wrong = sorted(set(at) ^ set(others))
        raise UsageError(
            f"{', '.join(wrong)}: missing or no other axis",
            where="threshold(at=)",
            expected=", ".join(others) or "nothing",
        )
    for name, axis in others.items():
        if not axis.low <= at[name] <= axis.high:
            raise UsageError(
                f"{name} is {at[name]}", where="threshold(at=)", expected=f"between {axis.low:g} and {axis.high:g}"
            )
    position = names.index(along)
    return (
        np.array([1.0, *(axis.predictor(at[name]) for name, axis in others.items())]),
        fit.axes[position],
        position + 1,
    )


def _said(axis: Axis, found: tuple[float, float, float], *, have: float | None, most: float | None) -> str:
    unit = "cells" if axis.name == "n_obs" else axis.name
    if most is not None:
        share = "less than 1 %" if most < 0.01 else f"at most {100 * most:.0f} %"
        return f"not by {unit} alone: with {axis.high:,g} {unit} it is found in {share} of draws"
    value, low, high = found
    if have is None or value <= have:
        none = "" if have is None else f"no more {unit} needed: "
        return f"{none}{_amount(axis, value)} {unit}{_interval(_amount(axis, low), _amount(axis, high))}"
    more = [_more(axis, each, have) for each in found]
    about = "" if math.isinf(value) else "about "
    return f"needs {about}{more[0]} more {unit}{_interval(more[1], more[2])}"


def _interval(low: str, high: str) -> str:
    return "" if low == high else f" (95 % interval {low} to {high})"


def _amount(axis: Axis, value: float) -> str:
    if math.isinf(value):
        return f"more than {axis.high:,g}" if value > 0 else f"at most {axis.low:,g}"
    return _number(axis, value)


def _more(axis: Axis, value: float, have: float) -> str:
    """Return how much is missing to `value`; 0 where it is there already."""
    return f"more than {axis.high - have:,g}" if value == math.inf else _number(axis, max(value - have, 0.0))


def _number(axis: Axis, value: float) -> str:
    if axis.name == "n_obs":
        # cells come whole, and fewer would be too few
        return f"{math.ceil(value):,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _check(fit: Surface, rate: float, along: str, n_bootstrap: int) -> None:
    slopes = dict(zip([axis.name for axis in fit.axes], fit.rising[1:], strict=True))
    if along not in slopes:
        raise UsageError(f"{along} is no axis of the surface", where="threshold", fix=did_you_mean(along, slopes))
    if not slopes[along]:
        raise UsageError(f"the rate may fall along {along}", where="threshold", fix="declare it rising in smooth")
    if not 0.0 < rate < 1.0:
        raise UsageError(f"rate is {rate}", where="threshold", expected="a number in (0, 1)", fix="use rate=0.8")
    if n_bootstrap < 100:
        raise UsageError(f"n_bootstrap is {n_bootstrap}", where="threshold", expected="100 or more")


def _check_have(fit: Surface, along: str, have: float | None) -> None:
    axis = next(axis for axis in fit.axes if axis.name == along)
    if have is not None and not have <= axis.high:
        raise UsageError(
            f"{have:,g} lies above the grid of {along}",
            where="threshold(have=)",
            expected=f"at most {axis.high:,g}",
            fix="draw a grid that reaches further",
        )
