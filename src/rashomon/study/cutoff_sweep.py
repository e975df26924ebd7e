"""What single linkage makes of receptors as the cutoff grows: retention, the largest component, purity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.ask import Request
from rashomon.cluster import CLUSTERERS
from rashomon.core.labels import MISSING
from rashomon.encode import STEPS
from rashomon.engine import Call, Engine
from rashomon.multiverse import Executor, Level, Unit
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.multiverse.receptor_path import distance_path, select_call
from rashomon.score.receptor import curve_area, excess, group, percolation, purity_retention_curve
from rashomon.score.receptor.excess import excess_columns
from rashomon.score.receptor.purity import purity
from rashomon.study.receptor_background import NO_BACKGROUND, Links, distances_of, expected_links, links, selected_state

__all__ = ["SWEEP", "Swept", "curve_table", "percolation_table", "sweep"]

SWEEP: Mapping[str, tuple[float, ...]] = {
    "hamming": (1, 2),
    "levenshtein": (1, 2),
    "tcrdist": (6, 12, 18, 24, 36, 48),
    "paired tcrdist": (12, 24, 36, 48, 60, 84),
    CLONE: (0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
}
"""Cutoffs that are tried, by distance."""

_MOST = 60_000
"""Receptors above which a second edit is not tried: the links would grow with their square."""

_CHAINS = ("chain", "dual", "unit", "lengths", "genes")
_N_SHUFFLES = 10


class Swept(NamedTuple):
    """Components at one cutoff: the settings, and the label of each row, shape ``(n_obs,)``."""

    settings: dict[str, Level]
    labels: np.ndarray

    @property
    def metric(self) -> str:
        """Name of the distance."""
        return str(self.settings["distance"])

    @property
    def cutoff(self) -> float:
        """Largest distance of linked receptors; of B cells a share."""
        return float(self.settings[_setting(self.metric)])


def sweep(request: Request, executor: Executor, pipeline: Mapping[str, Level]) -> list[Swept]:
    """Return the components over the cutoffs of `SWEEP`, in the chains of one pipeline, genes not matched.

    Parameters
    ----------
    request
        Says how many rows there are, and which distances the data allow.
    executor
        Its store is used again.
    pipeline
        Says which chains are compared.
    """
    tried = list(_settings(request, pipeline))
    units = []
    for settings in tried:
        path = (select_call(settings), *distance_path(settings), Call(CLUSTERERS["component"]), Call(STEPS["spread"]))
        units.append(Unit(path, ("labels", "rows"), dict(settings)))
    # a few steps that use all cores themselves
    serial = replace(executor, engine=Engine("serial", listener=executor.engine.listener))
    found = []
    for settings, record in zip(tried, serial.run(units, task="cutoffs"), strict=True):
        if record.status == "ok":
            labels = np.full(request.dataset.n_obs, MISSING, dtype=np.int32)
            labels[record.slots["rows"]] = record.slots["labels"]
            found.append(Swept(settings, labels))
    return found


def _settings(request: Request, pipeline: Mapping[str, Level]) -> Iterator[dict[str, Level]]:
    kept = {name: level for name, level in pipeline.items() if name in _CHAINS}
    paired = pipeline["chain"] == "paired"
    choices = request.multiverse.choices if request.multiverse is not None else ()
    levels = {str(level) for choice in choices if choice.name == "distance" for level in choice.levels}
    receptors = request.dataset.receptors
    loci = () if receptors is None else receptors.loci
    mutate = bool(loci) and all(locus.startswith("IG") for locus in loci)
    for metric, cutoffs in SWEEP.items():
        name = metric.removeprefix("paired ")
        if name in {"tcrdist", CLONE} and name not in levels:
            continue
        # amino acids within an edit are no clone of B cells
        if (name == "tcrdist" and metric.startswith("paired") != paired) or mutate != (name == CLONE):
            continue
        for cutoff in cutoffs:
            if name in {"tcrdist", CLONE} or cutoff == 1 or request.dataset.n_obs <= _MOST:
                yield {**kept, "distance": name, _setting(name): cutoff}


def _setting(metric: str) -> str:
    return "share" if metric == CLONE else "cutoff"


def percolation_table(request: Request, executor: Executor, swept: list[Swept]) -> pd.DataFrame:
    """Return retention and the largest component by cutoff, and what retention has beyond matched backgrounds.

    Parameters
    ----------
    request
        Its random streams.
    executor
        Holds the receptors.
    swept
        Of `sweep`.

    Returns
    -------
    One row per distance and cutoff. ``metric, cutoff, n_items, retention, largest_share`` (of all receptors compared),
    ``n_clusters``; ``background_retention, background_low, background_high`` (mean and 95 % range over backgrounds of
    as many receptors with the same V, J and lengths); the `EXCESS_COLUMNS` of the retention over these;
    ``p_background`` ((1 + backgrounds that retain as much) / (backgrounds + 1)), ``n_backgrounds``; ``n_links`` (pairs
    of different receptors), ``background_links`` (mean) and ``links_ratio``; ``reason`` of what is absent. The
    backgrounds of a distance serve all its cutoffs.
    """
    tables = []
    for metric in dict.fromkeys(each.metric for each in swept):
        family = [each for each in swept if each.metric == metric]
        cutoffs = [each.cutoff for each in family]
        widest = max(family, key=lambda each: each.cutoff).settings
        state = selected_state(executor, widest)
        own = links(distances_of(state, widest), state["items"], cutoffs=cutoffs)
        if metric == CLONE:
            rows = [_components(each) | _absent(NO_BACKGROUND, int(own.n_links[k])) for k, each in enumerate(family)]
            tables.append(pd.DataFrame(rows))
            continue
        drawn = expected_links(state, widest, cutoffs=cutoffs, rng=request.rng("background", metric))
        rows = [
            _components(each) | _beyond(float(own.n_links[k]), each, Links(drawn.retention[:, k], drawn.n_links[:, k]))
            for k, each in enumerate(family)
        ]
        tables.append(pd.DataFrame(rows))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _components(swept: Swept) -> dict[str, Any]:
    seen = swept.labels[swept.labels > MISSING]
    return {
        "metric": swept.metric,
        "cutoff": swept.cutoff,
        "n_items": seen.size,
        "retention": _retention(swept),
        "largest_share": percolation(swept.labels),
        "n_clusters": int(np.unique(seen[seen >= 0]).size),
    }


def _retention(swept: Swept) -> float:
    seen = swept.labels[swept.labels > MISSING]
    return float((seen >= 0).mean()) if seen.size else np.nan


def _beyond(n_links: float, swept: Swept, drawn: Links) -> dict[str, Any]:
    """Return what a matched background has, and what the receptors have beyond it."""
    value = _retention(swept)
    if not np.isfinite(value):
        return _absent("no receptor is compared", 0)
    low, high = np.quantile(drawn.retention, [0.025, 0.975])
    found, linked = excess(value, drawn.retention), excess(n_links, drawn.n_links)
    return {
        "background_retention": found.expected,
        "background_low": float(low),
        "background_high": float(high),
        **excess_columns(found),
        "p_background": found.p,
        "n_backgrounds": drawn.retention.size,
        "n_links": int(n_links),
        "background_links": linked.expected,
        "links_ratio": linked.ratio,
        "reason": found.reason,
    }


def _absent(reason: str, n_links: int) -> dict[str, Any]:
    absent = dict.fromkeys(("background_retention", "background_low", "background_high"), np.nan)
    return absent | excess_columns(None) | {"p_background": np.nan, "n_backgrounds": 0, "n_links": n_links} | {
        "background_links": np.nan, "links_ratio": np.nan, "reason": reason
    }  # fmt: skip


def curve_table(request: Request, swept: list[Swept]) -> pd.DataFrame:
    """Return the purity-retention curve of each label column and distance, with its area.

    Parameters
    ----------
    request
        The label columns, technical ones too.
    swept
        Of `sweep`.

    Returns
    -------
    ``truth, metric, cutoff, retention, purity, random_purity`` (mean over shuffled labels), ``area`` (mean purity over
    the range of retention of the curve; NaN for one point), ``reason``.
    """
    tables = []
    for name, truth in request.truths.items():
        for metric in dict.fromkeys(each.metric for each in swept):
            family = [each for each in swept if each.metric == metric]
            labelings = np.stack([each.labels for each in family], axis=1)
            curve = purity_retention_curve(labelings, truth.label_sets, cutoffs=[each.cutoff for each in family])
            rng = request.rng("curve", name, metric)
            orders = [rng.permutation(truth.codes.size) for _ in range(_N_SHUFFLES)]
            chance = [
                np.mean([purity(group(each.labels, truth.label_sets[order]).tally()) for order in orders])
                for each in family
            ]
            tables.append(curve.assign(truth=name, metric=metric, random_purity=chance, area=curve_area(curve).area))
    wanted = ["truth", "metric", "cutoff", "retention", "purity", "random_purity", "area", "reason"]
    return pd.concat(tables, ignore_index=True)[wanted] if tables else pd.DataFrame(columns=wanted)
