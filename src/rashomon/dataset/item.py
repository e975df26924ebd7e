"""Receptors as one array with a row per receptor: what resamples cut and plans start from."""

from __future__ import annotations

import numpy as np

from rashomon.dataset.receptors import ARMS, LOCI, Arm, Receptors

__all__ = ["SLOTS", "chain_order", "receptor_items"]

SLOTS = ("vdj", "vdj2", "vj", "vj2")
"""Fields of an item: the first and the second chain of each arm."""


def chain_order(receptors: Receptors, arm: Arm) -> np.ndarray:
    """Return the chains of an arm: by row, productive ones first, then by count, then as they came.

    Parameters
    ----------
    receptors
        Chains.
    arm
        ``vj`` or ``vdj``.

    Returns
    -------
    Positions of chains with a junction, ``int64``.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> calls = GeneCalls.from_texts(["", ""])
    >>> two = Receptors(
    ...     obs=np.array([0, 0]), locus=np.array([1, 1], dtype=np.int8), junction_aa=np.array([b"CASSF", b"CAWSF"]),
    ...     junction=np.array([b"", b""]), v=calls, j=calls, v_raw=calls, j_raw=calls, d=calls, c=calls,
    ...     count=np.array([2.0, 9.0]), productive=np.array([1, 1], dtype=np.int8),
    ... )
    >>> chain_order(two, "vdj").tolist()
    [1, 0]
    """
    codes = [LOCI.index(name) for name in ARMS[arm]]
    there = np.flatnonzero(np.isin(receptors.locus, codes) & (receptors.junction_aa != b""))
    count = np.nan_to_num(receptors.count[there], nan=-1.0)
    order = np.lexsort((there, -count, -receptors.productive[there], receptors.obs[there]))
    return np.asarray(there[order], dtype=np.int64)


def receptor_items(receptors: Receptors, n_obs: int) -> np.ndarray:
    """Return one row per receptor with the first and second chain of each arm.

    Parameters
    ----------
    receptors
        Chains.
    n_obs
        Number of rows of the data set.

    Returns
    -------
    Structured array, shape ``(n_obs,)``. Each of the fields ``vdj``, ``vdj2``, ``vj``, ``vj2`` is a chain with the
    fields ``aa`` and ``nt`` (bytes; empty: there is no such chain), ``v``, ``j``, ``v_raw``, ``j_raw`` (codes, -1
    none), ``locus`` and ``productive``. ``n_vdj`` and ``n_vj`` count the chains with a junction.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> calls = GeneCalls.from_texts(["", ""])
    >>> two = Receptors(
    ...     obs=np.array([0, 0]), locus=np.array([1, 1], dtype=np.int8), junction_aa=np.array([b"CASSF", b"CAWSF"]),
    ...     junction=np.array([b"", b""]), v=calls, j=calls, v_raw=calls, j_raw=calls, d=calls, c=calls,
    ...     count=np.array([2.0, 9.0]), productive=np.array([1, 1], dtype=np.int8),
    ... )
    >>> items = receptor_items(two, 1)
    >>> items["vdj"]["aa"].tolist(), items["vdj2"]["aa"].tolist(), items["n_vj"].tolist()
    ([b'CAWSF'], [b'CASSF'], [0])
    """
    chosen = {arm: _two(receptors, chain_order(receptors, arm), n_obs) for arm in ("vdj", "vj")}
    places = dict(zip(SLOTS, (*chosen["vdj"][:2], *chosen["vj"][:2]), strict=True))
    parts = [(slot, _dtype(receptors, place)) for slot, place in places.items()]
    items = np.zeros(n_obs, dtype=[*parts, ("n_vdj", "i2"), ("n_vj", "i2")])
    for slot, place in places.items():
        _fill(items[slot], receptors, place)
    items["n_vdj"], items["n_vj"] = chosen["vdj"][2], chosen["vj"][2]
    return items


def _two(receptors: Receptors, order: np.ndarray, n_obs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first and the second chain of each row (-1: none), and how many there are."""
    rows = receptors.obs[order]
    start = np.searchsorted(rows, np.arange(n_obs), side="left")
    count = np.searchsorted(rows, np.arange(n_obs), side="right") - start
    first, second = np.full(n_obs, -1), np.full(n_obs, -1)
    first[count > 0] = order[start[count > 0]]
    second[count > 1] = order[start[count > 1] + 1]
    return first, second, count


def _dtype(receptors: Receptors, place: np.ndarray) -> np.dtype[np.void]:
    there = place[place >= 0]
    # as wide as the longest that is there: most tables have one arm, and one chain in it
    aa = int(np.strings.str_len(receptors.junction_aa[there]).max(initial=1))
    nt = int(np.strings.str_len(receptors.junction[there]).max(initial=1))
    genes = [(name, "i4") for name in ("v", "j", "v_raw", "j_raw")]
    return np.dtype([("aa", f"S{max(aa, 1)}"), ("nt", f"S{max(nt, 1)}"), *genes, ("locus", "i1"), ("productive", "i1")])


def _fill(chain: np.ndarray, receptors: Receptors, place: np.ndarray) -> None:
    there = place >= 0
    chain["aa"][there], chain["nt"][there] = receptors.junction_aa[place[there]], receptors.junction[place[there]]
    for name in ("v", "j", "v_raw", "j_raw"):
        chain[name] = -1
        chain[name][there] = getattr(receptors, name).codes[place[there]]
    for name in ("locus", "productive"):
        chain[name] = -1
        chain[name][there] = getattr(receptors, name)[place[there]]
