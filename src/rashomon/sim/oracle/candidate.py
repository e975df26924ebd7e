"""Candidates for the best labeling given a posterior: rules that turn probabilities into labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

__all__ = ["ARG_MAX", "Candidate", "Family", "base_candidates", "distinct", "neighbours", "refined", "weighted"]

ARG_MAX = "arg-max posterior"

_STEP_OF_WEIGHT = 0.4


@dataclass(frozen=True)
class Family:
    """Rules with one number: a `name` for reports, a `grid` of numbers, and how posterior and number give labels."""

    name: str
    grid: tuple[float, ...]
    labels: Callable[[np.ndarray, float], np.ndarray]

    def at(self, posterior: np.ndarray, number: float) -> Candidate:
        """Return the labels of a `posterior` by the rule with this `number`."""
        return Candidate(f"{self.name} {number:.2f}", self.labels(posterior, number), family=self, number=number)


@dataclass(frozen=True, eq=False)
class Candidate:
    """Labels that may be the best answer.

    Parameters
    ----------
    rule
        How they were made.
    labels
        Codes, ``int32``, shape ``(n_cells,)``.
    family, number
        The family and its number, where the rule has one.
    log_weights
        Weights of the classes, where the labels are a weighted arg-max.
    """

    rule: str
    labels: np.ndarray
    family: Family | None = None
    number: float = 0.0
    log_weights: np.ndarray | None = None


def weighted(posterior: np.ndarray, log_weights: np.ndarray) -> np.ndarray:
    """Return the class with the largest weight times posterior, ``int32``, shape ``(n_cells,)``.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    log_weights
        Shape ``(n_states,)``.

    Examples
    --------
    >>> weighted(np.array([[0.8, 0.2], [0.6, 0.4]]), np.log([1.0, 3.0]))
    array([0, 1], dtype=int32)
    """
    return np.asarray((posterior * np.exp(log_weights)).argmax(axis=1), dtype=np.int32)


def _by_threshold(posterior: np.ndarray, threshold: float) -> np.ndarray:
    return np.asarray(posterior[:, 1] > threshold, dtype=np.int32)


def _by_prevalence(posterior: np.ndarray, power: float) -> np.ndarray:
    return weighted(posterior, -power * _log_prevalence(posterior))


def _set_apart(posterior: np.ndarray, threshold: float) -> np.ndarray:
    labels = posterior.argmax(axis=1)
    return np.asarray(np.where(posterior.max(axis=1) < threshold, posterior.shape[1], labels), dtype=np.int32)


def _unassign(posterior: np.ndarray, threshold: float) -> np.ndarray:
    labels = posterior.argmax(axis=1)
    return np.asarray(np.where(posterior.max(axis=1) < threshold, -1, labels), dtype=np.int32)


def _log_prevalence(posterior: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(posterior.mean(axis=0), 1e-12)))


_TENTHS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_TWO_CLASSES = (Family("second class above", tuple(np.arange(1, 20) / 20), _by_threshold),)
_MORE_CLASSES = (Family("weights prevalence to minus", (-1.0, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0, 1.5), _by_prevalence),)
_ANY = (
    Family("one more cluster of cells below", _TENTHS, _set_apart),
    Family("singletons of cells below", _TENTHS, _unassign),
)


def base_candidates(posterior: np.ndarray) -> list[Candidate]:
    """Return arg-max posterior first, then thresholds or weighted arg-max on a grid, cells set apart, and two trivial.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.

    Notes
    -----
    The trivial ones, one cluster and every cell by itself, show which scores can be had for nothing.

    Examples
    --------
    >>> [c.rule for c in base_candidates(np.array([[0.7, 0.3]]))][:2]
    ['arg-max posterior', 'second class above 0.05']
    """
    n_cells, n_states = posterior.shape
    even = np.zeros(n_states)
    found = [Candidate(ARG_MAX, weighted(posterior, even), log_weights=even)]
    for family in (*(_TWO_CLASSES if n_states == 2 else _MORE_CLASSES), *_ANY):
        found += [family.at(posterior, number) for number in family.grid]
    found.append(Candidate("one cluster", np.zeros(n_cells, dtype=np.int32)))
    found.append(Candidate("every cell by itself", np.full(n_cells, -1, dtype=np.int32)))
    return distinct(found)


def refined(posterior: np.ndarray, best: Candidate) -> list[Candidate]:
    """Return candidates of the family of `best` between its number and the next ones of the grid; may be none.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    best
        A candidate.
    """
    if best.family is None:
        return []
    grid = np.array(best.family.grid)
    at = int(np.abs(grid - best.number).argmin())
    sides = {float(grid[j]) for j in (at - 1, at + 1) if 0 <= j < grid.size}
    shares = np.arange(1, 5) / 5
    return [best.family.at(posterior, best.number + (side - best.number) * f) for side in sorted(sides) for f in shares]


def neighbours(posterior: np.ndarray, best: Candidate) -> list[Candidate]:
    """Return candidates with one class of `best`, a weighted arg-max, weighted up or down; none for two classes.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    best
        A candidate.
    """
    weights = best.log_weights
    if best.family is not None and best.family.labels is _by_prevalence:
        weights = -best.number * _log_prevalence(posterior)
    if weights is None or weights.size < 3:
        return []
    steps = _STEP_OF_WEIGHT * np.eye(weights.size)
    return [
        Candidate("arg-max with searched weights", weighted(posterior, changed), log_weights=changed)
        for changed in (*(weights - steps), *(weights + steps))
    ]


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates with different labels, the first of each."""
    found: dict[bytes, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.labels.tobytes(), candidate)
    return list(found.values())
