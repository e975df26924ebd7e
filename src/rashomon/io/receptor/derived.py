"""Columns about the receptor of each row, after repair: genes, junction and length, for labels and for figures."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rashomon.dataset import ARMS, LOCI, Arm, GeneCalls, Receptors, chain_order

__all__ = ["derived_columns", "multichain"]

_MOST = 2
"""Chains of an arm that a cell may have."""


def derived_columns(receptors: Receptors, n_obs: int, *, taken: Collection[str] = ()) -> dict[str, np.ndarray]:
    """Return columns that describe the first chain of each arm; the first is productive and has the most copies.

    Parameters
    ----------
    receptors
        Chains.
    n_obs
        Number of rows of the data set.
    taken
        Columns that exist: none of them is made anew. A table of chains that has ``v_call`` only gets the length.

    Returns
    -------
    Objects (str, None where unknown) of shape ``(n_obs,)``: ``v_call``, ``j_call``, ``junction_aa`` and
    ``cdr3_length`` of the chain with a D gene (of the other, where no row has one), and ``TRA_v_call`` and so on for
    each locus. The length is that of the CDR3 as IMGT defines it: residues between the two anchors.
    """
    arm: Arm = "vdj" if any(locus in ARMS["vdj"] for locus in receptors.loci) else "vj"
    primary = _first(receptors, chain_order(receptors, arm), n_obs)
    found = {"cdr3_length": _length(receptors, primary)}
    if "v_call" not in taken:
        found |= _parts(receptors, primary, "")
        for name in receptors.loci:
            its_arm: Arm = "vdj" if name in ARMS["vdj"] else "vj"
            order = chain_order(receptors, its_arm)
            order = order[receptors.locus[order] == LOCI.index(name)]
            found |= _parts(receptors, _first(receptors, order, n_obs), f"{name}_")
    return {name: values for name, values in found.items() if name not in taken}


def multichain(receptors: Receptors, n_obs: int) -> dict[Arm, int]:
    """Return how many rows have more than two chains of an arm, by arm; chains that are not productive do not count.

    Parameters
    ----------
    receptors
        Chains.
    n_obs
        Number of rows of the data set.
    """
    counts: dict[Arm, int] = {}
    for arm in ARMS:
        order = chain_order(receptors, arm)
        rows = receptors.obs[order[receptors.productive[order] != 0]]
        counts[arm] = int((np.bincount(rows, minlength=n_obs) > _MOST).sum())
    return counts


def _first(receptors: Receptors, order: np.ndarray, n_obs: int) -> np.ndarray:
    """Return the first chain of each row, -1 where there is none."""
    chain = np.full(n_obs, -1, dtype=np.int64)
    rows, first = np.unique(receptors.obs[order], return_index=True)
    chain[rows] = order[first]
    return chain


def _parts(receptors: Receptors, chain: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    junctions = receptors.junction_aa[chain].astype(str).astype(object)
    junctions[(chain < 0) | (junctions == "")] = None
    return {
        f"{prefix}v_call": _texts(receptors.v, chain),
        f"{prefix}j_call": _texts(receptors.j, chain),
        f"{prefix}junction_aa": junctions,
    }


def _texts(calls: GeneCalls, chain: np.ndarray) -> np.ndarray:
    names = np.array([*calls.names, None], dtype=object)
    found: np.ndarray = names[np.where(chain >= 0, calls.codes[chain], -1)]
    return found


def _length(receptors: Receptors, chain: np.ndarray) -> np.ndarray:
    length = np.where(chain >= 0, receptors.length[chain], 0)
    # few lengths: each text is made once
    texts = np.array([str(n - 2) if n > 2 else None for n in range(int(length.max(initial=0)) + 1)], dtype=object)
    found: np.ndarray = texts[length]
    return found
