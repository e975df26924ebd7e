"""Do the markers of a cluster survive? One row per cluster: its best genes by name, and how often they mark it."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label, sized_labels
from rashomon.pl.style import ACCENT, CONTINUOUS, FAINT, INK, MUTED, REFERENCE, UNKNOWN, ink_on

__all__ = ["marker_concordance"]

_N_GENES = 8
"""Markers per cluster that are named, those with the largest AUROC."""

_LONGEST = 10
"""Characters of the name of a gene; accession numbers, which are longer, differ at the end."""

_SHORT = 8
"""Characters that fit in the usual size."""

_BOXES = ((0.0, 0.76), (0.79, 0.21))
"""Left end and width of the two panels."""


def marker_concordance(
    markers: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw which markers of each cluster are still its markers when the analysis is done otherwise, and in each donor.

    Parameters
    ----------
    markers
        ``cluster`` (position in `clusters`), ``gene``, ``auroc``, ``kept_pipelines`` (share of the pipelines whose
        matching cluster the gene marks; NaN: none ran), ``kept_donors``, ``n_donors`` (donors in which it does, and
        that can say), ``held_out`` (whether it was tested on counts that the labels had not seen).
    clusters
        ``name``, ``size``; one row per cluster. A cluster without markers keeps its row.
    item
        What a row of the data is, for the sizes.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Two Axes. Left: the eight genes with the largest AUROC from left to right, coloured by ``kept_pipelines``; a star
    marks genes tested on the counts that made the labels. Right: the mean share that is kept, of these genes, in other
    settings (dot) and in the donors (diamond). Clusters stand in the order of the table.
    """
    outer = new_axes(ax, size=(11.2, 1.9 + 0.3 * max(2, len(clusters))), show=show)
    left, right = split(outer, [(x, 0, width, 1) for x, width in _BOXES])
    order = markers.sort_values(["cluster", "auroc"], ascending=[True, False], kind="stable")
    best = order.groupby("cluster", sort=False).head(_N_GENES)
    best = best.assign(place=best.groupby("cluster", sort=False).cumcount())
    drawn = _draw_genes(left, best, len(clusters))
    _draw_kept(right, best, len(clusters))
    left.set_yticks(np.arange(len(clusters)), sized_labels(clusters, item, width=30))
    bar = outer.get_figure().colorbar(drawn, ax=outer, fraction=0.02, pad=0.02, ticks=[0, 0.5, 1])
    bar.set_label("kept in other settings")
    bar.ax.tick_params(length=2)
    outer.set_xlabel(fill(_below(best), 110), labelpad=22)
    finish(outer, show=show, save=save)
    return [left, right]


def _draw_genes(panel: Any, best: pd.DataFrame, n_clusters: int) -> Any:
    values = np.full((max(1, n_clusters), _N_GENES), np.nan)
    at = best["cluster"].to_numpy(dtype=np.int64), best["place"].to_numpy(dtype=np.int64)
    values[at] = best["kept_pipelines"].to_numpy(dtype=float)
    edges = np.arange(_N_GENES + 1) - 0.5, np.arange(len(values) + 1) - 0.5
    mesh = panel.pcolormesh(
        *edges, np.ma.masked_invalid(values), cmap=CONTINUOUS, vmin=0.0, vmax=1.0, edgecolor="white", linewidth=1.2
    )
    for row in best.to_dict("records"):
        _write(panel, mesh, row, values[row["cluster"], row["place"]])
    for bare in sorted(set(range(n_clusters)) - set(best["cluster"])):
        panel.text(-0.4, bare, "no marker", va="center", color=MUTED, fontsize=8)
    panel.set(xlim=(-0.5, _N_GENES - 0.5), ylim=(len(values) - 0.5, -0.5), xticks=[], yticks=[])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    panel.set_title("best markers, the largest AUROC first", color=INK)
    return mesh


def _write(panel: Any, mesh: Any, row: Any, kept: float) -> None:
    from matplotlib.patches import Rectangle

    x, y, known = row["place"], row["cluster"], np.isfinite(kept)
    if not known:
        panel.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=UNKNOWN, edgecolor="white", linewidth=1.2))
    gene = str(row["gene"])
    shown = gene if len(gene) <= _LONGEST else f"{gene[:3]}…{gene[4 - _LONGEST :]}"
    star = "" if row["held_out"] else "*"
    size = 8 if len(shown + star) <= _SHORT else 6.5
    colour = ink_on(mesh.cmap(mesh.norm(kept))) if known else INK
    panel.text(x, y, label(shown) + star, ha="center", va="center", color=colour, fontsize=size, style="italic")


def _draw_kept(panel: Any, best: pd.DataFrame, n_clusters: int) -> None:
    for row in range(0, n_clusters, 2):
        panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
    asked = best[best["n_donors"] > 0]
    of_donors = (asked["kept_donors"] / asked["n_donors"]).groupby(asked["cluster"]).mean()
    of_pipelines = best.groupby("cluster")["kept_pipelines"].mean().dropna()
    panel.scatter(of_pipelines, of_pipelines.index, s=30, color=ACCENT, zorder=3, clip_on=False)
    panel.scatter(
        of_donors,
        of_donors.index,
        s=52,
        marker="D",
        facecolor="none",
        edgecolor=REFERENCE,
        linewidth=1.3,
        zorder=4,
        clip_on=False,
    )
    panel.set(xlim=(-0.03, 1.03), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"], yticks=[])
    panel.set_ylim(max(1, n_clusters) - 0.5, -0.5)
    panel.spines[:].set_visible(False)
    panel.tick_params(length=2)
    panel.set_title("share kept", color=INK)
    if best.empty or not (len(of_pipelines) or len(of_donors)):
        panel.text(0.5, 0.5, "not known", transform=panel.transAxes, ha="center", va="center", color=MUTED)


def _below(best: pd.DataFrame) -> str:
    circular = not best["held_out"].astype(bool).all()
    said = (
        ("Right: mean over the named genes; dot: other settings", best["kept_pipelines"].notna().any()),
        ("diamond: donors", (best["n_donors"] > 0).any()),
        ("*: tested on the counts that made the labels, which is no evidence", circular),
        ("grey: no pipeline ran", best["kept_pipelines"].isna().any()),
    )
    return "; ".join(part for part, holds in said if holds)
