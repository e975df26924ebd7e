"""The defensible choices for clustering cells by expression, fitted to one data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from rashomon.core import UsageError, did_you_mean
from rashomon.dataset import Dataset
from rashomon.multiverse.choice import Choice, NotRun, Option
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.normalisation import NORMALISATIONS

__all__ = ["Budget", "dense_bytes", "expression_multiverse"]

Budget = Literal["quick", "default"]


@dataclass(frozen=True)
class _Grid:
    """Levels of the numeric choices; the first of each is the default."""

    n_genes: tuple[int, ...]
    n_pcs: tuple[int, ...]
    n_neighbours: tuple[int, ...]
    resolution: tuple[float, ...]
    seeds: tuple[int, ...]
    factors: tuple[float, ...] = field(default=(1.0, 0.67, 1.5))


_GRIDS: dict[str, _Grid] = {
    "quick": _Grid((2000, 1000), (50, 20), (15,), (1.0, 0.5, 1.5), (0, 1)),
    "default": _Grid((2000, 1000, 4000), (50, 20, 30), (15, 10, 30), (1.0, 0.25, 0.5, 1.5, 2.0), (0, 1, 2, 3, 4)),
}

_N_CLUSTERS = 10
"""Number of k-means clusters around which to vary when nobody gave labels."""


def expression_multiverse(
    dataset: Dataset, *, budget: Budget = "quick", use_rep: str | None = None, n_clusters: int | None = None
) -> Multiverse:
    """Return the choices for one data set; what it does not allow is listed with the reason.

    Parameters
    ----------
    dataset
        Its expression decides which steps can run: without counts, no counts-based normalisation.
    budget
        ``quick``: the choices that matter most, two levels each. ``default``: three or more levels, five seeds.
    use_rep
        Name of a view of the data set to start from; all choices before it are not run.
    n_clusters
        Number of clusters of the judged labels; k-means uses it, two thirds and one and a half times of it.

    Raises
    ------
    UsageError
        When the budget is unknown, or there is neither expression nor a view.
    """
    if budget not in get_args(Budget):
        raise UsageError(f"unknown budget {budget!r}", where="budget", fix=did_you_mean(budget, get_args(Budget)))
    grid = _GRIDS[budget]
    not_run: list[NotRun] = []
    if use_rep is not None:
        because = f"the analysis starts from the embedding {use_rep!r}"
        not_run = [NotRun(name, "all", because) for name in ("normalise", "n_genes", "scale", "n_pcs")]
        before: list[Choice] = []
    else:
        before = _data_choices(dataset, grid, not_run)
    return Multiverse((*before, *_cluster_choices(dataset, grid, not_run, n_clusters)), tuple(not_run))


def dense_bytes(multiverse: Multiverse, dataset: Dataset) -> int:
    """Return the size of the largest dense matrix of genes that one worker makes; 0 when none is made.

    Scaled genes and residuals are dense, in double precision as scanpy has them, for as many genes as are chosen.

    Parameters
    ----------
    multiverse
        The choices.
    dataset
        Number of cells and genes.
    """
    if dataset.expression is None or "n_genes" not in {choice.name for choice in multiverse.choices}:
        return 0
    n_vars = dataset.expression.n_vars
    n_genes = max(level if isinstance(level, int) else n_vars for level in multiverse["n_genes"].levels)
    return 8 * dataset.n_obs * min(n_genes, n_vars)


def _data_choices(dataset: Dataset, grid: _Grid, not_run: list[NotRun]) -> list[Choice]:
    if dataset.expression is None:
        raise UsageError(
            "there is no expression to cluster",
            where=dataset.source,
            expected="a matrix of counts or log-normalised values, or an embedding",
            fix="give use_rep, or judge labels only",
        )
    kind, n_vars = dataset.expression.kind, dataset.expression.n_vars
    usable = [record for record in NORMALISATIONS.values() if kind in record.kinds]
    not_run += [
        NotRun(
            "normalise", record.name, f"it needs {' or '.join(record.kinds)} and {dataset.expression.slot} is {kind}"
        )
        for record in NORMALISATIONS.values()
        if kind not in record.kinds and record.offered
    ]
    normalise = Choice("normalise", tuple(Option(r.name, r.summary, r.citation) for r in usable))
    scalable = tuple(record.name for record in usable if record.scalable)
    scale = Choice(
        "scale",
        (
            Option("clip 10", "every gene has the same weight; values beyond 10 sd are clipped", "scanpy tutorials"),
            Option("none", "highly expressed variable genes keep their weight", "Luecken & Theis 2019"),
        ),
        within={"normalise": scalable},
    )
    genes = _gene_choice(grid, n_vars)
    limit = min(dataset.n_obs // 2, *(n_vars if level == "all" else int(level) for level in genes.levels))
    return [normalise, genes, *([scale] if scalable else []), _pc_choice(grid, limit, not_run)]


def _gene_choice(grid: _Grid, n_vars: int) -> Choice:
    rationale = "genes that vary more than their mean predicts"
    options = [Option(n, rationale, "Satija 2015") for n in grid.n_genes if n < n_vars]
    if len(options) < len(grid.n_genes):
        options.append(Option("all", "the file holds few genes, probably selected already"))
    if len(options) == 1:
        options.append(Option(n_vars // 2, rationale, "Satija 2015"))
    return Choice("n_genes", tuple(options))


def _pc_choice(grid: _Grid, limit: int, not_run: list[NotRun]) -> Choice:
    because = f"half of the cells and genes allow fewer than {limit} components"
    not_run += [NotRun("n_pcs", n, because) for n in grid.n_pcs if n >= limit]
    options = [Option(n, "components above the noise differ between data sets") for n in grid.n_pcs if n < limit]
    return Choice("n_pcs", tuple(options or [Option(max(2, limit - 1), "as many as the data allow")]))


def _cluster_choices(dataset: Dataset, grid: _Grid, not_run: list[NotRun], n_clusters: int | None) -> Sequence[Choice]:
    largest = max(2, dataset.n_obs // 10)
    because = f"more than a tenth of {dataset.n_obs} cells would be neighbours of each cell"
    not_run += [NotRun("n_neighbours", k, because) for k in grid.n_neighbours if k > largest]
    sizes = [k for k in grid.n_neighbours if k <= largest] or [largest]
    target = n_clusters or _N_CLUSTERS
    ks = dict.fromkeys(min(max(2, round(target * factor)), dataset.n_obs // 4) for factor in grid.factors)
    leiden, kmeans = {"clusterer": ("leiden",)}, {"clusterer": ("kmeans",)}
    return (
        Choice(
            "clusterer",
            (
                Option("leiden", "communities of the neighbour graph; the field's default", "Traag 2019"),
                Option("kmeans", "compact groups around means; no graph", "Lloyd 1982", "exploratory"),
            ),
        ),
        Choice(
            "n_neighbours", tuple(Option(k, "local or smoothed graph", "McInnes 2018") for k in sizes), within=leiden
        ),
        Choice(
            "resolution",
            tuple(Option(r, "how fine the communities are", "Reichardt & Bornholdt 2006") for r in grid.resolution),
            within=leiden,
            granularity=True,
        ),
        Choice("k", tuple(Option(k, "around the judged number") for k in ks), within=kmeans, granularity=True),
        Choice("seed", tuple(Option(seed, "repeat with other random numbers") for seed in grid.seeds), replicate=True),
    )
