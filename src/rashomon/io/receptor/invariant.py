"""Receptors of invariant T cells (MAIT, iNKT), by V, J and length; never by the junction alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rashomon.dataset import LOCI, GeneCalls, Receptors

__all__ = ["FLAGS", "INVARIANTS", "Invariant", "invariant_flags", "invariant_obs"]


@dataclass(frozen=True)
class Invariant:
    """The alpha chain of a kind of invariant T cells, and the beta chain it goes with.

    Parameters
    ----------
    label
        ``MAIT-like`` or ``iNKT-like``.
    species
        ``human`` or ``mouse``.
    v, j
        Genes of the alpha chain.
    lengths
        Residues of its junction, anchors included.
    beta_v
        V genes of the beta chain, where one is known; empty: any.
    """

    label: str
    species: str
    v: tuple[str, ...]
    j: tuple[str, ...]
    lengths: tuple[int, ...]
    beta_v: tuple[str, ...] = ()


INVARIANTS = (
    Invariant("MAIT-like", "human", ("TRAV1-2",), ("TRAJ33", "TRAJ12", "TRAJ20"), (12,)),
    Invariant("iNKT-like", "human", ("TRAV10",), ("TRAJ18",), (14, 15, 16), ("TRBV25-1",)),
    Invariant("MAIT-like", "mouse", ("TRAV1",), ("TRAJ33",), (12,)),
    Invariant("iNKT-like", "mouse", ("TRAV11", "TRAV11D", "TRAV11N"), ("TRAJ18",), (15,)),
)
"""Tilloy et al. 1999 and Reantragoon et al. 2013 (MAIT), Lantz and Bendelac 1994 (iNKT); lengths as CoNGA uses them."""

FLAGS: Mapping[str, str] = {"MAIT-like": "mait_like", "iNKT-like": "inkt_like"}
"""Flag of `Receptors` by what a cell is called."""


def invariant_flags(receptors: Receptors) -> dict[str, np.ndarray]:
    """Return which alpha chains look like those of invariant T cells.

    Parameters
    ----------
    receptors
        With repaired calls and a species; without species no chain is flagged.

    Returns
    -------
    ``mait_like`` and ``inkt_like``, each ``bool``, shape ``(n_chains,)``. A human iNKT chain is flagged only if no beta
    chain of its row is known, or one of them has TRBV25-1.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> none, v, j = GeneCalls.from_texts([""]), GeneCalls.from_texts(["TRAV1-2"]), GeneCalls.from_texts(["TRAJ33*01"])
    >>> chain = Receptors(
    ...     np.zeros(1, int), np.zeros(1, "i1"), np.array([b"CAVRDSNYQLIW"]), np.array([b""]), v, j, v, j, none, none,
    ...     np.ones(1), np.ones(1, "i1"), "human")
    >>> invariant_flags(chain)["mait_like"].tolist()
    [True]
    """
    alpha = receptors.locus == LOCI.index("TRA")
    flags = {name: np.zeros(receptors.n_chains, dtype=bool) for name in FLAGS.values()}
    for kind in INVARIANTS:
        if kind.species == receptors.species:
            found = alpha & _names(receptors.v, kind.v) & _names(receptors.j, kind.j)
            found &= np.isin(receptors.length, kind.lengths)
            if kind.beta_v:
                found &= _beta_agrees(receptors, kind.beta_v)
            flags[FLAGS[kind.label]] |= found
    return flags


def invariant_obs(receptors: Receptors, n_obs: int) -> np.ndarray:
    """Return what each row looks like: ``MAIT-like``, ``iNKT-like`` or nothing.

    Parameters
    ----------
    receptors
        With the flags of `invariant_flags`; without them they are computed.
    n_obs
        Number of rows of the data set.

    Returns
    -------
    Objects (str), shape ``(n_obs,)``; a row with chains of both kinds is ``MAIT-like``.
    """
    there = set(FLAGS.values()) <= set(receptors.flags)
    flags = receptors.flags if there else invariant_flags(receptors)
    labels = np.full(n_obs, "", dtype=object)
    for label in reversed(list(FLAGS)):
        labels[receptors.obs[flags[FLAGS[label]]]] = label
    return labels


def _names(calls: GeneCalls, genes: tuple[str, ...]) -> np.ndarray:
    """Return which calls name one of the genes."""
    names = [any(each.partition("*")[0] in genes for each in name.split(",")) for name in calls.names]
    found: np.ndarray = np.array([*names, False])[calls.codes]
    return found


def _beta_agrees(receptors: Receptors, genes: tuple[str, ...]) -> np.ndarray:
    """Return the chains in whose row no beta chain is known, or one with such a V gene."""
    beta = (receptors.locus == LOCI.index("TRB")) & (receptors.v.codes >= 0)
    n_obs = int(receptors.obs.max(initial=-1)) + 1
    known, agrees = np.zeros(n_obs, dtype=bool), np.zeros(n_obs, dtype=bool)
    known[receptors.obs[beta]] = True
    agrees[receptors.obs[beta & _names(receptors.v, genes)]] = True
    found: np.ndarray = (agrees | ~known)[receptors.obs]
    return found
