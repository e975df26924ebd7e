"""Sets of labels that hold a cell's label at a stated rate: split conformal, by donor where there are enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

__all__ = ["LEVELS", "LabelSets", "label_sets", "neighbour_votes"]

LEVELS = (0.95, 0.90)
"""Levels that are tried, the higher first: 19 donors are needed for the one, 9 for the other."""


@dataclass(frozen=True, eq=False)
class LabelSets:
    """Which labels cannot be ruled out for each cell.

    Parameters
    ----------
    sets
        Boolean, shape ``(n_cells, n_clusters)``; a row without any is a cell that resembles none (abstain).
    level
        What is promised, in (0, 1).
    unit
        ``donor`` or ``cell``: what is exchangeable.
    n_units
        Donors or cells that were calibrated on.
    statement
        The promise in words.
    """

    sets: np.ndarray
    level: float
    unit: str
    n_units: int
    statement: str

    @property
    def size(self) -> np.ndarray:
        """Number of labels per cell: 1 sure, more ambiguous, 0 like none."""
        return np.asarray(self.sets.sum(axis=1))


def neighbour_votes(
    neighbours: np.ndarray, codes: np.ndarray, *, n_clusters: int, blocks: np.ndarray | None = None
) -> np.ndarray:
    """Return the share of each cell's neighbours that carry each label.

    Parameters
    ----------
    neighbours
        Positions of the nearest cells, without the cell itself, shape ``(n_cells, k)``.
    codes
        Labels, shape ``(n_cells,)``; neighbours below 0 do not vote.
    n_clusters
        Number of labels.
    blocks
        Donors: neighbours of the cell's own donor do not vote, so that what is learnt is what other donors say.

    Returns
    -------
    Shape ``(n_cells, n_clusters)``; a row of zeros where nobody votes.

    Examples
    --------
    >>> neighbour_votes(np.array([[1, 2], [0, 2], [1, 0]]), np.array([0, 0, 1]), n_clusters=2).tolist()
    [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]]
    """
    voters = codes[neighbours]
    counted = voters >= 0
    if blocks is not None:
        counted &= blocks[neighbours] != blocks[:, None]
    votes = np.zeros((codes.size, n_clusters))
    cell = np.broadcast_to(np.arange(codes.size)[:, None], voters.shape)
    np.add.at(votes, (cell[counted], voters[counted]), 1.0)
    return np.asarray(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1.0))


def label_sets(
    votes: np.ndarray,
    codes: np.ndarray,
    *,
    rng: np.random.Generator,
    donors: np.ndarray | None = None,
    levels: tuple[float, ...] = LEVELS,
) -> LabelSets:
    """Return, per cell, the labels that cannot be ruled out.

    A label is kept where one minus its share of the votes is at most a quantile of the same number for the true labels
    of calibration units (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA 113:1094); ties are broken at random, so
    that the rate is met and not exceeded. By donor the number of a donor is the quantile over its cells, and the
    quantile is over donors (Dunn, Wasserman & Ramdas 2023, JASA 118:2491). By cell each half of the cells is judged by
    the quantile of the other half. The label in question is the one this clustering gives, not the truth.

    Parameters
    ----------
    votes
        From `neighbour_votes`, shape ``(n_cells, n_clusters)``; by donor, without the votes of the own donor.
    codes
        Labels, shape ``(n_cells,)``; cells below 0 are not calibrated on, and get sets all the same.
    rng
        Breaks ties, and splits the cells.
    donors
        Codes of donors; used where there are enough for one of `levels`.
    levels
        Rates to promise, the highest first.

    Raises
    ------
    ValueError
        When no level is given.
    """
    if not levels:
        raise ValueError("no level is given")
    # ties among shares of few neighbours are broken without changing the order of different shares
    strange = 1.0 - votes + rng.random((codes.size, 1)) * 1e-6
    known = codes >= 0
    own = np.where(known, strange[np.arange(codes.size), np.maximum(codes, 0)], np.nan)
    if donors is not None:
        used = np.unique(donors[known & (donors >= 0)])
        level = next((level for level in levels if used.size + 1 >= round(1.0 / (1.0 - level), 9)), None)
        if level is not None:
            per_donor = np.array([_upper(own[known & (donors == one)], level) for one in used])
            said = (
                f"for a new donor, with a chance of {level:.0%}, {level:.0%} of the cells have their label in the set"
            )
            return LabelSets(strange <= _upper(per_donor, level), level, "donor", int(used.size), said)
    level = levels[0]
    half = rng.random(codes.size) < 0.5
    cut = np.where(half, _upper(own[known & ~half], level), _upper(own[known & half], level))
    n_donors = 0 if donors is None else int(np.unique(donors[donors >= 0]).size)
    few = f"no guarantee for other donors: {n_donors} of them" if n_donors else "no guarantee for other donors"
    said = f"{level:.0%} of cells like these have their label in the set; {few}, {_needed(levels)} are needed"
    return LabelSets(strange <= cut[:, None], level, "cell", int(known.sum()), said)


def _upper(values: np.ndarray, level: float) -> float:
    """Return the value that one more of the kind does not exceed with a chance of `level`; infinite with too few."""
    place = ceil(round((values.size + 1) * level, 9))
    return float(np.sort(values)[place - 1]) if place <= values.size else float("inf")


def _needed(levels: tuple[float, ...]) -> str:
    return " or ".join(f"{round(1 / (1 - level)) - 1} (for {level:.0%})" for level in levels)
