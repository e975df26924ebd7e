"""Excess: what a clustering finds beyond a background of the same V, J and length, at the same number of receptors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from rashomon.core import UsageError

__all__ = ["EXCESS_COLUMNS", "Excess", "excess", "excess_columns"]

EXCESS_COLUMNS: Mapping[str, str] = {
    "excess": "the value less the mean of the matched backgrounds, by chance 0; NaN beside anything else",
    "excess_low": "lower end of its 95 % range over backgrounds",
    "excess_high": "upper end of its 95 % range over backgrounds",
    "excess_ratio": "the value divided by the mean of the backgrounds, by chance 1; NaN where no background has any",
    "ratio_low": "lower end of its 95 % range over backgrounds",
    "ratio_high": "upper end of its 95 % range over backgrounds",
}
"""Columns that tables have for an `Excess`, in order, with their meaning."""


class Excess(NamedTuple):
    """A retention, or a number of links, against its matched background.

    Parameters
    ----------
    observed
        The value on the data.
    expected
        Its mean on the backgrounds.
    difference, difference_low, difference_high
        Observed less background, and its 95 % range over backgrounds.
    ratio, ratio_low, ratio_high
        Observed divided by background, and its range; ``inf`` where a background has none, NaN where all have none.
    p
        ``(1 + backgrounds with at least as much) / (backgrounds + 1)``.
    reason
        Why a number is absent; empty when none is.
    """

    observed: float
    expected: float
    difference: float
    difference_low: float
    difference_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    p: float
    reason: str = ""


def excess(observed: float, background: np.ndarray) -> Excess:
    """Compare a value with those of backgrounds matched on V gene, J gene and length, each of as many receptors.

    Links and retention grow with the number of receptors and with shared germline residues: a Hamming neighbour nearly
    always shares J. Only what exceeds a matched background says anything about common targets.

    Parameters
    ----------
    observed
        Retention, number of links, or another number of which more is more; at least 0.
    background
        The same on each background draw, shape ``(n_draws,)``; at least one.

    Returns
    -------
    Difference (by chance 0) and ratio (by chance 1), each with the 2.5 % and 97.5 % points over backgrounds. The range
    is that of the background alone: how the observed value itself would vary is no part of it.

    Raises
    ------
    UsageError
        When there is no background, or a value is negative or not finite.

    Examples
    --------
    >>> found = excess(0.3, np.array([0.1, 0.12, 0.08]))
    >>> round(found.ratio, 2), round(found.difference, 2), found.p
    (3.0, 0.2, 0.25)
    """
    values = np.asarray(background, dtype=np.float64)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all() or not np.isfinite(observed):
        raise UsageError("a background or the observed value is no number", where="excess", expected="finite numbers")
    if values.min() < 0 or observed < 0:
        raise UsageError("a background or the observed value is negative", where="excess", expected="0 or more")
    low, high = np.quantile(values, [0.025, 0.975])
    mean = float(values.mean())
    # a low background gives a high ratio
    ratio, ratio_low, ratio_high = (_ratio(observed, below) if mean else float("nan") for below in (mean, high, low))
    p = (1 + int(np.count_nonzero(values >= observed))) / (values.size + 1)
    reason = "" if mean else "no ratio: every background has none"
    more, more_low, more_high = observed - mean, float(observed - high), float(observed - low)
    return Excess(float(observed), mean, more, more_low, more_high, ratio, ratio_low, ratio_high, p, reason)


def excess_columns(found: Excess | None) -> dict[str, float]:
    """Return what stands in the `EXCESS_COLUMNS` of a table.

    Parameters
    ----------
    found
        Difference and ratio; None: there is no background, and all are NaN.

    Examples
    --------
    >>> excess_columns(excess(0.25, np.array([0.125])))["excess_ratio"]
    2.0
    """
    if found is None:
        return dict.fromkeys(EXCESS_COLUMNS, float("nan"))
    values = (found.difference, found.difference_low, found.difference_high)
    ratios = (found.ratio, found.ratio_low, found.ratio_high)
    return dict(zip(EXCESS_COLUMNS, (*values, *ratios), strict=True))


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0 else float("inf" if above > 0 else "nan")
