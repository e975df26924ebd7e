"""What draws of the twin add to the table of clusters: rates at the user's own size, and how much more is needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon.ask.power.grid import AXES, RISING
from rashomon.core import child

if TYPE_CHECKING:
    from rashomon.sim.detect import Surface

__all__ = ["SIMULATED_COLUMNS", "with_draws"]

SIMULATED_COLUMNS = {
    "rate": "share of draws with about these cells and this depth in which the cluster comes back",
    "rate_low": "lower end of the 95 % interval of the rate (Wilson)",
    "rate_high": "upper end",
    "n_drawn": "cells of those draws: fewer than in the data where the data are large",
    "detected": "share of those draws, as far as tested, with a gap between the cluster and its neighbour (question 1)",
    "ceiling": "share of those draws, as far as asked, in which the oracle of the twin finds it, which no method "
    "exceeds in the mean; NaN without an oracle",
    "cells_needed": "cells in all with which it comes back in 80 % of draws; infinity: more than any draw had; "
    "minus infinity: fewer than any draw had",
    "cells_low": "lower end of its 95 % interval (bootstrap of grid points)",
    "cells_high": "upper end",
    "depth_needed": "typical depth with which it does at these cells, likewise",
    "strength_needed": "how far clusters would have to differ, as a multiple of what they do, likewise",
}
"""Columns that draws of the twin add to the table of clusters."""

_ENOUGH = 0.8
_HOPELESS = 0.5
"""Share of draws in which the oracle must find a cluster, for more of the same data to be worth asking of methods."""


def with_draws(table: pd.DataFrame, points: pd.DataFrame, draws: pd.DataFrame, *, depth: float, entropy: int,
               why_not: str = "") -> pd.DataFrame:  # fmt: skip
    """Return the table of clusters with `SIMULATED_COLUMNS`; what was drawn replaces what closed forms say.

    Parameters
    ----------
    table
        From `rashomon.ask.power.cluster.cluster_power`.
    points, draws
        From `rashomon.ask.power.grid`; empty where nothing was drawn.
    depth
        Typical depth of the data.
    entropy
        Root of the bootstrap.
    why_not
        Why a cluster may have no draws, as a reason for its row.
    """
    n_cells = int(table["n"].sum())
    rows = []
    for each in table.to_dict("records"):
        row: dict[str, Any] = {str(name): value for name, value in each.items()}
        mine = points[points["cluster"] == row["cluster"]]
        if mine.empty or mine["rate"].isna().all():
            missing = "; ".join(text for text in (row["reason"], why_not) if text)
            none: dict[str, Any] = dict.fromkeys(SIMULATED_COLUMNS, math.nan)
            rows.append({**row, **none, "reason": missing})
            continue
        part = draws[draws["cluster"] == row["cluster"]]
        rng = child(entropy, "ask", "power", int(row["cluster"]))
        rows.append({**row, **_simulated(row, mine, part, n_cells=n_cells, depth=depth, rng=rng)})
    return pd.DataFrame(rows, columns=[*table.columns, *SIMULATED_COLUMNS])


def _simulated(
    row: dict[str, Any],
    points: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    n_cells: int,
    depth: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    from rashomon.sim.detect import smooth, threshold

    surface = smooth(points, axes=AXES, rising=RISING, draws=draws)
    axes = {axis.name: axis for axis in surface.axes}
    here = points[np.isclose(points["depth"], depth) & np.isclose(points["strength"], 1.0)]
    at = here.iloc[int(np.argmin(np.abs(np.log(here["n_obs"].to_numpy(dtype=float) / n_cells))))]
    found: dict[str, Any] = {
        "rate": float(at["rate"]), "rate_low": float(at["low"]), "rate_high": float(at["high"]),
        "n_drawn": int(at["n_obs"]), "detected": float(at["detected"]), "ceiling": float(at["ceiling"]),
    }  # fmt: skip
    if "n_obs" not in axes:
        return {**dict.fromkeys(SIMULATED_COLUMNS, math.nan), **found}
    own = {"depth": depth, "strength": 1.0}
    held = {name: value for name, value in own.items() if name in axes}
    needed = threshold(surface, rate=_ENOUGH, at=held, rng=rng)
    most = axes["n_obs"].high
    other = {name: _along(surface, name, min(max(n_cells, axes["n_obs"].low), most), held, rng) for name in own}
    inside = axes["n_obs"].low <= n_cells <= most
    deeper = _deeper(other["depth"], depth) if inside else ""
    says = _says(needed.value, (needed.low, needed.high), n_cells, most, deeper)
    if needed.said.startswith("not by") and n_cells <= most:
        says = f"not by cells alone, up to {most / n_cells:.1f} times" + (f": {deeper}" if deeper else "")
    return {
        **found,
        "cells_needed": needed.value,
        "cells_low": needed.low,
        "cells_high": needed.high,
        "depth_needed": other["depth"],
        "strength_needed": other["strength"],
        # draws that end below the size of the data say nothing of it unless they suffice
        "says": (says or row["says"]) + _at_best(found["ceiling"], says),
    }


def _along(surface: Surface, name: str, n_cells: float, held: dict[str, float], rng: np.random.Generator) -> float:
    """Return the value of an axis that is enough at so many cells; NaN where it was not varied."""
    from rashomon.sim.detect import threshold

    if name not in held:
        return math.nan
    at = {axis: value for axis, value in held.items() if axis != name}
    return threshold(surface, rate=_ENOUGH, along=name, at={**at, "n_obs": n_cells}, rng=rng).value


def _deeper(needed: float, depth: float) -> str:
    """Return how much more depth would do, in words; empty where it would not, or nothing was drawn."""
    return f"about {needed / depth:.1f} times the depth" if depth < needed < math.inf else ""


def _at_best(ceiling: float, says: str) -> str:
    """Return that no method could do it here, where the oracle does not and it is said of draws that clusters lack."""
    hopeless = math.isfinite(ceiling) and ceiling < _HOPELESS and says not in {"", "enough", "probably enough"}
    return f"; here even known profiles find it in {ceiling:.0%} of draws" if hopeless else ""


def _says(value: float, ends: tuple[float, float], n_cells: int, most: float, deeper: str) -> str:
    """Return what the draws say of one cluster; nothing where they end below the size of the data."""
    low, high = ends
    if value <= n_cells:
        return "enough" if high <= n_cells else "probably enough"
    if math.isinf(value):
        return "" if n_cells >= most else f"needs more than {most / n_cells:.1f} times the cells" + _or(deeper)
    upper = "more" if math.isinf(high) else f"{high / n_cells:.1f}"
    lower = max(low / n_cells, 0.0) if math.isfinite(low) else (0.0 if low < 0 else most / n_cells)
    said = f"needs about {value / n_cells:.1f} times the cells (95 % interval {lower:.1f} to {upper})"
    return said + _or(deeper)


def _or(deeper: str) -> str:
    return f", or {deeper}" if deeper else ""
