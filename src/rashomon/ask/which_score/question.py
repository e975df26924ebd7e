"""Question 6: which number may choose the resolution: scores are tried on twins whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.assumption.record import status_of
from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import Request
from rashomon.ask.which_score.outcome import trials
from rashomon.ask.which_score.track import NEAR, TRACK_COLUMNS, best_of_many, deciding, track
from rashomon.ask.which_score.trial import STRENGTHS, TRIAL_SIZES, planted_slots, planted_truths, trial_units
from rashomon.ask.which_score.tripwire import score_tripwires
from rashomon.core import first_few
from rashomon.multiverse import Unit
from rashomon.multiverse.base import reference_unit
from rashomon.score import SCORES, STABILITY, half_sample_draws

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
_BY_NUMBER = "Choose by labels that were measured in another way, or show the result at every resolution."


def slots(request: Request) -> dict[str, Any]:
    """Return the slots that twins are fitted with: ``types`` (the labels on trial) and ``truth_<i>``.

    Parameters
    ----------
    request
        Data and labels.
    """
    return planted_slots(request)


def plan(request: Request) -> list[Unit]:
    """Return the neighbours that trip-wires look at, and, from budget ``default`` on, the twins.

    Parameters
    ----------
    request
        Counts, labels and multiverse.
    """
    if request.multiverse is None or request.dataset.item == "receptor":
        return []
    pipeline = request.standin.pipeline if request.standin is not None else request.multiverse.default
    unit = reference_unit(request.multiverse, pipeline)
    units = [Unit(unit.path, ("knn_indices", "rows"), {**unit.facts, "perturbation": _REFERENCE})]
    size = TRIAL_SIZES.get(request.budget)
    return units if size is None or request.why_no_counts else [*units, *trial_units(request, size=size)]


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return which score may choose the resolution.

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
    `rashomon.ask.which_score.tripwire.SCORE_TRIPWIRE_COLUMNS`) and ``best_of_many`` (see `BEST_COLUMNS`).
    """
    made, reasons = trials(request, finished)
    found = track(made)
    reference = next((e.record for e in finished if e.unit.facts.get("perturbation") == _REFERENCE), None)
    wires = score_tripwires(request, None if reference is None or reference.status != "ok" else reference.slots)
    tables = {"score_track": found, "score_tripwires": wires, "best_of_many": _best(request)}
    not_run = _not_run(request, found, reasons)
    because = _obstacle(request) or ("" if made else "; ".join(text for *_, text in not_run))
    answer = _cannot(request, because, wires) if because else _answer(request, found, wires)
    return Answered(answer, tables, not_run=not_run)


def _obstacle(request: Request) -> str:
    """Return why scores are not calibrated; empty where they are."""
    if request.dataset.item == "receptor":
        return "receptors have no common geometry that these scores could judge"
    if request.multiverse is None:
        return "labels alone cannot be re-made"
    if request.why_no_counts:
        return request.why_no_counts
    return "" if request.budget in TRIAL_SIZES else f"budget {request.budget!r} draws no twins"


def _not_run(request: Request, found: pd.DataFrame, reasons: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    if _obstacle(request):
        return ()
    done, rows = set(found["truth"]), []
    for planted in planted_truths(request):
        if planted.name not in done:
            reason = planted.obstacle or reasons.get(planted.name, f"budget {request.budget!r} plants fewer truths")
            rows.append(("planted truth", planted.name, reason))
    rows.append(("score on trial", "bras", "it speaks of batches, and no resolution is right or wrong by it"))
    rows.append(("score on trial", "prediction_strength", "it needs a classifier between halves at each resolution"))
    return tuple(rows)


def _best(request: Request) -> pd.DataFrame:
    """Return, per truth, the agreement of the best of all pipelines, and what is left of it on other cells."""
    rows: list[dict[str, Any]] = []
    # of receptors, purity at the same retention is compared instead, by tables of its own
    if request.parts is not None and request.multiverse is not None and request.dataset.item != "receptor":
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


def _cannot(request: Request, because: str, wires: pd.DataFrame) -> Answer:
    fired = wires[wires["status"] == "fired"]
    warned = f" {_warning(fired)}" if len(fired) else " No trip-wire speaks against a score."
    quick = request.budget not in TRIAL_SIZES and not request.why_no_counts and request.multiverse is not None
    receptor = request.dataset.item == "receptor"
    if quick and not receptor:
        verdict, step = "not calibrated at this budget", "Ask again with budget='default', which draws twins."
    elif receptor:
        verdict, step = "not applicable", "Compare cutoffs by purity at the same retention, against the background."
    else:
        verdict, step = "cannot tell", "Give raw counts. " + _BY_NUMBER
    text = f"No score was tried on twins of these data: {because}."
    return Answer(
        "which_score",
        "not applicable" if receptor else "cannot tell",
        verdict,
        text + warned,
        next_step=step,
        table=pd.DataFrame(columns=list(TRACK_COLUMNS)),
        assumptions=_assumptions(request, wires, pd.DataFrame(columns=list(TRACK_COLUMNS))),
    )


def _answer(request: Request, found: pd.DataFrame, wires: pd.DataFrame) -> Answer:
    named = request.naming_truth
    names = list(dict.fromkeys(found["truth"]))
    truth = named.name if named is not None and named.name in names else names[0]
    rows = deciding(found, truth=truth)
    believed = rows[rows["verdict"] == "believe"].sort_values(["hit", "regret"], ascending=[False, True], kind="stable")
    fired = wires[wires["status"] == "fired"]
    distrusted = {name for names in fired["scores"] for name in names.split(", ")}
    safe = believed[~believed["score"].isin(distrusted)]
    top = safe if len(safe) else believed
    verdict, step, row = _verdict(rows, top, truth)
    warned = f" {_warning(fired)}" if len(fired) else ""
    return Answer(
        "which_score",
        "cannot tell" if verdict == "cannot tell" else "answered",
        verdict,
        _text(rows, row, truth) + warned,
        evidence=_evidence(row),
        next_step=step,
        estimate=float(row["hit"]),
        estimate_of=f"share of twins in which {_shown(row['score'])} picks one of the best resolutions for {truth}",
        interval=Interval(float(row["hit_low"]), float(row["hit_high"]), f"{row['n_draws']} twins (exact)"),
        table=rows.reset_index(drop=True),
        assumptions=_assumptions(request, wires, found),
    )


def _verdict(rows: pd.DataFrame, believed: pd.DataFrame, truth: str) -> tuple[str, str, pd.Series]:
    """Return the verdict, the next step, and the row of the score that it speaks of."""
    first = rows.sort_values(["hit", "regret"], ascending=[False, True], kind="stable").iloc[0]
    if (rows["verdict"] == "no matter").any():
        return f"any resolution will do for {truth}", "Keep the default resolution.", first
    if len(believed):
        name = _shown(believed["score"].iloc[0])
        return f"{name} picks well here for {truth}", f"Choose the resolution by {name}.", believed.iloc[0]
    if float(first["default_hit"]) >= _GOOD:
        return f"the default resolution is as good as any for {truth}", "Keep the default resolution.", first
    if (rows["verdict"] == "cannot tell").any():
        return "cannot tell", f"Ask again with budget='full', which draws more twins. {_BY_NUMBER}", first
    return f"no score may choose the resolution for {truth}", _BY_NUMBER, first


_GOOD = 0.9
"""Share of the twins from which on the default resolution is called as good as any: no score can beat it by 0.1."""


def _text(rows: pd.DataFrame, row: pd.Series, truth: str) -> str:
    tops = f"the pick of {_shown(row['score'])} is one of the best in {row['hit']:.0%} of {row['n_draws']} twins"
    losing = rows[(rows["verdict"] == "do not believe") & (rows["regret"] > NEAR)]
    bad = [_shown(name) for name in losing.sort_values("regret", ascending=False, kind="stable")["score"]]
    rest = f" Not to be believed: {first_few(bad, n=4)} (up to {losing['regret'].max():.2f} lost)." if bad else ""
    return (
        f"Where {truth} was planted in twins of these data, {tops}; the default resolution is in "
        f"{row['default_hit']:.0%}, one at random in {row['chance_hit']:.0%}.{rest}"
    )


def _evidence(row: pd.Series) -> str:
    return (
        f"{row['n_draws']} twins, {row['n_pipelines']} resolutions, agreement ranges over {row['agreement_range']:.2f}"
    )


def _warning(fired: pd.DataFrame) -> str:
    said = [f"{wire} (against {scores})" for wire, scores in zip(fired["said"], fired["scores"], strict=True)]
    return f"Trip-wires fired: {first_few(said, n=2)}."


def _shown(name: str) -> str:
    return SCORES[name].display if name in SCORES else STABILITY[name].display


def _assumptions(request: Request, wires: pd.DataFrame, found: pd.DataFrame) -> tuple[Assumption, ...]:
    fired = list(wires.loc[wires["status"] == "fired", "tripwire"])
    clear: Any = "violated" if fired else "holds" if (wires["status"] == "quiet").any() else "untested"
    evidence = f"trip-wires fired: {first_few(fired)}" if fired else f"{(wires['status'] == 'quiet').sum()} are quiet"
    strengths = f"tried at {', '.join(f'{value:g}' for value in sorted(STRENGTHS))} times the fitted differences"
    return (
        status_of("index_picks_k", request, tables={"score_track": found}),
        Assumption("no known failure of these scores is present", clear, evidence),
        Assumption(
            "the data are like twins fitted to them", "untested", strengths if len(found) else "no twin was drawn"
        ),
        Assumption(
            "the labels that are planted are those that matter", "untested", "a twin has the truth it was given"
        ),
    )
