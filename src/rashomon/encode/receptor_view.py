"""Views of receptors: their junctions as coordinates, one row per item, for clusterings that need a space."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, child, first_few
from rashomon.encode.kmer import count_kmers
from rashomon.encode.kmer_form import Form, weigh
from rashomon.encode.residue_view import residue_means, residue_places

__all__ = ["kmer_view", "residue_view"]


def kmer_view(  # noqa: PLR0913 - the slots it reads, and the choices of an analyst
    vdj: np.ndarray,
    vj: np.ndarray,
    items: np.ndarray,
    *,
    k: int = 3,
    form: Form = "tfidf",
    alphabet: str = "amino_acids",
    trim: int = 0,
    n_dims: int = 50,
) -> np.ndarray:
    """Return the leading dimensions of the k-mers of the junctions.

    Parameters
    ----------
    vdj, vj
        Chains from `select_chains`, empty for an arm that is not compared. Of two chains of an item in one arm, the
        mean is taken; the arms stand side by side, with equal weight.
    items
        Item of each row, shape ``(n_kept,)``.
    k
        Length of the k-mers.
    form
        ``counts``, ``binary`` or ``tfidf``, as `weigh` makes them; each chain is then brought to length 1.
    alphabet
        A name in `ALPHABETS`.
    trim
        Residues left out at both ends; 0 keeps the stretches that tell of V and J.
    n_dims
        Dimensions kept, from 1 to ``min(n_items, n_kmers) - 1``.

    Returns
    -------
    ``float32``, shape ``(n_items, n_dims)``, C-contiguous: coordinates on the leading right singular vectors, by
    decreasing singular value; the largest absolute value of each vector is positive.

    Raises
    ------
    UsageError
        When no arm is compared, an item has no chain in one that is, `n_dims` is out of range, or an option is unknown.

    Notes
    -----
    The k-mers are not centred, as in latent semantic analysis, so that they stay sparse. The singular vectors are exact
    up to rounding and start from a fixed vector: the same chains give the same view.

    Examples
    --------
    >>> chains = np.zeros(3, dtype=[("item", "i8"), ("aa", "S8")])
    >>> chains["item"], chains["aa"] = [0, 1, 2], [b"CASSLGQF", b"CASSLGQF", b"CAWWDNEF"]
    >>> view = kmer_view(chains, chains[:0], np.arange(3), n_dims=1)
    >>> view.shape, bool(view[0] == view[1])
    ((3, 1), True)
    """
    blocks = []
    for chains in _compared(vdj, vj):
        counts = count_kmers(chains["aa"], k=k, alphabet=alphabet, trim=(trim, trim))
        blocks.append(_mean_of_chains(chains["item"], _n_items(items)) @ weigh(counts, form=form, norm="l2"))
    return _leading(sp.csr_matrix(sp.hstack(blocks)), n_dims)


def residue_view(
    vdj: np.ndarray,
    vj: np.ndarray,
    items: np.ndarray,
    *,
    factors: str = "atchley",
    n_places: int = 0,
    trim: int = 3,
) -> np.ndarray:
    """Return numbers for the chemistry of the residues of the junctions.

    Parameters
    ----------
    vdj, vj
        Chains from `select_chains`, empty for an arm that is not compared. Of two chains of an item in one arm, the
        mean is taken; the arms stand side by side.
    items
        Item of each row, shape ``(n_kept,)``.
    factors
        A name in `FACTORS`.
    n_places
        0: the mean over the residues. Otherwise the factors at each place of a frame of that many, with both ends
        aligned and a gap in the middle, which counts 0.
    trim
        Residues left out at both ends.

    Returns
    -------
    ``float32``, shape ``(n_items, n_arms * n_factors * max(n_places, 1))``, C-contiguous.

    Raises
    ------
    UsageError
        When no arm is compared, an item has no chain in one that is or no residue is left of it, or an option is not
        possible.

    Examples
    --------
    >>> chains = np.zeros(2, dtype=[("item", "i8"), ("aa", "S8")])
    >>> chains["item"], chains["aa"] = [0, 1], [b"CASKKGQF", b"CASDDGQF"]
    >>> residue_view(chains, chains[:0], np.arange(2), factors="physical")[:, 1].round(1).tolist()
    [2.200000047683716, -2.200000047683716]
    """
    blocks = []
    for chains in _compared(vdj, vj):
        if n_places:
            values = residue_places(chains["aa"], factors=factors, length=n_places, trim=(trim, trim))
        else:
            values = residue_means(chains["aa"], factors=factors, trim=(trim, trim))
        short = np.flatnonzero(np.strings.str_len(chains["aa"]) <= 2 * trim)
        if short.size:
            raise UsageError(
                f"{short.size} junctions have no residue left",
                where=f"residue_view(trim={trim}), items {first_few(chains['item'][short])}",
                fix="lower trim, or raise min_length",
            )
        blocks.append(_mean_of_chains(chains["item"], _n_items(items)) @ values)
    return np.ascontiguousarray(np.hstack(blocks), dtype=np.float32)


def _n_items(items: np.ndarray) -> int:
    return int(items.max(initial=-1)) + 1


def _compared(vdj: np.ndarray, vj: np.ndarray) -> list[np.ndarray]:
    arms = [chains for chains in (vdj, vj) if chains.size]
    if not arms:
        raise UsageError("there are no chains to compare", where="receptors", fix="choose a chain that the data have")
    return arms


def _mean_of_chains(item: np.ndarray, n_items: int) -> sp.csr_matrix:
    """Return the matrix that takes the mean over the chains of each item, shape ``(n_items, n_chains)``."""
    count = np.bincount(item, minlength=n_items)
    without = np.flatnonzero(count == 0)
    if without.size:
        raise UsageError(
            f"{without.size} items have no chain in an arm that is compared",
            where=f"items {first_few(without)}",
            expected="a chain in every arm, as select_chains leaves them",
        )
    weights = (1.0 / count[item]).astype(np.float32)
    return sp.csr_matrix((weights, (item, np.arange(item.size))), shape=(n_items, item.size))


def _leading(x: sp.csr_matrix, n_dims: int) -> np.ndarray:
    from scipy.sparse.linalg import svds

    used = np.unique(x.indices)
    # columns without entries change nothing, and most of those of long k-mers are such
    x = x[:, used].astype(np.float64)
    most = min(x.shape) - 1
    if not 1 <= n_dims <= most:
        raise UsageError(
            f"{n_dims} dimensions of {x.shape[0]} items and {x.shape[1]} k-mers",
            where="kmer_view(n_dims=)",
            expected=f"1 to {most}",
            fix="ask for fewer dimensions",
        )
    start = child(0, "kmer_view").standard_normal(min(x.shape))
    _, values, right = svds(x, k=n_dims, v0=start, solver="arpack")
    order = np.argsort(-values, kind="stable")
    vectors, values = right[order].T, values[order]
    # a dimension without variance has no direction, and its coordinates are 0
    vectors = np.where(values > values[0] * np.sqrt(np.finfo(np.float64).eps), vectors, 0.0)
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(n_dims)] < 0, -1.0, 1.0)
    return np.ascontiguousarray(x @ vectors, dtype=np.float32)
