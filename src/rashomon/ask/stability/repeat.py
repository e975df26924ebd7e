"""How far the repeats of one pipeline agree with each other, under each perturbation and at each granularity."""

from __future__ import annotations

import pandas as pd

from rashomon.ask.request import Request
from rashomon.partitions import Partitions
from rashomon.score import stability_table

__all__ = ["repeat_table"]


def repeat_table(request: Request, resamples: Partitions) -> pd.DataFrame:
    """Return every stability measure of the repeats, with the judged labels as the reference of `recovery`.

    Unlike the rungs, which ask whether the *judged* clusters come back, most of these measures compare repeats with
    each other: a granularity at which the pipeline repeats itself may still not be the one that made the labels.

    Parameters
    ----------
    request
        The judged labels, and the multiverse that says which choices are granularity.
    resamples
        Finished repeats of the stand-in pipeline.

    Returns
    -------
    The columns of `rashomon.score.STABILITY_TABLE` behind ``perturbation`` and one column per granularity that the
    repeats have; empty when nothing was repeated.
    """
    runs = resamples.runs
    if request.multiverse is None or resamples.n_runs == 0:
        return pd.DataFrame()
    varied = [
        c.name for c in request.multiverse.choices if c.granularity and c.name in runs and runs[c.name].notna().any()
    ]
    keys = ["perturbation", *varied]
    tables = []
    for values, group in runs[runs["status"] == "ok"].groupby(keys, sort=False):
        if len(group) < 2:
            continue
        chosen = runs.index.isin(group.index)
        table = stability_table(
            resamples.select(chosen), reference=request.judged.codes, rng=request.rng("repeats", *values)
        )
        for place, (name, value) in enumerate(zip(keys, values, strict=True)):
            table.insert(place, name, [value] * len(table))
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
