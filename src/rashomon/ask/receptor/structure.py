"""Question 1 for receptors: are there more neighbours than generation and selection give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval, Status
from rashomon.ask.question import Answered, Finished
from rashomon.ask.receptor.cluster import target_truths
from rashomon.ask.receptor.population import (
    BLOOD,
    DATA,
    POPULATION_COLUMNS,
    STATISTICS,
    Comparison,
    compare_population,
    population_row,
)
from rashomon.ask.receptor.stratum import matched_strata
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.dataset import ARMS, Arm
from rashomon.engine import Record
from rashomon.multiverse import Budget, Level, Unit
from rashomon.multiverse.path import pipeline_path
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.multiverse.receptor_path import LENGTHS
from rashomon.score.receptor import conditional_agreement
from rashomon.sim.receptor_twin_step import (
    generate_call,
    generation_call,
    generation_facts,
    keep_call,
    take_call,
    why_no_generation,
)

__all__ = [
    "AMOUNTS",
    "FEWEST",
    "RECEPTOR_VERDICTS",
    "Amount",
    "conclude_receptors",
    "plan_receptors",
    "why_no_repertoire",
]

RECEPTOR_VERDICTS: Mapping[str, str] = {
    "no": "no more neighbours than generation and selection give",
    "yes": "yes (groups beyond V, J and length)",
    "few": "cannot tell (too few receptors or links)",
    "cannot tell": "cannot tell",
    "not applicable": "not applicable",
}
"""The verdicts of question 1 for receptors; where a locus has no model, ``cannot tell: no model for`` it."""

FEWEST = 100
"""Receptors below which nothing is said."""

_ALPHA, _LEAST_SHARE, _JOINED = 0.05, 0.5, 0.9
_PER_BLOCK = 20_000
"""Receptors generated at once."""


@dataclass(frozen=True)
class Amount:
    """How much is drawn under a budget.

    Parameters
    ----------
    n_draws
        Generated repertoires; p-values are no smaller than 1 / (n_draws + 1).
    max_obs
        Receptors of the data that are compared, and of each repertoire; a random part where there are more.
    """

    n_draws: int
    max_obs: int


AMOUNTS: dict[Budget, Amount] = {"quick": Amount(19, 3_000), "default": Amount(39, 10_000), "full": Amount(199, 20_000)}
"""What is drawn under each budget. 19 draws of 1,000 receptors take about 3 seconds of one core, the fit included."""


def _pipeline(request: Request) -> Mapping[str, Level]:
    assert request.multiverse is not None  # noqa: S101 - asked before
    # question 1 is about the receptors: where no pipeline makes the judged labels, the default one looks for neighbours
    usable = request.standin is not None and request.standin.usable
    return request.standin.pipeline if usable and request.standin is not None else request.multiverse.default


def _arms(pipeline: Mapping[str, Level]) -> list[Arm]:
    chain = str(pipeline["chain"])
    return ["vdj", "vj"] if chain == "paired" else [cast("Arm", chain)]


def _loci(request: Request, arms: Sequence[Arm]) -> list[str]:
    """Return the locus of each arm that is compared: that of most of its chains."""
    receptors = request.dataset.receptors
    found = list(receptors.loci) if receptors is not None else []
    return [locus for locus in found if any(locus in ARMS[arm] for arm in arms)]


def why_no_repertoire(request: Request) -> tuple[str, str]:
    """Return the verdict and the reason where no receptors can be generated to compare with; empty where they can.

    Parameters
    ----------
    request
        What is asked about.
    """
    if request.multiverse is None:
        return RECEPTOR_VERDICTS["cannot tell"], "Labels alone do not say which receptors are alike."
    pipeline = _pipeline(request)
    arms = _arms(pipeline)
    loci = _loci(request, arms)
    if pipeline.get("distance") == CLONE or (loci and all(locus.startswith("IG") for locus in loci)):
        reason = "B cells mutate after generation, so their families are no surprise and have no generated counterpart."
        return RECEPTOR_VERDICTS["not applicable"], reason
    species = request.dataset.receptors.species if request.dataset.receptors is not None else ""
    missing = [locus for locus in loci if why_no_generation(species, [locus])]
    # an arm may hold a few chains of another locus, which are left out
    if missing and len(loci) - len(missing) < len(arms):
        reason = why_no_generation(species, missing)
        return f"cannot tell: {reason}", "What generation alone would give is not known for these chains."
    if request.dataset.n_obs < FEWEST:
        few = f"{request.dataset.n_obs} receptors are too few: {FEWEST} are needed."
        return RECEPTOR_VERDICTS["few"], few
    return "", ""


def plan_receptors(request: Request) -> list[Unit]:
    """Return the pipeline on the data and on generated repertoires of as many receptors; nothing without a model.

    Parameters
    ----------
    request
        What is asked about.
    """
    verdict, _ = why_no_repertoire(request)
    if verdict or request.multiverse is None:
        return []
    pipeline, amount = _pipeline(request), AMOUNTS[request.budget]
    low, high = LENGTHS[str(pipeline.get("lengths", "8-23"))]
    fit = generation_call(_arms(pipeline), min_length=low, max_length=high, max_obs=amount.max_obs)
    path = tuple(pipeline_path(pipeline, request.multiverse))
    measured = any("distances" in call.step.writes for call in path)
    keep = ("labels", "rows", *(("distances",) if measured else ()))
    units = [Unit((fit,), ("generation",), {"part": "law"})]
    units.append(Unit((fit, keep_call(), *path), keep, {"part": "draw", "draw": DATA}))
    size = max(1, _PER_BLOCK // min(request.dataset.n_obs, amount.max_obs))
    for draw in range(amount.n_draws):
        block, place = divmod(draw, size)
        made = generate_call(block=block, n_draws=min(size, amount.n_draws - block * size))
        units.append(Unit((fit, made, take_call(place), *path), keep, {"part": "draw", "draw": draw}))
    return units


def conclude_receptors(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return whether receptors are more alike than generated ones, from the finished units of `plan_receptors`.

    Parameters
    ----------
    request
        What is asked about.
    finished
        Finished units.

    Returns
    -------
    The answer, with the table ``receptor_population`` (see `POPULATION_COLUMNS`).
    """
    verdict, reason = why_no_repertoire(request)
    if verdict:
        status: Status = "not applicable" if verdict == RECEPTOR_VERDICTS["not applicable"] else "cannot tell"
        step = "Read the share with a neighbour beside that of receptors with the same V, J and length (table excess)."
        if status == "not applicable":
            step = "Look at families in receptor_clusters, and compare families between donors, not their members."
        return _without(Answer("structure", status, verdict, f"{reason} Question 1 is left open.", next_step=step))
    failed = next((each.record.reason for each in finished if each.record.status != "ok"), "")
    if failed or not finished:
        why = f"receptors could not be generated and compared ({failed})" if failed else "the comparison was not run"
        text = f"{_sentence(why)}. So nothing can be said."
        answer = Answer("structure", "cannot tell", "cannot tell", text, next_step="See the reason.")
        return _without(answer)
    facts = generation_facts(finished[0].record.slots["generation"])
    rows = [_row(int(entry.unit.facts["draw"]), entry.record) for entry in finished if "draw" in entry.unit.facts]
    table = pd.DataFrame(rows, columns=list(POPULATION_COLUMNS))
    return Answered(_answer(request, facts, table), {"receptor_population": table})


def _row(draw: int, record: Record) -> dict[str, float]:
    distances = record.slots.get("distances")
    return population_row(
        draw, record.slots["labels"], n_links=float("nan") if distances is None else distances.nnz / 2
    )


def _answer(request: Request, facts: Mapping[str, Any], table: pd.DataFrame) -> Answer:
    found = compare_population(table)
    own = table["draw"] == DATA
    data, drawn = table[own].iloc[0], table[~own]
    low, mean, high = (float(value) for value in np.quantile(drawn["retention"], [0.025, 0.5, 0.975]))
    key = _verdict(found, facts, drawn)
    status: Status = "answered" if key in {"yes", "no"} else "cannot tell"
    difference = data["retention"] - drawn["retention"].mean()
    among = f"{data['retention']:.1%} of {data['n']:,.0f} receptors have a neighbour"
    given = f"{mean:.1%} ({low:.1%} to {high:.1%}) of generated ones with the same V and J genes and like lengths"
    step = _NEXT[key]
    if request.budget == "quick":
        step += f" budget='default' compares with {AMOUNTS['default'].n_draws} generated repertoires, not {len(drawn)}."
    return Answer(
        "structure",
        status,
        RECEPTOR_VERDICTS[key],
        f"{_sentence(f'{among}, and {given}')} {_meaning(key, found, facts, drawn)}{_labels(request)}",
        f"p = {found.p:.2g} with {found.n_draws} generated repertoires, {found.ratio:.1f} times their links",
        step,
        float(difference),
        "share of the receptors with a neighbour beyond what generation and selection give",
        Interval(
            float(data["retention"] - drawn["retention"].max()),
            float(data["retention"] - drawn["retention"].min()),
            "generated repertoires, the receptors of the data fixed",
        ),
        _statistics(found, data, drawn),
        _assumptions(facts),
    )


def _verdict(found: Comparison, facts: Mapping[str, Any], drawn: pd.DataFrame) -> str:
    if facts["n_able"] < max(FEWEST, _LEAST_SHARE * facts["n_rows"]):
        return "few"
    if drawn["retention"].mean() > _JOINED:
        return "cannot tell"
    if found.p <= _ALPHA:
        # without selection generated chains are less alike than those of blood
        return "yes" if found.beyond_blood and not facts["unselected"] else "cannot tell"
    return "few" if found.hidden > 0.1 * facts["n_kept"] else "no"


def _meaning(key: str, found: Comparison, facts: Mapping[str, Any], drawn: pd.DataFrame) -> str:
    if key == "yes":
        return (
            "So some receptors are alike for another reason: one target, or, within a donor, relatives of a clone and "
            "errors of reading; this does not say which target."
        )
    if key == "no":
        least = max(2, int(np.ceil(found.hidden)) + 1)
        return (
            "So nothing here asks for a shared target (about "
            f"{least} more receptors with a neighbour would have been seen); single clusters may still be one."
        )
    return _doubt(key, found, facts, drawn)


def _doubt(key: str, found: Comparison, facts: Mapping[str, Any], drawn: pd.DataFrame) -> str:
    """Return why nothing can be told."""
    if facts["n_able"] < max(FEWEST, _LEAST_SHARE * facts["n_rows"]):
        why = first_few(facts["notes"]) if facts["notes"] else "no V, J or junction"
        return f"But only {facts['n_able']:,} of {facts['n_rows']:,} receptors can be generated ({why})."
    if key == "few":
        return "Chance alone joins so different shares of as many receptors that a group of a tenth could be missed."
    if drawn["retention"].mean() > _JOINED:
        return "At this cutoff generated receptors are joined as well, so that neighbours say nothing."
    if facts["unselected"]:
        loci = f"{facts['species']} {' and '.join(facts['unselected'])}"
        return (
            f"But for {loci} no selection is known, and there are too few receptors to learn one: chains of blood are "
            "more alike than generated ones anyway."
        )
    return (
        f"But unselected blood has up to {BLOOD:g} times the links of generated receptors itself, and these have "
        f"{found.ratio:.1f} times as many, which is not more beyond chance."
    )


_NEXT: Mapping[str, str] = {
    "yes": "See in receptor_clusters which groups these are, and whether several donors have them.",
    "no": "Do not read targets into the clusters without labels that say so; more receptors show rarer groups.",
    "few": "Add receptors with V, J and a whole junction.",
    "cannot tell": "Use a smaller cutoff, add receptors, or compare with blood of the same species.",
}


def _labels(request: Request) -> str:
    """Return how far clusters follow what receptors bind, labels permuted within V, J, length and donor."""
    truths = target_truths(request.dataset)
    if not truths or request.multiverse is None:
        return ""
    strata = matched_strata(request.dataset, chain=str(_pipeline(request)["chain"]))
    donor = request.dataset.roles.donor
    blocks = None if donor is None else donor.codes
    said = []
    for truth in truths:
        rng = request.rng("receptor structure", truth.name)
        found = conditional_agreement(request.judged.codes, truth.codes, strata, blocks=blocks, n_pairs=0, rng=rng)
        told = "not told" if np.isnan(found.p) else "yes" if found.p <= _ALPHA / len(truths) else "not measurably"
        said.append(f"{truth.name}: {told}" + ("" if np.isnan(found.p) else f", p = {found.p:.2g}"))
    within = "V, J, length and donor" if donor is not None else "V, J and length"
    return f" Do the clusters follow labels beyond {within}? ({'; '.join(said)})"


def _statistics(found: Comparison, data: pd.Series[Any], drawn: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (name, data[name], drawn[name].mean(), drawn[name].min(), drawn[name].max(), found.each[name])
        for name in STATISTICS
    ]
    return pd.DataFrame(rows, columns=["statistic", "data", "generated", "least", "most", "p"])


def _assumptions(facts: Mapping[str, Any]) -> tuple[Assumption, ...]:
    notes = "; ".join(facts["notes"])
    statement = "V(D)J generation and a selection of length and residues make receptors that share no target"
    kept = f"{facts['n_kept']:,} of {facts['n_rows']:,} receptors are compared, each once per donor, first chains only"
    return (
        Assumption(statement, "violated" if facts["unselected"] else "untested", notes),
        Assumption("receptors that cannot be generated are like the others", "untested", kept),
    )


def _without(answer: Answer) -> Answered:
    return Answered(answer, {"receptor_population": pd.DataFrame(columns=list(POPULATION_COLUMNS))})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
