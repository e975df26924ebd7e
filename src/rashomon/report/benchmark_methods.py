"""The methods paragraph of a benchmark: what was drawn, run and concluded, with the lines between the words."""

from __future__ import annotations

from collections.abc import Iterator

from rashomon.ask.which_score.track import NEAR
from rashomon.study.benchmark import Benchmark
from rashomon.study.benchmark.control import ALPHA
from rashomon.study.benchmark.interval import FEWEST
from rashomon.study.benchmark.plan import N_NEGATIVE
from rashomon.study.benchmark.ranking import FAITHFUL, WORTH_OF_RECEPTORS

__all__ = ["benchmark_methods"]


def benchmark_methods(found: Benchmark) -> str:
    """Return what was done in plain sentences, for the methods section of a paper.

    Parameters
    ----------
    found
        Of the benchmark; names, numbers and versions are taken from it.
    """
    return " ".join([*_drawn(found), *_controlled(found), *_concluded(found), *_versions(found)])


def _drawn(found: Benchmark) -> Iterator[str]:
    runs, scores = found.tables["runs"], found.tables["scores"]
    world = f"{found.spec.get('world', '')} (sha256 {found.spec.get('world_digest') or 'unknown'})"
    turned = "; ".join(line.strip() for line in found.lines if line.startswith("  ") and ": " in line)
    yield f"Data were simulated with rashomon {found.environment.get('rashomon', '')} from the world {world}."
    yield f"The benchmark is {found.lines[0]}; {found.lines[1]}."
    yield f"Knobs: {turned}. Data sets of one seed share their random numbers over all settings."
    yield (
        f"On each data set {runs['pipeline'].nunique():,} pipelines were run and {scores['score'].nunique():,} scores "
        f"computed; {len(found.failed):,} of {len(runs):,} runs failed and take no part in means."
    )


def _controlled(found: Benchmark) -> Iterator[str]:
    if not found.tables["scores"]["negative"].notna().any():
        yield "No controls were run, so that nothing says whether the scores are valid."
        return
    yield (
        "Every score was also computed of labels equal to the truth, where an oracle exists of the most probable class "
        f"of each item given the data, and of {N_NEGATIVE} random labelings with the sizes of the found clusters. A "
        "score is invalid where a pipeline is rated better than the truth or worse than random labels: the upper end "
        "of the one-sided Student interval of the mean margin over data sets is below zero, at level "
        f"{ALPHA:g} over all settings, pipelines and both controls (Bonferroni)."
    )


def _concluded(found: Benchmark) -> Iterator[str]:
    yield (
        f"Pipelines were ranked by their agreement (AMI) with what is attainable of {found.target}: the oracle's "
        "labels, or the truth itself where there is no oracle. AMI as a score therefore holds by construction, or "
        "nearly so where oracle and truth differ; scores that define agreement otherwise break where they disagree "
        "with it."
    )
    yield (
        "A score is broken at a level where it has no value for half of the runs or more, where the 95 % interval of "
        "its mean margin above random labels reaches zero, or where that of the mean rank correlation (Spearman) lies "
        f"below {FAITHFUL:g}; levels at which the oracle is no better than random labels (mean AMI with the truth: its "
        f"interval reaches zero and ends below {NEAR:g}), or at which pipelines differ by less than {NEAR:g} "
        f"(receptors: {WORTH_OF_RECEPTORS:g}), are said to be such. Nothing is concluded from fewer than {FEWEST} data "
        "sets. Intervals are Student's, over data sets, those of rank correlations on Fisher's scale; differences from "
        "the fixed point are paired by seed. The lines between the words are conventions."
    )


def _versions(found: Benchmark) -> Iterator[str]:
    others = ", ".join(f"{name} {version}" for name, version in found.environment.items() if name != "rashomon")
    yield f"Root of the random numbers: {found.spec.get('seed', 'not recorded')}. Versions: {others or 'not recorded'}."
