"""How well a classifier tells simulated from real cells when depth gives nothing away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.encode.log_normalise import log_normalise
from rashomon.encode.pca import pca
from rashomon.sim.realism.cells import Cells, as_cells, same_genes
from rashomon.sim.realism.depth import match_depth

__all__ = ["Discrimination", "classifier_auc"]

_N_PCS = 20
_N_FOLDS = 5
_MOST_CELLS = 2_000
"""Cells of each kind: enough for a standard error of the AUC of about 0.01."""


@dataclass(frozen=True)
class Discrimination:
    """How well real and simulated cells are told apart.

    Parameters
    ----------
    value
        Area under the ROC curve on cells that the classifier has not seen, the larger of the two classifiers: 0.5 when
        simulated cells cannot be told from real ones, 1 when each can. Smaller is more realistic.
    error
        Standard error of the mean over folds.
    classifier
        Which classifier that is.
    by_classifier
        Area of each classifier.
    n_cells
        Cells of each kind.
    """

    value: float
    error: float
    classifier: str
    by_classifier: Mapping[str, float]
    n_cells: int


def classifier_auc(real: Any, simulated: Any, *, rng: RNGLike = 0) -> Discrimination:
    """Return how well a random forest and a logistic regression tell real from simulated cells.

    Parameters
    ----------
    real, simulated
        Counts, see `as_cells`; as many of both are drawn, at most 2,000.
    rng
        Draws cells, thins them, deals the folds and grows the forest.

    Returns
    -------
    The area under the ROC curve over 5 folds; 0.5 is best. The larger of two areas is reported, which under equality
    lies about one standard error above 0.5.

    Raises
    ------
    UsageError
        When genes differ, or there are fewer than 10 cells of a kind.

    Notes
    -----
    Cells are thinned to equal totals (`match_depth`), log-normalised together, and given by their 20 joint principal
    components over all genes. A simulator that makes up its genes, as Splat does, is told apart by their means alone:
    compare it by the summaries. The components see the cells of all folds, but not which are simulated.

    Examples
    --------
    >>> draw = np.random.default_rng(0).poisson
    >>> result = classifier_auc(draw(2.0, (60, 30)), draw(np.tile([1.0, 3.0], 15), (60, 30)))
    >>> result.value > 0.9, result.n_cells
    (True, 60)
    """
    root = root_entropy(rng)
    mine = as_cells(real, what="real")
    theirs = same_genes(mine, as_cells(simulated, what="simulated"))
    n = min(mine.n, theirs.n, _MOST_CELLS)
    if n < 2 * _N_FOLDS:
        raise UsageError(f"{n} cells of a kind", where="classifier_auc", expected=f"{2 * _N_FOLDS} or more")
    pair = match_depth(*(_some(cells, n, root) for cells in (mine, theirs)), rng=child(root, "thin"))
    both = log_normalise(sp.vstack(pair, format="csr"))
    view = pca(both, n_comps=min(_N_PCS, min(both.shape) - 1), solver="arpack")
    areas = _areas(view, np.repeat([0, 1], n), root)
    means = {name: float(values.mean()) for name, values in areas.items()}
    best = max(means, key=means.__getitem__)
    error = float(areas[best].std(ddof=1) / np.sqrt(_N_FOLDS))
    return Discrimination(means[best], error, best, means, n)


def _some(cells: Cells, n: int, root: int) -> sp.csr_matrix:
    return cells.counts[np.sort(child(root, "cells").permutation(cells.n)[:n])]


def _areas(view: np.ndarray, simulated: np.ndarray, root: int) -> dict[str, np.ndarray]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    forest_seed, fold_seed = (int(child(root, name).integers(2**31)) for name in ("forest", "folds"))
    models = {
        "random forest": RandomForestClassifier(100, min_samples_leaf=3, random_state=forest_seed),
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)),
    }
    folds = list(StratifiedKFold(_N_FOLDS, shuffle=True, random_state=fold_seed).split(view, simulated))
    return {
        name: np.array(
            [
                roc_auc_score(simulated[test], model.fit(view[train], simulated[train]).predict_proba(view[test])[:, 1])
                for train, test in folds
            ]
        )
        for name, model in models.items()
    }
