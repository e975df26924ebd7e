"""Per label: what share of its receptors its clusters hold, and what share of them is its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from rashomon.score.item import same_length
from rashomon.score.receptor.grouping import Tally

__all__ = ["MIN_LABEL_ITEMS", "label_table", "macro_f1", "macro_precision", "macro_recall"]

MIN_LABEL_ITEMS = 10
"""A label carried by fewer receptors is listed and not scored: its precision and recall would be anecdotes."""


class _PerLabel(NamedTuple):
    """Numbers of each label: clusters that stand for it, precision, recall, F1, and whether it is scored."""

    n_clusters: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    scored: np.ndarray


def label_table(tally: Tally, *, names: Sequence[str]) -> pd.DataFrame:
    """Return precision, recall and F1 of every label.

    A cluster stands for its most frequent label; where several are equally frequent it stands for each of them with an
    equal share, so that the order of labels does not matter.

    Parameters
    ----------
    tally
        Counts of labels in clusters.
    names
        Name of each label, in the order of the codes.

    Returns
    -------
    One row per label, in order: ``label``, ``n_items``, ``n_clusters`` (that stand for it), ``precision`` (share of the
    receptors of these clusters that carry it), ``recall`` (share of its receptors that are in them), ``f1``, ``status``
    and ``reason``. All three are in [0, 1], larger is better. Labels of fewer than `MIN_LABEL_ITEMS` receptors have
    none of them; a label that no cluster stands for has recall and F1 0 and no precision.

    Raises
    ------
    UsageError
        When there are more or fewer names than labels.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.eye(2, dtype=bool)[np.repeat([0, 1], [12, 3])])
    >>> tally = group(np.repeat([0, -1, 0], [6, 6, 3]), sets).tally()
    >>> label_table(tally, names=["A", "B"])[["label", "precision", "recall", "status"]].round(2).values.tolist()
    [['A', 0.67, 0.5, 'ok'], ['B', nan, nan, 'undefined']]
    """
    same_length(tally.label_size.size, len(names), where="labels and their names")
    found = _per_label(tally)
    reason = np.where(found.scored & np.isnan(found.precision), "no precision: no cluster stands for it", "")
    few = np.array([f"{n} items, fewer than {MIN_LABEL_ITEMS}" for n in tally.label_size], dtype=object)
    nan = np.where(found.scored, 0.0, np.nan)
    return pd.DataFrame(
        {
            "label": pd.Series(list(names), dtype=object),
            "n_items": tally.label_size.astype(np.int64),
            "n_clusters": found.n_clusters.astype(np.int64),
            "precision": found.precision + nan,
            "recall": found.recall + nan,
            "f1": found.f1 + nan,
            "status": np.where(found.scored, "ok", "undefined").astype(object),
            "reason": np.where(found.scored, reason, few).astype(object),
        }
    )


def macro_precision(tally: Tally) -> float:
    """Return the mean precision of the labels that are scored and that some cluster stands for; see `label_table`.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in [0, 1]; larger is better; by chance about the share of the label. NaN when there is no such label.
    """
    found = _per_label(tally)
    return _mean(found.precision[found.scored & ~np.isnan(found.precision)])


def macro_recall(tally: Tally) -> float:
    """Return the mean recall of the labels that are scored; see `label_table`.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in [0, 1]; larger is better. NaN when no label is scored.
    """
    found = _per_label(tally)
    return _mean(found.recall[found.scored])


def macro_f1(tally: Tally) -> float:
    """Return the mean F1 of the labels that are scored; see `label_table`.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in [0, 1]; larger is better: every label counts once, since one label can own most receptors. NaN when no
    label is scored.
    """
    found = _per_label(tally)
    return _mean(found.f1[found.scored])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _per_label(tally: Tally) -> _PerLabel:
    n = tally.label_size.size
    stands = tally.count == tally.majority[tally.cluster]
    cluster, label = tally.cluster[stands], tally.label[stands]
    weight = 1.0 / np.bincount(cluster, minlength=tally.n_clusters)[cluster]
    right = np.bincount(label, weights=weight * tally.count[stands], minlength=n)
    claimed = np.bincount(label, weights=weight * tally.size[cluster], minlength=n)
    actual = tally.label_size.astype(np.float64)
    precision, recall = np.full(n, np.nan), np.full(n, np.nan)
    np.divide(right, claimed, out=precision, where=claimed > 0)
    np.divide(right, actual, out=recall, where=actual > 0)
    f1 = 2 * right / np.maximum(claimed + actual, 1.0)
    return _PerLabel(np.bincount(label, minlength=n), precision, recall, f1, tally.label_size >= MIN_LABEL_ITEMS)
