"""The table of stability: every measure of a set of runs, with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.partitions import Partitions
from rashomon.score.item import same_length
from rashomon.score.record import Unassigned
from rashomon.score.stability import Stability
from rashomon.score.stability_record import STABILITY
from rashomon.score.table import Column

__all__ = ["STABILITY_TABLE", "stability_table"]

STABILITY_TABLE: tuple[Column, ...] = (
    Column("score", "object", "name of the measure"),
    Column("value", "float64", "the measure; NaN when undefined"),
    Column("low", "float64", "lower end of the 95 % interval; NaN when there is none"),
    Column("high", "float64", "upper end of the 95 % interval; NaN when there is none"),
    Column("null", "float64", "the same for labels that agree by cluster sizes only; NaN when not computed"),
    Column("n_obs", "int64", "items of the runs"),
    Column("n_runs", "int64", "runs compared"),
    Column("n_values", "int64", "pairs of runs, pairs of items, clusters or splits behind the value"),
    Column("n_undefined", "int64", "how many of these were left out because they have no value"),
    Column("status", "object", "ok, or undefined"),
    Column("reason", "object", "why there is no value"),
)
"""The columns of the table of stability, in order."""


def stability_table(
    parts: Partitions,
    *,
    measures: Sequence[str | Stability] | None = None,
    reference: np.ndarray | None = None,
    predicted: np.ndarray | None = None,
    unassigned: Unassigned = "singletons",
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Measure how far runs agree.

    Parameters
    ----------
    parts
        The runs: other seeds, resamples, or pipelines.
    measures
        Names in `STABILITY`, or records; None: all that can be computed from what is given.
    reference
        Clusters whose recovery in the runs is asked: codes, shape ``(n_obs,)``.
    predicted
        For each run, clusters carried over from the other half of the items: codes, shape ``(n_obs, n_runs)``.
    unassigned
        See `tabulate`; measures against `reference` or `predicted` count unassigned items as singletons.
    rng
        Random numbers for drawn pairs and nulls.

    Returns
    -------
    The columns of `STABILITY_TABLE`, one row per measure.

    Raises
    ------
    UsageError
        When a measure needs what is not given, or something given speaks about other items.

    Examples
    --------
    >>> frame = pd.DataFrame({"one": list("aabb"), "two": list("aabc"), "three": list("aabb")})
    >>> table = stability_table(Partitions.from_frame(frame), measures=["ecc"], rng=np.random.default_rng(0))
    >>> table[["score", "value", "n_runs", "n_values", "status"]].round(3).values.tolist()
    [['ecc', 0.833, 3, 3, 'ok']]
    """
    given = {"reference": reference, "predicted": predicted}
    for what, labels in given.items():
        if labels is not None:
            same_length(parts.n_obs, np.shape(labels)[0], where=f"runs and {what}")
    have = {"runs", *(what for what, labels in given.items() if labels is not None)}
    if measures is None:
        records = [record for record in STABILITY.values() if record.needs in have]
    else:
        records = [STABILITY[entry] if isinstance(entry, str) else entry for entry in measures]
    rows = []
    for record in records:
        if record.needs not in have:
            raise UsageError(
                f"{record.name} is not computable: needs {record.needs}",
                where="stability_table",
                fix=f"pass {record.needs}=, or leave {record.name} out",
            )
        extra = given.get(record.needs)
        options: dict[str, Any] = {"rng": rng} if record.draws else {}
        if extra is None:
            result = record.call(parts.labels, unassigned=unassigned, **options)
        else:
            result = record.call(parts.labels, extra, **options)
        fields = {name: getattr(result, name) for name in _FIELDS}
        rows.append({"score": record.name, "n_obs": parts.n_obs, "n_runs": parts.n_runs, **fields})
    columns = {entry.name: pd.Series([row[entry.name] for row in rows], dtype=entry.dtype) for entry in STABILITY_TABLE}
    return pd.DataFrame(columns)


_FIELDS = ("value", "low", "high", "null", "n_values", "n_undefined", "status", "reason")
