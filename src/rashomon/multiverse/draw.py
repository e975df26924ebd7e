"""Draw a balanced fraction of a design by exchange: levels equally often first, then effects as separate as can be."""

from __future__ import annotations

import numpy as np

__all__ = ["draw", "imbalance"]

_N_PASSES = 8
_RIDGE = 1e-3
"""Makes the information matrix invertible before there are as many pipelines as effects."""
_SHARED = 1e-6
"""Weight of a shared prefix: it decides between pipelines that are equal otherwise."""
_BALANCES = (1e3, 1e3, 1e3, 1.0, 1e-3)
"""Weight of balance over the determinant, by start; with hardly more rows than effects, both cannot be had."""


def imbalance(codes: np.ndarray) -> float:
    """Return how far the levels of each column are from occurring equally often; -1 is no level.

    The sum over columns and levels of the squared distance of a count from the mean count of the column's levels, in
    excess of what cannot be avoided because counts are whole.

    Examples
    --------
    >>> imbalance(np.array([[0], [0], [1], [1], [0]])), imbalance(np.array([[0], [0], [0], [1]]))
    (0.0, 2.0)
    """
    return _imbalance(codes, codes.max(axis=0, initial=0) + 1)


def _imbalance(codes: np.ndarray, n_levels: np.ndarray) -> float:
    total = 0.0
    for column, n in zip(codes.T, n_levels, strict=True):
        count = np.bincount(column[column >= 0], minlength=n)
        left = count.sum() % n
        total += float(((count - count.sum() / n) ** 2).sum()) - left * (n - left) / n
    return float(round(total, 9))


def draw(codes: np.ndarray, columns: np.ndarray, *, n: int, fixed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `n` rows of a design in which levels occur equally often and effects can be told apart.

    Rows are added one by one and then exchanged for better ones until nothing improves (Fedorov's exchange): the
    imbalance of the levels must not grow, and the determinant of the information matrix shall be as large as possible.
    Between equal rows the one that shares the longest beginning with those chosen wins, because it is computed
    together with them. The best of several starts is returned: one that can estimate all effects, then the most
    balanced.

    Parameters
    ----------
    codes
        Level of each candidate in each choice, -1 where it does not apply, shape ``(n_candidates, n_choices)``.
    columns
        Effects of each candidate, shape ``(n_candidates, n_columns)``.
    n
        Number of rows, from ``len(fixed)`` to ``n_candidates``.
    fixed
        Rows that must be among them.
    rng
        Breaks ties.

    Returns
    -------
    Sorted positions, shape ``(n,)``.
    """
    best: tuple[tuple[bool, float, float], np.ndarray] | None = None
    for balance in _BALANCES:
        search = _Search(codes, columns, rng, balance=balance)
        search.run(n, fixed)
        chosen = np.flatnonzero(search.chosen)
        score = (not search.is_full_rank(), _imbalance(codes[chosen], search.n_levels), -search.information())
        if best is None or score < best[0]:
            best = score, chosen
        if score[:2] == (False, 0.0):
            break
    assert best is not None  # noqa: S101 - there is at least one start
    return best[1]


class _Search:
    """The rows that are chosen, and what every candidate would add."""

    def __init__(self, codes: np.ndarray, columns: np.ndarray, rng: np.random.Generator, *, balance: float) -> None:
        self.codes, self.rng, self.balance = codes, rng, balance
        self.n_levels = codes.max(axis=0, initial=0) + 1
        self.design = np.hstack([np.ones((len(codes), 1)), columns])
        self.chosen = np.zeros(len(codes), dtype=bool)
        self.rank = np.linalg.matrix_rank(self.design.T @ self.design, hermitian=True)
        self.inverse = np.eye(self.design.shape[1]) / _RIDGE
        self.spread = np.einsum("ij,ij->i", self.design, self.design) / _RIDGE
        self.counts = np.zeros((codes.shape[1], int(self.n_levels.max(initial=1)) + 1))
        self.prefix = _prefixes(codes)
        self.met = np.zeros((codes.shape[1], len(codes)), dtype=np.int64)
        self.noise = rng.random(len(codes)) * _SHARED / 10

    def run(self, n: int, fixed: np.ndarray) -> None:
        """Choose `n` rows."""
        for row in fixed:
            self._put(int(row), 1)
        for _ in range(n - len(fixed)):
            self._put(self._best(), 1)
        free = [int(row) for row in np.flatnonzero(self.chosen) if row not in set(fixed.tolist())]
        for _ in range(_N_PASSES):
            if not self._pass(free):
                break

    def _pass(self, free: list[int]) -> bool:
        moved = False
        for place in self.rng.permutation(len(free)):
            row = free[place]
            self._put(row, -1)
            better = self._best()
            if self._gain(np.array([better]))[0] <= self._gain(np.array([row]))[0] + 1e-9:
                better = row
            self._put(better, 1)
            moved |= better != row
            free[place] = better
        return moved

    def _best(self) -> int:
        gain = np.where(self.chosen, -np.inf, self._gain(slice(None)))
        return int(gain.argmax())

    def _gain(self, rows: np.ndarray | slice) -> np.ndarray:
        """Return what each row would add: less imbalance, more information, a shared beginning."""
        codes = self.codes[rows]
        worse, shared = np.zeros(len(codes)), np.zeros(len(codes))
        for j, n_levels in enumerate(self.n_levels):
            applies = codes[:, j] >= 0
            count = self.counts[j]
            # adding one to a count of c changes sum (c - mean)^2 by 2c + 1 - (2 total + 1) / L
            change = 2 * count + 1 - (2 * count[:n_levels].sum() + 1) / n_levels
            worse += np.where(applies, change[codes[:, j]], 0.0)
            shared += self.met[j][self.prefix[j][rows]] > 0
        information = np.log1p(np.maximum(self.spread[rows], 0.0))
        gain: np.ndarray = -self.balance * worse + information + _SHARED * shared + self.noise[rows]
        return gain

    def _put(self, row: int, sign: int) -> None:
        """Add a row (1) or take it back (-1): counts, and the inverse by Sherman and Morrison."""
        self.chosen[row] = sign > 0
        for j, level in enumerate(self.codes[row]):
            self.met[j][self.prefix[j][row]] += sign
            if level >= 0:
                self.counts[j, level] += sign
        x = self.design[row]
        direction = self.inverse @ x
        scale = sign / (1.0 + sign * float(x @ direction))
        self.inverse -= scale * np.outer(direction, direction)
        self.spread -= scale * (self.design @ direction) ** 2

    def information(self) -> float:
        """Return the logarithm of the determinant of the information matrix."""
        return float(-np.linalg.slogdet(self.inverse)[1])

    def is_full_rank(self) -> bool:
        """Whether the chosen rows estimate all that the candidates can."""
        return bool(np.linalg.matrix_rank(self.design[self.chosen]) == self.rank)


def _prefixes(codes: np.ndarray) -> list[np.ndarray]:
    """Return, for each depth, a number for the beginning of each row up to there."""
    found: list[np.ndarray] = []
    number = np.zeros(len(codes), dtype=np.int64)
    for column in codes.T:
        _, number = np.unique(number * (codes.max(initial=0) + 2) + column + 1, return_inverse=True)
        found.append(number)
    return found
