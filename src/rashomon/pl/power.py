"""Could this cluster have been found? Its rate of recovery over cells and depth, with your data as a diamond."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how often draws of a look-alike of the data recover one cluster, over cells and depth.

    Parameters
    ----------
    tables
        Of question 7: ``detectability``, ``power_limits`` and, for the line of the closed forms, ``power_lines``.
    cluster
        Name of the cluster in ``detectability``.
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
    user = {"n_obs": float(limits["cells"]), "depth": float(limits["typical depth"])}
    rows = points[points["name"] == cluster]
    axes = new_axes(ax, size=(6.4, 4.6), show=show)
    # before it is saved; the legend has the left half
    axes.set_title(label(cluster, width=30), loc="right", fontsize="medium")
    lines = _lines(tables, cluster)
    return detectability(rows, x="n_obs", y="depth", user=user, lines=lines, ax=axes, show=show, save=save)


def _lines(tables: Mapping[str, pd.DataFrame], cluster: str) -> dict[str, tuple[Any, Any]]:
    """Return the line from which closed forms promise 80 %, where it lies in the plane."""
    lines = tables.get("power_lines")
    if lines is None:
        return {}
    mine = lines[(lines["name"] == cluster) & lines["depth"].notna()]
    return {"80 % (closed form)": (mine["n_obs"].to_numpy(), mine["depth"].to_numpy())} if len(mine) > 1 else {}
