"""Judging simulated receptors as an audit would: unique receptors are clustered, and every truth is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, child, did_you_mean, root_entropy
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, Roles, unique_receptors
from rashomon.multiverse import Executor, Level, Multiverse, Unit, Wishes, collect, receptor_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.multiverse.resample import resample_units
from rashomon.score import STABILITY, stability_table
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES, JudgedClusters, JudgedTruth
from rashomon.sim.simulation import Simulation
from rashomon.truth import gene_truths

__all__ = [
    "BESIDE_TRUTH",
    "DEFAULT_RECEPTOR_SCORES",
    "JUDGEABLE_RECEPTORS",
    "cluster_receptors",
    "judge_receptors",
    "receptors_of",
]

BESIDE_TRUTH = tuple(name for name, each in JUDGED_RECEPTOR_SCORES.items() if each.beside is not None)
"""Scores that compare the clusters with a truth."""

_STABILITY = tuple(name for name, each in STABILITY.items() if each.needs == "runs")
JUDGEABLE_RECEPTORS = (*JUDGED_RECEPTOR_SCORES, *_STABILITY)
"""Every score that `judge_receptors` can be asked for."""

DEFAULT_RECEPTOR_SCORES = (
    "n_clusters", "clustered", "percolation", "cross_donor_pairs", "donors_per_cluster", "retention", "purity",
    "purity_by_chance", "clustered_ami", "conditional_agreement", "pairwise_ami",
)  # fmt: skip
"""How much is clustered and chained, whose it is, agreement with truths beside chance, agreement between re-runs."""

_RERUNS = "subsample"
_COLUMNS = ["score", "truth", "value", "reason"]

Row = dict[str, object]


def receptors_of(simulation: Simulation | Dataset) -> Dataset:
    """Return the unique receptors of each donor of a simulation, with V, J and length as further truths.

    Parameters
    ----------
    simulation
        Cells with receptors; those of any data set. Where it declares no donor, the truth ``donor`` says whose they
        are.

    Raises
    ------
    UsageError
        When there are no receptors.
    """
    dataset = simulation if isinstance(simulation, Dataset) else simulation.dataset
    declared = dict(dataset.roles)
    known = {name: dataset.truths[name] for name in ("donor", "batch") if name in dataset.truths}
    found, _ = unique_receptors(replace(dataset, roles=Roles(**(known | declared))))
    assert found.receptors is not None  # noqa: S101 - they are what was made unique
    genes = {name: truth for name, truth in gene_truths(found.receptors, found.n_obs).items() if "family" not in name}
    return replace(found, truths={**found.truths, **genes})


def _plan(receptors: Dataset, pipeline: Mapping[str, Level]) -> tuple[Multiverse, Unit]:
    wishes = Wishes({name: [level] for name, level in pipeline.items()})
    multiverse = receptor_multiverse(receptors, wishes=wishes)
    return multiverse, label_unit(multiverse.default, multiverse, facts=FULL_DATA)


def _labels(multiverse: Multiverse, unit: Unit, executor: Executor, receptors: Dataset) -> JudgedClusters:
    (record,) = executor.run([unit], task="clustering receptors")
    if record.status == "failed":
        raise UsageError(
            f"the pipeline {multiverse.name(multiverse.default)} failed",
            where=receptors.source,
            expected="receptors that can be clustered",
            fix=record.reason,
        )
    labels = np.full(receptors.n_obs, MISSING, dtype=np.int32)
    labels[record.slots["rows"]] = record.slots["labels"]
    return JudgedClusters(receptors, labels, str(multiverse.default["chain"]))


def cluster_receptors(
    simulation: Simulation | Dataset, *, pipeline: Mapping[str, Level] | None = None, rng: RNGLike = None
) -> JudgedClusters:
    """Cluster the unique receptors of a simulation by the pipeline of all defaults, or by the one that is asked for.

    Parameters
    ----------
    simulation
        Cells with receptors; those of any data set.
    pipeline
        Levels that differ from the defaults, by choice: ``{"distance": "tcrdist", "radius": 18}``; see
        `rashomon.multiverse.receptor_multiverse` for the choices ``chain``, ``distance``, ``cutoff``, ``clusterer`` and
        ``v_match``.
    rng
        Seed of the random streams of the pipeline.

    Raises
    ------
    UsageError
        When there are no receptors, a choice or level is unknown, or a step fails.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> found = cluster_receptors(World("ten", parts=("receptors",)).sample(10, rng=1), rng=0)
    >>> found.labels.tolist() == [-1] * 10, found.n_clusters
    (True, 0)
    """
    receptors = receptors_of(simulation)
    multiverse, unit = _plan(receptors, pipeline or {})
    return _labels(multiverse, unit, Executor(slots_of(receptors), root_entropy(rng)), receptors)


def judge_receptors(
    simulation: Simulation,
    *,
    scores: Sequence[str] = DEFAULT_RECEPTOR_SCORES,
    truths: Sequence[str] | None = None,
    pipeline: Mapping[str, Level] | None = None,
    n_repeats: int = 4,
    rng: RNGLike = None,
) -> pd.DataFrame:
    """Score what a pipeline makes of the unique receptors of a simulation, against every truth and alone.

    Parameters
    ----------
    simulation
        Cells with receptors, and their truths.
    scores
        Names in `JUDGEABLE_RECEPTORS`: scores of `JUDGED_RECEPTOR_SCORES`, and measures of agreement between re-runs.
    truths
        Columns to compare with, ``v_gene``, ``j_gene`` and ``cdr3_length`` (with ``vj`` before them for the other arm)
        among them; None: all.
    pipeline
        See `cluster_receptors`.
    n_repeats
        Re-runs on 80 % of the receptors each; used where a measure of agreement is asked for. Receptors alone are
        singletons there.
    rng
        Seed of the random streams.

    Returns
    -------
    One row per score and truth: ``score``, ``truth`` (empty for scores of the clusters alone), ``value`` (NaN where
    undefined), ``n_clusters``, ``status`` (ok or undefined) and ``reason``.

    Raises
    ------
    UsageError
        When a score, truth, choice or level is unknown, there are fewer than two re-runs, or the pipeline fails.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> world = World("two", {"public_share": 0.5, "n_public": 2, "n_donors": 2}, parts=("receptors",))
    >>> table = judge_receptors(world.sample(20, rng=1), scores=["n_clusters", "donors_per_cluster"], rng=0)
    >>> table[["score", "value"]].values.tolist()
    [['n_clusters', 1.0], ['donors_per_cluster', 2.0]]
    """
    receptors, root = receptors_of(simulation), root_entropy(rng)
    asked = tuple(receptors.truths) if truths is None else tuple(truths)
    _check(receptors, scores, asked, n_repeats)
    multiverse, unit = _plan(receptors, pipeline or {})
    executor = Executor(slots_of(receptors), root)
    found = _labels(multiverse, unit, executor, receptors)
    rows = [
        *_alone(found, scores),
        *_beside(found, scores, asked, root),
        *_between(multiverse, executor, receptors, scores=scores, n=n_repeats),
    ]
    rows.sort(key=lambda row: list(scores).index(str(row["score"])))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table.insert(3, "n_clusters", found.n_clusters)
    table.insert(4, "status", np.where(table["value"].isna(), "undefined", "ok"))
    return table


def _check(receptors: Dataset, scores: Sequence[str], truths: Sequence[str], n_repeats: int) -> None:
    for what, names, known in (("score", scores, JUDGEABLE_RECEPTORS), ("truth", truths, tuple(receptors.truths))):
        for name in names:
            if name not in known:
                raise UsageError(
                    f"there is no {what} {name!r}",
                    where=f"judge_receptors({what}s=)",
                    expected=f"a {what} of receptors",
                    fix=did_you_mean(name, known),
                )
    if n_repeats < 2:
        raise UsageError(f"n_repeats is {n_repeats}", where="judge_receptors", expected="2 or more")


def _row(score: str, truth: str, value: float, reason: str) -> Row:
    return dict(zip(_COLUMNS, (score, truth, value, reason), strict=True))


def _alone(found: JudgedClusters, scores: Sequence[str]) -> Iterator[Row]:
    for name in scores:
        record = JUDGED_RECEPTOR_SCORES.get(name)
        if record is not None and record.alone is not None:
            yield _row(name, "", *record.alone(found))


def _beside(found: JudgedClusters, scores: Sequence[str], truths: Sequence[str], root: int) -> Iterator[Row]:
    for truth in truths:
        for name in scores:
            record = JUDGED_RECEPTOR_SCORES.get(name)
            if record is not None and record.beside is not None:
                # a stream of its own: which scores are asked for changes none of them
                case = JudgedTruth(found, found.dataset.truths[truth], child(root, "judged", truth, name))
                yield _row(name, truth, *record.beside(case))


def _between(
    multiverse: Multiverse, executor: Executor, receptors: Dataset, *, scores: Sequence[str], n: int
) -> Iterator[Row]:
    measures = [name for name in scores if name in _STABILITY]
    if not measures:
        return
    # whatever the budget leaves out: here the re-runs were asked for
    able, root = replace(multiverse, without={}), executor.entropy
    drawn = resample_units(multiverse.default, able, receptors, n_replicates=n, rng=child(root, _RERUNS))
    units = [unit for unit in drawn if unit.facts["perturbation"] == _RERUNS]
    records = executor.run(units, task="clustering receptors again")
    parts = collect(units, records, executor.keys(units), obs_names=receptors.obs_names, item="receptor")
    table = stability_table(parts, measures=measures, rng=child(root, "stability"))
    for score, value, reason in zip(table["score"], table["value"], table["reason"], strict=True):
        yield _row(score, "", float(value), reason)
