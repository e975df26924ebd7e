"""Whether receptors of one cluster share a target, and whether more than their V gene says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.ask.assumption.probe import Tables, Told
from rashomon.ask.receptor.cluster import target_truths
from rashomon.ask.receptor.composition import first_chains
from rashomon.ask.request import Request
from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.score.receptor.conditional import conditional_agreement

__all__ = ["beyond_v", "sequence_is_specificity"]

_SHARED, _FEWEST = 0.8, 10
"""Share of the pairs that make an assumption hold; clusters with a labelled pair below which nothing is said."""

_ALPHA, _SMALL, _V_ALONE = 0.05, 0.05, 0.95
"""Level; agreement that is next to none; adjusted mutual information from which clusters are V genes."""

_UNLABELLED = "no label column says what the receptors bind"


def sequence_is_specificity(request: Request, tables: Tables) -> Told:
    """Say that it holds where four of five pairs of labelled receptors of a cluster have one target.

    The mean over clusters, so that none owns the number; donors, batches and labels made from sequences are no targets.

    Parameters
    ----------
    request, tables
        Clusters of receptors and labels of what they bind; no table.
    """
    del tables
    truths = _targets(request)
    if not truths:
        return "untested", _UNLABELLED
    judged = request.judged.codes
    truth = max(truths, key=lambda each: int(((each.codes >= 0) & (judged >= 0)).sum()))
    shares = same_pairs(judged, truth.codes)
    if shares.size < _FEWEST:
        return "untested", f"{shares.size} clusters have two receptors labelled by {truth.name}; {_FEWEST} are needed"
    chance = same_pairs(np.where(truth.codes >= 0, 0, -1), truth.codes)[0]
    said = (
        f"in {shares.size} clusters {shares.mean():.0%} of the pairs of labelled receptors share {truth.name}, "
        f"of any two {chance:.0%} do"
    )
    return ("holds" if shares.mean() >= _SHARED else "violated"), said


def same_pairs(codes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return, per cluster with two classified items or more, the share of its pairs with one class.

    Parameters
    ----------
    codes, classes
        Cluster and class of each item, shape ``(n,)``; below 0: none.

    Examples
    --------
    >>> same_pairs(np.array([0, 0, 0, 1, 1, -1]), np.array([0, 0, 1, 2, -1, 2])).round(2).tolist()
    [0.33]
    """
    both = (codes >= 0) & (classes >= 0)
    cluster = np.unique(codes[both], return_inverse=True)[1]
    key = cluster.astype(np.int64) * (int(classes.max(initial=0)) + 1) + classes[both]
    pair, count = np.unique(key, return_counts=True)
    n = np.bincount(cluster).astype(np.float64)
    same = np.bincount(pair // (int(classes.max(initial=0)) + 1), weights=count * (count - 1.0), minlength=n.size)
    return np.asarray(same[n > 1] / (n * (n - 1))[n > 1])


def beyond_v(request: Request, tables: Tables) -> Told:
    """Say that it holds where clusters follow a target within a V gene, and is violated where they do not.

    Parameters
    ----------
    request, tables
        Clusters of receptors, their V genes and labels of what they bind; no table.
    """
    del tables
    if request.dataset.receptors is None:
        return "untested", "there are no sequences"
    v = pd.factorize(first_chains(request.dataset)["v"])[0]
    alone = score("ami", request.judged.codes, v).value
    if alone >= _V_ALONE:
        return "violated", f"the clusters are the V genes (adjusted mutual information {alone:.2f})"
    truths = _targets(request)
    if not truths:
        return "untested", f"{_UNLABELLED}; adjusted mutual information of the clusters and the V gene: {alone:.2f}"
    donor = request.dataset.roles.donor
    found = conditional_agreement(
        request.judged.codes,
        truths[0].codes,
        v,
        blocks=None if donor is None else donor.codes,
        n_pairs=20,
        rng=request.rng("beyond V"),
    )
    if not np.isfinite(found.p):
        return "untested", found.reason
    said = f"agreement with {truths[0].name} among receptors of one V gene: {found.value:.2f} (p = {found.p:.2g})"
    if found.p <= _ALPHA:
        return "holds", said
    return ("violated" if found.high < _SMALL else "untested"), said


def _targets(request: Request) -> list[Truth]:
    """Return the columns of targets; a column that is on trial itself says nothing."""
    return [truth for truth in target_truths(request.dataset) if truth.name != request.judged.name]
