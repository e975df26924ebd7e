"""The items that decide between two truths: those whose two classes have little in common."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from rashomon.dataset import Truth
from rashomon.score import element_centric_items

__all__ = ["deciding", "deciding_groups"]


def deciding(a: Truth, b: Truth) -> pd.DataFrame:
    """Return the groups of items that `a` and `b` define together, those that carry most of the disagreement first.

    Parameters
    ----------
    a, b
        Truths of the same items.

    Returns
    -------
    A table with the columns ``class_a``, ``class_b``, ``n_obs`` (items in both classes), ``agreement`` (their
    element-centric similarity in (0, 1]: the members of both classes as a share of the larger class) and ``share``
    (their part of the disagreement, the sum of 1 - agreement over items). Rows are ordered by falling ``share``, then
    by ``agreement``.

    Examples
    --------
    >>> a = Truth("a", "annotation", np.array([0, 0, 0, 0, 1]), ("x", "y"))
    >>> b = Truth("b", "annotation", np.array([0, 0, 0, 1, 1]), ("u", "v"))
    >>> deciding(a, b)[["agreement", "share"]].round(2).to_numpy().tolist()
    [[0.25, 0.38], [0.75, 0.38], [0.5, 0.25]]
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
    apart = groups["n_obs"] * (1 - groups["agreement"])
    groups["share"] = (apart / apart.sum()).to_numpy(dtype=float) if apart.sum() > 0 else np.zeros(len(groups))
    return groups.sort_values(["share", "agreement"], ascending=[False, True], kind="stable", ignore_index=True)


def deciding_groups(truths: Mapping[str, Truth], *, n_groups: int = 20) -> pd.DataFrame:
    """Return the groups that decide between each pair of truths, at most `n_groups` per pair.

    Parameters
    ----------
    truths
        By name.
    n_groups
        Groups kept per pair, those with the largest share of the disagreement; groups without any are left out.

    Returns
    -------
    The tables of `deciding` below each other, with the columns ``truth_a``, ``truth_b`` and ``n_groups`` (how many
    groups with disagreement the pair has) before them.

    Examples
    --------
    >>> a = Truth("a", "annotation", np.array([0, 0, 1, 1]), ("x", "y"))
    >>> b = Truth("b", "annotation", np.array([0, 0, 0, 1]), ("u", "v"))
    >>> deciding_groups({"a": a, "b": b}, n_groups=1)[["truth_a", "n_groups", "class_a", "class_b"]].to_numpy().tolist()
    [['a', 3, 'y', 'u']]
    """
    columns = ["truth_a", "truth_b", "n_groups", "class_a", "class_b", "n_obs", "agreement", "share"]
    tables = []
    for a, b in combinations(truths.values(), 2):
        groups = deciding(a, b)
        some = groups[groups["share"] > 0]
        tables.append(some.head(n_groups).assign(truth_a=a.name, truth_b=b.name, n_groups=len(some)))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)
