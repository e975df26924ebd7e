"""What the trip-wires of scores look at: sizes, borders, nesting, and what one population gives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rashomon.ask.request import Request
from rashomon.ask.tripwire.record import Finding
from rashomon.core import first_few
from rashomon.dataset import nesting

__all__ = [
    "Neighbours",
    "border_shares",
    "circular_truth",
    "giant_cluster",
    "nested_donors",
    "null_stability",
    "null_validity",
    "size_gini",
    "touching_clusters",
    "unequal_sizes",
]

Neighbours = Mapping[str, np.ndarray]
"""Slots of one pipeline: ``knn_indices``, shape ``(n_rows, k)``, the cell itself first; ``rows``, their positions."""


def size_gini(sizes: np.ndarray) -> float:
    """Return the Gini coefficient of sizes: 0 where all are equal, near 1 where one holds nearly everything.

    Parameters
    ----------
    sizes
        Counts above 0, shape ``(n_clusters,)``.

    Examples
    --------
    >>> size_gini(np.array([5, 5, 5])), round(size_gini(np.array([97, 1, 1, 1])), 2)
    (0.0, 0.72)
    """
    ordered = np.sort(np.asarray(sizes, dtype=np.float64))
    n = ordered.size
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * ordered.sum()) - (n + 1) / n)


def unequal_sizes(request: Request, neighbours: Neighbours | None, *, gini: float) -> Finding:
    """Look at how unequal the judged clusters are.

    Parameters
    ----------
    request
        Its labels on trial.
    neighbours
        Not looked at.
    gini
        Coefficient above which it fires, in [0, 1].
    """
    del neighbours
    sizes = request.judged.sizes
    value = size_gini(sizes[sizes > 0])
    largest = request.judged.categories[int(sizes.argmax())]
    said = f"the Gini coefficient of the cluster sizes is {value:.2f}, and {sizes.max() / sizes.sum():.0%} are in one"
    return Finding("fired", said, (largest,)) if value > gini else Finding("quiet", said)


def nested_donors(request: Request, neighbours: Neighbours | None) -> Finding:
    """Look whether every donor was measured in one batch only.

    Parameters
    ----------
    request
        Declares the columns.
    neighbours
        Not looked at.
    """
    del neighbours
    donor, batch = request.dataset.roles.donor, request.dataset.roles.batch
    if donor is None or batch is None:
        return Finding("not computable", "a donor and a batch column are needed")
    how = nesting(donor.codes, batch.codes)
    if how in {"same", "nested"} and np.unique(batch.codes[batch.codes >= 0]).size > 1:
        return Finding("fired", f"every {donor.name} is in one {batch.name}", (donor.name, batch.name))
    return Finding("quiet", f"{donor.name} and {batch.name} are not nested")


def giant_cluster(request: Request, neighbours: Neighbours | None, *, share: float) -> Finding:
    """Look for one cluster with a large part of the clustered receptors.

    Parameters
    ----------
    request
        Its labels on trial; of receptors only.
    neighbours
        Not looked at.
    share
        Of the clustered receptors, above which it fires.
    """
    del neighbours
    if request.dataset.item != "receptor":
        return Finding("not computable", "these are no receptors")
    sizes = request.judged.sizes
    value = float(sizes.max() / sizes.sum())
    said = f"the largest cluster has {value:.0%} of the clustered receptors"
    largest = request.judged.categories[int(sizes.argmax())]
    return Finding("fired", said, (largest,)) if value > share else Finding("quiet", said)


def border_shares(labels: np.ndarray, knn_indices: np.ndarray, *, own: float = 2 / 3) -> np.ndarray:
    """Return, per cluster, the share of its cells that lie on a border.

    Parameters
    ----------
    labels
        Codes, shape ``(n,)``; cells below 0 have no cluster and are no one's neighbour of the same cluster.
    knn_indices
        Nearest neighbours, shape ``(n, k)``, the cell itself first.
    own
        A cell is on a border if less than this share of its neighbours is in its cluster.

    Returns
    -------
    Shares in [0, 1], shape ``(n_codes,)``; NaN for codes without a cell. Near 0 for groups with gaps between them, near
    1 for cuts through noise.

    Examples
    --------
    >>> knn = np.array([[0, 1], [1, 0], [2, 3], [3, 1]])
    >>> border_shares(np.array([0, 0, 1, 1]), knn).tolist()
    [0.0, 0.5]
    """
    same = labels[knn_indices[:, 1:]] == labels[:, None]
    border = same.mean(axis=1) < own
    known = labels >= 0
    sizes = np.bincount(labels[known], minlength=1)
    counts = np.bincount(labels[known], weights=border[known], minlength=1)
    return np.where(sizes > 0, counts / np.maximum(sizes, 1), np.nan)


def touching_clusters(request: Request, neighbours: Neighbours | None, *, border: float, own: float) -> Finding:
    """Look whether most clusters touch others: their cells have many neighbours elsewhere.

    Parameters
    ----------
    request
        Its labels on trial.
    neighbours
        Of the pipeline that stands in.
    border
        Median over clusters of the share of border cells, above which it fires.
    own
        See `border_shares`.
    """
    if neighbours is None:
        return Finding("not computable", "no neighbours were computed")
    shares = border_shares(request.judged.codes[neighbours["rows"]], neighbours["knn_indices"], own=own)
    shares = shares[np.isfinite(shares)]
    if shares.size < 2:
        return Finding("not computable", "there is one cluster")
    value = float(np.median(shares))
    said = f"in the median cluster {value:.0%} of the cells lie on the border to another one"
    return Finding("fired", said) if value > border else Finding("quiet", said)


def null_stability(request: Request, neighbours: Neighbours | None, *, jaccard: float) -> Finding:
    """Look whether clusters of one population come back as stable ones do.

    Parameters
    ----------
    request
        Its population, where one was drawn.
    neighbours
        Not looked at.
    jaccard
        Mean best Jaccard index that 5 % of the null clusters must reach for it to fire.
    """
    del neighbours
    population = request.population
    if population is None or population.clusters.empty:
        return Finding("not computable", "no population without groups was drawn")
    values = population.clusters["jaccard"].dropna()
    if values.empty:
        return Finding("not computable", "no cluster of the drawn populations was looked for again")
    top = float(values.quantile(0.95))
    said = f"5 % of the clusters of one population come back with a Jaccard index of {top:.2f} or more"
    return Finding("fired" if top >= jaccard else "quiet", said)


def null_validity(request: Request, neighbours: Neighbours | None, *, p: float) -> Finding:
    """Look whether silhouette and modularity are above those of one population.

    Parameters
    ----------
    request
        Its population, where one was drawn.
    neighbours
        Not looked at.
    p
        Above which it fires, where so small a p could have been reached.
    """
    del neighbours
    population = request.population
    if population is None or population.data.empty:
        return Finding("not computable", "no population without groups was drawn")
    if 1 / (population.n_draws + 1) > p:
        return Finding("not computable", f"{population.n_draws} draws cannot give a p below {p:g}")
    rows = population.data[population.data["labels"] == "pipeline"]
    high = [name for name in ("silhouette", "modularity") if (rows[f"p_{name}"] > p).any()]
    if high:
        return Finding("fired", f"{' and '.join(high)} are as in one population", tuple(high))
    return Finding("quiet", f"both are above those of {population.n_draws} draws of one population")


def circular_truth(request: Request, neighbours: Neighbours | None) -> Finding:
    """Look for declared labels that were made from the matrix that made the clusters.

    Parameters
    ----------
    request
        Declares the columns.
    neighbours
        Not looked at.
    """
    del neighbours
    truths = [truth for truth in request.dataset.truths.values() if truth.kind != "technical"]
    if not truths:
        return Finding("not computable", "no label column was declared")
    circular = tuple(truth.name for truth in truths if truth.is_circular(request.dataset.made_from))
    if circular:
        return Finding("fired", f"{first_few(circular)} come from the same matrix as the clusters", circular)
    return Finding("quiet", "no declared label column comes from the same matrix as the clusters")
