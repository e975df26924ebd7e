"""How two truths relate: how far they agree, whether one refines the other, and which items decide between them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.dataset import Truth, nesting
from rashomon.score import element_centric_items, score

__all__ = ["RELATION_COLUMNS", "deciding", "relate", "relations"]

_SCORES = ("ami", "ari", "homogeneity", "completeness")

RELATION_COLUMNS = {
    "truth_a": "name of the first truth",
    "truth_b": "name of the second truth",
    "n_common": "items that carry a class in both",
    "n_classes_a": "classes of the first truth among these items",
    "n_classes_b": "classes of the second truth among these items",
    "ami": "adjusted mutual information, 0 for independent labels, 1 for equal ones",
    "ari": "adjusted Rand index, 0 for independent labels, 1 for equal ones",
    "homogeneity": "1 when each class of the first truth lies in one class of the second",
    "completeness": "1 when each class of the second truth lies in one class of the first",
    "nesting": "how the classes of the first lie in those of the second: same, nested, contains, crossed or none",
    "n_deciding": "items for which the two truths name groups that share less than half of their members",
    "deciding": "the group of items on which the truths differ most, as 'class of a / class of b'",
}
"""Columns of the table of relations and what they mean."""


def relate(a: Truth, b: Truth) -> dict[str, Any]:
    """Return how two truths relate on the items that carry a class in both.

    Parameters
    ----------
    a, b
        Truths of the same items.

    Returns
    -------
    One row of the table of relations, see `RELATION_COLUMNS`. Scores that are undefined (no common items, one class in
    both) are NaN.

    Raises
    ------
    UsageError
        When the truths have different numbers of items.

    Examples
    --------
    >>> fine = Truth("fine", "annotation", np.array([0, 0, 1, 1, 2, 2]), ("a1", "a2", "b"))
    >>> coarse = Truth("coarse", "annotation", np.array([0, 0, 0, 0, 1, 1]), ("a", "b"))
    >>> row = relate(fine, coarse)
    >>> row["nesting"], round(row["homogeneity"], 9), row["n_common"]
    ('nested', 1.0, 6)
    """
    if a.codes.size != b.codes.size:
        raise UsageError(
            f"truths {a.name!r} and {b.name!r} have {a.codes.size} and {b.codes.size} items",
            where="relate",
            expected="truths of the same items",
        )
    common = (a.codes >= 0) & (b.codes >= 0)
    groups = deciding(a, b)
    split = groups[groups["agreement"] < 0.5]
    return {
        "truth_a": a.name,
        "truth_b": b.name,
        "n_common": int(common.sum()),
        "n_classes_a": int(np.unique(a.codes[common]).size),
        "n_classes_b": int(np.unique(b.codes[common]).size),
        **{name: score(name, a.codes, b.codes, unassigned="left_out").value for name in _SCORES},
        "nesting": nesting(a.codes, b.codes) if common.any() else "none",
        "n_deciding": int(split["n_obs"].sum()),
        "deciding": f"{split['class_a'].iloc[0]} / {split['class_b'].iloc[0]}" if len(split) else "",
    }


def deciding(a: Truth, b: Truth) -> pd.DataFrame:
    """Return the groups of items that `a` and `b` define together, those on which they differ most first.

    Parameters
    ----------
    a, b
        Truths of the same items.

    Returns
    -------
    A table with the columns ``class_a``, ``class_b``, ``n_obs`` (items in both classes) and ``agreement`` (their
    element-centric similarity in (0, 1]: the members of both classes as a share of the larger class). Rows are ordered
    by ``agreement``, then by falling ``n_obs``.

    Examples
    --------
    >>> a = Truth("a", "annotation", np.array([0, 0, 0, 0, 1]), ("x", "y"))
    >>> b = Truth("b", "annotation", np.array([0, 0, 0, 1, 1]), ("u", "v"))
    >>> deciding(a, b).to_dict("list")["agreement"]
    [0.25, 0.5, 0.75]
    """
    per_item = element_centric_items(a.codes, b.codes, unassigned="left_out")
    common = np.isfinite(per_item)
    frame = pd.DataFrame(
        {
            "class_a": np.array([*a.categories, ""], dtype=object)[np.maximum(a.codes, -1)[common]],
            "class_b": np.array([*b.categories, ""], dtype=object)[np.maximum(b.codes, -1)[common]],
            "agreement": per_item[common],
        }
    )
    groups = frame.groupby(["class_a", "class_b"], sort=True, as_index=False)["agreement"].agg(["size", "first"])
    groups = groups.rename(columns={"size": "n_obs", "first": "agreement"})
    return groups.sort_values(["agreement", "n_obs"], ascending=[True, False], kind="stable", ignore_index=True)


def relations(truths: Mapping[str, Truth]) -> pd.DataFrame:
    """Return how each pair of truths relates, one row per pair, in the order of `truths`.

    Examples
    --------
    >>> relations({}).columns[:3].tolist()
    ['truth_a', 'truth_b', 'n_common']
    """
    rows = [relate(a, b) for a, b in combinations(truths.values(), 2)]
    return pd.DataFrame(rows, columns=list(RELATION_COLUMNS))
