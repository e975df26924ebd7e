"""How often recombination makes the junctions of a cluster: Pgen of a sample of its receptors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rashomon.ask.request import Request
from rashomon.dataset import LOCI, receptor_items
from rashomon.multiverse import Budget
from rashomon.sim.vdj import MODELS, pgen, recombination_model

__all__ = ["MOST_JUNCTIONS", "cluster_pgen", "sampled_members"]

MOST_JUNCTIONS: Mapping[Budget, int] = {"quick": 0, "default": 300, "full": 1_000}
"""Junctions of which Pgen is computed: 300 of TRB take about 7 seconds of one core (TRA 2)."""

_PER_CLUSTER = 5
_LOCI = ("TRA", "TRB")
"""B cells mutate after recombination, so that the probability of their junctions is not that of being made."""


def cluster_pgen(request: Request) -> np.ndarray | None:
    """Return the median log10 of the generation probability of the junctions of each judged cluster.

    Of each cluster up to five receptors are taken at random, of the largest clusters first, until `MOST_JUNCTIONS` are
    reached. Pgen is that of the junction with any V and J (OLGA; Sethna et al. 2019), of generation alone: selection
    is no part of it.

    Parameters
    ----------
    request
        The labels on trial, and the budget.

    Returns
    -------
    ``float64``, shape ``(n_clusters,)``: larger is more often made, human TRB in blood mostly -12 to -6; -inf where
    recombination cannot make half of the sampled junctions, NaN where no receptor of the cluster was sampled. None
    where nothing is computed: budget quick, B cells, loci without a model.
    """
    n_most, receptors = MOST_JUNCTIONS[request.budget], request.dataset.receptors
    if not n_most or receptors is None or not receptors.n_chains:
        return None
    items = receptor_items(receptors, request.dataset.n_obs)
    chain = items["vdj" if (items["n_vdj"] > 0).any() else "vj"]
    there = chain["aa"] != b""
    if not there.any():
        return None
    code = int(np.bincount(chain["locus"][there]).argmax())
    if LOCI[code] not in _LOCI or (receptors.species, LOCI[code]) not in MODELS:
        return None
    usable = there & (chain["locus"] == code)
    rows = sampled_members(request.judged.codes, n_most=n_most, usable=usable, rng=request.rng("pgen"))
    found = pgen(recombination_model(receptors.species, LOCI[code]), chain["aa"][rows], n_most=n_most)
    of = pd.Series(found).groupby(request.judged.codes[rows]).median()
    return np.asarray(of.reindex(range(len(request.judged.categories))), dtype=np.float64)


def sampled_members(codes: np.ndarray, *, n_most: int, usable: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the rows of a sample of the members of clusters, the largest clusters first.

    Parameters
    ----------
    codes
        Cluster of each row; below 0: in none.
    n_most
        Rows of the sample, at most.
    usable
        Which rows may be taken.
    rng
        Chooses them.

    Examples
    --------
    >>> codes = np.array([0] * 9 + [1, 1] + [-1] * 4)
    >>> rows = sampled_members(codes, n_most=6, usable=np.ones(15, dtype=bool), rng=np.random.default_rng(0))
    >>> codes[rows].tolist()
    [0, 0, 0, 0, 0, 1]
    """
    rows = rng.permutation(np.flatnonzero((codes >= 0) & usable))
    sizes = np.bincount(codes[rows], minlength=1)
    rank = pd.Series(codes[rows]).groupby(codes[rows]).cumcount().to_numpy()
    rows = rows[rank < _PER_CLUSTER]
    order = np.lexsort((codes[rows], -sizes[codes[rows]]))
    return np.sort(rows[order[:n_most]])
