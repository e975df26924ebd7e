"""Transfer: clusters found on one half of the items, carried over to the other half, against clusters found there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rashomon.core import UsageError
from rashomon.core.labels import MISSING
from rashomon.score.agreement_record import PAIR
from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.item import check_codes
from rashomon.score.matching import match_clusters
from rashomon.score.record import first_reason
from rashomon.score.recovery import shuffle_observed
from rashomon.score.stability import StabilityResult, mean_of_defined

__all__ = ["Transfer", "mean_transfer", "transfer_instability"]


class Transfer(NamedTuple):
    """Instability relative to random labels, the instability itself, that of random labels, items, and a reason."""

    value: float
    instability: float
    null: float
    n_obs: int
    reason: str = ""


def transfer_instability(
    found: np.ndarray, predicted: np.ndarray, *, n_null: int = 20, rng: np.random.Generator
) -> Transfer:
    """Return how far clusters found on a half of the items differ from those carried over from the other half.

    Parameters
    ----------
    found
        Clusters found on the second half: codes, shape ``(n_obs,)``; ``-2`` outside of it.
    predicted
        For the same items, the cluster of the first half that a classifier trained there assigns, such as that of the
        nearest neighbour in a view fitted on the first half.
    n_null
        Permutations for the null.
    rng
        Random numbers for the null.

    Returns
    -------
    value
        `instability` divided by `null`: 0 when both labelings are the same, about 1 when they are unrelated; NaN, with
        the reason, when undefined.
    instability
        Share of items outside of matched clusters, in [0, 1], after the one-to-one matching that makes it smallest.
    null
        The mean of the same with `predicted` permuted among the items.
    n_obs
        Items in both.

    Notes
    -----
    Lange et al. (2004), Neural Comput 16:1299, with one change: they divide by the instability of labels drawn
    uniformly from k clusters, here the random labels keep the sizes of the clusters. One large cluster then looks no
    more stable than it is by its size.

    Examples
    --------
    >>> found, rng = np.repeat([0, 1], 10), np.random.default_rng(0)
    >>> transfer_instability(found, 1 - found, rng=rng).value
    0.0
    >>> transfer_instability(np.zeros(4, int), np.zeros(4, int), rng=rng).reason
    'one cluster in both'
    """
    found, predicted = check_codes(found, where="found"), check_codes(predicted, where="predicted")
    table = tabulate(found, predicted)
    reason = first_reason(PAIR, table.facts)
    if reason:
        return Transfer(np.nan, np.nan, np.nan, table.n_obs, reason)
    instability = _outside(table)
    among = found > MISSING
    null = float(
        np.mean([_outside(tabulate(found, shuffle_observed(predicted, among, rng=rng))) for _ in range(n_null)])
    )
    if null == 0:
        return Transfer(np.nan, instability, null, table.n_obs, "labels of these sizes agree whatever their order")
    return Transfer(instability / null, instability, null, table.n_obs)


def mean_transfer(labels: np.ndarray, predicted: np.ndarray, *, rng: np.random.Generator) -> StabilityResult:
    """Return the mean of `transfer_instability` over splits, undefined ones left out and counted.

    Parameters
    ----------
    labels, predicted
        One column per split, shape ``(n_obs, n_splits)``; see `transfer_instability` for a column.
    rng
        Random numbers for the null.

    Returns
    -------
    The mean; its `null` is 1, since each split was divided by its own.

    Raises
    ------
    UsageError
        When the shapes differ.
    """
    if np.ndim(labels) != 2 or np.shape(labels) != np.shape(predicted):
        raise UsageError(
            f"labels have shape {np.shape(labels)}, predicted ones {np.shape(predicted)}",
            where="transfer",
            expected="one column per split in both",
        )
    found = [transfer_instability(labels[:, j], predicted[:, j], rng=rng) for j in range(labels.shape[1])]
    reasons = sorted({split.reason for split in found if split.reason})
    values = np.array([split.value for split in found])
    return mean_of_defined(values, null=1.0, nothing="; ".join(reasons) or "no split")


def _outside(table: Contingency) -> float:
    matched = match_clusters(table, table.count / table.n_obs)
    return 1.0 - float(np.dot(matched, table.count)) / table.n_obs
