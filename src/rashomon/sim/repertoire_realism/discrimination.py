"""How well a classifier tells the receptors of two repertoires apart."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from rashomon.sim.repertoire_realism.prepared import Prepared

__all__ = ["classifier_auc", "classifier_columns"]

_N_SIDE = 7
"""Residues from each anchor that the classifier sees."""

_N_FOLDS = 3
_LENGTH = 2
"""The column that is a number; the others are classes."""

_MOST_CLASSES = 255
"""Classes of a column that the trees take."""


def classifier_columns(repertoire: Prepared) -> np.ndarray:
    """Return V, J, length and residues of each receptor of a `repertoire`.

    Returns
    -------
    ``float32``, shape ``(n, 17)``: codes of V and J, the length, seven residues behind the first anchor and seven
    before the last; of a short junction the first half (rounded up) counts from the left, the rest from the right,
    and 0 stands where nothing is. Genes beyond the first 254 names have one code.
    """
    n_inner = repertoire.lengths - 2
    half = (n_inner + 1) // 2
    rows = np.arange(repertoire.drawn.n)
    v, j = (np.minimum(codes, _MOST_CLASSES - 1) for codes in (repertoire.v, repertoire.j))
    places = [np.where(at < half, 1 + at, -1) for at in range(_N_SIDE)]
    places += [np.where(at < n_inner - half, repertoire.lengths - 2 - at, -1) for at in range(_N_SIDE)]
    residues = [_residue(repertoire.letters, rows, place) for place in places]
    return np.column_stack([v, j, repertoire.lengths, *residues]).astype(np.float32)


def classifier_auc(a: np.ndarray, b: np.ndarray) -> float:
    """Return how well boosted trees tell the receptors of two repertoires apart.

    Parameters
    ----------
    a, b
        From `classifier_columns`, shapes ``(n_a, 17)`` and ``(n_b, 17)``.

    Returns
    -------
    Mean area under the ROC curve over 3 folds that the trees have not seen; 0.5 is chance, and values just below it
    are possible; 1: every receptor is told. NaN with fewer than 30 receptors of a kind.

    Notes
    -----
    Trees see what shuffled marginals lack: residues that go together, and with V and J. Folds are dealt by position, so
    rows must be in random order, as they are in `Prepared`. The number of receptors moves the area of the same two laws
    a little, so areas are compared at equal sizes.

    Examples
    --------
    >>> columns = np.random.default_rng(0).integers(0, 9, (60, 17)).astype(np.float32)
    >>> classifier_auc(columns, columns + 9) > 0.9
    True
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    if min(len(a), len(b)) < 10 * _N_FOLDS:
        return np.nan
    x, y = np.vstack([a, b]), np.repeat([0, 1], [len(a), len(b)])
    fold = np.concatenate([np.arange(len(a)), np.arange(len(b))]) % _N_FOLDS
    classes = [column for column in range(x.shape[1]) if column != _LENGTH]
    areas = []
    for left in range(_N_FOLDS):
        trees = HistGradientBoostingClassifier(
            max_iter=60, learning_rate=0.15, max_leaf_nodes=15, categorical_features=classes, random_state=0
        )
        # a second thread gains little alone, and where cores are busy it costs a factor of ten
        with threadpool_limits(limits=1):
            trees.fit(x[fold != left], y[fold != left])
            odds = trees.predict_proba(x[fold == left])[:, 1]
        areas.append(roc_auc_score(y[fold == left], odds))
    return float(np.mean(areas))


def _residue(letters: np.ndarray, rows: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the letter of each row at a place, as 1 to 26; 0 where the place is -1."""
    found = letters[rows, np.clip(place, 0, letters.shape[1] - 1)].astype(np.int64) - ord("@")
    return np.where(place >= 0, found, 0)
