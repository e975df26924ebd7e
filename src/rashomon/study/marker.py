"""Markers of one clustering without an audit: halved copies are clustered, and tested on the other half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.stability.marker import MarkerRules, Markers, cluster_markers
from rashomon.ask.stability.marker_split import THINNED
from rashomon.core import RNGLike, root_entropy
from rashomon.dataset import Dataset
from rashomon.multiverse import Executor, Level, expression_multiverse, slots_of
from rashomon.multiverse.resample import resample_units

__all__ = ["find_markers"]


def find_markers(
    dataset: Dataset,
    judged: Judged,
    *,
    pipeline: Mapping[str, Level] | None = None,
    rules: MarkerRules | None = None,
    rng: RNGLike = 0,
) -> Markers:
    """Return the genes that mark each cluster, as an audit tests them, in a fraction of its time.

    Parameters
    ----------
    dataset
        Counts; other values can be tested only on themselves, which is circular.
    judged
        The labels.
    pipeline
        Settings that made them; those not named are the defaults. Resolutions are tried in turn.
    rules
        See `MarkerRules`.
    rng
        Root of all random numbers.

    Returns
    -------
    Tables in which clusters have their names. No other pipeline is run, so none is said to keep a marker.

    Raises
    ------
    UsageError
        When the pipeline does not exist.
    """
    rules = rules or MarkerRules()
    request = Request(dataset, judged, root_entropy(rng))
    finished: list[Finished] = []
    if dataset.expression is not None:
        multiverse = expression_multiverse(dataset)
        planned = resample_units(
            multiverse.complete(pipeline or {}),
            multiverse,
            dataset,
            n_replicates=rules.n_splits,
            rng=request.rng("perturbations"),
        )
        units = [unit for unit in planned if unit.facts["perturbation"] == THINNED]
        executor = Executor(slots_of(dataset), request.entropy)
        finished = list(map(Finished, units, executor.run(units, task="markers"), executor.keys(units)))
    found = cluster_markers(request, finished, rules=rules)
    names = dict(enumerate(judged.categories))
    return replace(
        found,
        table=found.table.assign(cluster=found.table["cluster"].map(names)),
        clusters=found.clusters.assign(cluster=found.clusters["cluster"].map(names)),
    )
