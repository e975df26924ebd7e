"""Units of parallel work: groups of records that share as much of their path as possible."""

from __future__ import annotations

from collections.abc import Sequence

from rashomon.engine.plan import Plan

__all__ = ["split"]


def split(plan: Plan, wanted: Sequence[str], *, n_units: int) -> list[list[str]]:
    """Cut the records `wanted` into about `n_units` units along the tree, largest first.

    A unit is a subtree (or several small siblings), so workers repeat only the short path above it. The cut changes
    who computes a record, never its value.

    Parameters
    ----------
    plan
        The tree of steps.
    wanted
        Keys of records.
    n_units
        How many units to aim at; at least 1.
    """
    limit = max(1, -(-len(wanted) // max(1, n_units)))
    paths = {key: [node.key for node in plan.path(key)] for key in wanted}
    units = _cut(sorted(wanted, key=lambda key: paths[key]), paths, depth=0, limit=limit)
    return sorted(units, key=len, reverse=True)


def _cut(keys: list[str], paths: dict[str, list[str]], *, depth: int, limit: int) -> list[list[str]]:
    if len(keys) <= limit:
        return [keys]
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(paths[key][min(depth, len(paths[key]) - 1)], []).append(key)
    if len(groups) == len(keys):
        return [keys[start : start + limit] for start in range(0, len(keys), limit)]
    units: list[list[str]] = []
    for group in groups.values():
        for unit in _cut(group, paths, depth=depth + 1, limit=limit):
            if units and len(units[-1]) + len(unit) <= limit:
                units[-1].extend(unit)
            else:
                units.append(unit)
    return units
