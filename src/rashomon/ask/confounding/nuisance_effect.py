"""What batches and donors cost: a twin of the data is drawn with them and without, and clustered both times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.multiverse import Unit
from rashomon.multiverse.path import pipeline_path
from rashomon.score import score

__all__ = ["NUISANCE_EFFECT_COLUMNS", "effect_table", "effect_units", "twin_slots", "why_no_twins"]

NUISANCE_EFFECT_COLUMNS = {
    "nuisance": "the technical column whose fitted effects are taken away",
    "types": "the label column whose types the twin has",
    "with_nuisance": "mean adjusted mutual information with the planted types, as the data are",
    "without": "the same after the intervention, with the same random numbers",
    "effect": "mean difference within pairs, with minus without: negative where the nuisance hides the types",
    "low": "lower end of its 95 % interval over pairs (Student)",
    "high": "upper end",
    "n_pairs": "pairs of draws",
    "reason": "why there is no effect, or no interval",
}
"""Columns of the table of effects of nuisances and what they mean."""

_N_PAIRS = {"quick": 0, "default": 5, "full": 20}

_KNOBS = {"batch": "batch_strength", "donor": "donor_strength"}
"""Knob of a fitted world that multiplies the effects of a role."""

_BASE = "as it is"


def why_no_twins(request: Request) -> str:
    """Return why the size of nuisances is not measured on a twin; empty where it is.

    Parameters
    ----------
    request
        Needs a budget above ``quick``, raw counts, a pipeline that stands in, and a batch or donor column.
    """
    if request.dataset.item != "cell":
        return "twins with and without a nuisance are made of cells"
    if request.why_no_counts:
        return request.why_no_counts
    if not _N_PAIRS[request.budget]:
        return 'budget="default" would measure them on a twin of the data'
    if request.multiverse is None or request.standin is None:
        return "nothing can be re-run"
    # audits without twins load no worlds
    from rashomon.sim.twin_step import twin_roles

    if not twin_roles(request.dataset):
        return "no batch or donor column with two classes was declared"
    return "" if request.standin.usable else "no pipeline comes near the judged labels"


def twin_slots(request: Request) -> dict[str, np.ndarray]:
    """Return the slots that `effect_units` read beside those of the data: the codes of the types.

    Parameters
    ----------
    request
        The first label column that is neither technical nor aliased gives the types, else the judged labels do. None
        where no twin is drawn.
    """
    if why_no_twins(request):
        return {}
    slot, codes, _ = _types(request)
    return {slot: codes}


def effect_units(request: Request) -> list[Unit]:
    """Return the draws of a twin as it is and without each nuisance, clustered by the pipeline that stands in.

    Parameters
    ----------
    request
        None are planned where `why_no_twins` says why.
    """
    if why_no_twins(request) or request.multiverse is None or request.standin is None:
        return []
    from rashomon.sim.twin_step import PLANTED, draw_call, fit_call, twin_roles

    roles, (slot, _, name) = twin_roles(request.dataset), _types(request)
    path = pipeline_path(request.standin.pipeline, request.multiverse)
    fitted = fit_call(roles, null=False, types=slot)
    worlds = {_BASE: {}, **{role: {_KNOBS[role]: 0.0} for role in roles}}
    return [
        Unit(
            (fitted, draw_call(roles, replicate=replicate, do=do), *path),
            ("labels", "rows", PLANTED),
            {"twin": world, "replicate": replicate, "types": name},
        )
        for replicate in range(_N_PAIRS[request.budget])
        for world, do in worlds.items()
    ]


def effect_table(request: Request, finished: Sequence[Finished]) -> pd.DataFrame:
    """Return what each nuisance changes in how well the pipeline finds the types.

    Parameters
    ----------
    request
        Names the columns.
    finished
        Finished units of `effect_units`.

    Returns
    -------
    One row per nuisance with `NUISANCE_EFFECT_COLUMNS`; none without twins.
    """
    drawn: dict[str, dict[int, float]] = defaultdict(dict)
    reasons: dict[str, str] = {}
    types = ""
    for each in finished:
        world = each.unit.facts.get("twin")
        if world is None:
            continue
        types = str(each.unit.facts["types"])
        value, reason = _agreement(each)
        drawn[world][int(each.unit.facts["replicate"])] = value
        reasons[world] = reasons.get(world) or reason
    columns = {role: column.name for role, column in request.dataset.roles}
    rows = [
        {"nuisance": columns[world], "types": types, **_effect(drawn[_BASE], values, reasons[world] or reasons[_BASE])}
        for world, values in drawn.items()
        if world != _BASE
    ]
    return pd.DataFrame(rows, columns=list(NUISANCE_EFFECT_COLUMNS))


def _types(request: Request) -> tuple[str, np.ndarray, str]:
    """Return the slot, the codes and the name of the types of the twin."""
    truth = request.naming_truth
    if truth is None:
        return request.slot_of(request.judged.name), request.judged.codes, request.judged.name
    return request.slot_of(truth.name), truth.codes, truth.name


def _agreement(each: Finished) -> tuple[float, str]:
    if each.record.status != "ok":
        return np.nan, each.record.reason
    from rashomon.sim.twin_step import PLANTED

    slots = each.record.slots
    # cells that the filter dropped have no label
    result = score("ami", slots["labels"], slots[PLANTED][slots["rows"]])
    return result.value, result.reason


def _effect(with_it: dict[int, float], without: dict[int, float], reason: str) -> dict[str, Any]:
    pairs = [(with_it[r], without[r]) for r in sorted(set(with_it) & set(without))]
    values = np.array([pair for pair in pairs if np.isfinite(pair).all()]).reshape(-1, 2)
    n = len(values)
    row: dict[str, Any] = {"with_nuisance": np.nan, "without": np.nan, "effect": np.nan, "low": np.nan, "high": np.nan}
    row |= {"n_pairs": n, "reason": reason if n < len(pairs) or not n else ""}
    if not n:
        return row
    difference = values[:, 0] - values[:, 1]
    row |= {"with_nuisance": float(values[:, 0].mean()), "without": float(values[:, 1].mean())}
    row["effect"] = float(difference.mean())
    if n > 1:
        half = float(student.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n))
        row |= {"low": row["effect"] - half, "high": row["effect"] + half}
    return row
