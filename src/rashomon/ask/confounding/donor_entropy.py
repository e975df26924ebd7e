"""Which donors a cluster comes from, against what donors of these sizes would give by chance."""

from __future__ import annotations

from math import exp, lgamma
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.dataset import Truth

__all__ = ["DONOR_COLUMNS", "donor_entropy", "expected_entropy", "lone_clusters", "relabelings"]

DONOR_COLUMNS = {
    "cluster": "name of the cluster",
    "n": "its items with a known donor",
    "donors": 'donors with at least 3 of them, of those who could have: "in 7 of 8"',
    "n_donors": "donors with at least 3 of them",
    "n_able": "donors who have it, or could have",
    "n_enough": "donors from whom at least 5 would be expected if all had the cluster alike",
    "entropy": "entropy of its donors in nats; 0: all from one",
    "expected": "the mean entropy of as many items drawn at random from all donors (exact, hypergeometric)",
    "p": "chance of an entropy as low, over 999 random draws of as many items; not corrected for the clusters",
    "top_donor": "the donor with the most of them",
    "top_share": "that donor's share of the cluster",
    "top_donor_share": "that donor's share of all items",
    "widespread": "whether two donors, and half of those who have or could have it, do; a condition of holding",
}
"""Columns of the table of donors and what they mean."""

_SEEN, _ENOUGH = 3, 5
"""Items from which on a donor has a cluster, and expected ones from which on a donor could (conventions)."""

_N_DRAWS = 999


def donor_entropy(request: Request) -> pd.DataFrame:
    """Return how the donors share each judged cluster.

    Parameters
    ----------
    request
        The judged labels and the donors.

    Returns
    -------
    One row per cluster with `DONOR_COLUMNS`; none without a donor column of two donors. Items are not independent
    within a donor, and real types differ between people: a small `p` says that donors differ, not that the cluster is
    an artefact.
    """
    donor = request.dataset.roles.donor
    if donor is None or np.unique(donor.codes[donor.codes >= 0]).size < 2:
        return pd.DataFrame(columns=list(DONOR_COLUMNS))
    k, n_donors = len(request.judged.categories), len(donor.categories)
    known = (request.judged.codes >= -1) & (donor.codes >= 0)
    held = np.bincount(donor.codes[known], minlength=n_donors)
    mine = known & (request.judged.codes >= 0)
    table = np.zeros((k, n_donors), dtype=np.int64)
    np.add.at(table, (request.judged.codes[mine], donor.codes[mine]), 1)
    rng = request.rng("donor entropy")
    rows = [_row(name, counts, held, donor, rng) for name, counts in zip(request.judged.categories, table, strict=True)]
    return pd.DataFrame(rows, columns=list(DONOR_COLUMNS))


def expected_entropy(held: np.ndarray, n: int) -> float:
    """Return the mean entropy of the donors of `n` items drawn without replacement, in nats.

    Parameters
    ----------
    held
        Items of each donor, shape ``(n_donors,)``.
    n
        Items drawn, up to the sum of `held`.

    Examples
    --------
    >>> round(expected_entropy(np.array([1, 1]), 2), 4), expected_entropy(np.array([5, 5]), 1)
    (0.6931, 0.0)
    """
    total, entropy = int(held.sum()), 0.0
    for size in held[held > 0]:
        count = np.arange(1, min(int(size), n) + 1)
        chance = hypergeom.pmf(count, total, int(size), n)
        entropy -= float(np.dot(chance, count / n * np.log(count / n)))
    return max(0.0, entropy)


def relabelings(donor: Truth, condition: Truth) -> tuple[int, float]:
    """Return in how many ways donors can be given their conditions, and the smallest p of a comparison of donors.

    Parameters
    ----------
    donor, condition
        Columns.

    Returns
    -------
    Number of ways, and its inverse: with three donors against three there are 20, and no one-sided p is below 0.05.
    Where donors have several conditions, these change places within the donor: 256 ways for eight donors with two.

    Examples
    --------
    >>> donor = Truth("donor", "technical", np.arange(6), tuple("abcdef"))
    >>> relabelings(donor, Truth("status", "biological", np.arange(6) % 2, ("ill", "well")))
    (20, 0.05)
    """
    both = (donor.codes >= 0) & (condition.codes >= 0)
    pairs = np.unique(np.stack([donor.codes[both], condition.codes[both]]), axis=1)
    of_donor = np.unique(pairs[0], return_counts=True)[1]
    if (of_donor > 1).any():
        ways = exp(sum(lgamma(each + 1) for each in of_donor))
    else:
        size = np.bincount(pairs[1]) if pairs.size else np.zeros(1, dtype=np.int64)
        ways = exp(lgamma(size.sum() + 1) - sum(lgamma(each + 1) for each in size))
    return round(ways), 1.0 / round(ways)


def _row(name: str, counts: np.ndarray, held: np.ndarray, donor: Truth, rng: np.random.Generator) -> dict[str, object]:
    n, total = int(counts.sum()), int(held.sum())
    row: dict[str, object] = dict.fromkeys(DONOR_COLUMNS, np.nan)
    row |= {"cluster": name, "n": n, "donors": "", "n_donors": 0, "n_able": 0, "n_enough": 0}
    row |= {"top_donor": "", "widespread": False}
    if not n:
        return row
    seen, enough = counts >= _SEEN, held * n >= _ENOUGH * total
    entropy, top = float(_entropy(counts[None, :])[0]), int(counts.argmax())
    draws = _entropy(rng.multivariate_hypergeometric(held, n, size=_N_DRAWS, method="marginals"))
    could = int((enough | seen).sum())
    return row | {
        "donors": f"in {int(seen.sum())} of {could}",
        "n_donors": int(seen.sum()),
        "n_able": could,
        "n_enough": int(enough.sum()),
        "entropy": entropy,
        "expected": expected_entropy(held, n),
        "p": (1 + int(np.count_nonzero(draws <= entropy + 1e-12))) / (_N_DRAWS + 1),
        "top_donor": donor.categories[top],
        "top_share": float(counts[top] / n),
        "top_donor_share": float(held[top] / total),
        "widespread": bool(seen.sum() >= 2 and seen.sum() >= 0.5 * could),
    }


def _entropy(counts: np.ndarray) -> np.ndarray:
    share = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(-(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=1)) + 0.0


def lone_clusters(table: pd.DataFrame) -> str:
    """Return in words the clusters that too few donors have; empty where there are none.

    Parameters
    ----------
    table
        Of `donor_entropy`.
    """
    alone = table[~table["widespread"].astype(bool)]
    return first_few((f"{row['cluster']} ({_where(row)})" for _, row in alone.iterrows()), n=3)


def _where(row: pd.Series[Any]) -> str:
    return f"{row['donors']} donors" if row["n_able"] > 1 else "too small to be seen in two"
