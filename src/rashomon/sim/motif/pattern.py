"""Seeds: how a motif is written, and what it allows at each place."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.residue import RESIDUES

__all__ = ["ANY", "Pattern", "parse_seed"]

ANY = (1 << len(RESIDUES)) - 1
"""Mask of a place where every residue will do."""

_TOKEN = re.compile(r"\[([A-Z]+)\]|([A-Z.])|([/-])|(.)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Pattern:
    """What a seed allows.

    Parameters
    ----------
    masks
        Allowed residues of each place of the seed as bits in the order of `RESIDUES`; ``uint32``, ``(n_places,)``.
    gap_at
        Number of places before the gap; -1 without one.
    gap
        Fewest and most residues in the gap.
    """

    masks: np.ndarray
    gap_at: int
    gap: tuple[int, int]

    @property
    def named(self) -> np.ndarray:
        """Places where not every residue will do; ``bool``, shape ``(n_places,)``."""
        return np.asarray(self.masks != ANY)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Residues that the motif covers, for each number of residues in the gap."""
        return tuple(range(self.masks.size + self.gap[0], self.masks.size + self.gap[1] + 1))

    def spread(self, values: np.ndarray, fill: float) -> np.ndarray:
        """Return one value per covered place, for each length of the gap; shape ``(n_lengths, longest)``.

        Parameters
        ----------
        values
            One per place of the seed.
        fill
            Value of places in the gap, and behind the end.
        """
        rows = np.full((len(self.lengths), self.lengths[-1]), fill, dtype=values.dtype)
        cut = self.masks.size if self.gap_at < 0 else self.gap_at
        for row, length in zip(rows, self.lengths, strict=True):
            row[:cut] = values[:cut]
            row[length - (values.size - cut) : length] = values[cut:]
        return rows


def parse_seed(seed: str, *, gap: tuple[int, int] = (0, 0), where: str = "motif") -> Pattern:
    """Return what a seed allows.

    Parameters
    ----------
    seed
        Letters of residues; ``.`` for any residue, ``[ST]`` for one of several, and at most one ``/`` where a gap may
        open, as LIgO and immuneML write it (``-`` means the same).
    gap
        Fewest and most residues in the gap.
    where
        The place, for messages.

    Raises
    ------
    UsageError
        ``motif.seed`` when the text cannot be read, names fewer than two residues, or seed and gap do not fit.

    Examples
    --------
    >>> pattern = parse_seed("SY/[ST]", gap=(0, 2))
    >>> pattern.lengths, pattern.gap_at, pattern.named.tolist()
    ((3, 4, 5), 2, [True, True, True])
    """
    masks: list[int] = []
    gaps: list[int] = []
    for several, one, cut, odd in _TOKEN.findall(seed):
        strange = odd or next((letter for letter in several or one if letter not in RESIDUES + "."), "")
        if strange:
            raise _unreadable(f"{strange!r} is no residue", seed, where)
        if cut:
            gaps.append(len(masks))
        else:
            masks.append(ANY if one == "." else sum(1 << RESIDUES.index(letter) for letter in {*(several or one)}))
    _check(seed, masks, gaps, gap, where)
    return Pattern(np.array(masks, dtype=np.uint32), gaps[0] if gaps else -1, (int(gap[0]), int(gap[1])))


def _check(seed: str, masks: list[int], gaps: list[int], gap: tuple[int, int], where: str) -> None:
    if sum(mask != ANY for mask in masks) < 2:
        raise _unreadable("fewer than two residues are named", seed, where)
    if len(gaps) > 1 or (gaps and not 0 < gaps[0] < len(masks)):
        raise _unreadable("a seed has at most one gap, between residues", seed, where)
    if not 0 <= gap[0] <= gap[1]:
        raise _unreadable(f"a gap of {gap[0]} to {gap[1]} residues cannot be", seed, where)
    if bool(gaps) != (gap[1] > 0):
        raise _unreadable(f"the gap has {gap[0]} to {gap[1]} residues", seed, where)


def _unreadable(what: str, seed: str, where: str) -> UsageError:
    return UsageError(
        f"{what} in the seed {seed!r}",
        where=where,
        expected="residues (SYGT), . for any, [ST] for one of several, one / where gap=(fewest, most) residues open",
        code="motif.seed",
    )
