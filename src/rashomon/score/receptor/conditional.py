"""Conditional agreement: whether clusters follow a truth beyond what V, J and length, or donors, already explain."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, nan

import numba
import numpy as np
from scipy.special import gammaln

from rashomon.score.halfsample import HalfSampleInterval, interval_around
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.grouping import large_clusters
from rashomon.score.receptor.interval import cluster_units, half_labelings
from rashomon.score.receptor.permutation import combined_strata, orders
from rashomon.score.split import count_units, too_few

__all__ = ["ConditionalAgreement", "conditional_agreement"]

_FEWEST = 10
"""Receptors that share cluster and stratum with another, below which nothing is said (a convention)."""

_BELOW = -0.25
"""Values below this are no noise around 0 where there is no interval to say so (a convention)."""

_HALF_PERMUTATIONS = 20
"""Per half-sample: enough, since the mean of the shared information settles fast."""


@dataclass(frozen=True, eq=False)
class ConditionalAgreement:
    """How far clusters follow a truth within strata.

    Parameters
    ----------
    value
        At most 1; 0 by chance, 1 when cluster and stratum determine the truth; NaN, with a reason, when undefined.
    low, high
        95 % interval from half-samples; NaN, with a reason, when there is none.
    p
        ``(1 + permutations with at least as much shared information) / (permutations + 1)``.
    smallest_p
        The smallest that could be reached: with few donors there are few permutations.
    draws
        The values of the permutations, mean 0; shape ``(n_permutations,)``.
    n_items, n_strata
        Receptors compared, and their strata.
    n_movable
        Receptors that a permutation can give another class.
    n_paired
        Those of them that share their cluster, too, with another one of the stratum: what the value rests on.
    reason
        Why there is no value, or no interval.
    """

    value: float
    low: float
    high: float
    p: float
    smallest_p: float
    draws: np.ndarray
    n_items: int
    n_strata: int
    n_movable: int
    n_paired: int = 0
    reason: str = ""


@dataclass(frozen=True, eq=False)
class _Compared:
    """Codes of the items compared: cluster (-1 none), class, stratum, block (empty: none) and what may change places.

    `within` holds the groups that classes are permuted in; `whole` says that blocks change places and not items.
    """

    cluster: np.ndarray
    truth: np.ndarray
    stratum: np.ndarray
    block: np.ndarray
    within: np.ndarray
    whole: bool

    def take(self, rows: np.ndarray) -> _Compared:
        block = self.block[rows] if self.block.size else self.block
        parts = (self.cluster[rows], self.truth[rows], self.stratum[rows], block, self.within[rows])
        return _Compared(*parts, self.whole)


def conditional_agreement(  # noqa: PLR0913 - three columns, and what chance and noise are
    labels: np.ndarray,
    truth: np.ndarray,
    strata: np.ndarray,
    *,
    blocks: np.ndarray | None = None,
    n_permutations: int = 100,
    n_pairs: int = 50,
    min_paired: int = _FEWEST,
    rng: np.random.Generator,
) -> ConditionalAgreement:
    """Measure how far clusters follow a truth beyond strata.

    ``(I(C; A | B) - E) / (H(A | B) - E)`` for clusters C, truth A and strata B, where E is the mean of the conditional
    information under permutations of A within strata.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered: a cluster of its own; ``-2`` not observed.
    truth
        Class of each, shape ``(n,)``; receptors with a negative code (none, or several labels) are left out.
    strata
        What has to be surpassed, shape ``(n,)``: V gene, J gene and length (`combined_strata`), a donor, a study.
        Receptors with a negative code are left out.
    blocks
        Donor of each, shape ``(n,)``; negative: left out. Where the truth is the same within each donor, donors change
        places as a whole; otherwise receptors change places within stratum and donor. Intervals are then over donors.
        None: donors are ignored.
    n_permutations
        For E, and for `p`.
    n_pairs
        Pairs of half-samples for the interval; 0: none.
    min_paired
        Receptors that must share cluster and stratum with another one, for anything to be said.
    rng
        Random numbers.

    Returns
    -------
    The value, which is at most 1 (larger is better), 0 on average when the clusters know nothing of the truth within
    strata, and 1 when cluster and stratum determine it. It cannot be told when the strata leave nothing open, when a
    truth of donors meets one donor in every stratum, when fewer than `min_paired` receptors share a cluster within
    their stratum, when the interval is wider than the scale, or when the value lies below chance by more than noise
    (labels that avoid each other: the permutations are then no fair comparison). `p` and `draws` are given all the
    same.

    Raises
    ------
    UsageError
        When the vectors differ in length, or hold no codes.

    Notes
    -----
    Equal to ``1 - H(A | C, B) / mean H(A | C, B) under permutation`` where items are permuted, so that receptors that
    are unclustered, or alone in their cluster and stratum, enter through the permutations only. Permutations of donors
    use one order of the donors for all strata.

    Examples
    --------
    >>> v = np.tile([0, 1], 60)
    >>> epitope = np.repeat([0, 1, 2], 40)
    >>> rng = np.random.default_rng(0)
    >>> round(conditional_agreement(epitope, epitope, v, rng=rng).value, 2)
    1.0
    >>> abs(conditional_agreement(v, epitope, v, rng=rng).value) < 0.05
    True
    """
    data, reason = _compared(labels, truth, strata, blocks)
    n, n_strata = data.truth.size, int(np.unique(data.stratum).size)
    movable = _movable(data) if n else 0
    if not reason and not movable:
        reason = _why_fixed(data)
    if reason:
        return ConditionalAgreement(nan, nan, nan, nan, nan, np.empty(0), n, n_strata, movable, reason=reason)
    shared, open_, draws = _information(data, n_permutations, rng)
    expected = float(draws.mean())
    if open_ - expected <= 1e-12:
        reason = "no cluster holds two receptors of one stratum whose labels could change places"
        return ConditionalAgreement(nan, nan, nan, nan, nan, np.empty(0), n, n_strata, movable, reason=reason)
    value = (shared - expected) / (open_ - expected)
    p = (1 + int(np.count_nonzero(draws >= shared - 1e-12))) / (n_permutations + 1)
    interval = _interval(value, data, n_pairs, rng)
    scaled = (draws - expected) / (open_ - expected)
    smallest = max(1 / (n_permutations + 1), _smallest(data))
    paired = _paired(data)
    reason = _why_untold(value, interval, paired, min_paired)
    low, high = (nan, nan) if reason else (interval.low, interval.high)
    return ConditionalAgreement(
        nan if reason else value, low, high, p, smallest, scaled, n, n_strata, movable, paired,
        reason or interval.reason,
    )  # fmt: skip


def _why_untold(value: float, interval: HalfSampleInterval, paired: int, min_paired: int) -> str:
    """Return why a value says nothing; empty where it does."""
    if paired < min_paired:
        return f"{paired} receptors share cluster and stratum with another, too few: at least {min_paired}"
    if interval.high - interval.low > 1:
        return f"the interval, {interval.low:.1f} to {interval.high:.1f}, is wider than the scale from 0 to 1"
    if interval.high < 0 or (np.isnan(interval.high) and value < _BELOW):
        return f"the value, {value:.2f}, lies below chance by more than noise: labels avoid each other in clusters"
    return ""


def _compared(
    labels: np.ndarray, truth: np.ndarray, strata: np.ndarray, blocks: np.ndarray | None
) -> tuple[_Compared, str]:
    given = {"labels": labels, "truth": truth, "strata": strata} | ({} if blocks is None else {"blocks": blocks})
    codes = {name: check_codes(values, where=name) for name, values in given.items()}
    for name, values in codes.items():
        same_length(codes["labels"].size, values.size, where=f"labels and {name}")
    kept = codes["labels"] >= -1
    for name in ("truth", "strata", "blocks"):
        kept &= codes.get(name, codes["labels"] * 0) >= 0
    cluster, value, stratum = (codes[name][kept] for name in ("labels", "truth", "strata"))
    block = codes["blocks"][kept] if blocks is not None else np.empty(0, dtype=np.int32)
    whole = bool(block.size) and _constant(value, block)
    within = combined_strata(stratum, block) if block.size and not whole else stratum
    reason = "no receptor with a label, a stratum and a donor" if not value.size else ""
    if value.size and np.unique(value).size < 2:
        reason = "fewer than two labels"
    return _Compared(cluster, value, stratum, block, within, whole), reason


def _constant(values: np.ndarray, group: np.ndarray) -> bool:
    """Whether each group holds one value only."""
    return bool(np.unique(combined_strata(group, values)).size == np.unique(group).size)


def _movable(data: _Compared) -> int:
    """Count the items of groups (strata, with donors where they hold places) with more than one class."""
    pair = combined_strata(data.within, data.truth)
    group = np.unique(data.within, return_inverse=True)[1]
    first = np.unique(pair, return_index=True)[1]
    n_classes = np.bincount(group[first])
    return int((n_classes[group] > 1).sum())


def _paired(data: _Compared) -> int:
    """Count the receptors that share cluster and stratum with another one, where classes can change places."""
    group = np.unique(data.within, return_inverse=True)[1]
    first = np.unique(combined_strata(data.within, data.truth), return_index=True)[1]
    # donors that change places as a whole do so within strata
    free = (np.bincount(group[first]) > 1)[group] & (data.cluster >= 0)
    if not free.any():
        return 0
    cell = np.unique(combined_strata(data.cluster[free], data.stratum[free]), return_inverse=True)[1]
    size = np.bincount(cell)
    return int(size[size > 1].sum())


def _why_fixed(data: _Compared) -> str:
    if data.whole:
        return "the truth is one per donor, and donors of no stratum differ in it"
    return "the strata determine the truth"


def _information(data: _Compared, n: int, rng: np.random.Generator) -> tuple[float, float, np.ndarray]:
    """Return I(C; A | B), H(A | B), and I(C; A | B) of permutations, in nats."""
    cell = np.full(data.cluster.size, -1, dtype=np.int64)
    some = np.flatnonzero(data.cluster >= 0)
    if some.size:
        cell[some] = combined_strata(data.cluster[some], data.stratum[some])
    cells, strata = large_clusters(cell), large_clusters(combined_strata(data.stratum))
    n_classes = int(data.truth.max()) + 1

    def information(values: np.ndarray) -> tuple[float, float]:
        open_ = _open(*strata, values, n_classes) / values.size
        # items that are in no cell of two leave nothing open
        return open_ - _open(*cells, values, n_classes) / values.size, open_

    shared, open_ = information(data.truth)
    return shared, open_, np.array([information(moved)[0] for moved in _permuted(data, n, rng)])


def _permuted(data: _Compared, n: int, rng: np.random.Generator) -> list[np.ndarray]:
    if not data.whole:
        found = orders(data.truth.size, strata=data.within, n_permutations=n, rng=rng)
        return [data.truth[order] for order in found]
    unit, block = combined_strata(data.stratum, data.block), np.unique(data.block, return_inverse=True)[1]
    first = np.unique(unit, return_index=True)[1]
    stratum, donor, values = data.stratum[first], block[first], data.truth[first]
    home = np.lexsort((donor, stratum))
    draws = []
    for _ in range(n):
        key = rng.random(int(block.max()) + 1)
        moved = np.empty_like(values)
        moved[home] = values[np.lexsort((key[donor], stratum))]
        draws.append(moved[unit])
    return draws


def _smallest(data: _Compared) -> float:
    """Return the p that the number of ways to give donors their classes allows; 0 where items change places."""
    if not data.whole:
        return 0.0
    first = np.unique(data.block, return_index=True)[1]
    size = np.bincount(data.truth[first])
    return exp(float(gammaln(size + 1.0).sum() - gammaln(first.size + 1.0)))


def _interval(value: float, data: _Compared, n_pairs: int, rng: np.random.Generator) -> HalfSampleInterval:
    units = data.block if data.block.size else cluster_units(data.cluster)
    observed = np.ones(data.truth.size, dtype=bool)
    reason = too_few(observed, blocks=units) if n_pairs else "no interval: no half-samples asked for"
    if reason:
        return HalfSampleInterval(nan, nan, np.empty(0), reason)
    draws = []
    for half in half_labelings(data.cluster, units, n_pairs=n_pairs, rng=rng):
        part = data.take(np.flatnonzero(half > -2))
        shared, open_, permuted = _information(part, _HALF_PERMUTATIONS, rng)
        room = open_ - float(permuted.mean())
        draws.append((shared - permuted.mean()) / room if room > 1e-12 else nan)
    return interval_around(value, np.array(draws), n_units=count_units(observed, blocks=units))


@numba.njit(cache=True, nogil=True)
def _open(start: np.ndarray, member: np.ndarray, values: np.ndarray, n_classes: int) -> float:
    """Return the sum over groups of size times entropy of `values`, in nats."""
    total = 0.0
    seen = np.zeros(n_classes, np.int64)
    for k in range(start.size - 1):
        for i in range(start[k], start[k + 1]):
            seen[values[member[i]]] += 1
        size = start[k + 1] - start[k]
        total += size * np.log(size)
        for i in range(start[k], start[k + 1]):
            y = values[member[i]]
            if seen[y] > 0:
                total -= seen[y] * np.log(seen[y])
                seen[y] = 0
    return total
