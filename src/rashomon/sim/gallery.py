"""A gallery of fooled scores: for each, a world and two labelings of which it prefers the wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import Registry
from rashomon.score import SCORES, STABILITY, score
from rashomon.sim.gallery_case import LABELINGS, Case, carried_over, draw_case, half_runs, reruns

__all__ = ["FOOL_RATE", "GALLERY", "GALLERY_COLUMNS", "Fooled", "gallery_table"]

FOOL_RATE = 0.9
"""Share of the draws in which a score of the gallery is fooled at least; tested over consecutive seeds."""

GALLERY_COLUMNS = {
    "score": "name of the score",
    "prefers": "the labeling that it prefers",
    "over": "the better labeling",
    "seed": "of the draw",
    "value_preferred": "score of the preferred labeling",
    "value_better": "score of the better one",
    "fooled": "whether it preferred the wrong one",
}
"""Columns of the table of draws and what they mean."""

_N_OBS = 300
_PLAIN = {"n_genes": 400, "depth": 2000.0, "depth_sd": 0.3}
_SIX = {**_PLAIN, "n_groups": 6, "n_markers": 30, "effect_size": 2.0}
_TWINNED = {**_PLAIN, "hierarchy": [2, 2], "n_markers": 40, "level_effects": [4.0, 0.5]}
_UNEQUAL = {**_PLAIN, "n_groups": 4, "n_markers": 30, "effect_size": 2.0, "proportions": [0.86, 0.08, 0.03, 0.03]}
_BATCHES = {**_SIX, "n_batches": 2, "batch_effect": 0.7}
_RARE = {**_SIX, "proportions": [0.49, 0.45, 0.015, 0.015, 0.015, 0.015]}


@dataclass(frozen=True)
class Fooled:
    """How one score is fooled.

    Parameters
    ----------
    name
        The score, in `rashomon.score.SCORES` or `rashomon.score.STABILITY`.
    summary
        What it says, and what is true.
    knobs
        Of the world.
    wrong, better
        Names of labelings; of stability measures, numbers of clusters.
    """

    name: str
    summary: str
    knobs: Mapping[str, Any]
    wrong: str
    better: str

    def values(self, *, seed: int, n_obs: int = _N_OBS) -> tuple[float, float]:
        """Return the score of the wrong and of the better labeling in one draw.

        Parameters
        ----------
        seed
            Of the draw.
        n_obs
            Number of cells.
        """
        case = draw_case(self.knobs, n_obs=n_obs, seed=seed)
        return self._value(case, self.wrong), self._value(case, self.better)

    def is_fooled(self, wrong: float, better: float) -> bool:
        """Return whether the value of the wrong labeling is the better one; never where one is undefined."""
        record = SCORES.get(self.name) or STABILITY[self.name]
        return bool(record.direction * (wrong - better) > 0)

    def _value(self, case: Case, labeling: str) -> float:
        if self.name in STABILITY:
            return _stability(self.name, case, int(labeling))
        labels = np.unique(LABELINGS[labeling](case), return_inverse=True)[1].astype(np.int32)
        record = SCORES[self.name]
        if self.name == "prediction_strength":
            return _predicted(case, labels)
        second = {"truth": case.types, "batch": case.batch}.get(str(record.against))
        return score(record, labels, second, **case.needed(record.needs)).value


def _stability(name: str, case: Case, k: int) -> float:
    record = STABILITY[name]
    extra: dict[str, Any] = {"rng": case.rng(name)} if record.draws else {}
    if record.needs == "predicted":
        return record.call(*half_runs(case, k=k), **extra).value
    runs = reruns(case, k=k)
    if record.needs == "reference":
        return record.call(runs[:, 1:], runs[:, 0], **extra).value
    return record.call(runs, **extra).value


def _predicted(case: Case, labels: np.ndarray) -> float:
    """Return the prediction strength of `labels` on one half of the cells, predicted by neighbours in the other."""
    test, train = case.halves("prediction strength")
    predicted = carried_over(case.view, labels[train], train=train, test=test)
    return score("prediction_strength", labels[test], predicted).value


_JOINED = "Two lineages of two types each: joining each pair scores higher than the four types."
_LARGE = "One type holds most cells: losing both rare ones scores higher than finding all and cutting the largest."
_STABLE = "Two lineages of two types each: two clusters come back better than four, and there are four types."

GALLERY: Registry[Fooled] = Registry(
    "fooled score",
    [
        *(Fooled(name, _JOINED, _TWINNED, "siblings joined", "types")
          for name in ("silhouette", "calinski_harabasz", "davies_bouldin", "purity", "adjusted_purity", "dbcv",
                       "modularity", "prediction_strength")),
        Fooled("bras", "Batches are apart within each type; over random clusters they look mixed.", _BATCHES,
               "random clusters", "types"),
        *(Fooled(name, _LARGE, _UNEQUAL, "rare types lost", "largest type cut")
          for name in ("ari", "ami", "element_centric", "fowlkes_mallows")),
        *(Fooled(name, "150 random clusters score higher than types of which six cells in ten were moved.", _SIX,
                 "150 random clusters", "six in ten wrong") for name in ("nmi", "v_measure")),
        Fooled("homogeneity", "150 random clusters score higher than types of which six cells in ten were moved.", _SIX,
               "150 random clusters", "six in ten wrong"),
        Fooled("completeness", "Two clusters score higher than all six types with one cell in ten wrong.", _SIX,
               "lineages", "a tenth wrong"),
        Fooled("variation_of_information", "One cluster scores better than all types, each cut in eight.", _SIX,
               "one cluster", "every type cut in eight"),
        Fooled("best_jaccard", "Two clusters score higher than all types beside twenty pairs of cells.", _SIX,
               "lineages", "types and debris"),
        *(Fooled(name, "A fifth of the cells in the wrong type scores higher than joining four rare types.", _RARE,
                 "large types mixed", "rare types joined") for name in ("pair_sets", "macro_f1")),
        *(Fooled(name, _STABLE, _TWINNED, "2", "4") for name in ("ecc", "pairwise_ami", "inconsistency", "pac",
                                                                 "recovery", "transfer")),
    ],
)  # fmt: skip
"""One way to fool each score."""


def gallery_table(record: Fooled, *, n_draws: int, first_seed: int = 0, n_obs: int = _N_OBS) -> pd.DataFrame:
    """Return what a score says over consecutive seeds.

    Parameters
    ----------
    record
        Of `GALLERY`.
    n_draws
        Number of draws.
    first_seed
        Seed of the first one.
    n_obs
        Number of cells of each.

    Returns
    -------
    One row per draw, see `GALLERY_COLUMNS`.
    """
    rows = []
    for seed in range(first_seed, first_seed + n_draws):
        wrong, better = record.values(seed=seed, n_obs=n_obs)
        told = (record.name, record.wrong, record.better, seed, wrong, better, record.is_fooled(wrong, better))
        rows.append(told)
    return pd.DataFrame(rows, columns=list(GALLERY_COLUMNS))
