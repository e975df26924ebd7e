"""A verdict per cluster, in words that claim no more than was tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.ask.stability.rung import PIPELINES, rung_words
from rashomon.ask.structure.match import RECOVERED, WHOLE
from rashomon.dataset import Item

__all__ = ["VERDICTS", "ClusterVerdict", "Thresholds", "judge_cluster"]

VERDICTS = {
    "comes back": "found again in other cells and under most settings",
    "splits": "not found again because it falls into parts",
    "merges": "not found again because it joins another cluster",
    "only under": "found again in other cells, but only with one setting",
    "does not come back": "not found again in other cells, or not under most settings",
    "cannot tell": "too few cells, or the numbers straddle the line",
}


@dataclass(frozen=True)
class Thresholds:
    """Lines between verdicts; conventions, shown in the report.

    Parameters
    ----------
    recovered
        Share of repeats, or of pipelines, in which a cluster must be found again to come back.
    elsewhere
        Share below which it counts as absent from the other levels of a choice.
    half
        Share of the repeats that lost it which must agree that it splits or merges.
    n_cells
        Smaller clusters are not judged: a half-sample would hold fewer than half of this.
    """

    recovered: float = 0.8
    elsewhere: float = 0.5
    half: float = 0.5
    n_cells: int = 20


@dataclass(frozen=True)
class ClusterVerdict:
    """What is said of one cluster.

    Parameters
    ----------
    verdict
        A key of `VERDICTS`.
    detail
        The rest of the sentence: into how many parts, with which cluster, under which setting, why not told.
    action
        What to do next.
    """

    verdict: str
    detail: str = ""
    action: str = ""

    @property
    def words(self) -> str:
        """Verdict and detail as shown."""
        return f"{self.verdict} {self.detail}".strip()


def judge_cluster(  # noqa: PLR0913 - what is known of a cluster, and how it is said
    *,
    size: int,
    rungs: pd.DataFrame,
    settings: pd.DataFrame,
    lost: pd.DataFrame,
    names: tuple[str, ...],
    refusal: str = "",
    limits: Thresholds | None = None,
    item: Item = "cell",
) -> ClusterVerdict:
    """Return the verdict on one cluster.

    In this order: *cannot tell* (`refusal`, too few cells, or nothing that could be re-run); where it fails to come
    back under a perturbation, or under other settings: *only under* one setting (settings alone fail), *splits* or
    *merges* (most of the repeats that lost it agree how), *cannot tell* (the interval straddles the line), *does not
    come back*; else *comes back*.

    Parameters
    ----------
    size
        Number of its cells.
    rungs
        Its rows of `rashomon.ask.stability.rung.rung_table`, one per rung.
    settings
        Its rows of `rashomon.ask.stability.rung.setting_table`.
    lost
        Its matches in the repeats that lost it, at the granularity nearest to the judged number of clusters, with the
        column ``rung``.
    names
        Readable names of all judged clusters, for "merges with".
    refusal
        Why nothing can be said about any cluster, if so.
    limits
        Lines between verdicts.
    item
        What a row is.
    """
    limits = limits or Thresholds()
    if refusal:
        return ClusterVerdict("cannot tell", f"({refusal})", "give pipeline= with the settings that made the labels")
    if size < limits.n_cells:
        return ClusterVerdict(
            "cannot tell",
            f"({size} {item}s; {limits.n_cells} are needed)",
            f"collect more {item}s, or merge it by hand",
        )
    rates = rungs[rungs["decides"]].set_index("rung")
    if rates.empty:
        return ClusterVerdict("cannot tell", "(nothing could be re-run)", "see why the runs failed")
    failing = rates[~(rates["recovered"] >= limits.recovered)]
    if failing.empty:
        return ClusterVerdict("comes back", "", "keep it; check next which labels it follows")
    if list(failing.index) == [PIPELINES]:
        only = _only_under(settings, limits)
        if only is not None:
            return only
    worst = int(failing["recovered"].fillna(0.0).argmin())
    shape = _shape(lost[lost["rung"] == failing.index[worst]], names, limits)
    return shape or _undecided(rung_words(str(failing.index[worst]), item), failing.iloc[worst], limits)


def _only_under(settings: pd.DataFrame, limits: Thresholds) -> ClusterVerdict | None:
    only = settings[(settings["recovered"] >= limits.recovered) & (settings["elsewhere"] < limits.elsewhere)]
    if only.empty:
        return None
    row = only.sort_values("recovered", ascending=False, kind="stable").iloc[0]
    setting = f"{row['choice']} = {row['level']}"
    return ClusterVerdict("only under", setting, f"report it with {setting}, or look for what that setting changes")


def _shape(lost: pd.DataFrame, names: tuple[str, ...], limits: Thresholds) -> ClusterVerdict | None:
    if lost.empty:
        return None
    split = ((lost["pieces_jaccard"] >= WHOLE) & (lost["n_pieces"] >= 2)).to_numpy()
    if split.mean() >= limits.half:
        parts = int(lost.loc[split, "n_pieces"].median())
        return ClusterVerdict("splits", f"into {parts} parts", "look at what separates the parts before naming it")
    merged = ((lost["merged_jaccard"] >= WHOLE) & (lost["partners"].map(len) > 0)).to_numpy()
    if merged.mean() >= limits.half:
        partners = lost.loc[merged, "partners"].explode().value_counts()
        common = [names[code] for code in partners[partners >= limits.half * merged.sum()].index]
        who = ", ".join(common[:2]) + (f" and {len(common) - 2} more" if len(common) > 2 else "")
        return ClusterVerdict(
            "merges", f"with {who or 'other clusters'}", "treat them as one group, or name the marker"
        )
    return None


def _undecided(repeats: str, row: pd.Series[float], limits: Thresholds) -> ClusterVerdict:
    rate = row["recovered"]
    where = f"(found in {100 * rate:.0f} % of {repeats})"
    # as often found as not, give or take: neither answer would be repeated
    if not np.isfinite(rate) or (1 - limits.recovered < rate and row["low"] < RECOVERED <= row["high"]):
        return ClusterVerdict("cannot tell", where, f"it comes and goes in {repeats}: say so if you use it")
    return ClusterVerdict("does not come back", where, "do not build on it without other evidence")
