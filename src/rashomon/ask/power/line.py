"""Closed-form limits as lines in the plane of cells and depth, for the figure of detectability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.ask.power.limit import Seen, Setting, fewest_cells, neighbour_odds, odds_needed
from rashomon.ask.power.profile import Profiles

__all__ = ["LINE_COLUMNS", "limit_lines"]

LINE_COLUMNS = {
    "cluster": "code of the cluster",
    "name": "its name",
    "nearest": "the cluster that it has to be told from",
    "n_obs": "cells in all",
    "depth": "molecules per cell from which closed forms say that it is found in 80 % of draws; NaN: beyond what was "
    "looked at",
    "reason": "why there is no depth",
}
"""Columns of the table of lines and what they mean."""

_SPAN = 8.0
_N_DEPTHS = 13


def limit_lines(
    profiles: Profiles, setting: Setting, table: pd.DataFrame, *, n_obs: Sequence[int], names: Sequence[str]
) -> pd.DataFrame:
    """Return, for each cluster and number of cells, the depth that closed forms ask for.

    Parameters
    ----------
    profiles, setting
        As for `rashomon.ask.power.cluster.cluster_power`.
    table
        What that returned: it names the nearest cluster of each.
    n_obs
        Numbers of cells.
    names
        Names of all judged clusters, by code.

    Returns
    -------
    One row per cluster and number of cells; see `LINE_COLUMNS`. Depths within a factor of 8 of the data's are looked
    at.
    """
    depths = setting.depth * np.geomspace(1 / _SPAN, _SPAN, _N_DEPTHS)
    seen = [Seen.at(profiles, float(depth)) for depth in depths]
    place, share = {names[int(code)]: k for k, code in enumerate(profiles.codes)}, profiles.sizes / profiles.n_cells
    rows = []
    for row in table[table["nearest"] != ""].to_dict("records"):
        a, b = place[row["name"]], place[row["nearest"]]
        contrasts = [each.contrast(a, b) for each in seen]
        for n in n_obs:
            at = replace(setting, n_cells=n)
            few = share[a] * n < fewest_cells(at)
            found = [neighbour_odds(each, float(share[a]), float(share[b]), at) for each in contrasts]
            depth = (
                math.nan if few else _crossing(np.array(found), depths, odds_needed(float(share[a]), float(share[b])))
            )
            why = "too few cells" if few else "" if math.isfinite(depth) else "beyond the depths looked at"
            rows.append((row["cluster"], row["name"], row["nearest"], n, depth, why))
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS))


def _crossing(odds: np.ndarray, depths: np.ndarray, needed: float) -> float:
    """Return the depth at which the odds reach those that are needed, between two depths; NaN where none is."""
    enough = np.flatnonzero(odds >= needed)
    if not enough.size or enough[0] == 0:
        return math.nan
    k = int(enough[0])
    low, high = np.log(odds[k - 1]), np.log(min(odds[k], 1e12))
    part = (math.log(needed) - low) / (high - low)
    return float(np.exp(np.log(depths[k - 1]) + part * np.log(depths[k] / depths[k - 1])))
