"""What technical explains a cluster: one batch's, or told from all others by depth, damage, cycle or doublets alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import nnls
from scipy.stats import rankdata

from rashomon.ask.confounding.identifiable import identified
from rashomon.ask.confounding.nuisance import Score, measured
from rashomon.ask.confounding.nuisance_table import nuisance_table
from rashomon.ask.request import Request
from rashomon.ask.stability.marker_split import linear_values
from rashomon.ask.tripwire.record import TRIPWIRES, technical_columns
from rashomon.core import first_few
from rashomon.dataset import Truth, nesting

__all__ = [
    "RULES",
    "Profiles",
    "TechnicalRules",
    "nuisance_columns",
    "own_genes",
    "technical_cause",
    "technical_causes",
]

_DOUBLETS = "doublets"

_LEVEL = 0.1
"""Counts per 10,000 below which genes weigh alike when a mixture is fitted."""


@dataclass(frozen=True)
class TechnicalRules:
    """When a cluster is said to follow something technical. All are conventions; what they do is measured.

    Parameters
    ----------
    auc
        A quantity alone ranks the cells of the cluster above the others this well, on cells held out.
    beyond_chance
        A class of a column holds this share of the cluster beyond its share of all cells.
    p
        Largest p of that share, times the clusters.
    own_genes
        A cluster with so many genes of its own is a type that happens to be deep, or to divide.
    fold, t
        When a gene is its own: so many times as high as in the closest mixture of clusters of another level of the
        quantity, and by so many standard errors.
    apart
        From which area under the curve on two clusters have another level of the quantity.
    """

    auc: float = 0.9
    beyond_chance: float = 0.8
    p: float = 0.001
    own_genes: int = 5
    fold: float = 2.0
    t: float = 4.0
    apart: float = 0.8


RULES = TechnicalRules()


def nuisance_columns(request: Request) -> list[Truth]:
    """Return the technical columns that a cluster may follow: all but donors, and samples that are donors.

    Parameters
    ----------
    request
        A cluster of one donor is seen in one person only, which is another verdict than technical.
    """
    donor = request.dataset.roles.donor
    found = technical_columns(request.dataset)
    found.pop(request.judged.name, None)
    if donor is None:
        return list(found.values())
    batch = request.dataset.roles.batch
    kept = []
    for column in found.values():
        is_donor = nesting(column.codes, donor.codes) == "same" and not (batch is not None and batch is column)
        if column.name != donor.name and not is_donor:
            kept.append(column)
    return kept


def technical_cause(request: Request) -> pd.Series[Any]:
    """Return what technical each judged cluster follows.

    Parameters
    ----------
    request
        The data and the judged labels.

    Returns
    -------
    Texts by name of the cluster: ``"follows depth"``, ``"follows lane"``, ``"follows doublets"``; empty where nothing
    was found. A cluster of fewer than 10 cells is not looked at.
    """
    scores = measured(request)
    return technical_causes(request, scores, nuisance_table(request, scores, nuisance_columns(request)))


def technical_causes(
    request: Request, scores: Sequence[Score], table: pd.DataFrame, *, rules: TechnicalRules = RULES
) -> pd.Series[Any]:
    """Return what `technical_cause` says, from a finished table.

    Parameters
    ----------
    request
        The data and the judged labels.
    scores
        Of `rashomon.ask.confounding.nuisance.measured`.
    table
        Of `rashomon.ask.confounding.nuisance_table.nuisance_table` for these scores and `nuisance_columns`.
    rules
        See `TechnicalRules`.

    Notes
    -----
    A column comes first, then doublets, then the quantity that tells the cluster best. A quantity explains a cluster
    only if the cluster has no genes of its own: a low-depth, damaged or dividing copy has the profile of the cells it
    was copied from, once the genes that measure the quantity are left out. A batch changes genes, too, so genes of its
    own say nothing about a cluster of one batch; a population that only one batch holds is named technical as well.

    Measured in ``tests/statistical/test_confounding.py``: planted clusters of one batch, of low depth and of doublets
    that are named, and clusters of healthy data that are.
    """
    names = request.judged.categories
    found = dict.fromkeys(names, "")
    doublets = _doublets(request)
    for name, rows in table.groupby("cluster", sort=False):
        columns = [row["nuisance"] for _, row in rows.iterrows() if _is_of_column(row, rules, len(names))]
        causes = [*columns, *([_DOUBLETS] if name in doublets else [])]
        if causes:
            found[str(name)] = f"follows {causes[0]}{_untold(request, causes[0])}"
    quantities, profiles = {each.name: each for each in scores}, Profiles.of(request)
    for name, each in _candidates(table, quantities, rules):
        # copies that are explained already have the genes of the cells they were copied from
        others = [code for code, other in enumerate(names) if other != name and not found[other]]
        if not found[name] and not _has_own(each, names.index(name), others, profiles, rules):
            found[name] = f"follows {each.name}"
    return pd.Series(found, name="cause", dtype=object)


def own_genes(
    profiles: Profiles, cluster: int, others: Sequence[int], left_out: np.ndarray, *, rules: TechnicalRules = RULES
) -> int:
    """Return how many genes are higher in a cluster than in any mixture of other ones.

    A copy has the profile of the cells it was copied from, damaged cells of several types and doublets have a mixture:
    the one that is closest (non-negative least squares, genes weighted by their level) leaves no gene unexplained.

    Parameters
    ----------
    profiles
        Means and variances of the genes by cluster.
    cluster, others
        Codes: the cluster, and those it may be a mixture of.
    left_out
        Positions of genes that do not count.
    rules
        ``fold`` and ``t``.
    """
    if not len(others):
        return 0
    mean, error = profiles.scaled(left_out)
    mine, rest, rest_error = mean[cluster], mean[list(others)], error[list(others)]
    weight = 1.0 / np.sqrt(mine + rest.mean(axis=0) + _LEVEL)
    share, _ = nnls((rest * weight).T, mine * weight)
    mixture, its_error = share @ rest, np.sqrt(share**2 @ rest_error**2)
    clear = mine - mixture >= rules.t * np.sqrt(error[cluster] ** 2 + its_error**2)
    return int(np.count_nonzero(clear & (mine >= rules.fold * mixture) & (mine > 0)))


@dataclass(frozen=True, eq=False)
class Profiles:
    """Mean counts per 10,000 of every gene in every cluster, and their variances, shape ``(n_clusters, n_genes)``."""

    mean: np.ndarray
    variance: np.ndarray
    size: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, request: Request) -> Profiles | None:
        """Return the profiles of the judged clusters; None without expression."""
        expression = request.dataset.expression
        if expression is None or request.dataset.item != "cell":
            return None
        codes, values = request.judged.codes, linear_values(expression)
        kept = np.flatnonzero(codes >= 0)
        size = request.judged.sizes.astype(np.float64)
        members = sp.csr_matrix((np.ones(kept.size), (codes[kept], kept)), shape=(size.size, codes.size))
        n = np.maximum(size, 1)[:, None]
        mean = (members @ values).toarray() / n
        squares = (members @ values.multiply(values).tocsr()).toarray() / n
        return cls(mean, np.maximum(squares - mean**2, 0), size, codes)

    def scaled(self, left_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and their standard errors, scaled to the same total without the genes `left_out`."""
        kept = np.ones(self.mean.shape[1], dtype=bool)
        kept[left_out] = False
        total = np.maximum((self.mean * kept).sum(axis=1, keepdims=True), 1e-12)
        factor = 1e4 / total
        # a gene that was not seen may still be there: one count in all cells bounds its error from below
        floor = self.mean.sum(axis=1, keepdims=True) / np.maximum(self.size[:, None], 1) ** 2 / 10
        error = np.sqrt(self.variance / np.maximum(self.size[:, None], 1)) + np.minimum(floor, 1.0)
        return self.mean * kept * factor, error * factor


def _is_of_column(row: pd.Series[Any], rules: TechnicalRules, n_clusters: int) -> bool:
    return bool(row["class"] and row["beyond_chance"] >= rules.beyond_chance and _column_p(row) * n_clusters < rules.p)


def _column_p(row: pd.Series[Any]) -> float:
    """Return the p of a column; within donors there may be nothing to compare, and the share alone decides."""
    return float(row["p"]) if np.isfinite(row["p"]) else 0.0


def _candidates(table: pd.DataFrame, scores: dict[str, Score], rules: TechnicalRules) -> Iterator[tuple[str, Score]]:
    """Yield the clusters that a quantity alone tells from the others, with that quantity; the clearest first."""
    rows = table[table["nuisance"].isin(scores) & (table["cv_auc"] >= rules.auc)]
    # the genes that a cell shows follow from its depth
    order = rows.assign(last=rows["nuisance"] == "genes detected")
    for _, row in order.sort_values(["last", "cv_auc"], ascending=[True, False], kind="stable").iterrows():
        each = scores[str(row["nuisance"])]
        if each.nuisance.direction * row["difference"] >= 0:
            yield str(row["cluster"]), each


def _has_own(
    each: Score, cluster: int, others: Sequence[int], profiles: Profiles | None, rules: TechnicalRules
) -> bool:
    """Whether a cluster is a type of its own, whatever its level of a quantity; a doublet has the genes of two."""
    if each.name == "doublet score" or profiles is None:
        return False
    apart = [other for other in others if _apart(each.values, profiles.codes, cluster, other, rules)]
    # with nothing to compare it with, nothing says that the cluster is a copy
    return not apart or own_genes(profiles, cluster, apart, each.genes, rules=rules) >= rules.own_genes


def _apart(values: np.ndarray, codes: np.ndarray, a: int, b: int, rules: TechnicalRules) -> bool:
    """Whether a quantity has another level in two clusters: halves of one deep type are no evidence against it."""
    mine, other = (values[(codes == code) & np.isfinite(values)] for code in (a, b))
    if not mine.size or not other.size:
        return False
    wins = rankdata(np.concatenate([mine, other]))[: mine.size].sum() - mine.size * (mine.size + 1) / 2
    area = wins / (mine.size * other.size)
    return bool(max(area, 1 - area) >= rules.apart)


def _doublets(request: Request) -> tuple[str, ...]:
    if request.dataset.item != "cell":
        return ()
    found = TRIPWIRES["doublet_mix"].check(request.dataset, request.judged)
    return found.concerned if found.status == "fired" else ()


def _untold(request: Request, cause: str) -> str:
    """Return which label columns the design cannot tell from a technical one; empty where there are none."""
    column = next((each for each in nuisance_columns(request) if each.name == cause), None)
    if column is None:
        return ""
    hidden = [
        truth.name
        for truth in request.dataset.truths.values()
        if truth.kind != "technical" and truth.name != request.judged.name
        and identified(truth.codes, column.codes).design in {"aliased", "nested", "no overlap"}
    ]  # fmt: skip
    return f" (not told from {first_few(hidden, n=3)})" if hidden else ""
