"""Agreement of receptor clusters with states of expression: what it is beyond the donor, one unit per clonotype."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rashomon.score.compute import defined_value, pair_record
from rashomon.score.contingency import tabulate
from rashomon.score.halfsample import half_sample_interval
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.conditional import conditional_agreement
from rashomon.score.receptor.permutation import baseline, combined_strata, permuted_vector_scores

__all__ = ["StateAgreement", "state_agreement"]


class StateAgreement(NamedTuple):
    """One number for how far clusters of receptors and states agree.

    Parameters
    ----------
    quantity
        ``state given receptor cluster``, ``receptor cluster given state`` or ``AMI``.
    value
        At most 1; the first two are 0 by chance within donors and 1 when one determines the other; the AMI is 0 by
        chance without regard to donors.
    low, high
        95 % interval over donors where there are six; where donors are unknown, over receptor clusters; NaN else.
    shuffled
        Mean when states change places within donors: 0 for the first two by their definition.
    p
        Share of such permutations with at least as much, from ``1 / (n_permutations + 1)``.
    n_items
        Clonotypes compared.
    over
        What the interval is over; empty without one.
    reason
        Why there is no value, or no interval.
    """

    quantity: str
    value: float
    low: float
    high: float
    shuffled: float
    p: float
    n_items: int
    over: str
    reason: str = ""


def state_agreement(
    cluster: np.ndarray,
    state: np.ndarray,
    donor: np.ndarray | None,
    *,
    n_permutations: int = 199,
    n_pairs: int = 50,
    rng: np.random.Generator,
) -> list[StateAgreement]:
    """Measure how far clusters of receptors and states agree beyond donors, in both directions.

    Parameters
    ----------
    cluster
        Receptor cluster of each clonotype, shape ``(n,)``; ``-1``: in none. Those in none have a state that others may
        get, and count in the first direction only.
    state
        State of each clonotype, shape ``(n,)``; negative: left out.
    donor
        Donor of each, shape ``(n,)``; negative: left out. None: unknown, and what donors explain is not taken away.
    n_permutations, n_pairs
        Permutations within donors, and pairs of half-samples.
    rng
        Random numbers.

    Returns
    -------
    ``state given receptor cluster`` and ``receptor cluster given state`` (`conditional_agreement` with one stratum,
    permuted within donors: 0 by chance, 1 determined, larger is more), and the ``AMI`` of clonotypes in clusters.

    Raises
    ------
    UsageError
        When the vectors differ in length, or hold no codes.

    Examples
    --------
    >>> cluster = np.repeat(np.arange(20), 3)
    >>> found = state_agreement(cluster, cluster % 3, None, rng=np.random.default_rng(0))
    >>> [(each.quantity, round(each.value, 2), each.p) for each in found[:1]]
    [('state given receptor cluster', 1.0, 0.005)]
    """
    clusters, states = check_codes(cluster, where="cluster"), check_codes(state, where="state")
    donors = np.zeros(clusters.size, dtype=np.int32) if donor is None else check_codes(donor, where="donor")
    same_length(clusters.size, states.size, where="clusters and states")
    same_length(clusters.size, donors.size, where="clusters and donors")
    kept = (states >= 0) & (donors >= 0) & (clusters >= -1)
    clusters, states, donors = clusters[kept], states[kept], donors[kept]
    blocks = None if donor is None else donors
    settings = {"n_permutations": n_permutations, "n_pairs": n_pairs}
    inside = clusters >= 0
    one, two, three = rng.spawn(3)
    return [
        _directed("state given receptor cluster", clusters, states, blocks, settings, one),
        _directed(
            "receptor cluster given state", states[inside], clusters[inside], _part(blocks, inside), settings, two
        ),
        _mutual(clusters[inside], states[inside], _part(blocks, inside), settings, three),
    ]


def _part(blocks: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if blocks is None else blocks[rows]


def _nothing(quantity: str, n: int, reason: str) -> StateAgreement:
    return StateAgreement(quantity, np.nan, np.nan, np.nan, np.nan, np.nan, n, "", reason)


def _fixed(values: np.ndarray, blocks: np.ndarray | None) -> str:
    """Return why no permutation within donors changes anything, or empty text."""
    if values.size < 2 or np.unique(values).size < 2:
        return "cannot tell: fewer than two classes"
    if blocks is None:
        return ""
    alone = np.unique(combined_strata(blocks, values)).size == np.unique(blocks).size
    return "cannot tell: clonotypes of one donor do not differ" if alone else ""


def _over(blocks: np.ndarray | None, *, found: bool) -> str:
    return ("receptor clusters" if blocks is None else "donors") if found else ""


def _directed(
    quantity: str,
    labels: np.ndarray,
    truth: np.ndarray,
    blocks: np.ndarray | None,
    settings: dict[str, int],
    rng: np.random.Generator,
) -> StateAgreement:
    reason = _fixed(truth, blocks)
    if reason:
        return _nothing(quantity, truth.size, reason)
    one = np.zeros(truth.size, dtype=np.int32)
    # halves of a few states say nothing: only what is labelled by receptors has many units
    pairs = settings["n_pairs"] if blocks is not None or quantity.startswith("state") else 0
    found = conditional_agreement(
        labels, truth, one, blocks=blocks, n_permutations=settings["n_permutations"], n_pairs=pairs, rng=rng
    )
    told = bool(np.isfinite(found.low))
    shuffled = 0.0 if np.isfinite(found.value) else np.nan
    return StateAgreement(
        quantity, found.value, found.low, found.high, shuffled, found.p, found.n_items, _over(blocks, found=told),
        found.reason,
    )  # fmt: skip


def _mutual(
    clusters: np.ndarray,
    states: np.ndarray,
    blocks: np.ndarray | None,
    settings: dict[str, int],
    rng: np.random.Generator,
) -> StateAgreement:
    reason = _fixed(states, blocks) or ("" if np.unique(clusters).size > 1 else "cannot tell: one receptor cluster")
    if reason:
        return _nothing("AMI", states.size, reason)
    record = pair_record("ami")

    def score(values: np.ndarray) -> float:
        return float(defined_value(record, tabulate(values, clusters))[0])

    draws = permuted_vector_scores(
        states, [score], strata=blocks, n_permutations=settings["n_permutations"], rng=rng
    ).ravel()
    value = score(states)
    beside = baseline(value, draws)
    units = clusters if blocks is None else blocks
    interval = half_sample_interval("ami", clusters, states, n_pairs=settings["n_pairs"], blocks=units, rng=rng)
    told = bool(np.isfinite(interval.low))
    return StateAgreement(
        "AMI", value, interval.low, interval.high, beside.mean, beside.p, states.size, _over(blocks, found=told),
        interval.reason or beside.reason,
    )  # fmt: skip
