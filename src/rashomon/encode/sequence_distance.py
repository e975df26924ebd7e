"""Receptors whose junctions differ in a few residues."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.encode.item_link import Links, as_distances, item_links
from rashomon.encode.sequence_pair import Metric, require_metric, sequence_pairs

__all__ = ["sequence_distance"]


def sequence_distance(
    vdj: np.ndarray, vj: np.ndarray, items: np.ndarray, *, metric: Metric, cutoff: int
) -> sp.csr_matrix:
    """Return the receptors whose junctions are within a distance.

    Parameters
    ----------
    vdj, vj
        Chains of the two arms, from `rashomon.encode.receptor_chain.select_chains`; one may be empty. With both, each
        must be within the cutoff, and the distance is the larger one. Of two chains of an item in an arm the nearer
        counts.
    items
        Item of each row that is kept.
    metric
        ``identity``, ``hamming`` or ``levenshtein``, on amino acids: see `rashomon.encode.sequence_pair`.
    cutoff
        Largest distance, 0 or more.

    Returns
    -------
    CSR, ``float32``, shape ``(n_items, n_items)``, symmetric, without diagonal; stored values are distance + 1.

    Raises
    ------
    UsageError
        When metric and cutoff do not fit, or more than 50,000,000 pairs of chains of an arm are within the cutoff: m
        items with the same junction are m (m - 1) / 2 pairs.

    Notes
    -----
    Both arms are searched alone, and what both found is kept: an alpha chain that many receptors share costs as many
    pairs as it makes, also where the beta chains are far apart.

    Examples
    --------
    >>> from rashomon.encode.tcrdist import chains_from
    >>> chains, _ = chains_from(["CASSLGF", "CASSIGF", "CAWWWWF"], [""] * 3)
    >>> sequence_distance(chains, chains[:0], np.arange(3), metric="hamming", cutoff=1).toarray()[0].tolist()
    [0.0, 2.0, 0.0]
    """
    require_metric(metric, cutoff)
    arms = [arm for arm in (vdj, vj) if arm.size]
    if not arms:
        return as_distances(Links(*(np.empty(0, dtype=np.int32) for _ in range(3))), items)
    found = [item_links(sequence_pairs(arm["aa"], metric=metric, cutoff=cutoff), arm["item"]) for arm in arms]
    return as_distances(found[0] if len(found) == 1 else _in_both(*found), items)


def _in_both(a: Links, b: Links) -> Links:
    """Return the links that both arms have, at the larger distance."""
    n = int(max(a.j.max(initial=0), b.j.max(initial=0))) + 1
    key, other = (links.i.astype(np.int64) * n + links.j for links in (a, b))
    _, at, to = np.intersect1d(key, other, assume_unique=True, return_indices=True)
    return Links(a.i[at], a.j[at], np.maximum(a.distance[at], b.distance[to]))
