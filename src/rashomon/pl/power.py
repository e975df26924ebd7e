"""Could this cluster have been found? Its rate of recovery over cells and depth, with your data as a diamond."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.pl.canvas import new_axes
from rashomon.pl.detectability import detectability
from rashomon.pl.label import label

__all__ = ["power"]


def power(
    tables: Mapping[str, pd.DataFrame],
    cluster: str,
    *,
    y: Literal["depth", "strength"] = "depth",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how often draws of a look-alike of the data recover one cluster, over cells and depth, or strength.

    A ring is how often the oracle of the look-alike, which knows its true parameters, finds the cluster there: the dot
    of no method is larger in the mean. Without an oracle there are no rings.

    Parameters
    ----------
    tables
        Of question 7: ``detectability``, ``power_limits`` and, for the line of the closed forms, ``power_lines``.
    cluster
        Name of the cluster in ``detectability``.
    y
        What is drawn beside the cells: ``"depth"``, at the strength of the data, or ``"strength"`` (how far clusters
        differ, as a multiple of what they do), at their depth.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes, see `rashomon.pl.detectability`.

    Raises
    ------
    UsageError
        When nothing was drawn (budget quick), or there is no such cluster.
    """
    points = tables["detectability"]
    if points.empty:
        raise UsageError(
            "no look-alike of the data was drawn", where="pl.power", expected="the table of a larger budget",
            fix="ask with budget='default'",
        )  # fmt: skip
    names = list(dict.fromkeys(points["name"].astype(str)))
    if cluster not in names:
        raise UsageError(
            f"there is no cluster {cluster!r}", where="pl.power(cluster=)", fix=did_you_mean(cluster, names)
        )
    limits = tables["power_limits"].set_index("limit")["value"]
    user = {"n_obs": float(limits["cells"]), "depth": float(limits["typical depth"]), "strength": 1.0}
    rows = points[points["name"] == cluster]
    held = "strength" if y == "depth" else "depth"
    if held in rows:
        own = rows[held].to_numpy(dtype=float)
        # the depth of draws is that of the data, up to rounding: the nearest is at factor 1
        rows = rows[np.isclose(own, own[np.argmin(np.abs(np.log(own / user[held])))])]
    axes = new_axes(ax, size=(6.4, 4.6), show=show)
    # before it is saved, and above the legend
    axes.set_title(label(cluster, width=30), loc="right", fontsize="medium", pad=28)
    lines = _lines(tables, cluster) if y == "depth" else {}
    return detectability(rows, x="n_obs", y=y, user=user, lines=lines, ax=axes, show=show, save=save)


def _lines(tables: Mapping[str, pd.DataFrame], cluster: str) -> dict[str, tuple[Any, Any]]:
    """Return the line from which closed forms promise 80 %, where it lies in the plane."""
    lines = tables.get("power_lines")
    if lines is None:
        return {}
    mine = lines[(lines["name"] == cluster) & lines["depth"].notna()]
    return {"80 % (closed form)": (mine["n_obs"].to_numpy(), mine["depth"].to_numpy())} if len(mine) > 1 else {}
