"""Hot and cold spots of somatic hypermutation: how likely a base is to be hit, given its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from rashomon.sim.limit.domain import checked

__all__ = ["Targeting", "site_weights", "spot"]

_A, _C, _G, _T = ord("A"), ord("C"), ord("G"), ord("T")


@dataclass(frozen=True)
class Targeting:
    """Where hypermutation hits, relative to a site outside all motifs, and what it makes of a base.

    The motifs and their order are those of the literature; the numbers are round ones of ours, of the size that is
    reported for groups of motifs, whose members differ by far more than their means do.

    Parameters
    ----------
    hot
        Weight of C in WRCY and of G in RGYW, the hot spots of AID, in [0.01, 100].
    warm
        Weight of A in WA and of T in TW, the hot spots of polymerase eta, in [0.01, 100].
    cold
        Weight of C in SYC and of G in GRS, the cold spots, in [0.01, 100].
    transition
        Share of hits that exchange A and G, or C and T, in [0, 1]; 1/3 where all bases are equally likely.

    References
    ----------
    Rogozin and Kolchanov (1992), Biochimica et Biophysica Acta 1171:11 (RGYW); Rogozin et al. (2001), Nature
    Immunology 2:530 (WA); Pham et al. (2003), Nature 424:103 (SYC); Yaari et al. (2013), Frontiers in Immunology 4:358
    (order of the groups); Betz et al. (1993), PNAS 90:2385 (more transitions than transversions).
    """

    hot: float = 4.0
    warm: float = 2.0
    cold: float = 0.3
    transition: float = 0.6

    def __post_init__(self) -> None:
        checked([self.hot, self.warm, self.cold], "targeting", where="Targeting", low=0.01, high=100.0)
        checked(self.transition, "transition", where="Targeting", high=1.0)

    @property
    def weights(self) -> np.ndarray:
        """Weight of each kind of site: outside the motifs (1), hot, warm, cold."""
        return np.array([1.0, self.hot, self.warm, self.cold])


@numba.njit(cache=True, nogil=True)
def spot(letters: Any, place: Any, n: Any) -> int:
    """Return the kind of the site `place` among the first `n` of `letters` (bytes): 0 neutral, 1 hot, 2 warm, 3 cold.

    Motifs that the end of the sequence cuts off are not seen.
    """
    before, after = place >= 1, place + 1 < n
    base = letters[place]
    if base == _A:
        return 2 if before and letters[place - 1] in (_A, _T) else 0
    if base == _T:
        return 2 if after and letters[place + 1] in (_A, _T) else 0
    if base == _C:
        return _spot_of_c(letters, place, n)
    if base == _G and place + 2 < n:
        second, third = letters[place + 1], letters[place + 2]
        if second in (_C, _T):
            purine = before and letters[place - 1] in (_A, _G)
            return 1 if purine and third in (_A, _T) else 0
        return 3 if third in (_C, _G) else 0
    return 0


@numba.njit(cache=True, nogil=True)
def _spot_of_c(letters: Any, place: int, n: int) -> int:
    if place < 2:
        return 0
    first, second = letters[place - 2], letters[place - 1]
    if second in (_A, _G):
        pyrimidine = place + 1 < n and letters[place + 1] in (_C, _T)
        return 1 if pyrimidine and first in (_A, _T) else 0
    return 3 if first in (_C, _G) else 0


def site_weights(sequence: bytes, *, targeting: Targeting | None = None) -> np.ndarray:
    """Return how likely each base of a sequence is to be hit, relative to a base outside all motifs.

    Parameters
    ----------
    sequence
        Upper case bases.
    targeting
        Weights of the motifs; those of `Targeting` when None.

    Returns
    -------
    ``float64``, shape ``(len(sequence),)``.

    Examples
    --------
    >>> site_weights(b"AGCTGGGCC").tolist()
    [1.0, 4.0, 4.0, 1.0, 0.3, 0.3, 1.0, 1.0, 0.3]
    """
    letters = np.frombuffer(sequence, dtype=np.uint8)
    kinds = np.array([spot(letters, place, letters.size) for place in range(letters.size)], dtype=np.int64)
    return np.asarray((targeting or Targeting()).weights[kinds])
