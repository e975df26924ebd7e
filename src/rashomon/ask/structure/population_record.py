"""What the user's pipeline makes of one population that has the covariance of the data: reference numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["DATA_COLUMNS", "NULL_CLUSTER_COLUMNS", "SUMMARY_COLUMNS", "Population", "monte_carlo_p"]

SUMMARY_COLUMNS = {
    "draw": "number of the drawn population",
    "n_clusters": "clusters that the pipeline makes of it",
    "modularity": "of those clusters on the graph of the draw; NaN where the pipeline uses no graph",
    "silhouette": "of those clusters on the components of the draw",
    "reason": "why a number is missing; empty where none is",
}

DATA_COLUMNS = {
    "labels": "'judged': the labels on trial; 'pipeline': those of the pipeline that stands in for the unknown one",
    "n_clusters": "clusters",
    "modularity": "on the graph of the data",
    "silhouette": "on the components of the data",
    "p_n_clusters": "(1 + draws with as many clusters or more) / (draws + 1); of the pipeline only",
    "p_modularity": "the same of modularity",
    "p_silhouette": "the same of silhouette",
}

NULL_CLUSTER_COLUMNS = {
    "draw": "number of the drawn population",
    "cluster": "code of the cluster in the draw",
    "size": "its cells",
    "share": "of the cells of the draw",
    "rung": "what was varied",
    "n": "repeats in which it had cells",
    "jaccard": "mean over the repeats of the best Jaccard index at any granularity, as of judged clusters",
    "recovered": "share of the repeats with a Jaccard index of 0.5 or more",
}


@dataclass(frozen=True, eq=False)
class Population:
    """Draws of one population, clustered by the pipeline that stands in for the user's.

    Counts are negative binomial with a dispersion per gene and log-normal factors whose eigenvalues equal those of the
    data; depths and batches are as in the data. The factors also hold what separates groups, if there are any, so that
    these are reference numbers: what clusters without groups look like. They do not decide whether there are groups.

    Parameters
    ----------
    summary
        One row per draw with `SUMMARY_COLUMNS`.
    clusters
        One row per cluster of a draw and rung with `NULL_CLUSTER_COLUMNS`.
    data
        The same numbers of the data, one row per labeling, with `DATA_COLUMNS`.
    n_obs
        Cells of a draw.
    n_data
        Cells of the data.
    pipeline
        Name of the pipeline.
    reason
        Why there are no draws; empty where there are.
    """

    summary: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SUMMARY_COLUMNS)))
    clusters: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(NULL_CLUSTER_COLUMNS)))
    data: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DATA_COLUMNS)))
    n_obs: int = 0
    n_data: int = 0
    pipeline: str = ""
    reason: str = ""

    @property
    def n_draws(self) -> int:
        """Number of drawn populations that were clustered."""
        return len(self.summary)

    @property
    def sentence(self) -> str:
        """What one population gives, and what the judged labels are, in one plain sentence.

        Examples
        --------
        >>> Population(reason="there is no expression matrix").sentence
        'No population without groups was drawn: there is no expression matrix.'
        """
        if self.reason:
            return f"No population without groups was drawn: {self.reason}."
        said, yours = [f"{_range(self.summary['n_clusters'], '.0f')} clusters"], self._judged("n_clusters", ".0f")
        for name in ("modularity", "silhouette"):
            if self.summary[name].notna().any():
                said.append(f"{name} {_range(self.summary[name], '.2f')}")
                yours += f", {self._judged(name, '.2f')}"
        fewer = f" of {self.n_obs:,} cells" if self.n_obs < self.n_data else ""
        draws = f"{self.n_draws} draw{'s' if self.n_draws > 1 else ''}{fewer}"
        return f"One population with your covariance gives {', '.join(said)} ({draws}); yours: {yours}."

    def _judged(self, name: str, form: str) -> str:
        value = float(self.data.loc[self.data["labels"] == "judged", name].iloc[0])
        return format(value, form) if np.isfinite(value) else "undefined"


def _range(values: pd.Series[float], form: str) -> str:
    low, high = format(values.min(), form), format(values.max(), form)
    return low if low == high else f"{low}{' to ' if low.startswith('-') else '-'}{high}"


def monte_carlo_p(value: float, drawn: np.ndarray) -> float:
    """Return how often a draw is at least as large, the value itself counted as one: ``(1 + #) / (B + 1)``.

    Parameters
    ----------
    value
        Of the data.
    drawn
        Of the draws, shape ``(B,)``; NaN is left out.

    Returns
    -------
    In [1 / (B + 1), 1]; at most alpha with probability alpha or less where the data are one more draw (Phipson & Smyth
    2010). No law is fitted to the draws, so that nothing below 1 / (B + 1) is ever claimed. NaN where `value` is, or
    without draws.

    Examples
    --------
    >>> monte_carlo_p(3.0, np.array([1.0, 2.0, 3.0, np.nan]))
    0.5
    """
    known = np.asarray(drawn, dtype=float)
    known = known[np.isfinite(known)]
    if not known.size or not np.isfinite(value):
        return float("nan")
    return float((1 + (known >= value).sum()) / (known.size + 1))
