"""Stability: one record per measure of how far runs agree, and the result of computing one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import Any, Literal

import numpy as np

from rashomon.core import resolve

__all__ = ["Stability", "StabilityNeed", "StabilityResult", "mean_of_defined"]

StabilityNeed = Literal["runs", "reference", "predicted"]


@dataclass(frozen=True)
class StabilityResult:
    """The value of a stability measure, with what it rests on.

    Parameters
    ----------
    value
        NaN when undefined.
    n_values
        Values that were averaged: pairs of runs, pairs of items, clusters or splits.
    n_undefined
        Values left out because they are undefined (one cluster in both, nothing observed in both).
    low, high
        Ends of the 95 % interval; NaN when there is none.
    null
        The same for labels without any agreement beyond cluster sizes; NaN when not computed.
    reason
        Why there is no value.
    """

    value: float
    n_values: int
    n_undefined: int = 0
    low: float = nan
    high: float = nan
    null: float = nan
    reason: str = ""

    @property
    def status(self) -> Literal["ok", "undefined"]:
        """Whether there is a value."""
        return "undefined" if isnan(self.value) else "ok"


@dataclass(frozen=True)
class Stability:
    """A stability measure: its function, what it needs, and how its values are read.

    Parameters
    ----------
    name
        The name users type.
    display
        The name in tables and figures.
    function
        Dotted path ``module:function``, imported on the first call; called with the labels of runs, shape ``(n_obs,
        n_runs)``, with what `needs` names, and with ``rng=`` if it `draws`; returns a `StabilityResult`.
    needs
        ``"runs"``: nothing else; ``"reference"``: the clusters whose recovery in the runs is asked, shape ``(n_obs,)``;
        ``"predicted"``: for each run, labels carried over from the other half of the items, shape of the labels.
    direction
        +1 when larger is more stable, -1 when smaller is.
    range
        Lowest and highest value.
    chance
        The expected value for independent runs; None when it depends on the number and sizes of the clusters.
    draws
        Whether random numbers are drawn, for pairs of items or for the null.
    interval
        Whether the value comes with an interval.
    summary
        One line for tables.
    citation
        Where the measure comes from.
    """

    name: str
    display: str
    function: str
    needs: StabilityNeed
    direction: Literal[1, -1]
    range: tuple[float, float]
    chance: float | None
    draws: bool
    interval: bool
    summary: str
    citation: str

    def call(self, *args: Any, **params: Any) -> StabilityResult:
        """Call the function behind the record."""
        result: StabilityResult = resolve(self.function)(*args, **params)
        return result


def mean_of_defined(values: np.ndarray, *, null: float = nan, nothing: str) -> StabilityResult:
    """Return the mean of the values that are not NaN, and how many are.

    Parameters
    ----------
    values
        Any shape.
    null
        See `StabilityResult`.
    nothing
        The reason when no value is defined.

    Examples
    --------
    >>> found = mean_of_defined(np.array([0.5, np.nan, 1.0]), nothing="no pair of runs")
    >>> found.value, found.n_values, found.n_undefined
    (0.75, 2, 1)
    """
    defined = values[~np.isnan(values)]
    n_undefined = int(values.size - defined.size)
    if not defined.size:
        return StabilityResult(nan, 0, n_undefined, reason=nothing)
    return StabilityResult(float(defined.mean()), int(defined.size), n_undefined, null=null)
