"""Trip-wires on clusters and labels: sums of two others, one donor's, computed from the same matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import isfinite
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.stats import hypergeom, kendalltau

from rashomon.ask.judged import Judged
from rashomon.ask.tripwire.record import Finding
from rashomon.core import first_few
from rashomon.core.labels import encode_labels
from rashomon.dataset import Dataset, Truth, nesting

__all__ = ["Mix", "doublet_mix", "doublet_mixes", "numbered_by_size", "one_donor", "same_matrix"]

_CLUSTERER = re.compile(r"leiden|louvain|phenograph|seurat_clusters|snn_res|(?:^|_)clusters?(?:$|_|\d)", re.IGNORECASE)
"""Names that clusterers, and people after clustering, give to columns."""

_MOST_CLUSTERS = 200
"""A column with more values is no clustering."""

_MIN_CELLS = 10
"""Clusters below this size have no mean to speak of."""

_N_GENES = 20
"""Genes that tell two clusters apart."""

_BOTH = 0.1
"""A cell has the markers of a cluster from this share of that cluster's level on."""

_MIN_FOLD = 4.0

_MOST_GENES = 0.75

_PRESENT = 0.1
"""A cluster takes part in the doublets of a batch that holds this share of its cells."""


def doublet_mix(dataset: Dataset, judged: Judged, *, depth: float, cell_frac: float, unexplained: float) -> Finding:
    """Look for clusters that are the sum of two others.

    For clusters A and B, the 20 genes with the largest fold between them place a cell on a line from the one (0) to the
    other (1), once by the genes of A and once by those of B. A droplet with both lies between on both, in most genes. A
    droplet joins cells of one run: where batches or samples are declared, A and B have cells in the cluster's own.

    Parameters
    ----------
    dataset, judged
        Counts and labels.
    depth
        The cluster's median total count, over the larger of the two, is at least this: a cell between two states has
        the counts of one cell.
    cell_frac
        At least this share of its cells hold the genes of both (a cluster that joins A cells and B cells does not).
    unexplained
        At most this share of its counts exceeds one and a half times the best mixture of A and B.
    """
    mixes = doublet_mixes(dataset, judged, depth=depth, cell_frac=cell_frac, unexplained=unexplained)
    if mixes is None:
        return Finding("not computable", f"fewer than three clusters have {_MIN_CELLS} cells")
    if not mixes:
        return Finding(
            "quiet", f"none of {int((judged.sizes >= _MIN_CELLS).sum())} clusters looks like the sum of two others"
        )
    name = judged.categories
    said = [
        f"{mix.share:.0%} of the cells of {name[code]} hold the genes of both {name[mix.a]} and {name[mix.b]}, "
        f"at {mix.depth:.1f} times the depth of the deeper one"
        for code, mix in mixes.items()
    ]
    return Finding("fired", first_few(said, n=3), tuple(name[code] for code in mixes))


class Mix(NamedTuple):
    """Two clusters whose sum a third one may be.

    Parameters
    ----------
    share
        Share of the cells of the third that hold the genes of both.
    a, b
        Their codes.
    depth
        Median depth of the third over that of the deeper one.
    """

    share: float
    a: int
    b: int
    depth: float


def doublet_mixes(
    dataset: Dataset, judged: Judged, *, depth: float, cell_frac: float, unexplained: float
) -> dict[int, Mix] | None:
    """Return the clusters that look like the sum of two others, by code; see `doublet_mix`.

    Parameters
    ----------
    dataset, judged, depth, cell_frac, unexplained
        As in `doublet_mix`.

    Returns
    -------
    None where fewer than three clusters are large enough.
    """
    if dataset.expression is None:
        raise AssertionError("a trip-wire that needs counts was asked without them")
    x = dataset.expression.x
    totals = np.asarray(x.sum(axis=1)).ravel()
    scaled = x.data * np.repeat(1e4 / np.maximum(totals, 1), np.diff(x.indptr))
    rate = sp.csr_matrix((scaled, x.indices, x.indptr), shape=x.shape)
    large = [code for code in range(len(judged.categories)) if judged.sizes[code] >= _MIN_CELLS]
    if len(large) < 3:
        return None
    means = {code: np.asarray(rate[judged.codes == code].mean(axis=0)).ravel() for code in large}
    depths = {code: float(np.median(totals[judged.codes == code])) for code in large}
    together = _together(dataset, judged)
    found = {}
    for code in large:
        near = {other: means[other] for other in large if together[code, other]}
        share, a, b = max(
            _pairs(code, near, depths, rate[judged.codes == code], depth=depth, unexplained=unexplained),
            key=lambda entry: entry[0],
            default=(0.0, -1, -1),
        )
        if share >= cell_frac and a >= 0:
            found[code] = Mix(share, a, b, depths[code] / max(depths[a], depths[b]))
    return found


def _together(dataset: Dataset, judged: Judged) -> np.ndarray:
    """Return which clusters have a tenth of their cells or more where most cells of a cluster were processed."""
    k = len(judged.categories)
    shared = np.ones((k, k), dtype=bool)
    for column in (dataset.roles.batch, dataset.roles.sample):
        if column is not None:
            table = np.zeros((k, len(column.categories)))
            both = (judged.codes >= 0) & (column.codes >= 0)
            np.add.at(table, (judged.codes[both], column.codes[both]), 1)
            share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
            shared &= share[:, share.argmax(axis=1)].T >= _PRESENT
    np.fill_diagonal(shared, val=True)
    return shared


def _pairs(
    code: int,
    means: dict[int, np.ndarray],
    depths: dict[int, float],
    cells: sp.csr_matrix,
    *,
    depth: float,
    unexplained: float,
) -> Iterator[tuple[float, int, int]]:
    """Yield the share of the cells with the genes of both, for each pair of clusters whose sum this one may be."""
    own = means[code]
    for a, b in combinations([other for other in means if other != code], 2):
        if depths[code] < depth * max(depths[a], depths[b]):
            continue
        up, down = _telling(means[a], means[b]), _telling(means[b], means[a])
        if min(up.size, down.size) < _N_GENES // 2:
            continue
        towards_a = _place(own, means[b], means[a], up)
        towards_b = _place(own, means[a], means[b], down)
        if not (min(towards_a, towards_b) >= _BOTH and 0.7 <= towards_a + towards_b <= 1.4):
            continue
        mix = (towards_a * means[a] + towards_b * means[b]) / (towards_a + towards_b)
        if np.maximum(own - 1.5 * mix, 0).sum() > unexplained * own.sum():
            continue
        in_a = _place_cells(cells, means[b], means[a], up)
        in_b = _place_cells(cells, means[a], means[b], down)
        yield float((np.minimum(in_a, in_b) >= _BOTH).mean()), a, b


def _telling(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Return the genes with the largest difference among those at least four times as high."""
    genes = np.flatnonzero(high >= _MIN_FOLD * low + 0.1)
    return genes[np.argsort(low[genes] - high[genes], kind="stable")[:_N_GENES]]


def _place(own: np.ndarray, start: np.ndarray, end: np.ndarray, genes: np.ndarray) -> float:
    """Return where a profile lies between two others: the median over genes of the share of the way.

    0 where fewer than three quarters of the genes lie between. A cluster with the type of one and the batch of another
    has some genes like the one and some like the other, a sum has all of them between.
    """
    way = (own[genes] - start[genes]) / (end[genes] - start[genes])
    between = (way > _BOTH) & (way < 1 - _BOTH)
    return float(np.median(way)) if between.mean() >= _MOST_GENES else 0.0


def _place_cells(cells: sp.csr_matrix, start: np.ndarray, end: np.ndarray, genes: np.ndarray) -> np.ndarray:
    # each gene weighs the same, so that one of them cannot stand for all
    weight = 1.0 / (end[genes] - start[genes])
    return np.asarray((cells[:, genes] @ weight - (start[genes] * weight).sum()) / genes.size)


def one_donor(dataset: Dataset, judged: Judged, *, cluster_frac: float, donor_frac: float, p: float) -> Finding:
    """Look for clusters that are one donor's.

    Parameters
    ----------
    dataset, judged
        Donors and labels.
    cluster_frac
        More than this share of the cluster's cells are the donor's.
    donor_frac
        The donor holds at most this share of all cells.
    p
        Largest chance of so many of the donor's cells in a random draw of the cluster's size, times the clusters.
    """
    donor = dataset.roles.donor
    if donor is None:
        raise AssertionError("a trip-wire that needs donors was asked without them")
    if len(donor.categories) < 2:
        return Finding("not computable", "there is one donor")
    both = (judged.codes >= 0) & (donor.codes >= 0)
    shape = (len(judged.categories), len(donor.categories))
    table = np.zeros(shape, dtype=np.int64)
    np.add.at(table, (judged.codes[both], donor.codes[both]), 1)
    size, held, n = table.sum(axis=1), table.sum(axis=0), int(table.sum())
    chance = hypergeom.sf(table - 1, n, held[None, :], size[:, None]) * np.count_nonzero(size)
    with np.errstate(invalid="ignore"):
        share = table / size[:, None]
    fired = np.argwhere((share > cluster_frac) & (held <= donor_frac * n) & (chance < p))
    if not len(fired):
        return Finding(
            "quiet", f"no cluster has more than {cluster_frac:.0%} of its {dataset.item}s from one donor of few"
        )
    said = [
        f"{share[c, d]:.0%} of the {size[c]:,} {dataset.item}s of {judged.categories[c]} are of {donor.categories[d]}, "
        f"who holds {held[d] / n:.0%} of all"
        for c, d in fired
    ]
    return Finding("fired", first_few(said, n=3), tuple(judged.categories[c] for c, _ in fired))


def numbered_by_size(codes: np.ndarray, categories: tuple[str, ...], *, p: float) -> bool:
    """Return whether classes are numbered without gaps in the order of their size, as clusterers do.

    Parameters
    ----------
    codes, categories
        A labeling.
    p
        Largest chance (exact, Kendall's tau) of an order like this among names given at random; five classes cannot
        reach 0.001, seven in perfect order do.

    Examples
    --------
    >>> codes = np.repeat(np.arange(8), np.arange(80, 0, -10))
    >>> numbered_by_size(codes, tuple("01234567"), p=0.001), numbered_by_size(codes, tuple("abcdefgh"), p=0.001)
    (True, False)
    """
    matched = [re.fullmatch(r"(\D*)(\d+)", name) for name in categories]
    parts = [match.groups() for match in matched if match is not None]
    if len(parts) < max(len(categories), 2) or len({prefix for prefix, _ in parts}) != 1:
        return False
    numbers = np.array([int(number) for _, number in parts])
    if numbers.min() > 1 or np.unique(numbers).size != np.ptp(numbers) + 1:
        return False
    sizes = np.bincount(codes[codes >= 0], minlength=len(categories))
    chance = float(kendalltau(numbers, sizes, alternative="less").pvalue)
    return isfinite(chance) and chance < p


def same_matrix(dataset: Dataset, judged: Judged | None, *, p: float) -> Finding:
    """Look for label columns that were computed from the expression they are to judge.

    What was declared decides: a column made from expression fires, one made from anything else does not. Where nobody
    said, a column fires if it is called like a clustering, if its classes are numbered by size, or if it is an exact
    coarsening of such a column of the table or of the judged labels (an annotation of clusters). That a pipeline makes
    the labels again is no sign: it does so with a genotype, too.

    Parameters
    ----------
    dataset, judged
        Declared label columns, the table of all columns, and the labels on trial.
    p
        See `numbered_by_size`.
    """
    truths = {name: truth for name, truth in dataset.truths.items() if judged is None or name != judged.name}
    # genes and lengths are read from the receptors, as everyone knows
    open_to_doubt = {name: truth for name, truth in truths.items() if truth.kind not in {"technical", "receptor"}}
    if not open_to_doubt:
        return Finding("not computable", "no label column was declared beside the judged and the technical ones")
    clusterings = _clusterings(dataset, judged, p=p)
    reasons = {name: _doubt(truth, clusterings, p=p) for name, truth in open_to_doubt.items()}
    fired = [name for name, reason in reasons.items() if reason]
    if fired:
        return Finding("fired", first_few((f"{name}: {reasons[name]}" for name in fired), n=3), tuple(fired))
    source = "expression matrix" if dataset.made_from == "expression" else "sequences"
    return Finding("quiet", f"nothing says that {', '.join(open_to_doubt)} came from the {source}")


def _doubt(truth: Truth, clusterings: dict[str, np.ndarray], *, p: float) -> str:
    if truth.derived_from is not None:
        return "declared as made from expression and cannot win" if truth.is_circular("expression") else ""
    if _CLUSTERER.search(truth.name):
        return "called like a clustering"
    if numbered_by_size(truth.codes, truth.categories, p=p):
        return "its classes are numbered by size, as clusterers do"
    for name, codes in clusterings.items():
        # fewer classes than clusters: the labels of whole clusters
        if name != truth.name and nesting(codes, truth.codes) == "nested" and np.unique(codes[codes >= 0]).size >= 5:
            return f"every cluster of {name} has one label, so it was made from them"
    return ""


def _clusterings(dataset: Dataset, judged: Judged | None, *, p: float) -> dict[str, np.ndarray]:
    """Return the columns that look like clusterings, and the judged labels."""
    found = {} if judged is None else {judged.name: judged.codes}
    for name in map(str, dataset.obs.columns):
        repeated = (dataset.obs.columns == name).sum() > 1
        if repeated or name in found:
            continue
        values = dataset.obs[name]
        if values.nunique() > min(_MOST_CLUSTERS, len(values) // 5):
            continue
        codes, categories = encode_labels(values)
        if _CLUSTERER.search(name) or numbered_by_size(codes, categories, p=p):
            found[name] = codes
    return found
