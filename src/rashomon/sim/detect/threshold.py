"""How much is needed: the value of one axis at which a group is recovered often enough, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import logit, ndtri

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
        What there is already: then the words say how much more is needed.
    n_bootstrap
        Tables drawn from the fitted rates, at least 100.
    rng
        Seed of the bootstrap.

    Returns
    -------
    The value with an interval from a parametric bootstrap over grid points (percentiles): binomial counts at the fitted
    rates, with the correlation of points that share their seeds. Beyond the grid it is "more than", and "not by n_obs
    alone" where the whole interval lies there and the slope may be 0. It holds as far as the logistic shape does: see
    `Surface.misfit`.

    Raises
    ------
    UsageError
        When an axis is unknown, missing, may fall, or is held outside the grid, or a number is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> from rashomon.sim.detect.smooth import smooth
    >>> table = pd.DataFrame({"n_obs": [100, 200, 400, 800], "n_recovered": [0, 8, 24, 30], "n_replicates": 30})
    >>> needed = threshold(smooth(table, axes=["n_obs"]), have=200, rng=1)
    >>> 370 < needed.value < 395, needed.said.partition(" (95 %")[0]
    (True, 'needs about 183 more cells')
    """
    _check(fit, rate, along, n_bootstrap)
    held, axis, position = _held(fit, along, at or {})
    root = child(root_entropy(rng), "threshold bootstrap")
    fits = np.array([fit.coefficients, *_bootstrap(fit, n_bootstrap, root)])
    slope = fits[:, position]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = (logit(rate) - np.delete(fits, position, axis=1) @ held) / slope
    # a flat surface reaches the rate nowhere, or is above it everywhere
    needed = np.where(
        slope > 0, needed, np.where(np.delete(fits, position, axis=1) @ held >= logit(rate), -1, 1) * np.inf
    )
    edges = axis.predictor([axis.low, axis.high])
    inside = np.where(needed > edges[1], np.inf, np.where(needed < edges[0], -np.inf, needed))
    ends = np.quantile(inside[1:], [0.025, 0.975], method="inverted_cdf")
    value, low, high = (axis.value(x) if math.isfinite(x) else float(x) for x in (inside[0], *ends))
    flat = low == math.inf and float(np.quantile(slope[1:], 0.025)) <= 1e-6
    return Threshold(value, low, high, _said(axis, (value, low, high), have=have, flat=flat))


def _bootstrap(fit: Surface, n_bootstrap: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the coefficients of tables drawn from the fitted rates."""
    # of two latent normal values, cut at 0; at other rates the correlation of the cuts is a little smaller
    latent = min(math.sin(math.pi / 2 * fit.correlation), 0.99)
    n = fit.n.astype(int)
    most, cut = int(n.max()), ndtri(fit.rates)
    drawn = np.arange(most)[:, None] < n
    found = []
    for _ in range(n_bootstrap):
        if latent:
            common = math.sqrt(latent) * rng.standard_normal((most, 1))
            hits = ((common + math.sqrt(1 - latent) * rng.standard_normal((most, n.size)) < cut) & drawn).sum(axis=0)
        else:
            hits = rng.binomial(n, fit.rates)
        found.append(fit_logistic(fit.design, hits.astype(float), fit.n, rising=fit.rising, start=fit.coefficients))
    return found


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


def _said(axis: Axis, found: tuple[float, float, float], *, have: float | None, flat: bool) -> str:
    unit = "cells" if axis.name == "n_obs" else axis.name
    value, low, high = found
    if flat:
        return f"not by {unit} alone: up to {axis.high:,g} makes no difference that reaches it"
    if have is None or value <= have:
        none = "" if have is None else f"no more {unit} needed: "
        return f"{none}{_amount(axis, value)} {unit} (95 % interval {_amount(axis, low)} to {_amount(axis, high)})"
    more = [_more(axis, each, have) for each in found]
    about = "" if math.isinf(value) else "about "
    return f"needs {about}{more[0]} more {unit} (95 % interval {more[1]} to {more[2]})"


def _amount(axis: Axis, value: float) -> str:
    if math.isinf(value):
        return f"more than {axis.high:,g}" if value > 0 else f"at most {axis.low:,g}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _more(axis: Axis, value: float, have: float) -> str:
    """Return how much is missing to `value`; 0 where it is there already."""
    if value == math.inf:
        return f"more than {max(axis.high - have, 0):,g}"
    missing = max(value - have, 0.0)
    return f"{missing:,.0f}" if missing >= 100 or missing == 0 else f"{missing:.3g}"


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
