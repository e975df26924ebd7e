"""Scores as a user chooses between them: range, chance, direction, and what fools them."""

from __future__ import annotations

import math
from typing import Any

from rashomon.ask.which_score.tripwire import SCORE_TRIPWIRES
from rashomon.perturb import PERTURBATIONS
from rashomon.score import SCORES, STABILITY
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.sim.gallery import GALLERY
from rashomon_docs.result import RESULTS, numbers_of
from rashomon_docs.text import in_code, number, plain, table

__all__ = ["perturbations", "receptor_scores", "scores", "tripwires"]

_AGAINST = {"truth": "a label column", "batch": "the batches", None: "nothing"}


def scores(which: str = "truth") -> str:
    """Return scores against a ``truth``, those ``alone`` (against nothing, or the batches), or of ``stability``."""
    if which == "stability":
        chosen: list[Any] = list(STABILITY.values())
    else:
        chosen = [record for record in SCORES.values() if (record.against == "truth") == (which == "truth")]
    return table(
        ["score", "what it says", "how to read it", "fooled when (measured)"],
        [[*_first(record), _fooled(record.name)] for record in chosen],
    )


def receptor_scores() -> str:
    """Return the scores of clusters of receptors, with what each is shown beside."""
    return table(
        ["score", "what it says", "how to read it", "shown beside"],
        [[*_first(record), plain(record.baseline or "–")] for record in RECEPTOR_SCORES.values()],
    )


def tripwires() -> str:
    """Return the trip-wires of scores: when a score is known to fail, and how well that is noticed."""
    rows = []
    for record in SCORE_TRIPWIRES.values():
        found = record.measured
        rate = "not measured: convention"
        if math.isfinite(found.sensitivity):
            rate = (
                f"noticed in {100 * found.sensitivity:.0f} %, false alarms {100 * found.false_alarm:.0f} % "
                f"({plain(found.on)})"
            )
        rows.append([
            plain(record.summary), plain(record.guards), ", ".join(map(in_code, record.scores)), rate,
            plain(record.next_step),
        ])  # fmt: skip
    return table(["the wire is tripped by", "what goes wrong then", "scores", "measured", "do this"], rows)


def perturbations() -> str:
    """Return the ladder of perturbations, mildest first."""
    rows = [
        [
            str(each.rung),
            in_code(each.name),
            plain(each.summary),
            plain(", ".join(each.domains)),
            plain(each.needs or "–"),
        ]
        for each in sorted(PERTURBATIONS.values(), key=lambda each: each.rung)
    ]
    return table(["rung", "name", "what is done", "clusters of", "needs"], rows)


def _first(record: Any) -> list[str]:
    low, high = record.range
    chance = "by chance it depends on the clusters" if record.chance is None else f"{number(record.chance)} by chance"
    source = f"<br>*{plain(record.citation)}*" if record.citation else ""
    return [
        f"**{plain(record.display)}**<br>{in_code(record.name)}",
        f"{plain(record.summary)}{source}",
        f"{_end(low)} to {_end(high)}; {'larger' if record.direction > 0 else 'smaller'} is better; {chance}",
    ]


def _end(value: float) -> str:
    return number(value).replace("inf", "∞").replace("-", "−")


def _fooled(name: str) -> str:
    """Return how the gallery fools a score, with the share of draws in which it did."""
    record = GALLERY.get(name)
    if record is None:
        return "–"
    said = plain(record.summary)
    if not (RESULTS / f"statistical_gallery_{name}.json").is_file():
        return said
    figures = numbers_of(f"gallery_{name}")
    return f"{said} ({100 * figures['fooled']:.0f} % of {figures['n_draws']} draws)"
