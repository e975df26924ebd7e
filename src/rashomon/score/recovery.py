"""Recovery of clusters: how well each cluster is found again in other runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.core.labels import MISSING
from rashomon.score.agreement_record import PAIR
from rashomon.score.contingency import tabulate
from rashomon.score.item import check_codes, same_length
from rashomon.score.jaccard import best_matches
from rashomon.score.record import first_reason
from rashomon.score.stability import StabilityResult, mean_of_defined

__all__ = ["cluster_recovery", "mean_recovery", "shuffle_observed"]

DISSOLVED, RECOVERED = 0.5, 0.75

_COLUMNS = {
    "cluster": "int64",
    "size": "int64",
    "mean": "float64",
    "low_5": "float64",
    "dissolved": "float64",
    "recovered": "float64",
    "null": "float64",
    "n_runs": "int64",
    "n_undefined": "int64",
}


def cluster_recovery(labels: np.ndarray, reference: np.ndarray, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return how well each cluster of `reference` is found again in other runs: cluster-wise Jaccard (Hennig 2007).

    Parameters
    ----------
    labels
        Runs, usually on resampled items: codes, shape ``(n_obs, n_runs)``; ``-2`` where an item was not drawn.
    reference
        The clusters asked about: codes, shape ``(n_obs,)``.
    rng
        Random numbers for the null.

    Returns
    -------
    One row per cluster of `reference`, ascending:

    ``cluster``, ``size``
        Code, and its items.
    ``mean``, ``low_5``
        Mean and 5 % quantile, over runs, of the best Jaccard index with a cluster of the run, in [0, 1], on the items
        that the run observed.
    ``dissolved``, ``recovered``
        Share of runs with a best Jaccard index below 0.5, and above 0.75.
    ``null``
        The same mean when each run's labels are permuted among its items: a cluster that holds most items reaches a
        high index by size alone.
    ``n_runs``, ``n_undefined``
        Runs behind these numbers, and runs left out: they observed no item of the cluster, or say nothing (one cluster
        in both, every item its own in both). All numbers are NaN when no run is left.

    Raises
    ------
    UsageError
        When labels and reference have different numbers of items.

    Examples
    --------
    >>> reference, runs = np.array([0, 0, 0, 1, 1, 1]), np.array([[4, 0], [4, 0], [4, 1], [2, 1], [2, 1], [-2, 1]])
    >>> found = cluster_recovery(runs, reference, rng=np.random.default_rng(0))
    >>> found[["cluster", "mean", "dissolved", "recovered", "n_runs"]].round(3)
       cluster   mean  dissolved  recovered  n_runs
    0        0  0.833        0.0        0.5       2
    1        1  0.875        0.0        0.5       2
    """
    reference = check_codes(reference, where="reference")
    if np.ndim(labels) != 2:
        raise UsageError(f"labels have shape {np.shape(labels)}", where="runs", expected="(n_obs, n_runs)")
    same_length(np.shape(labels)[0], reference.size, where="runs and reference")
    runs = [check_codes(labels[:, j], where=f"run {j}") for j in range(labels.shape[1])]
    clusters, size = np.unique(reference[reference >= 0], return_counts=True)
    best = _best(reference, runs, clusters.size)
    null = _best(reference, [shuffle_observed(run, reference > MISSING, rng=rng) for run in runs], clusters.size)
    n_runs = (~np.isnan(best)).sum(axis=0)
    rows = []
    for k in range(clusters.size):
        seen = ~np.isnan(best[:, k])
        values = best[seen, k] if seen.any() else np.array([np.nan])
        defined = np.where(np.isnan(values), np.nan, 1.0)
        rows.append(
            {
                "cluster": int(clusters[k]),
                "size": int(size[k]),
                "mean": values.mean(),
                "low_5": np.quantile(values, 0.05),
                "dissolved": ((values < DISSOLVED) * defined).mean(),
                "recovered": ((values > RECOVERED) * defined).mean(),
                "null": null[seen, k].mean() if seen.any() else np.nan,
                "n_runs": int(n_runs[k]),
                "n_undefined": len(runs) - int(n_runs[k]),
            }
        )
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in _COLUMNS.items()})


def mean_recovery(labels: np.ndarray, reference: np.ndarray, *, rng: np.random.Generator) -> StabilityResult:
    """Return the mean of `cluster_recovery` over the clusters of `reference`, each counted once.

    Parameters
    ----------
    labels, reference, rng
        See `cluster_recovery`.
    """
    table = cluster_recovery(labels, reference, rng=rng)
    null = float(table["null"].mean()) if table["null"].notna().any() else float("nan")
    return mean_of_defined(table["mean"].to_numpy(), null=null, nothing="no cluster was observed in a run")


def shuffle_observed(codes: np.ndarray, among: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Permute the codes of the observed items that lie in `among`, a mask; the others keep theirs.

    Parameters
    ----------
    codes
        Shape ``(n_obs,)``; items with -2 stay unobserved.
    among
        ``bool``, shape ``(n_obs,)``.
    rng
        Random numbers.
    """
    shuffled, at = codes.copy(), np.flatnonzero((codes > MISSING) & among)
    shuffled[at] = rng.permutation(codes[at])
    return shuffled


def _best(reference: np.ndarray, runs: list[np.ndarray], n_clusters: int) -> np.ndarray:
    """Return the best Jaccard index of each cluster in each run, ``(n_runs, n_clusters)``; NaN where undefined."""
    best = np.full((len(runs), n_clusters), np.nan)
    for j, run in enumerate(runs):
        if not first_reason(PAIR, tabulate(reference, run).facts):
            best[j] = best_matches(reference, run)["jaccard"]
    return best
