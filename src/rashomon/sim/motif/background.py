"""Background receptors of one chain: how often they carry a motif by themselves, and whether they have room for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.implant import room
from rashomon.sim.motif.motif import Motif

__all__ = ["Background"]


@dataclass(frozen=True, eq=False)
class Background:
    """Receptors of one chain as they come from generation (and selection), before anything is planted.

    Parameters
    ----------
    junction_aa
        Residues; bytes, shape ``(n,)``.
    v, j
        Calls; needed where motifs ask for genes.
    v_keep, j_keep
        Residues at each end that planting keeps, as `rashomon.sim.motif.implant` takes them.
    n_tries
        Chains that are generated for a carrier, until one has room.

    Raises
    ------
    UsageError
        ``motif.background`` when it is empty.

    Examples
    --------
    >>> background = Background(np.array([b"CASSYGTQYF", b"CASF"]), v_keep=3, j_keep=3)
    >>> motif = Motif("m", "YG")
    >>> background.found(motif), background.room(motif)
    (1, 0.5)
    """

    junction_aa: np.ndarray
    v: np.ndarray | None = None
    j: np.ndarray | None = None
    v_keep: np.ndarray | int = 0
    j_keep: np.ndarray | int = 0
    n_tries: int = 1

    def __post_init__(self) -> None:
        if not len(self.junction_aa):
            raise UsageError(
                "the background has no receptors", where="feasibility", expected="some thousands of them",
                code="motif.background",
            )  # fmt: skip

    @property
    def n(self) -> int:
        """Number of receptors."""
        return len(self.junction_aa)

    def found(self, motif: Motif) -> int:
        """Return how many receptors carry a motif, beside its genes."""
        return int((motif.found_in(self.junction_aa)[0] & motif.allows(self.v, self.j)).sum())

    def room(self, motif: Motif) -> float:
        """Return the share of carriers in which a motif can be planted: which have room, in as many tries as they have.

        NaN when no receptor has its genes.
        """
        allowed = np.broadcast_to(motif.allows(self.v, self.j), self.n)
        if not allowed.any():
            return float("nan")
        length = np.strings.str_len(self.junction_aa)
        v_keep, j_keep = np.maximum(self.v_keep, motif.window[0]), np.maximum(self.j_keep, motif.window[1])
        fits = [room(length, span, v_keep=v_keep, j_keep=j_keep) > 0 for span in motif.lengths]
        # the length of the gap is drawn once, and the chain again
        return float(np.mean([1.0 - (1.0 - each[allowed].mean()) ** self.n_tries for each in fits]))
