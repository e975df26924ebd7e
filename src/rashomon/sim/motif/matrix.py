"""Position weight matrices, scored in whole hundredths of a bit, so that draws can be held above a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.residue import RESIDUES, middle_shares

__all__ = ["Matrix", "compile_matrix"]

UNIT = 100
"""Steps per bit: scores are rounded, so that the number of scores is finite and tails are exact."""

NEVER = -(10**7)
"""Score of a residue with probability 0: no other residue makes up for it."""

SHARE = 0.95
"""Share of its own draws that reach the threshold, where none is given."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Probabilities of residues, their scores, and the threshold of a match.

    Parameters
    ----------
    probabilities
        ``float64``, shape ``(length, 20)``; rows sum to one.
    scores
        Log-odds against `middle_shares` in hundredths of a bit; ``int64``, same shape.
    threshold
        Least score of a match.
    tails
        For each place, the probability that the places from there on score at least a number, and the smallest such
        number of the table.
    """

    probabilities: np.ndarray
    scores: np.ndarray
    threshold: int
    tails: tuple[tuple[np.ndarray, int], ...]

    def draw(self, chances: np.ndarray) -> np.ndarray:
        """Return residues drawn from the matrix given that they reach the threshold, exactly, without rejection.

        Place after place, the probability of a residue is multiplied by the probability that the places behind it make
        up what is still missing.

        Parameters
        ----------
        chances
            Uniform numbers, shape ``(n, length)``.

        Returns
        -------
        Positions in `RESIDUES`, ``int64``, shape ``(n, length)``.
        """
        found = np.zeros(chances.shape, dtype=np.int64)
        missing = np.full(len(chances), self.threshold, dtype=np.int64)
        for place in range(len(self.probabilities)):
            # few sums occur, whatever the number of draws
            states, state = np.unique(missing, return_inverse=True)
            rest = _at_least(self.tails[place + 1], states[:, None] - self.scores[place])
            total = np.cumsum(self.probabilities[place] * rest, axis=1)
            total /= total[:, [-1]]
            for code in range(len(RESIDUES) - 1):
                found[:, place] += chances[:, place] > total[state, code]
            missing -= self.scores[place, found[:, place]]
        return found


def compile_matrix(pwm: np.ndarray, *, min_score: float | None, where: str = "motif") -> Matrix:
    """Return a matrix with its scores and its threshold.

    Parameters
    ----------
    pwm
        Probabilities, shape ``(length, 20)``, columns in the order of `RESIDUES`.
    min_score
        Least log-odds of a match, in bits; None: what 95 % of its own draws reach.
    where
        The place, for messages.

    Raises
    ------
    UsageError
        ``motif.pwm`` when it holds no probabilities, or nothing reaches `min_score`.

    Examples
    --------
    >>> pwm = np.full((2, 20), 0.01)
    >>> pwm[0, 15] = pwm[1, 5] = 0.81
    >>> matrix = compile_matrix(pwm, min_score=4.0)
    >>> matrix.threshold, round(float(matrix.tails[0][0].max()), 6)
    (400, 1.0)
    """
    p = np.asarray(pwm, dtype=np.float64)
    fits = p.ndim == 2 and p.shape[1:] == (len(RESIDUES),) and len(p) > 1
    if not fits or not np.isfinite(p).all() or (p < 0).any() or (abs(p.sum(axis=1) - 1) > 1e-6).any():
        raise _refused(f"a matrix of shape {p.shape} holds no probabilities", where)
    with np.errstate(divide="ignore"):
        odds = np.round(UNIT * np.log2(p / middle_shares()))
    scores = np.where(p > 0, odds, NEVER).astype(np.int64)
    tails = _tails(p, scores)
    if min_score is None:
        tail, smallest = tails[0]
        threshold = smallest + int(np.flatnonzero(tail >= SHARE - 1e-12).max())
    else:
        threshold = int(np.ceil(UNIT * min_score))
    if _at_least(tails[0], np.array([threshold]))[0] <= 0:
        raise _refused(f"no residues reach a score of {min_score} bits", where)
    return Matrix(p, scores, threshold, tails)


def _tails(p: np.ndarray, scores: np.ndarray) -> tuple[tuple[np.ndarray, int], ...]:
    """Return, from each place on, the probability of each score or more."""
    mass, smallest = np.ones(1), 0
    found = [(mass, smallest)]
    for place in range(len(p) - 1, -1, -1):
        there = np.flatnonzero(p[place] > 0)
        low, high = scores[place, there].min(), scores[place, there].max()
        longer = np.zeros(mass.size + int(high - low))
        for residue in there:
            shift = int(scores[place, residue] - low)
            longer[shift : shift + mass.size] += p[place, residue] * mass
        mass, smallest = longer, smallest + int(low)
        found.append((np.cumsum(mass[::-1])[::-1], smallest))
    return tuple(reversed(found))


def _at_least(tail: tuple[np.ndarray, int], score: np.ndarray) -> np.ndarray:
    values, smallest = tail
    place = np.maximum(score - smallest, 0)
    return np.where(place < values.size, values[np.minimum(place, values.size - 1)], 0.0)


def _refused(what: str, where: str) -> UsageError:
    return UsageError(
        what,
        where=where,
        expected="pwm of shape (length >= 2, 20) whose rows sum to 1, and a min_score in bits that can be reached",
        code="motif.pwm",
    )
