"""The smallest group that could have been seen in these data at all: share of cells, markers, fold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from rashomon.ask.power.limit import TARGET, Contrast, Seen, Setting, fewest_cells, is_enough, of_difference
from rashomon.ask.power.moment import log_moments
from rashomon.ask.power.profile import Profiles

__all__ = ["GROUP_COLUMNS", "MOST_FOLD", "least_share", "smallest_groups"]

GROUP_COLUMNS = {
    "share": "share of the group among all cells",
    "n_cells": "cells of the group in these data",
    "n_markers": "genes in which the group differs from all other cells",
    "fold": "least fold of these genes with which it is found in about 80 % of draws; infinity: not at any up to 64",
    "reason": "why there is no fold",
}
"""Columns of the table of smallest groups and what they mean."""

MOST_FOLD = 64.0
_SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_MARKERS = (5, 20, 50)
_N_STEPS = 10


def smallest_groups(profiles: Profiles, setting: Setting) -> pd.DataFrame:
    """Return, for shares and numbers of markers, the least fold with which a group would have been found.

    Markers are genes of all levels of expression, as those that the pipeline uses; the group expresses them more by one
    fold, beside other cells of the mean profile.

    Parameters
    ----------
    profiles
        Base profile, dispersions and noise of the genes that are used.
    setting
        Cells, depth, components, neighbours.

    Returns
    -------
    One row per share and number of markers; see `GROUP_COLUMNS`.
    """
    noise = Seen.at(profiles, setting.depth).noise
    folds = np.geomspace(1.0, MOST_FOLD, 2**_N_STEPS // 8 + 1)
    rows = []
    known: dict[tuple[int, int], Contrast] = {}

    def found(share: float, markers: int, place: int) -> bool:
        if (markers, place) not in known:
            known[markers, place] = _contrast(profiles, setting, noise, markers, float(folds[place]))
        return is_enough(known[markers, place], share, 1 - share, setting)

    for share in _SHARES:
        for markers in _MARKERS:
            few = share * setting.n_cells < fewest_cells(setting)
            fold = math.inf if few or not found(share, markers, folds.size - 1) else None
            if fold is None:
                low, high = 0, folds.size - 1
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if found(share, markers, middle) else (middle, high)
                fold = float(folds[high])
            reason = "" if math.isfinite(fold) else _why(few, setting, markers)
            rows.append((share, round(share * setting.n_cells), markers, fold, reason))
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))


def least_share(profiles: Profiles, setting: Setting, *, n_markers: int, fold: float) -> float:
    """Return the least share of cells with which a group of so many markers at a fold is found in 80 % of draws.

    Parameters
    ----------
    profiles, setting
        As in `smallest_groups`.
    n_markers
        Genes in which the group differs.
    fold
        By how much, above 1.

    Returns
    -------
    In (0, 1/2]; infinity where even half of the cells are not found.

    Examples
    --------
    >>> base = np.full(200, 1 / 200)
    >>> one = Profiles(np.array([0]), np.array([2000]), base[None], base, np.full(200, 0.1), 1000.0, 2000)
    >>> shares = [least_share(one, Setting(2000, 1000.0), n_markers=20, fold=fold) for fold in (1.2, 4.0)]
    >>> shares[0], round(shares[1], 3)
    (inf, 0.006)
    """
    noise = Seen.at(profiles, setting.depth).noise
    between = _contrast(profiles, setting, noise, n_markers, fold)
    shares = np.geomspace(1e-4, 0.5, 200)
    enough = [is_enough(between, float(share), 1 - float(share), setting) for share in shares]
    return float(shares[enough.index(True)]) if any(enough) else math.inf


def _contrast(profiles: Profiles, setting: Setting, noise: np.ndarray, n_markers: int, fold: float) -> Contrast:
    """Return the group against the other cells; every gene stands for its part of the markers."""
    scale, mean = TARGET / setting.depth, setting.depth * profiles.base
    before = log_moments(mean, profiles.dispersion, scale=scale)[0]
    after = log_moments(fold * mean, profiles.dispersion, scale=scale)[0]
    return of_difference(after - before, noise, min(n_markers / profiles.n_genes, 1.0))


def _why(few: bool, setting: Setting, markers: int) -> str:  # noqa: FBT001 - one of two reasons
    if few:
        return f"fewer than {fewest_cells(setting):.0f} cells: modularity merges them with their neighbours"
    return f"{markers} genes at {MOST_FOLD:g} times are not enough"
