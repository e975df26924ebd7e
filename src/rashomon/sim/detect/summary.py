"""One row per grid point from one row per draw: rates of recovery with their intervals, failures kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.score.rate import wilson

__all__ = ["POINT_COLUMNS", "summarise"]

POINT_COLUMNS = {
    "n_replicates": "draws that were asked for",
    "n_failed": "draws that the pipeline could not cluster; they count neither as recovered nor as not",
    "n_absent": "draws without a cell of the group, or without any other; there it is not recovered",
    "n_recovered": "draws in which the group was recovered",
    "rate": "n_recovered / (n_replicates - n_failed); NaN where every draw failed",
    "low": "lower end of the 95 % interval of the rate (Wilson)",
    "high": "upper end of the interval",
    "mean_f1": "mean F1 of the best-matching cluster, over draws in which it is defined",
    "prevalence": "mean share of the group among the cells compared",
    "mean_clusters": "mean number of clusters",
    "ceiling": "share of draws in which the posterior of the world recovers the group; NaN where there is none",
    "ceiling_kind": "oracle; assisted oracle, an upper bound; or why there is no ceiling",
    "status": "ok; failed where every draw failed",
    "reason": "why draws failed",
}
"""Columns of the table of grid points, after its settings, and what they mean."""


def summarise(draws: pd.DataFrame, *, axes: Sequence[str]) -> pd.DataFrame:
    """Return one row per grid point, in the order of `draws`: settings, then `POINT_COLUMNS`.

    Parameters
    ----------
    draws
        One row per draw: the `axes`, and what `rashomon.sim.detect.grid` writes about each draw.
    axes
        Columns that together name a grid point.
    """
    rows = [dict(zip(axes, point, strict=True)) | _point(part) for point, part in draws.groupby(list(axes), sort=False)]
    table = pd.DataFrame(rows, columns=[*axes, *POINT_COLUMNS])
    low, high = wilson(table["n_recovered"].to_numpy(), (table["n_replicates"] - table["n_failed"]).to_numpy())
    return table.assign(low=low, high=high)


def _point(part: pd.DataFrame) -> dict[str, Any]:
    ran = part[part["status"] != "failed"]
    reasons = part["reason"][part["status"] == "failed"].unique()
    return {
        "n_replicates": len(part),
        "n_failed": len(part) - len(ran),
        "n_absent": int((ran["status"] == "absent").sum()),
        "n_recovered": int(ran["recovered"].sum()),
        "rate": float(ran["recovered"].mean()) if len(ran) else np.nan,
        "mean_f1": float(ran["f1"].mean()),
        "prevalence": float(ran["prevalence"].mean()),
        "mean_clusters": float(ran["n_clusters"].mean()),
        "ceiling": float(part["ceiling_recovered"].mean()),
        "ceiling_kind": first_few(part["ceiling_kind"].unique(), n=2),
        "status": "ok" if len(ran) else "failed",
        "reason": first_few(reasons, n=2) if len(reasons) else "",
    }
