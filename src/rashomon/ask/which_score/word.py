"""The answer to question 6 in words: what is said of scores that were tried on twins, of cells or of receptors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.assumption.record import status_of
from rashomon.ask.request import Request
from rashomon.ask.which_score.receptor_score import display
from rashomon.ask.which_score.receptor_trial import CUTOFF
from rashomon.ask.which_score.track import NEAR, RESOLUTION, TRACK_COLUMNS, deciding
from rashomon.ask.which_score.trial import STRENGTHS
from rashomon.core import first_few

__all__ = ["OF_CELLS", "OF_RECEPTORS", "Words", "cannot_tell", "tried_answer"]

_GOOD = 0.9
"""Share of the twins from which on the default is called as good as any: no score can beat it by 0.1."""


@dataclass(frozen=True)
class Words:
    """What differs between cells and receptors.

    Parameters
    ----------
    chosen
        What a score is to choose.
    among
        The same in the column ``among`` of the table.
    by_label
        What to do where no score may choose.
    assumptions
        What holds for these twins alone: statement and evidence.
    """

    chosen: str
    among: str
    by_label: str
    assumptions: tuple[tuple[str, str], ...] = ()


OF_CELLS = Words(
    "resolution",
    RESOLUTION,
    "Choose by labels that were measured in another way, or show the result at every resolution.",
)

OF_RECEPTORS = Words(
    "cutoff",
    CUTOFF,
    "Keep the default cutoff, or show the result at every cutoff beside the background of the same V, J and length.",
    (
        (
            "labels are right, and receptors of one label that are alike differ in about one residue",
            "of a twin labels are true; its families have one substitution and no gap",
        ),
        (
            "what is right in thousands of receptors is right in as many as the data have",
            "twins have at most 2,000 receptors, labelled ones first: in more, wide cutoffs chain more",
        ),
    ),
)


def tried_answer(
    request: Request, found: pd.DataFrame, wires: pd.DataFrame, *, truth: str, words: Words = OF_CELLS
) -> Answer:
    """Return which score may choose.

    Parameters
    ----------
    request
        What was asked about.
    found
        Of `rashomon.ask.which_score.track.track`.
    wires
        Of `rashomon.ask.which_score.tripwire.score_tripwires`.
    truth
        The planted column that decides.
    words
        Of cells or of receptors.
    """
    rows = deciding(found, truth=truth, among=words.among)
    believed = rows[rows["verdict"] == "believe"].sort_values(["hit", "regret"], ascending=[False, True], kind="stable")
    fired = wires[wires["status"] == "fired"]
    distrusted = {name for names in fired["scores"] for name in names.split(", ")}
    safe = believed[~believed["score"].isin(distrusted)]
    top = safe if len(safe) else believed
    verdict, step, row = _verdict(rows, top, truth, words)
    warned = f" {_warning(fired)}" if len(fired) else ""
    return Answer(
        "which_score",
        "cannot tell" if verdict == "cannot tell" else "answered",
        verdict,
        _text(rows, row, truth, words) + warned,
        evidence=f"{row['n_draws']} twins, {row['n_pipelines']} {words.chosen}s, agreement ranges over "
        f"{row['agreement_range']:.2f}",
        next_step=step,
        estimate=float(row["hit"]),
        estimate_of=f"share of twins in which {display(row['score'])} picks one of the best {words.chosen}s for "
        f"{truth}",
        interval=Interval(float(row["hit_low"]), float(row["hit_high"]), f"{row['n_draws']} twins (exact)"),
        table=rows.reset_index(drop=True),
        assumptions=_assumptions(request, wires, found, words),
    )


def cannot_tell(
    request: Request, wires: pd.DataFrame, *, because: str, verdict: str, step: str, words: Words = OF_CELLS
) -> Answer:
    """Return the answer where no score was tried; trip-wires are said all the same.

    Parameters
    ----------
    request, wires, words
        As in `tried_answer`.
    because
        Why none was, as half a sentence.
    verdict, step
        What is said, and what to do next.
    """
    fired = wires[wires["status"] == "fired"]
    warned = f" {_warning(fired)}" if len(fired) else " No trip-wire speaks against a score."
    nothing = pd.DataFrame(columns=list(TRACK_COLUMNS))
    return Answer(
        "which_score",
        "not applicable" if verdict == "not applicable" else "cannot tell",
        verdict,
        f"No score was tried on twins of these data: {because}." + warned,
        next_step=step,
        table=nothing,
        assumptions=_assumptions(request, wires, nothing, words),
    )


def _verdict(rows: pd.DataFrame, believed: pd.DataFrame, truth: str, words: Words) -> tuple[str, str, pd.Series[Any]]:
    """Return the verdict, the next step, and the row of the score that it speaks of."""
    first = rows.sort_values(["hit", "regret"], ascending=[False, True], kind="stable").iloc[0]
    keep = f"Keep the default {words.chosen}."
    if (rows["verdict"] == "no matter").any():
        return f"any {words.chosen} will do for {truth}", keep, first
    if len(believed):
        name = display(believed["score"].iloc[0])
        return f"{name} picks well here for {truth}", f"Choose the {words.chosen} by {name}.", believed.iloc[0]
    if float(first["default_hit"]) >= _GOOD:
        return f"the default {words.chosen} is as good as any for {truth}", keep, first
    if (rows["verdict"] == "cannot tell").any():
        return "cannot tell", f"Ask again with budget='full', which draws more twins. {words.by_label}", first
    return f"no score may choose the {words.chosen} for {truth}", words.by_label, first


def _text(rows: pd.DataFrame, row: pd.Series[Any], truth: str, words: Words) -> str:
    tops = f"the pick of {display(row['score'])} is one of the best in {row['hit']:.0%} of {row['n_draws']} twins"
    losing = rows[(rows["verdict"] == "do not believe") & (rows["regret"] > NEAR)]
    bad = [display(name) for name in losing.sort_values("regret", ascending=False, kind="stable")["score"]]
    rest = f" Not to be believed: {first_few(bad, n=4)} (up to {losing['regret'].max():.2f} lost)." if bad else ""
    return (
        f"Where {truth} was planted in twins of these data, {tops}; the default {words.chosen} is in "
        f"{row['default_hit']:.0%}, one at random in {row['chance_hit']:.0%}.{rest}"
    )


def _warning(fired: pd.DataFrame) -> str:
    said = [f"{wire} (against {scores})" for wire, scores in zip(fired["said"], fired["scores"], strict=True)]
    return f"Trip-wires fired: {first_few(said, n=2)}."


def _assumptions(request: Request, wires: pd.DataFrame, found: pd.DataFrame, words: Words) -> tuple[Assumption, ...]:
    fired = list(wires.loc[wires["status"] == "fired", "tripwire"])
    clear: Any = "violated" if fired else "holds" if (wires["status"] == "quiet").any() else "untested"
    evidence = f"trip-wires fired: {first_few(fired)}" if fired else f"{(wires['status'] == 'quiet').sum()} are quiet"
    strengths = f"tried at {', '.join(f'{value:g}' for value in sorted(STRENGTHS))} times the fitted differences"
    own = (status_of("index_picks_k", request, tables={"score_track": found}),) if words is OF_CELLS else ()
    return (
        *own,
        Assumption("no known failure of these scores is present", clear, evidence),
        Assumption(
            "the data are like twins fitted to them", "untested", strengths if len(found) else "no twin was drawn"
        ),
        Assumption(
            "the labels that are planted are those that matter", "untested", "a twin has the truth it was given"
        ),
        *(Assumption(statement, "untested", evidence) for statement, evidence in words.assumptions if len(found)),
    )
