"""The methods paragraph: what was done, with versions and citations, ready to be copied."""

from __future__ import annotations

from collections.abc import Iterator

from rashomon.ask.structure.match import RECOVERED
from rashomon.ask.truths.question import PRIMARY
from rashomon.cluster import CLUSTERERS
from rashomon.dataset.noun import in_items
from rashomon.encode import STEPS
from rashomon.perturb import PERTURBATIONS
from rashomon.report.marker import marker_sentence
from rashomon.score import SCORES
from rashomon.study import Audit

__all__ = ["citations", "methods"]


def methods(audit: Audit) -> str:
    """Return what was done in plain sentences, for the methods section of a paper.

    Parameters
    ----------
    audit
        What was found; names, numbers and versions are taken from it.
    """
    done = (*_pipelines(audit), *_repeats(audit), *_truths(audit), *_shares(audit))
    return " ".join(filter(None, [_judged(audit), *done, marker_sentence(audit), _versions(audit)]))


def citations(audit: Audit) -> list[tuple[str, str]]:
    """Return (what, where it comes from) for everything the audit used, from the records that implement it."""
    found: dict[str, str] = {}
    for name, source in _cited(audit):
        if source:
            found.setdefault(source, name)
    return [(name, source) for source, name in found.items()]


def _judged(audit: Audit) -> str:
    name = f"in the column {audit.judged.name}" if audit.judged.own else "made by the default pipeline"
    return (
        f"The clustering {name} ({len(audit.judged.categories)} clusters, "
        f"{audit.dataset.n_obs:,} {audit.dataset.item}s of {audit.dataset.source}) was audited with rashomon "
        f"{audit.environment.get('rashomon', '')}.{_simulated(audit)}"
    )


def _simulated(audit: Audit) -> str:
    world = audit.dataset.world
    if world is None:
        return ""
    seed = f", seed {world.seed}" if world.seed else ""
    return f" The data were simulated, not measured: world {world.name} (sha256 {world.digest or 'unknown'}{seed})."


def _pipelines(audit: Audit) -> Iterator[str]:
    if audit.multiverse is None:
        yield "Only labels were available; no analysis was repeated."
        return
    varied = [choice for choice in audit.multiverse.choices if len(choice.options) > 1]
    settings = "; ".join(f"{choice.name}: {', '.join(map(str, choice.levels))}" for choice in varied)
    items = f"{audit.dataset.item}s"
    n_runs, what = f"{len(audit.multiverse):,}", "sensible combinations of these settings"
    said = f"A balanced fraction of the {what} was run on all {items}, {n_runs} runs"
    yield f"{said if audit.multiverse.is_fraction else f'All {n_runs} {what} were run on all {items}'}: {settings}."
    if audit.standin is not None:
        stands = "the pipeline that made the labels" if audit.standin.declared else "the pipeline closest to the labels"
        yield (
            f"To vary {_perturbed(audit)}, {stands} was run again ({audit.standin.name}; {SCORES[PRIMARY].display} "
            f"with the judged labels {audit.standin.agreement:.2f})."
        )


def _perturbed(audit: Audit) -> str:
    return "cells, depth and seeds" if audit.dataset.item == "cell" else f"{audit.dataset.item}s and seeds"


def _anew(audit: Audit) -> str:
    return "genes, components and graph were" if audit.dataset.item == "cell" else "distances and clusters were"


def _attainable(audit: Audit) -> str:
    known = audit.dataset.item == "cell" or audit.tables["truths"]["attainable"].notna().any()
    nearest = f" and for labels predicted from each {audit.dataset.item}'s nearest neighbours"
    return nearest if known else ""


def _repeats(audit: Audit) -> Iterator[str]:
    rungs = audit.tables["rungs"]
    if not len(rungs):
        return
    counts = rungs.groupby("rung", sort=False)["n"].max()
    repeats = [
        f"{count} {in_items(PERTURBATIONS[name].repeats, audit.dataset.item)}"
        for name, count in ((str(name), int(count)) for name, count in counts.items())
        if name in PERTURBATIONS
    ]
    if repeats:
        yield f"It was repeated with {', '.join(repeats)}; {_anew(audit)} made anew in each."
    if len(audit.tables.get("pipeline_repeats", ())):
        yield "Every other pipeline was repeated in the same way, and compared with its own labels."
    yield (
        f"A cluster counted as found again where its Jaccard index with the best-matching cluster was {RECOVERED:g} or "
        "more; resolution and number of clusters were free to vary."
    )


def _truths(audit: Audit) -> Iterator[str]:
    table = audit.tables["truths"]
    if not len(table):
        return
    interval = audit.answers["truths"].interval
    over = f", with 95 % intervals over {interval.over}" if interval is not None else ""
    yield (
        f"Agreement with {', '.join(map(str, table['truth']))} was measured by {SCORES[PRIMARY].display}{over}, beside "
        f"the same score for shuffled labels{_attainable(audit)}."
    )


def _shares(audit: Audit) -> Iterator[str]:
    if len(audit.tables["shares"]):
        yield (
            f"The variance of {SCORES[PRIMARY].display} over pipelines was split into main effects of the settings, "
            "interactions and seeds, with every level of a setting weighted alike and the expected noise subtracted."
        )


def _versions(audit: Audit) -> str:
    others = ", ".join(f"{name} {version}" for name, version in audit.environment.items() if name != "rashomon")
    return f"Root of the random numbers: {audit.spec.get('rng', 'not recorded')}. Versions: {others or 'not recorded'}."


def _cited(audit: Audit) -> Iterator[tuple[str, str]]:
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    for choice in choices:
        for option in choice.options:
            known = CLUSTERERS.get(str(option.level))
            yield f"{choice.name} = {option.level}", known.citation if known is not None else option.citation
    if choices:
        yield from ((name, step.citation) for name, step in STEPS.items())
    for name in dict.fromkeys(map(str, audit.tables["rungs"].get("rung", ()))):
        record = PERTURBATIONS.get(name)
        if record is not None and record.step is not None:
            yield name, record.step.citation
    used = [*audit.tables["truths"].columns, *audit.tables["scores"].get("score", ())]
    scores = [SCORES[name] for name in dict.fromkeys(map(str, used)) if name in SCORES]
    yield from ((score.display, score.citation) for score in scores)
