"""How many receptors of a repertoire are alike, against how many there are."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from rashomon.sim.repertoire_realism.prepared import Prepared, UndefinedPropertyError

__all__ = ["curve_sizes", "linked_genes", "neighbour_number", "neighbour_share"]

_N_SIZES = 7


def curve_sizes(n: int) -> np.ndarray:
    """Return the sizes of subsamples of `n` receptors at which curves are read: n/64, n/32, ..., n.

    Examples
    --------
    >>> curve_sizes(5000).tolist()
    [78, 156, 312, 625, 1250, 2500, 5000]
    """
    return n // 2 ** np.arange(_N_SIZES - 1, -1, -1)


def neighbour_share(repertoire: Prepared) -> np.ndarray:
    """Return the expected share of receptors that have a neighbour, in subsamples of each of `curve_sizes`.

    Parameters
    ----------
    repertoire
        Receptors; a neighbour has a junction of equal length that differs in at most one residue.

    Returns
    -------
    Shape ``(n_sizes,)``, in [0, 1]. The mean over all subsamples in closed form, so no subsample is drawn: a receptor
    with d neighbours among N keeps none of them in m with probability C(N - 1 - d, m - 1) / C(N - 1, m - 1).
    """
    n, degrees = repertoire.drawn.n, np.bincount(repertoire.degrees)
    d = np.flatnonzero(degrees)
    shares = []
    for m in curve_sizes(n):
        left = n - d - m
        # log of (n - 1 - d)! (n - m)! / ((n - d - m)! (n - 1)!)
        log_none = gammaln(n - d) + gammaln(n - m + 1) - gammaln(np.maximum(left, 0) + 1) - gammaln(n)
        none = np.where(left >= 0, np.exp(log_none), 0.0)
        shares.append(np.average(1 - none, weights=degrees[d]))
    return np.maximum(shares, 0.0)


def neighbour_number(repertoire: Prepared) -> np.ndarray:
    """Return the expected number of neighbours of a receptor of the `repertoire`, at each of `curve_sizes`.

    Returns
    -------
    Shape ``(n_sizes,)``: the mean degree times ``(m - 1) / (N - 1)``, exactly.
    """
    n = repertoire.drawn.n
    return np.asarray(repertoire.degrees.mean() * (curve_sizes(n) - 1) / (n - 1))


def linked_genes(repertoire: Prepared) -> np.ndarray:
    """Return the shares of neighbours in the `repertoire` that have the same V, and the same J, shape ``(2,)``."""
    i, j = repertoire.links.i, repertoire.links.j
    if i.size == 0:
        raise UndefinedPropertyError("has no neighbours", where="repertoire")
    return np.array([(codes[i] == codes[j]).mean() for codes in (repertoire.v, repertoire.j)])
