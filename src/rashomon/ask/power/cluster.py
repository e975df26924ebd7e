"""Are there enough cells and molecules for each judged cluster? A row of closed forms per cluster."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from rashomon.ask.power.limit import Contrast, Seen, Setting, cell_factor, depth_factor, neighbour_odds, odds_needed
from rashomon.ask.power.profile import FEWEST, Profiles
from rashomon.core import UsageError

__all__ = ["POWER_COLUMNS", "cluster_power"]

POWER_COLUMNS = {
    "cluster": "code of the cluster",
    "name": "its name",
    "n": "cells",
    "share": "share of the cells that are in a cluster",
    "nearest": "the cluster that PCA tells from it least, of those of half its size or more (where there are any)",
    "distance": "distance of the two centres, in standard deviations of the noise along it (log CP10k, genes used)",
    "odds": "odds for neighbours of the own cluster over chance, against the nearest; found in 80 % of draws from 8 on "
    "(large ones: from more)",
    "error_known": "least share of wrong cells against the nearest where profiles are known: upper bound, in [0, 1/2]",
    "depth_known": "molecules per cell that suffice for 10 % wrong cells where profiles are known; infinity: none do",
    "cells_factor": "by which factor of cells the odds are enough; below 1: fewer would do; infinity: none up to 64",
    "depth_factor": "by which factor of depth, likewise; NaN where the depth is enough and was not searched",
    "says": "enough | needs ... | not by cells alone ... | cannot tell",
    "reason": "why there are no numbers",
}
"""Columns of the table of clusters and what they mean; simulated ones follow where there are any."""

_ERROR = 0.1


def cluster_power(profiles: Profiles, setting: Setting, *, names: tuple[str, ...], sizes: np.ndarray) -> pd.DataFrame:
    """Return what closed forms say of every judged cluster.

    Parameters
    ----------
    profiles
        Of the clusters that are large enough, in the genes that the pipeline uses.
    setting
        Cells, depth, components, neighbours of the user's analysis.
    names, sizes
        Of all judged clusters.

    Returns
    -------
    One row per judged cluster in the order of the codes; see `POWER_COLUMNS`.

    Notes
    -----
    Compares all pairs of clusters: quadratic in their number, which is tens. With one cluster there is nothing to tell
    it from, and the row says so.

    Examples
    --------
    >>> base = np.full(100, 0.01)
    >>> other = np.where(np.arange(100) < 30, 0.02, 0.4 / 70)
    >>> two = Profiles(np.arange(2), np.array([500, 500]), np.stack([base, other]), base, np.full(100, 0.1), 1e3, 1000)
    >>> table = cluster_power(two, Setting(1000, 1000.0), names=("a", "b"), sizes=np.array([500, 500]))
    >>> table[["name", "nearest", "says"]].values.tolist()
    [['a', 'b', 'enough'], ['b', 'a', 'enough']]
    """
    blank = {"nearest": "", "says": "cannot tell"} | dict.fromkeys(_NUMBERS, math.nan)
    reason = f"fewer than {FEWEST} cells with molecules" if len(profiles.codes) > 1 else "there is one cluster"
    rows = [
        {"cluster": k, "name": name, "n": int(n), "share": n / max(int(sizes.sum()), 1), **blank, "reason": reason}
        for k, (name, n) in enumerate(zip(names, sizes, strict=True))
    ]
    if len(profiles.codes) > 1:
        seen = {setting.depth: Seen.at(profiles, setting.depth)}
        for a, code in enumerate(profiles.codes):
            rows[code] |= {**_row(profiles, a, setting, seen, names), "reason": ""}
    return pd.DataFrame(rows, columns=list(POWER_COLUMNS))


_NUMBERS = ("distance", "odds", "error_known", "depth_known", "cells_factor", "depth_factor")


def _row(
    profiles: Profiles, a: int, setting: Setting, seen: dict[float, Seen], names: tuple[str, ...]
) -> dict[str, object]:
    share = profiles.sizes / profiles.n_cells
    others = [b for b in range(len(share)) if b != a]
    # merged with one of less than half its size a cluster still has F1 = 2 a / (2 a + b) >= 0.8
    others = [b for b in others if 2 * profiles.sizes[b] >= profiles.sizes[a]] or others
    found: dict[int, tuple[Contrast, float]] = {}
    for b in others:
        between = seen[setting.depth].contrast(a, b)
        found[b] = between, neighbour_odds(between, float(share[a]), float(share[b]), setting)
    b = min(others, key=lambda each: (found[each][1], found[each][0].distance))
    between, odds = found[b]
    cells = cell_factor(between, float(share[a]), float(share[b]), setting)
    deeper = (
        depth_factor(profiles, a, b, setting, seen=seen)
        if odds < odds_needed(float(share[a]), float(share[b]))
        else math.nan
    )
    return {
        "nearest": names[int(profiles.codes[b])],
        "distance": math.sqrt(between.distance),
        "odds": odds,
        **_known(profiles, a, b, setting),
        "cells_factor": cells,
        "depth_factor": deeper,
        "says": _says(cells, deeper),
    }


def _known(profiles: Profiles, a: int, b: int, setting: Setting) -> dict[str, float]:
    """Return what even known profiles leave open: limits of counting, not of any method."""
    from rashomon.sim.limit import count_log_affinity, depth_needed, error_bounds

    pair = profiles.rates[[a, b]]
    both = {"dispersion_a": profiles.dispersion, "dispersion_b": profiles.dispersion}
    affinity = float(count_log_affinity(setting.depth * pair[0], setting.depth * pair[1], **both).sum())
    weight = float(profiles.sizes[a] / (profiles.sizes[a] + profiles.sizes[b]))
    wrong = float(error_bounds(affinity, weight=weight).high)
    try:
        depth = float(depth_needed(pair[0], pair[1], error=_ERROR, dispersion=profiles.dispersion).high)
    except UsageError:
        # a profile without a molecule in the genes used has no depth that is enough
        depth = math.inf
    # rates are shares of all molecules, and a profile of the genes used is made to sum to 1
    return {"error_known": wrong, "depth_known": depth / max(float(pair.sum(axis=1).mean()), 1e-300)}


def _says(cells: float, depth: float) -> str:
    if cells <= 1.0:
        return "enough"
    deeper = f"about {_times(depth)} the depth" if math.isfinite(depth) and depth > 1 else ""
    if math.isfinite(cells):
        return f"needs about {_times(cells)} the cells" + (f", or {deeper}" if deeper else "")
    if deeper:
        return f"not by cells alone: {deeper}"
    return "not by cells or depth alone" if math.isinf(depth) else "not by cells alone"


def _times(factor: float) -> str:
    return f"{factor:.1f} times" if factor < 10 else f"{factor:.0f} times"
