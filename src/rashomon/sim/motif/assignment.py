"""Who carries which motif of an epitope, who is an orphan, and who is labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from rashomon.core import UsageError
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.stream import uniforms

__all__ = ["Assigned", "assign", "label"]


@dataclass(frozen=True, eq=False)
class Assigned:
    """What each receptor is to carry.

    Parameters
    ----------
    alpha, beta
        Position of the motif in the list of the epitope, ``int64``; -1 where none is planted.
    orphan
        Binders without motif, ``bool``.
    decoy
        Receptors that do not bind and carry one half of a pair, ``bool``.
    """

    alpha: np.ndarray
    beta: np.ndarray
    orphan: np.ndarray
    decoy: np.ndarray


def assign(epitope: Epitope, *, binds: np.ndarray, key: np.uint64, units: np.ndarray) -> Assigned:
    """Return the motifs that receptors are to carry.

    With the arm ``pair``, a binder carries a pair with probability ``s = 1 - orphan_share``; a receptor that does not
    bind carries a half in alpha with probability ``s``, else one in beta with probability ``s`` of all. So ``P(half |
    binder) = P(half | other)`` for each chain: only both together say anything, which needs ``s <= 1/2``.

    Parameters
    ----------
    epitope
        Its motifs and shares.
    binds
        Which receptors bind, ``bool``, shape ``(n,)``. Give those receptors only among which one chain is to say
        nothing: all others stay without halves.
    key
        From `rashomon.sim.stream.stream_key`; one of its own for each epitope.
    units
        Numbers of the receptors, at least 0; what one carries depends on `key`, its number and whether it binds.

    Raises
    ------
    UsageError
        ``epitope.assign`` when the columns differ in length.

    Examples
    --------
    >>> from rashomon.sim.motif.motif import Motif
    >>> from rashomon.sim.stream import stream_key
    >>> epitope = Epitope("E1", "A*02:01", "beta", beta=(Motif("m", "SYG"),), orphan_share=0.5)
    >>> who = assign(epitope, binds=np.arange(1000) < 500, key=stream_key(1, "E1"), units=np.arange(1000))
    >>> bool((who.beta[500:] == -1).all()), bool(abs((who.beta[:500] == 0).mean() - 0.5) < 0.07)
    (True, True)
    """
    binds = _column(binds, units)
    chances = uniforms(key, units, 3)
    carries = binds & (chances[:, 0] < epitope.motif_share)
    alpha, beta = carries & bool(epitope.alpha), carries & bool(epitope.beta)
    decoy = np.zeros(len(units), dtype=bool)
    if epitope.arm == "pair":
        first, second = (~binds & (chances[:, 0] < k * epitope.motif_share) for k in (1, 2))
        alpha, beta, decoy = alpha | first, beta | (second & ~first), second
    which = [
        np.where(carrying, np.minimum((chance * len(motifs)).astype(np.int64), len(motifs) - 1), -1)
        for carrying, chance, motifs in (
            (alpha, chances[:, 1], epitope.alpha),
            (beta, chances[:, 1 if epitope.arm == "pair" else 2], epitope.beta),
        )
    ]
    return Assigned(which[0], which[1], binds & ~carries, decoy)


def label(
    epitope: Epitope,
    *,
    binds: np.ndarray,
    donor: np.ndarray,
    key: np.uint64,
    units: np.ndarray,
    clustering: float = 0.0,
) -> np.ndarray:
    """Return which receptors an assay labels as binders; wrong labels may be a matter of donor (or study, or plate).

    The rates of a donor are drawn from a beta distribution with the mean of the epitope and the intraclass correlation
    `clustering` (variance ``mean (1 - mean) clustering``).

    Parameters
    ----------
    epitope
        Its rates of wrong labels.
    binds
        Which receptors bind, ``bool``, shape ``(n,)``.
    donor
        Number of the donor, study or plate of each receptor, at least 0.
    key
        From `rashomon.sim.stream.stream_key`; another one than that of `assign`.
    units
        Numbers of the receptors, at least 0.
    clustering
        0 (all have the same rate) to below 1 (all labels of a donor are wrong together).

    Raises
    ------
    UsageError
        ``epitope.assign`` when the columns differ in length, or `clustering` is out of range.

    Examples
    --------
    >>> from rashomon.sim.motif.motif import Motif
    >>> from rashomon.sim.stream import stream_key
    >>> epitope = Epitope("E1", "A*02:01", "beta", beta=(Motif("m", "SYG"),), false_negative=0.2)
    >>> binds, key = np.ones(1000, dtype=bool), stream_key(1, "label")
    >>> labelled = label(epitope, binds=binds, donor=np.zeros(1000, dtype=int), key=key, units=np.arange(1000))
    >>> bool(abs(labelled.mean() - 0.8) < 0.04)
    True
    """
    binds = _column(binds, units)
    if len(donor) != len(units) or not 0 <= clustering < 1:
        raise UsageError(
            f"{len(donor)} donors for {len(units)} receptors, clustering {clustering}",
            where="label",
            expected="a donor per receptor, clustering in [0, 1)",
            code="epitope.assign",
        )
    names, place = np.unique(np.asarray(donor, dtype=np.int64), return_inverse=True)
    # the rates of donors and the labels of receptors come from different streams
    ranks = uniforms(key ^ np.uint64(0xD1B54A32D192ED03), names, 2)
    rates = [
        _rates(mean, ranks[:, column], clustering)[place]
        for column, mean in enumerate((epitope.false_positive, epitope.false_negative))
    ]
    chance = uniforms(key, units)[:, 0]
    return np.asarray(np.where(binds, chance >= rates[1], chance < rates[0]))


def _rates(mean: float, rank: np.ndarray, clustering: float) -> np.ndarray:
    if mean == 0 or clustering == 0:
        return np.full(rank.size, mean)
    total = 1 / clustering - 1
    return np.asarray(betaincinv(mean * total, (1 - mean) * total, rank))


def _column(binds: np.ndarray, units: np.ndarray) -> np.ndarray:
    if len(binds) != len(units):
        raise UsageError(
            f"{len(binds)} receptors bind or not, {len(units)} have a number",
            where="epitope",
            expected="columns of one length",
            code="epitope.assign",
        )
    return np.asarray(binds, dtype=bool)
