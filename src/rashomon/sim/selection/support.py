"""Which observed chains generation can make at all: a weight on what it cannot make would grow without limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["MIN_RATE", "N_END", "REASONS", "Support"]

MIN_RATE = 3e-5
"""Share of the chains of a V (J) below which an end counts as not generated. That it was seen is not enough: among many
generated chains an end that belongs to another J is seen once, against hundreds of wrong calls in a real table."""

N_END = 3
"""Residues compared at each end: those that the germline gives."""

REASONS = (
    "kept",
    "V not generated, or a call of several V that are told apart",
    "J not generated, or a call of several J that are told apart",
    "no junction of at least 3 of the 20 residues",
    "first 3 residues hardly ever generated with the V",
    "last 3 residues hardly ever generated with the J",
)
"""Why a chain is left out, by code."""


@dataclass(frozen=True, eq=False)
class Support:
    """Ends that occur with each group of V and J among generated chains.

    Parameters
    ----------
    left, right
        Whether the first (last) residues occur with the V (J), in at least `MIN_RATE` of its chains, ``bool``, shape
        ``(n_groups, 20 ** 3)``.
    """

    left: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, letters: np.ndarray, v: np.ndarray, j: np.ndarray) -> Support:
        """Return the ends of generated chains.

        Parameters
        ----------
        letters
            From `rashomon.sim.selection.feature.letters_of`.
        v, j
            Groups of their genes, integers of at least 0.

        Examples
        --------
        >>> from rashomon.sim.selection.feature import letters_of
        >>> zero = np.zeros(1, dtype=int)
        >>> support = Support.of(letters_of(np.array([b"CASSF"])), zero, zero)
        >>> both = letters_of(np.array([b"CASTSSF", b"CARSSF"]))
        >>> support.reasons(both, np.array([0, 0]), np.array([0, 0])).tolist()
        [0, 4]
        """
        first, last, whole = _ends(letters)
        tables = []
        for groups, codes in ((v, first), (j, last)):
            shape = int(groups.max()) + 1, 20**N_END
            n = np.bincount(groups[whole] * shape[1] + codes[whole], minlength=shape[0] * shape[1]).reshape(shape)
            tables.append((n > 0) & (n >= MIN_RATE * n.sum(axis=1, keepdims=True)))
        return cls(*tables)

    def reasons(self, letters: np.ndarray, v: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Return why each chain is left out, ``int8`` codes of `REASONS`; 0: it is kept.

        Parameters
        ----------
        letters, v, j
            As in `of`; groups are -1 where a call has none.
        """
        first, last, whole = _ends(letters)
        found = np.zeros(letters.shape[0], dtype=np.int8)
        # the first reason that holds is the one that is said
        found[~self.right[j, last]] = 5
        found[~self.left[v, first]] = 4
        found[~whole] = 3
        found[j < 0] = 2
        found[v < 0] = 1
        return found

    @staticmethod
    def notes(reason: np.ndarray) -> list[str]:
        """Return how many chains are left out for each of the reasons, as texts.

        Parameters
        ----------
        reason
            From `reasons`.

        Examples
        --------
        >>> Support.notes(np.array([0, 0, 4]))
        ['left out: 1 of 3 (first 3 residues hardly ever generated with the V)']
        """
        count = np.bincount(reason, minlength=len(REASONS))
        return [f"left out: {n} of {reason.size} ({REASONS[k]})" for k, n in enumerate(count) if k and n]


def _ends(letters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes of the first and last residues, and which junctions have them; 0 where they have not."""
    present = letters != -1
    length = present.sum(axis=1)
    whole = (length >= N_END) & ~(letters == -2).any(axis=1)
    place = np.arange(N_END)
    columns = np.where(whole, length, N_END)[:, None] - N_END + place
    padded = np.pad(letters, ((0, 0), (0, N_END)), constant_values=-1)
    scale = 20**place
    first = np.where(whole[:, None], padded[:, :N_END], 0).astype(np.int64) @ scale
    last = np.where(whole[:, None], np.take_along_axis(padded, columns, axis=1), 0).astype(np.int64) @ scale
    return first, last, whole
