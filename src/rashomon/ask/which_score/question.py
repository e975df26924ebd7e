"""Question 6: which number may choose the resolution: scores are tried on twins whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import Request
from rashomon.ask.which_score.outcome import trials
from rashomon.ask.which_score.receptor_outcome import receptor_trials
from rashomon.ask.which_score.receptor_score import RECEPTORS_ON_TRIAL
from rashomon.ask.which_score.receptor_trial import (
    CUTOFF,
    planted_receptor_truths,
    receptor_slots,
    receptor_trial_units,
    why_no_receptor_twin,
)
from rashomon.ask.which_score.track import best_of_many, track
from rashomon.ask.which_score.trial import TRIAL_SIZES, planted_slots, planted_truths, trial_units
from rashomon.ask.which_score.tripwire import score_tripwires
from rashomon.ask.which_score.word import OF_CELLS, OF_RECEPTORS, cannot_tell, tried_answer
from rashomon.core import first_few
from rashomon.multiverse import Unit
from rashomon.multiverse.base import reference_unit
from rashomon.score import half_sample_draws

__all__ = ["BEST_COLUMNS", "conclude", "plan", "slots"]

BEST_COLUMNS = {
    "truth": "a declared label column, or the labels on trial",
    "n_pipelines": "runs compared: every equivalent pipeline, resolution and seed",
    "pipeline": "name of the run that agrees best on all cells",
    "best": "agreement (AMI) of the best run on half of the cells: too good, because the luckiest is picked",
    "best_corrected": "the same, picked on one half of the cells and measured on the other",
    "typical": "median agreement over the runs, on the same halves",
}
"""Columns of the table `best_of_many` and what they mean."""

_N_PAIRS = 5
_REFERENCE = "reference"
_N_PAIRS = 5
_REFERENCE = "reference"


def slots(request: Request) -> dict[str, Any]:
    """Return the slots that twins are fitted with: ``types`` (the labels on trial) and ``truth_<i>``.

    Parameters
    ----------
    request
        Data and labels.
    """
    return dict(receptor_slots(request)) if _is_receptors(request) else planted_slots(request)


def plan(request: Request) -> list[Unit]:
    """Return the neighbours that trip-wires look at, and, from budget ``default`` on, the twins.

    Parameters
    ----------
    request
        Counts or receptors, labels and multiverse.
    """
    size = TRIAL_SIZES.get(request.budget)
    if request.multiverse is None:
        return []
    if _is_receptors(request):
        return [] if size is None or why_no_receptor_twin(request) else receptor_trial_units(request, size=size)
    pipeline = request.standin.pipeline if request.standin is not None else request.multiverse.default
    unit = reference_unit(request.multiverse, pipeline)
    units = [Unit(unit.path, ("knn_indices", "rows"), {**unit.facts, "perturbation": _REFERENCE})]
    return units if size is None or request.why_no_counts else [*units, *trial_units(request, size=size)]


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return which score may choose the resolution; of receptors, distance and cutoff.

    Parameters
    ----------
    request
        As planned with.
    finished
        The units of `plan`.

    Returns
    -------
    The answer, with the tables ``score_track`` (see `rashomon.ask.which_score.track.TRACK_COLUMNS`),
    ``score_tripwires`` (see
    `rashomon.ask.which_score.tripwire.SCORE_TRIPWIRE_COLUMNS`) and ``best_of_many`` (see `BEST_COLUMNS`; of cells).
    """
    receptors = _is_receptors(request)
    made, reasons = (receptor_trials if receptors else trials)(request, finished)
    found = track(made, scores=RECEPTORS_ON_TRIAL, first=CUTOFF) if receptors else track(made)
    reference = next((e.record for e in finished if e.unit.facts.get("perturbation") == _REFERENCE), None)
    wires = score_tripwires(request, None if reference is None or reference.status != "ok" else reference.slots)
    tables = {"score_track": found, "score_tripwires": wires, "best_of_many": _best(request)}
    not_run = _not_run(request, found, reasons)
    because = _obstacle(request) or ("" if made else "; ".join(text for *_, text in not_run))
    words = OF_RECEPTORS if receptors else OF_CELLS
    if because:
        verdict, step = _without(request)
        answer = cannot_tell(request, wires, because=because, verdict=verdict, step=step, words=words)
    else:
        named, names = request.naming_truth, list(dict.fromkeys(found["truth"]))
        truth = named.name if named is not None and named.name in names else names[0]
        answer = tried_answer(request, found, wires, truth=truth, words=words)
    return Answered(answer, tables, not_run=not_run)


def _is_receptors(request: Request) -> bool:
    return request.dataset.item == "receptor"


def _obstacle(request: Request) -> str:
    """Return why scores are not calibrated; empty where they are."""
    if _is_receptors(request):
        return why_no_receptor_twin(request)
    if request.multiverse is None:
        return "labels alone cannot be re-made"
    if request.why_no_counts:
        return request.why_no_counts
    return "" if request.budget in TRIAL_SIZES else f"budget {request.budget!r} draws no twins"


def _without(request: Request) -> tuple[str, str]:
    """Return the verdict and the next step where no score was tried."""
    able = request.multiverse is not None and request.budget not in TRIAL_SIZES
    if _is_receptors(request):
        return _without_receptors(request, able=able)
    if able and not request.why_no_counts:
        return "not calibrated at this budget", "Ask again with budget='default', which draws twins."
    return "cannot tell", f"{request.counts_step} {OF_CELLS.by_label}"


def _without_receptors(request: Request, *, able: bool) -> tuple[str, str]:
    if able and why_no_receptor_twin(request).startswith("budget"):
        size = TRIAL_SIZES["default"]
        names = first_few([planted.name for planted in planted_receptor_truths(request)][: size.n_truths])
        step = (
            f"Ask again with budget='default': it plants {names} in {size.n_deciding} twins and tries "
            f"{len(RECEPTORS_ON_TRIAL)} scores, of labels and without, at every distance and cutoff."
        )
        return "not calibrated at this budget", step
    if request.multiverse is not None and not planted_receptor_truths(request):
        step = "Declare a column of what receptors bind, as epitope=biological:external, or compare every cutoff "
        return "cannot tell", f"{step}with the background of the same V, J and length (table percolation)."
    bcr = "mutate" in why_no_receptor_twin(request)
    return "not applicable" if bcr else "cannot tell", OF_RECEPTORS.by_label


def _not_run(request: Request, found: pd.DataFrame, reasons: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    if _obstacle(request):
        return ()
    receptors = _is_receptors(request)
    done, rows = set(found["truth"]), []
    for planted in planted_receptor_truths(request) if receptors else planted_truths(request):
        if planted.name not in done:
            reason = planted.obstacle or reasons.get(planted.name, f"budget {request.budget!r} plants fewer truths")
            rows.append(("planted truth", planted.name, reason))
    if receptors:
        return tuple(rows)
    rows.append(("score on trial", "bras", "it speaks of batches, and no resolution is right or wrong by it"))
    rows.append(("score on trial", "prediction_strength", "it needs a classifier between halves at each resolution"))
    return tuple(rows)


def _best(request: Request) -> pd.DataFrame:
    """Return, per truth, the agreement of the best of all pipelines, and what is left of it on other cells."""
    rows: list[dict[str, Any]] = []
    # of receptors, purity at the same retention is compared instead, by tables of its own
    if request.parts is not None and request.multiverse is not None and not _is_receptors(request):
        runs = request.parts.runs
        usable = np.flatnonzero(((runs["status"] == "ok") & (runs["branch"] == "")).to_numpy())
        truths = {truth.name: truth.compared for truth in request.truths.values()}
        for name, codes in truths.items() if usable.size > 1 else ():
            pairs = [(request.parts.labels[:, run], codes) for run in usable]
            draws = half_sample_draws("ami", pairs, rng=request.rng("best of many", name), n_pairs=_N_PAIRS)
            known = np.isfinite(draws).all(axis=0)
            if known.any():
                rows.append(_best_row(name, runs.iloc[usable[known]], draws[:, known]))
    return pd.DataFrame(rows, columns=list(BEST_COLUMNS))


def _best_row(name: str, runs: pd.DataFrame, draws: np.ndarray) -> dict[str, Any]:
    first = int(draws.mean(axis=0).argmax())
    return {
        "truth": name,
        "n_pipelines": draws.shape[1],
        "pipeline": str(runs["pipeline"].iloc[first]),
        "best": float(draws.max(axis=1).mean()),
        "best_corrected": best_of_many(draws),
        "typical": float(np.median(draws, axis=1).mean()),
    }
