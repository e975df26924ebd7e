"""Conditional sampling: receptors that carry a motif by themselves, from a bounded number of generated ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.score.rate import exact_interval
from rashomon.sim.motif.motif import Motif

__all__ = ["Generate", "Picked", "pick"]

Generate = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray | None, np.ndarray | None]]
"""From the numbers of receptors to their residues, V and J calls; a receptor depends on its number alone."""

_FEWEST, _MOST = 2**10, 2**16
"""Receptors that are generated at once, at first and at most."""


@dataclass(frozen=True, eq=False)
class Picked:
    """Receptors that carry a motif, and how rare it is.

    Parameters
    ----------
    units
        Numbers of the receptors, ascending, ``int64``: generating them again gives the same receptors.
    start
        Where the motif starts in each.
    n_tried
        Receptors looked at, up to the last one that was needed.
    rate, low, high
        Share of receptors that carry the motif, beside its genes, and its exact 95 % interval. The estimate is hits by
        trials, or one less of both where trials ended with the last of several hits (Haldane 1945, unbiased).
    complete
        Whether as many were found as were asked for.
    reason
        Why not; empty when they were.
    """

    units: np.ndarray
    start: np.ndarray
    n_tried: int
    rate: float
    low: float
    high: float
    complete: bool
    reason: str


def pick(motif: Motif, draw: Generate, n: int, *, n_most: int, first: int = 0) -> Picked:
    """Return generated receptors that carry a motif; at most `n_most` are looked at.

    Parameters
    ----------
    motif
        What they carry.
    draw
        Generates receptors by number.
    n
        How many are wanted, at least 1.
    n_most
        Most receptors that are generated.
    first
        Number of the first receptor that is looked at.

    Raises
    ------
    UsageError
        ``motif.pick`` when `n`, `n_most` or `first` is out of range.

    Examples
    --------
    >>> texts = np.array([b"CASSYGTF", b"CASSWWTF"])
    >>> found = pick(Motif("m", "YG", window=(3, 1)), lambda units: (texts[units % 2], None, None), 2, n_most=100)
    >>> found.units.tolist(), found.n_tried, found.complete
    ([0, 2], 3, True)
    """
    if n < 1 or n_most < 1 or first < 0:
        raise UsageError(
            f"{n} receptors of at most {n_most}, from number {first}",
            where="pick",
            expected="n and n_most of at least 1, first of at least 0",
            code="motif.pick",
        )
    units, starts, n_found, n_tried = [], [], 0, 0
    while n_found < n and n_tried < n_most:
        # as many again as before: what is common is found after few
        size = min(max(n_tried, _FEWEST), _MOST, n_most - n_tried)
        batch = np.arange(first + n_tried, first + n_tried + size, dtype=np.int64)
        junction_aa, v, j = draw(batch)
        found, start = motif.found_in(junction_aa)
        hits = np.flatnonzero(found & motif.allows(v, j))[: n - n_found]
        units.append(batch[hits])
        starts.append(start[hits])
        n_found += hits.size
        n_tried += int(hits[-1]) + 1 if n_found == n else batch.size
    complete = n_found == n
    low, high = exact_interval(n_found, n_tried, stopped=complete)
    reason = "" if complete else f"{n_found} of {n} found among {n_tried:,} receptors: the rate is at most {high:.2g}"
    rate = n_found / n_tried
    if complete and n > 1:
        rate = (n - 1) / (n_tried - 1)
    return Picked(
        np.concatenate(units), np.concatenate(starts), n_tried, rate, float(low), float(high), complete, reason
    )
