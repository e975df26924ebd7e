"""What came of the draws of the twin: which clusters came back, had a gap beside them, and could have been found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.power.ceiling import CEILING, KIND
from rashomon.ask.power.grid import AXES, BEST, ENOUGH_RATE, NODE, PERTURBATION, RISING
from rashomon.ask.question import Finished
from rashomon.core import first_few
from rashomon.core.labels import MISSING
from rashomon.engine import Record
from rashomon.structure.step import unpack_tree

__all__ = ["DETECTABILITY_COLUMNS", "draw_table", "point_table"]

DETECTABILITY_COLUMNS = {
    "cluster": "code of the judged cluster that was planted",
    "name": "its name",
    "n_obs": "cells of a draw",
    "depth": "typical molecules per cell (geometric mean)",
    "strength": "how far the clusters differ, as a multiple of what was fitted to the data (log folds)",
    "n_replicates": "draws that were asked for",
    "n_failed": "draws that the pipeline could not cluster; they count neither as recovered nor as not",
    "n_absent": "draws without a cell of the cluster; there it is not recovered",
    "n_recovered": "draws in which a cluster has F1 of 0.8 or more with it, and more than by chance",
    "rate": "n_recovered / (n_replicates - n_failed)",
    "low": "lower end of the 95 % interval of the rate (Wilson)",
    "high": "upper end",
    "found": "yes: recovered in all draws, or the interval lies above 80 %; no: it lies below; open: neither",
    "smooth": "rate of the monotone logistic surface over cells, depth and strength",
    "n_tested": "draws in which the split of the cluster from its neighbour was tested, with the planted labels",
    "detected": "share of these in which there is a gap between the two (question 1)",
    "n_ceilings": "draws in which the oracle of the twin was asked",
    "ceiling": "share of these in which the best set of cells, from the true parameters, recovers the cluster",
    "ceiling_f1": "mean F1 of that set: no method does better in the mean",
    "ceiling_kind": "oracle; assisted oracle, an upper bound; none; or not asked for",
    "mean_f1": "mean F1 of the best-matching cluster",
    "prevalence": "mean share of the planted cluster",
    "mean_clusters": "mean number of clusters",
    "status": "ok; failed where every draw failed",
    "reason": "why draws failed",
}
"""Columns of the table of grid points and what they mean."""

_MIN_F1, _LEVEL = 0.8, 0.95


def draw_table(finished: Sequence[Finished]) -> pd.DataFrame:
    """Return one row per draw and planted cluster: settings, and what was recovered.

    Parameters
    ----------
    finished
        The units of `grid_units` and what came of them.

    Returns
    -------
    ``cluster`` (code of the judged cluster), ``n_obs``, ``depth``, ``strength``, ``replicate``, ``prevalence``,
    ``n_clusters``, ``f1``, ``recovered``, ``status``, ``reason``, ``detected`` (1 where there is a gap to its
    neighbour, 0 where not; NaN: not tested), ``ceiling_f1``, ``ceiling_recovered`` and ``ceiling_kind``. Empty where
    the twin could not be fitted, or has one type.
    """
    columns = [
        "cluster", *AXES, "replicate", "prevalence", "n_clusters", "f1", "recovered", "status", "reason",
        "detected", *_UNASKED,
    ]  # fmt: skip
    fits = [each for each in finished if each.unit.facts["perturbation"] == "fit"]
    if not fits or fits[0].record.status != "ok":
        return pd.DataFrame(columns=columns)
    codes = _planted_codes(fits[0].record)
    groups: dict[tuple[Any, ...], list[Finished]] = {}
    beside: dict[tuple[Any, ...], dict[str, Record]] = {}
    for each in finished:
        facts = each.unit.facts
        key = tuple(facts.get(name) for name in (*AXES, "replicate"))
        if facts["perturbation"] == PERTURBATION:
            groups.setdefault(key, []).append(each)
        elif each.record.status == "ok":
            beside.setdefault(key, {})[facts["perturbation"]] = each.record
    rows = [
        {"cluster": code, **dict(zip((*AXES, "replicate"), key, strict=True)), **found, **_beside(beside, key, code)}
        for key, each in groups.items()
        for code, found in zip(codes, _recovered(each, codes), strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


_UNASKED = {"ceiling_f1": math.nan, "ceiling_recovered": math.nan, "ceiling_kind": "not asked for"}


def _beside(
    known: Mapping[tuple[Any, ...], Mapping[str, Record]], key: tuple[Any, ...], code: int
) -> dict[str, object]:
    """Return what tests of nodes and the oracle say of one cluster in one draw."""
    records = known.get(key, {})
    found: dict[str, object] = {"detected": math.nan, **_UNASKED}
    if NODE in records:
        tree = unpack_tree(records[NODE].slots["tree"])
        # with too few cells to test there is no proof, which is what is counted
        found["detected"] = float(
            any((code,) in (node.left, node.right) and node.verdict == "separated" for node in tree.nodes)
        )
    if BEST in records:
        slots = records[BEST].slots
        table = slots[CEILING]
        row = table[table[:, 0] == code]
        found["ceiling_kind"] = bytes(slots[KIND][0]).decode()
        if len(row):
            found |= {"ceiling_f1": float(row[0, 1]), "ceiling_recovered": float(row[0, 2])}
    return found


def _planted_codes(record: Record) -> list[int]:
    """Return the judged codes of the types of the twin, which draws have, too; clusters of few cells are left out."""
    from rashomon.sim.pack import unpack_world

    names = unpack_world(record.slots["twin"]).labels.get("type", ())
    return [int(name.rpartition("_")[2]) for name in names]


def _recovered(versions: Sequence[Finished], codes: Sequence[int]) -> list[dict[str, object]]:
    """Return, for each planted cluster of one draw, the best F1 over resolutions and whether any recovers it."""
    from rashomon.sim.detect import recovery
    from rashomon.sim.twin_step import PLANTED

    ran = [each.record for each in versions if each.record.status == "ok"]
    if not ran:
        failed = {
            "prevalence": math.nan, "n_clusters": math.nan, "f1": math.nan, "recovered": False, "status": "failed",
            "reason": versions[0].record.reason,
        }  # fmt: skip
        return [failed] * len(codes)
    # a draw keeps its planted types of all cells; cells that the pipeline dropped have no label
    planted = [np.asarray(record.slots[PLANTED]) for record in ran]
    labels = [np.full(truth.size, MISSING, dtype=np.int32) for truth in planted]
    for record, found in zip(ran, labels, strict=True):
        found[record.slots["rows"]] = record.slots["labels"]
    f1 = np.stack([_best_f1(found, truth, max(codes) + 1) for found, truth in zip(labels, planted, strict=True)])
    # several resolutions are several chances, so the best must exceed a higher quantile of chance
    level = 1 - (1 - _LEVEL) / len(ran)
    rows: list[dict[str, object]] = []
    for code in codes:
        version = int(f1[:, code].argmax())
        best = recovery(labels[version], planted[version] == code, min_f1=_MIN_F1, level=level)
        rows.append(
            {
                "prevalence": best.prevalence,
                "n_clusters": np.unique(labels[version][labels[version] >= 0]).size,
                "f1": best.f1,
                "recovered": best.recovered,
                "status": "absent" if best.reason else "ok",
                "reason": best.reason,
            }
        )
    return rows


def _best_f1(labels: np.ndarray, planted: np.ndarray, n_types: int) -> np.ndarray:
    """Return the F1 of the best-matching cluster of each type, shape ``(n_types,)``; 0 without a cluster."""
    both = (labels >= 0) & (planted >= 0)
    n_clusters = int(labels.max(initial=0)) + 1
    shared = np.bincount(labels[both] * n_types + planted[both], minlength=n_clusters * n_types)
    shared = shared.reshape(n_clusters, n_types).astype(float)
    seen = labels != MISSING
    members = np.bincount(planted[seen & (planted >= 0)], minlength=n_types)
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    return np.asarray((2 * shared / np.maximum(members + sizes[:, None], 1)).max(axis=0))


def point_table(draws: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return one row per cluster and grid point; see `DETECTABILITY_COLUMNS`.

    Parameters
    ----------
    draws
        From `draw_table`.
    names
        Names of all judged clusters, by code.
    """
    from rashomon.sim.detect import smooth
    from rashomon.sim.detect.summary import summarise

    tables = []
    for code, part in draws.groupby("cluster", sort=True):
        table = summarise(part, axes=AXES)
        rates = np.full(len(table), math.nan)
        if table["rate"].notna().any():
            surface = smooth(table, axes=AXES, rising=RISING, draws=part)
            rates[surface.points] = surface.rates
        of_point = part.groupby(list(AXES), sort=False)
        beside: dict[str, Any] = {
            "n_tested": of_point["detected"].count().to_numpy(),
            "detected": of_point["detected"].mean().to_numpy(),
            "n_ceilings": of_point["ceiling_f1"].count().to_numpy(),
            "ceiling_f1": of_point["ceiling_f1"].mean().to_numpy(),
            "ceiling_kind": [_kind(kinds) for _, kinds in of_point["ceiling_kind"]],
            "found": [_found(*ends) for ends in zip(table["rate"], table["low"], table["high"], strict=True)],
        }
        tables.append(table.assign(cluster=code, name=names[int(str(code))], smooth=rates, **beside))
    columns = list(DETECTABILITY_COLUMNS)
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _kind(kinds: pd.Series[str]) -> str:
    """Return the kind of oracle of the draws that were asked; that none was, where none was."""
    asked = kinds[kinds != "not asked for"]
    return first_few(asked.unique(), n=2) if len(asked) else "not asked for"


def _found(rate: float, low: float, high: float) -> str:
    """Return whether a cluster is found in enough draws, or that its interval says neither."""
    if math.isnan(rate):
        return ""
    if low < ENOUGH_RATE <= high and rate < 1.0:
        return "open"
    return "yes" if rate >= ENOUGH_RATE else "no"
