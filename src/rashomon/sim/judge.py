"""Judging a simulation as an audit would: the pipeline of all defaults clusters it, and every truth is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import RNGLike, UsageError, child, did_you_mean, root_entropy
from rashomon.dataset import Dataset
from rashomon.engine import Record
from rashomon.multiverse import Executor, Multiverse, Unit, Wishes, collect, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit, score_units
from rashomon.multiverse.resample import resample_units
from rashomon.partitions import Partitions
from rashomon.score import SCORES, STABILITY, agreement, stability_table
from rashomon.score.step import VIEW_STEPS
from rashomon.sim.simulation import Simulation

__all__ = ["AGAINST_TRUTH", "DEFAULT_SCORES", "JUDGEABLE", "N_CLUSTERS", "Clustering", "cluster", "judge"]

N_CLUSTERS = "n_clusters"
"""Name under which the number of clusters stands among the scores."""

AGAINST_TRUTH = tuple(name for name, each in SCORES.items() if each.needs == "labels" and each.against == "truth")
"""Scores that compare the clusters with a truth."""

_STABILITY = tuple(name for name, each in STABILITY.items() if each.needs == "runs")
JUDGEABLE = (N_CLUSTERS, *AGAINST_TRUTH, *VIEW_STEPS, *_STABILITY)
"""Every score that `judge` can be asked for."""

DEFAULT_SCORES = (
    N_CLUSTERS, "ari", "ami", "homogeneity", "completeness", "element_centric", "silhouette", "modularity", "purity",
    "pairwise_ami",
)  # fmt: skip
"""The number of clusters, agreement with truths, validity on the own view and graph, and agreement between re-runs."""

_RERUNS = "subsample"
_SLOTS = ("labels", "rows", "view", "graph")


@dataclass(frozen=True, eq=False)
class Clustering:
    """What the pipeline of all defaults makes of a simulation.

    Parameters
    ----------
    labels
        Cluster of each cell, ``int32``, shape ``(n_cells,)``; ``-2`` where the pipeline dropped the cell.
    rows
        Positions of the cells that were kept, shape ``(n_kept,)``.
    view
        Their components, shape ``(n_kept, n_components)``.
    graph
        Their neighbour graph, shape ``(n_kept, n_kept)``.
    pipeline
        Name of the pipeline.
    """

    labels: np.ndarray
    rows: np.ndarray
    view: np.ndarray
    graph: sp.csr_matrix
    pipeline: str

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(np.unique(self.labels[self.labels >= 0]).size)


def _plan(dataset: Dataset, resolution: float) -> tuple[Multiverse, Unit]:
    multiverse = expression_multiverse(dataset, wishes=Wishes({"resolution": [resolution]}))
    return multiverse, label_unit(multiverse.default, multiverse, facts=FULL_DATA)


def _refuse_failed(record: Record, dataset: Dataset) -> None:
    if record.status == "failed":
        raise UsageError(
            "the default pipeline failed",
            where=dataset.source,
            expected="cells that can be clustered",
            fix=record.reason,
        )


def cluster(simulation: Simulation | Dataset, *, resolution: float = 1.0, rng: RNGLike = None) -> Clustering:
    """Cluster a simulation by the pipeline of all defaults, the one that ``rashomon audit`` judges.

    Parameters
    ----------
    simulation
        The cells; those of any data set with expression.
    resolution
        Of Leiden, above 0.
    rng
        Seed of the random streams of the pipeline.

    Raises
    ------
    UsageError
        When a step fails, as where no gene is seen in three cells, or `resolution` is not above 0.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> world = World("two", {"n_groups": 2, "n_genes": 80, "n_markers": 15, "effect_size": 3.0})
    >>> found = cluster(world.sample(90, rng=1), rng=0)
    >>> found.labels.shape, found.graph.shape
    ((90,), (90, 90))
    """
    dataset = simulation if isinstance(simulation, Dataset) else simulation.dataset
    multiverse, unit = _plan(dataset, resolution)
    (record,) = Executor(slots_of(dataset), root_entropy(rng)).run(
        [Unit(unit.path, _SLOTS, unit.facts)], task="default pipeline"
    )
    _refuse_failed(record, dataset)
    rows, view, graph = (record.slots[name] for name in _SLOTS[1:])
    labels = np.full(dataset.n_obs, -2, dtype=np.int32)
    labels[rows] = record.slots["labels"]
    return Clustering(labels, rows, view, graph, multiverse.name(multiverse.default))


def judge(
    simulation: Simulation,
    *,
    scores: Sequence[str] = DEFAULT_SCORES,
    truths: Sequence[str] | None = None,
    resolution: float = 1.0,
    n_repeats: int = 5,
    rng: RNGLike = None,
) -> pd.DataFrame:
    """Score what the pipeline of all defaults makes of a simulation, against every truth and alone.

    Parameters
    ----------
    simulation
        The cells, with their truths.
    scores
        Names in `JUDGEABLE`: scores against a truth, scores on the pipeline's own view and graph, measures of
        agreement between re-runs, and ``n_clusters``.
    truths
        Columns to compare with; None: all declared ones that have two classes.
    resolution
        Of Leiden, above 0.
    n_repeats
        Re-runs on 80 % of the cells each, genes and graph made anew; used where a measure of agreement is asked for.
    rng
        Seed of the random streams.

    Returns
    -------
    One row per score and truth: ``score``, ``truth`` (empty for scores of the clusters alone), ``value`` (NaN where
    undefined), ``n_clusters``, ``status`` (ok or undefined) and ``reason``. Cells that the pipeline dropped take no
    part.

    Raises
    ------
    UsageError
        When a score or truth is unknown, there are fewer than two re-runs, or the pipeline fails.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> world = World("two", {"n_groups": 2, "n_genes": 80, "n_markers": 15, "effect_size": 3.0})
    >>> table = judge(world.sample(90, rng=1), scores=["n_clusters", "ari"], rng=0)
    >>> table[["score", "truth", "status"]].values.tolist()
    [['n_clusters', '', 'ok'], ['ari', 'type', 'ok']]
    """
    dataset, root = simulation.dataset, root_entropy(rng)
    _check(dataset, scores, truths, n_repeats)
    multiverse, unit = _plan(dataset, resolution)
    own = [scored for scored in score_units([unit]) if scored.facts["score"] in scores]
    again = _reruns(multiverse, dataset, root, n_repeats) if set(scores) & set(_STABILITY) else []
    executor, units = Executor(slots_of(dataset), root), [unit, *own, *again]
    first, *others = executor.run(units, task="judging a simulation")
    _refuse_failed(first, dataset)
    keys = executor.keys(units)
    parts = collect([unit], [first], keys[:1], obs_names=dataset.obs_names)
    rows = [
        *_count(parts, scores),
        *_against_truths(parts, dataset, [name for name in scores if name in AGAINST_TRUTH], truths),
        *_on_view(own, others[: len(own)]),
        *_between(again, others[len(own) :], keys[1 + len(own) :], scores=scores, dataset=dataset, root=root),
    ]
    rows.sort(key=lambda row: list(scores).index(str(row["score"])))
    found = pd.DataFrame(rows, columns=["score", "truth", "value", "reason"])
    found.insert(3, N_CLUSTERS, int(parts.runs[N_CLUSTERS].iloc[0]))
    found.insert(4, "status", np.where(found["value"].isna(), "undefined", "ok"))
    return found


def _check(dataset: Dataset, scores: Sequence[str], truths: Sequence[str] | None, n_repeats: int) -> None:
    for what, names, known in (("score", scores, JUDGEABLE), ("truth", truths or (), tuple(dataset.truths))):
        for name in names:
            if name not in known:
                raise UsageError(
                    f"there is no {what} {name!r}",
                    where=f"judge({what}s=)",
                    expected=f"a {what} of the simulation" if what == "truth" else "a score that judges one clustering",
                    fix=did_you_mean(name, known),
                )
    if n_repeats < 2:
        raise UsageError(f"n_repeats is {n_repeats}", where="judge", expected="2 or more", fix="use n_repeats=5")


def _reruns(multiverse: Multiverse, dataset: Dataset, root: int, n: int) -> list[Unit]:
    # whatever the budget leaves out: here the re-runs were asked for
    able = replace(multiverse, without={})
    units = resample_units(multiverse.default, able, dataset, n_replicates=n, rng=child(root, _RERUNS))
    return [unit for unit in units if unit.facts["perturbation"] == _RERUNS]


Row = dict[str, object]


def _row(score: object, truth: str, value: object, reason: object) -> Row:
    return {"score": score, "truth": truth, "value": value, "reason": reason}


def _count(parts: Partitions, scores: Sequence[str]) -> Iterator[Row]:
    if N_CLUSTERS in scores:
        yield _row(N_CLUSTERS, "", float(parts.runs[N_CLUSTERS].iloc[0]), "")


def _against_truths(
    parts: Partitions, dataset: Dataset, scores: Sequence[str], truths: Sequence[str] | None
) -> Iterator[Row]:
    for name in dataset.truths if truths is None else truths:
        table = agreement(parts, dataset.truths[name], scores=scores)
        for row in table.itertuples():
            yield _row(row.score, name, row.value, row.reason)


def _on_view(units: Sequence[Unit], records: Sequence[Record]) -> Iterator[Row]:
    for unit, record in zip(units, records, strict=True):
        if record.status == "failed":
            yield _row(unit.facts["score"], "", np.nan, record.reason)
        else:
            yield _row(unit.facts["score"], "", float(record.slots["value"]), str(record.slots["reason"]))


def _between(
    units: Sequence[Unit],
    records: Sequence[Record],
    keys: Sequence[str],
    *,
    scores: Sequence[str],
    dataset: Dataset,
    root: int,
) -> Iterator[Row]:
    if not units:
        return
    parts = collect(units, records, keys, obs_names=dataset.obs_names)
    measures = [name for name in scores if name in _STABILITY]
    for row in stability_table(parts, measures=measures, rng=child(root, "stability")).itertuples():
        yield _row(row.score, "", row.value, row.reason)
