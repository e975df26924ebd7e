"""How large the largest dip of unimodal data gets: tables shipped for the search that is used here."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.structure.direction import largest_dip

__all__ = ["REFERENCES", "Reference", "dip_p", "dip_reference", "reference_draw", "tabulated"]

Reference = Literal["uniform", "gaussian"]

REFERENCES: dict[Reference, str] = {
    "uniform": "one uniform column, all others Gaussian: the widest single mode; decides that there are groups",
    "gaussian": "all columns Gaussian; rejected alone it only suggests groups",
}
"""What the columns of a reference are, by its name."""


@dataclass(frozen=True, eq=False)
class DipReference:
    """Quantiles of ``sqrt(n)`` times the largest dip on reference data.

    Parameters
    ----------
    cells
        One row per cell of the table: ``reference``, ``k`` (columns), ``n`` (rows), ``draws``.
    quantiles
        Largest first, one row per cell.
    p
        ``(1 + #) / (draws + 1)`` of each quantile, # draws being at least as large; same shape.
    about
        When, with what seed, and with what versions the draws were made.
    """

    cells: pd.DataFrame
    quantiles: np.ndarray
    p: np.ndarray
    about: dict[str, Any]


def dip_p(value: float, *, n: int, k: int, reference: Reference = "uniform") -> float:
    """Return how often reference data have a largest dip of at least `value`.

    From draws of the same search (`rashomon.structure.largest_dip`) on reference data, ``(1 + #) / (draws + 1)``.
    Between two tabulated numbers of cells, the logarithm of p is interpolated in that of `n`, at equal ``sqrt(n)``
    times dip; above the largest, its row is used: that scale has a limit, reached from above, so p is too large if
    anything. For `k` not in the table the next larger one is used: more columns are more directions to choose among,
    so p is too large if anything.

    Parameters
    ----------
    value
        A dip: of `rashomon.structure.largest_dip`, or with ``k=1`` of `rashomon.structure.dip`, of one direction that
        was chosen without looking at these cells.
    n
        Cells.
    k
        Columns of the scores that were searched; 1 for one given direction.
    reference
        ``"uniform"``: one uniform column, all others Gaussian. No single mode is wider, so a small p says that cells
        between groups are rarer than with one mode. The uniform column is one: of two independent gradients that are
        exactly uniform, without noise, .08 to .11 are rejected at .05 (400 to 1,000 cells, 6 columns); with noise of a
        tenth of their length, .03. ``"gaussian"``: all columns Gaussian; a small p suggests groups.

    Returns
    -------
    A number in [1 / (draws + 1), 1]; smaller speaks against a single mode; at most `alpha` with probability `alpha`
    on the reference. NaN where `value` is.

    Raises
    ------
    UsageError
        When the reference is unknown, or the table has no such `n` or `k`.

    Examples
    --------
    >>> dip_p(0.02, n=400, k=6) > 0.5, dip_p(0.06, n=400, k=6) < 0.01
    (True, True)
    """
    if reference not in REFERENCES:
        raise UsageError(
            f"unknown reference {reference!r}", where="reference", fix=did_you_mean(str(reference), REFERENCES)
        )
    if np.isnan(value):
        return float("nan")
    table = dip_reference()
    sizes, rows = _column(reference, k)
    if n < sizes[0]:
        raise UsageError(f"no table for {n} cells", where="n", expected=f"{sizes[0]} or more with {k} columns")
    upper = min(int(np.searchsorted(sizes, n)), sizes.size - 1)
    lower = max(upper - 1, 0)
    logs = [np.log(_tail(table, rows[i], value * np.sqrt(n))) for i in (lower, upper)]
    return float(np.exp(np.interp(np.log(n), np.log(sizes[[lower, upper]]), logs)))


def tabulated() -> pd.DataFrame:
    """Return the cells of the shipped table.

    Returns
    -------
    ``reference``, ``k`` (columns of the scores), ``n`` (cells) and ``draws``; one row each.

    Examples
    --------
    >>> list(tabulated().columns)
    ['reference', 'k', 'n', 'draws']
    """
    return dip_reference().cells.copy()


@cache
def dip_reference() -> DipReference:
    """Return the shipped table; it was made by ``benchmarks/make_dip_reference.py``.

    Examples
    --------
    >>> bool((np.diff(dip_reference().quantiles, axis=1) <= 0).all())
    True
    """
    packed = files("rashomon.structure").joinpath("reference.npz").read_bytes()
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        cells = pd.DataFrame({name: arrays[name] for name in ("reference", "k", "n", "draws")})
        about = json.loads(str(arrays["about"]))
        return DipReference(cells, arrays["quantiles"].astype(np.float64), arrays["p"].astype(np.float64), about)


def reference_draw(n: int, k: int, *, reference: Reference, rng: np.random.Generator) -> float:
    """Return ``sqrt(n)`` times the largest dip of one draw of reference data.

    The columns are whitened without rotating the first, so the uniform one is among the directions searched: no search
    could find it better.

    Parameters
    ----------
    n, k
        Cells and columns.
    reference
        See `dip_p`.
    rng
        Draws the data and starts the search.

    Examples
    --------
    >>> 0.2 <= reference_draw(100, 2, reference="uniform", rng=np.random.default_rng(0)) <= 1.0
    True
    """
    columns = rng.standard_normal((n, k))
    if reference == "uniform":
        columns[:, 0] = rng.uniform(-1, 1, n)
    columns -= columns.mean(axis=0)
    # the first column of Q is the first column, scaled
    scores = np.ascontiguousarray(np.linalg.qr(columns)[0]) * np.sqrt(n)
    return largest_dip(scores, rng=rng).value * float(np.sqrt(n))


@cache
def _column(reference: Reference, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the tabulated numbers of cells, and their rows, for `k` or the next larger number of columns."""
    cells = dip_reference().cells
    columns = np.unique(cells["k"].to_numpy())
    if not 1 <= k <= columns.max():
        raise UsageError(f"no table for {k} columns", where="k", expected=f"1 to {columns.max()}")
    nearest = columns[np.searchsorted(columns, k)]
    same = cells[(cells["reference"] == reference) & (cells["k"] == nearest)].sort_values("n")
    return same["n"].to_numpy(), same.index.to_numpy()


def _tail(table: DipReference, row: int, scaled: float) -> float:
    """Return p in one cell of the table; above its largest draw, the smallest p there is."""
    least = 1 / (float(table.cells["draws"].iloc[row]) + 1)
    return float(np.interp(scaled, table.quantiles[row, ::-1], table.p[row, ::-1], left=1.0, right=least))
