"""Pipelines as a design: codes of levels, effect-coded columns, and which effects can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from rashomon.multiverse.choice import Choice, Level

__all__ = ["ALIASED", "aliases", "effects", "estimable_pairs", "level_codes", "n_effects"]

ALIASED = 0.5
"""Correlation of two effects from which they are said to be mixed up (a convention)."""


def level_codes(pipelines: Sequence[dict[str, Level]], choices: Sequence[Choice]) -> np.ndarray:
    """Return the position of each pipeline's level in each choice; -1 where a choice does not apply.

    Returns
    -------
    ``int64``, shape ``(n_pipelines, n_choices)``.
    """
    place = [{level: code for code, level in enumerate(choice.levels)} for choice in choices]
    codes = [
        [
            places[pipeline[choice.name]] if choice.name in pipeline else -1
            for choice, places in zip(choices, place, strict=True)
        ]
        for pipeline in pipelines
    ]
    return np.array(codes, dtype=np.int64).reshape(len(codes), len(choices))


def effects(codes: np.ndarray, choices: Sequence[Choice]) -> tuple[np.ndarray, np.ndarray]:
    """Return the effect-coded main effects of a design.

    A choice of L levels has L - 1 columns: 1 at one level, -1 at the last, 0 elsewhere and where it does not apply, so
    that the effect of a nested choice is one within the levels in which it is made.

    Parameters
    ----------
    codes
        See `level_codes`.
    choices
        In the order of the columns of `codes`.

    Returns
    -------
    columns
        ``float64``, shape ``(n_pipelines, n_columns)``, without the intercept.
    owner
        Position of the choice of each column.

    Examples
    --------
    >>> from rashomon.multiverse import Option
    >>> scale = Choice("scale", (Option("clip", ""), Option("none", "")))
    >>> effects(np.array([[0], [1], [-1]]), [scale])[0].ravel().tolist()
    [1.0, -1.0, 0.0]
    """
    columns, owner = [np.empty((len(codes), 0))], []
    for j, choice in enumerate(choices):
        last = len(choice.levels) - 1
        for level in range(last):
            columns.append(((codes[:, j] == level) * 1.0 - (codes[:, j] == last) * 1.0)[:, None])
            owner.append(j)
    return np.hstack(columns), np.array(owner, dtype=np.int64)


def n_effects(columns: np.ndarray) -> int:
    """Return how many parameters a design with these columns and an intercept can estimate: its rank."""
    design = np.hstack([np.ones((len(columns), 1)), columns])
    return int(np.linalg.matrix_rank(design.T @ design, hermitian=True))


def _pair_columns(columns: np.ndarray, owner: np.ndarray, a: int, b: int) -> np.ndarray:
    """Return the columns of the interaction of two choices: all products of their columns."""
    left, right = columns[:, owner == a], columns[:, owner == b]
    products: np.ndarray = left[:, :, None] * right[:, None, :]
    return products.reshape(len(columns), -1)


def aliases(codes: np.ndarray, choices: Sequence[Choice]) -> list[tuple[str, str, str, float]]:
    """Return which two-way interactions look like a main effect in this design.

    Parameters
    ----------
    codes, choices
        See `effects`.

    Returns
    -------
    (choice, one, other, correlation) for each main effect and each interaction of two other choices whose columns
    correlate with it by `ALIASED` or more, strongest first.
    """
    columns, owner = effects(codes, choices)
    main = _standardised(columns)
    found = []
    for a, b in combinations(range(len(choices)), 2):
        if _degrees(codes, a, b) == 0:
            continue
        pair = _standardised(_pair_columns(columns, owner, a, b))
        alike = np.abs(main.T @ pair).max(axis=1, initial=0.0)
        for j in sorted(set(owner.tolist()) - {a, b}):
            value = float(alike[owner == j].max())
            if value >= ALIASED:
                found.append((choices[j].name, choices[a].name, choices[b].name, value))
    return sorted(found, key=lambda entry: -entry[3])


def estimable_pairs(codes: np.ndarray, choices: Sequence[Choice]) -> tuple[int, int]:
    """Return how many two-way interactions can be estimated, each beside all main effects, and how many there are.

    A pair of choices has one where at least two levels of each are met together.
    """
    columns, owner = effects(codes, choices)
    alone, n_pairs, n_possible = n_effects(columns), 0, 0
    for a, b in combinations(range(len(choices)), 2):
        degrees = _degrees(codes, a, b)
        if degrees > 0:
            n_possible += 1
            n_pairs += n_effects(np.hstack([columns, _pair_columns(columns, owner, a, b)])) == alone + degrees
    return n_pairs, n_possible


def _degrees(codes: np.ndarray, a: int, b: int) -> int:
    """Return how many parameters the interaction of two choices has, among the levels that are met together."""
    both = (codes[:, a] >= 0) & (codes[:, b] >= 0)
    return max(0, np.unique(codes[both, a]).size - 1) * max(0, np.unique(codes[both, b]).size - 1)


def _standardised(columns: np.ndarray) -> np.ndarray:
    centred = columns - columns.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9))
