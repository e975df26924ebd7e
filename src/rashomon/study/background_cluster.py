"""Clusters of backgrounds: what the pipeline on trial finds where only V, J, length and composition are shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from rashomon.ask import Request
from rashomon.core import silent
from rashomon.core.labels import MISSING
from rashomon.engine import Engine, MemoryStore, Record
from rashomon.multiverse import Executor, Level, Unit
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.multiverse.receptor_path import receptor_path
from rashomon.study.receptor_background import NO_BACKGROUND, backgrounds

__all__ = ["ClusteredBackgrounds", "clustered_backgrounds"]

_N_DRAWS = 19


class ClusteredBackgrounds(NamedTuple):
    """What a pipeline makes of backgrounds.

    Parameters
    ----------
    labels
        Cluster of each row of the data in each background, ``int32``, shape ``(n_obs, n_draws)``; ``-1`` unclustered,
        ``-2`` not observed.
    n_links
        Links of each background, ``float64``, shape ``(n_draws,)``; NaN for pipelines without distances.
    reason
        Why there are fewer backgrounds than were drawn, or none; empty when all are there.
    """

    labels: np.ndarray
    n_links: np.ndarray
    reason: str = ""


def clustered_backgrounds(
    request: Request,
    executor: Executor,
    state: Mapping[str, Any],
    pipeline: Mapping[str, Level],
    *,
    n_draws: int = _N_DRAWS,
) -> ClusteredBackgrounds:
    """Return the clusters of matched backgrounds, by the pipeline that made the labels on trial or stands in for them.

    Parameters
    ----------
    request
        The labels on trial: rows that they do not observe are not observed in a background either.
    executor
        Its random streams; its store is left alone.
    state
        Of `selected_state`.
    pipeline
        All its choices; run as it is, genes matched and all.
    n_draws
        Backgrounds; with 19, p can be 0.05. Each is clustered and scored, which costs more than its links.

    Returns
    -------
    None, with the reason, where no pipeline of the multiverse makes such labels: its backgrounds would say nothing of
    them.
    """
    n_obs, standin = request.dataset.n_obs, request.standin
    if request.multiverse is None or (request.judged.own and standin is not None and not standin.usable):
        return _none(n_obs, "no baseline: no pipeline makes labels like these, so none can cluster a background")
    if pipeline.get("distance") == CLONE:
        return _none(n_obs, NO_BACKGROUND)
    _, *path = receptor_path(pipeline, request.multiverse)
    measured = any("distances" in call.step.writes for call in path)
    unit = Unit(tuple(path), ("labels", *(("distances",) if measured else ())), {})
    found: list[Record] = []
    failed: list[Record] = []
    for background in backgrounds(state, request.rng("background"), n_draws):
        # in this process, and forgotten: nothing else asks for them
        own = replace(
            executor, data={**state, **background}, store=MemoryStore(), engine=Engine("serial", listener=silent)
        )
        (record,) = own.run([unit], task="background")
        (found if record.status == "ok" else failed).append(record)
    reason = f"{len(failed)} of {n_draws} backgrounds failed: {failed[0].reason}" if failed else ""
    if not found:
        return _none(n_obs, f"no baseline: {reason}")
    return ClusteredBackgrounds(_labels(request, state, found), np.array([_n_links(each) for each in found]), reason)


def _labels(request: Request, state: Mapping[str, Any], records: list[Record]) -> np.ndarray:
    labels = np.full((request.dataset.n_obs, len(records)), MISSING, dtype=np.int32)
    for k, record in enumerate(records):
        labels[state["rows"], k] = record.slots["labels"]
    labels[request.judged.codes == MISSING] = MISSING
    return labels


def _n_links(record: Record) -> float:
    return float(record.slots["distances"].nnz // 2) if "distances" in record.slots else np.nan


def _none(n_obs: int, reason: str) -> ClusteredBackgrounds:
    return ClusteredBackgrounds(np.empty((n_obs, 0), dtype=np.int32), np.empty(0), reason)
