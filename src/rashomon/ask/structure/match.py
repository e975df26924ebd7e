"""How one judged cluster fares in one run: found again, split, merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.partitions import Partitions
from rashomon.score import best_matches

__all__ = ["MATCH_COLUMNS", "RECOVERED", "WHOLE", "match_clusters", "match_runs"]

RECOVERED = 0.5
"""Jaccard from which a cluster counts as found again; below it, it has dissolved (Hennig 2007)."""

WHOLE = 0.75
"""Jaccard from which two sets count as equal (Hennig 2007, "recovered")."""

_PIECE = 0.1
"""A part of a cluster smaller than this share of it is not called a piece."""

MATCH_COLUMNS = {
    "cluster": "code of the judged cluster",
    "size": "its items that the run observed",
    "found": "code of the best-matching cluster of the run; -1 when nothing overlaps",
    "jaccard": "Jaccard index with it; for a cluster with more than half of the items, the smaller of this and the "
    "index of the two complements",
    "n_pieces": "clusters of the run that lie mostly inside the judged cluster and hold a tenth of it or more",
    "pieces_jaccard": "Jaccard index with the union of all clusters that lie mostly inside, small ones too",
    "partners": "other judged clusters that lie mostly inside the cluster of the run which holds most of this one",
    "merged_jaccard": "Jaccard index of that cluster with the union of this one and the partners",
}


def match_clusters(judged: np.ndarray, found: np.ndarray, *, n_clusters: int) -> pd.DataFrame:
    """Return how each judged cluster fares in one labeling.

    Items not observed in either labeling are left out; items unassigned in `found` count against every match.

    Parameters
    ----------
    judged, found
        ``int32`` codes, shape ``(n_obs,)``.
    n_clusters
        Number of judged clusters; absent ones have size 0 and NaN.

    Returns
    -------
    One row per judged cluster with the columns of `MATCH_COLUMNS`.

    Examples
    --------
    >>> table = match_clusters(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2]), n_clusters=2)
    >>> table[["cluster", "jaccard", "n_pieces", "pieces_jaccard"]].values.tolist()
    [[0.0, 0.5, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    seen = (judged > MISSING) & (found > MISSING)
    total = int(seen.sum())
    size = np.bincount(judged[seen & (judged > UNASSIGNED)], minlength=n_clusters)
    other = np.bincount(found[seen & (found > UNASSIGNED)])
    if other.size == 0:
        return _nothing(size)
    both = seen & (judged > UNASSIGNED) & (found > UNASSIGNED)
    pair = judged[both].astype(np.int64) * other.size + found[both]
    shared = _Shared.from_keys(pair, n_clusters, other.size)
    best = best_matches(judged, found).set_index("cluster").reindex(np.arange(n_clusters))
    match = best["match"].fillna(UNASSIGNED).to_numpy(dtype=np.intp)
    value = best["jaccard"].to_numpy(copy=True)
    common = shared.of(match)
    with np.errstate(invalid="ignore"):
        complement = (total - size - np.where(match >= 0, other[match], 0) + common) / (total - common)
    large = 2 * size > total
    # no complement in either: both are everything, and equal
    value[large] = np.minimum(value[large], np.nan_to_num(complement[large], nan=1.0))
    pieces, pieces_jaccard = _pieces(shared, size, other)
    partners, merged = _partners(shared, size, other)
    table = pd.DataFrame(
        {
            "cluster": np.arange(n_clusters),
            "size": size,
            "found": match,
            "jaccard": value,
            "n_pieces": pieces,
            "pieces_jaccard": pieces_jaccard,
            "partners": partners,
            "merged_jaccard": merged,
        }
    )
    table.loc[size == 0, ["jaccard", "pieces_jaccard", "merged_jaccard"]] = np.nan
    return table


class _Shared(NamedTuple):
    """Pairs of a judged and a found cluster that share items, in this order, and how many items.

    A full table of thousands of clusters each would be mostly zeros.
    """

    judged: np.ndarray
    found: np.ndarray
    n: np.ndarray
    n_judged: int
    n_found: int

    @classmethod
    def from_keys(cls, pair: np.ndarray, n_judged: int, n_found: int) -> _Shared:
        """Count keys ``judged * n_found + found``, one per item."""
        key, n = np.unique(pair, return_counts=True)
        return cls(key // n_found, key % n_found, n, n_judged, n_found)

    def of(self, match: np.ndarray) -> np.ndarray:
        """Return the items that each judged cluster shares with its match; 0 for -1, or where they share none."""
        hit = match[self.judged] == self.found
        return self.onto_judged(hit)

    def onto_judged(self, kept: np.ndarray) -> np.ndarray:
        """Sum the items of the pairs `kept` over each judged cluster."""
        total = np.zeros(self.n_judged, dtype=np.int64)
        np.add.at(total, self.judged[kept], self.n[kept])
        return total


def _pieces(shared: _Shared, size: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = 2 * shared.n > other[shared.found]
    covered = shared.onto_judged(inside)
    spilled = np.zeros(size.size, dtype=np.int64)
    np.add.at(spilled, shared.judged[inside], (other[shared.found] - shared.n)[inside])
    large = inside & (shared.n >= _PIECE * size[shared.judged])
    count = np.bincount(shared.judged[large], minlength=size.size)
    return count, covered / np.maximum(size + spilled, 1)


def _partners(shared: _Shared, size: np.ndarray, other: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    # at most one found cluster holds most of a judged one
    mostly = 2 * shared.n > size[shared.judged]
    holder = np.full(size.size, -1)
    holder[shared.judged[mostly]] = shared.found[mostly]
    inside, sizes = np.zeros(shared.n_found, dtype=np.int64), np.zeros(shared.n_found, dtype=np.int64)
    np.add.at(inside, shared.found[mostly], shared.n[mostly])
    np.add.at(sizes, shared.found[mostly], size[shared.judged[mostly]])
    merged = inside / np.maximum(sizes + other - inside, 1)
    groups: dict[int, list[int]] = {}
    for code in np.flatnonzero(holder >= 0).tolist():
        groups.setdefault(int(holder[code]), []).append(code)
    partners = [tuple(x for x in groups.get(int(f), ()) if x != code) for code, f in enumerate(holder)]
    return partners, np.where(holder >= 0, merged[holder], 0.0)


def _nothing(size: np.ndarray) -> pd.DataFrame:
    n = size.size
    zero = np.where(size > 0, 0.0, np.nan)
    columns = [np.arange(n), size, np.full(n, -1), zero, np.zeros(n, int), zero, [()] * n, zero]
    return pd.DataFrame(dict(zip(MATCH_COLUMNS, columns, strict=True)))


def match_runs(judged: np.ndarray, parts: Partitions, *, n_clusters: int, columns: Sequence[str]) -> pd.DataFrame:
    """Return `match_clusters` for every finished run, with the columns of the run that identify it.

    Parameters
    ----------
    judged
        Codes, shape ``(n_obs,)``.
    parts
        Runs; failed ones are left out.
    n_clusters
        Number of judged clusters.
    columns
        Columns of ``parts.runs`` to carry along.
    """
    tables = []
    for j in np.flatnonzero((parts.runs["status"] == "ok").to_numpy()):
        table = match_clusters(judged, parts.labels[:, j], n_clusters=n_clusters)
        facts = {column: parts.runs[column].iloc[j] for column in ("run", *columns)}
        tables.append(table.assign(**{name: [value] * len(table) for name, value in facts.items()}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*MATCH_COLUMNS, "run", *columns])
