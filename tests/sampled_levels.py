"""An audit of planted groups whose pipelines have two resolutions, put together without a run."""

from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.ask import StandIn
from tests import example_audit
from tests.planted import dataset, groups, judged, noise, toy_multiverse, toy_parts, toy_resamples

_PIPELINE = {"norm": "log", "scale": "clip", "clusterer": "leiden", "n_neighbours": 15, "resolution": 1.0, "seed": 0}


def _at(resolution):
    """Three groups, of which the coarser resolution does not tell the first two apart."""
    return groups() if resolution == 1.0 else np.maximum(groups() - 1, 0)


def _labels(pipeline):
    codes = _at(pipeline.get("resolution", 1.0))
    share = 0.02 + 0.2 * (pipeline["norm"] == "residuals")
    return codes if dict(pipeline) == _PIPELINE or _coarse(pipeline) else noise(codes, share, seed=len(str(pipeline)))


def _coarse(pipeline):
    return {**pipeline, "resolution": 1.0} == _PIPELINE


def _repeats(name):
    """Two pipelines at two resolutions; the one that stands in agrees better with its own labels."""
    rows = [(name, 2, 0.9), (name, 3, 0.8), ("other", 2, 0.7), ("other", 3, 0.6)]
    table = pd.DataFrame(rows, columns=["pipeline", "n_clusters", "agreement"])
    return table.assign(branch="", stands_in=table["pipeline"] == name, perturbation="halves", low=0.5, high=0.95)


def audit_with_levels():
    """Pipelines, half-samples and the table of levels of planted groups; nothing failed."""
    resamples = toy_resamples(lambda _, replicate, resolution: noise(_at(resolution), 0.05, seed=replicate))
    name = toy_multiverse().name(_PIPELINE)
    resamples = replace(resamples, runs=resamples.runs.assign(pipeline=name, branch=""))
    exists = [(0, 0.5, 0.2), (0, 1.0, 1.0), (1, 0.5, 0.1), (1, 1.0, 1.0), (2, 0.5, 1.0), (2, 1.0, 1.0)]
    ranges = pd.DataFrame(exists, columns=["cluster", "level", "recovered"])
    ranges = ranges.assign(choice="resolution", recovered_halves=1.0, exists=ranges["recovered"] >= 0.8)
    clusters = pd.DataFrame({"cluster": list("012"), "name": ["0 (A)", "1 (B)", "2 (C)"], "size": [40, 32, 24]})
    found, parts = example_audit.audit(), toy_parts(_labels).concat(resamples)
    return replace(
        found,
        dataset=dataset(),
        judged=judged(),
        partitions=parts,
        multiverse=toy_multiverse(),
        standin=StandIn(_PIPELINE, name, 0.9, declared=False),
        tables={
            **found.tables,
            "resolution_range": ranges,
            "clusters": clusters,
            "runs": parts.runs,
            "pipeline_repeats": _repeats(name),
        },
    )
