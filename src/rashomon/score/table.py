"""The table of scores: one declared schema, and agreement of every run with a truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.core.labels import MISSING
from rashomon.dataset import Truth
from rashomon.partitions import Partitions
from rashomon.score.compute import pair_record, score_pair
from rashomon.score.halfsample import half_sample_draws, interval_around
from rashomon.score.item import same_length
from rashomon.score.record import Score
from rashomon.score.split import count_units, too_few

__all__ = ["SCORE_TABLE", "Column", "agreement", "check_score_table", "score_table"]


@dataclass(frozen=True)
class Column:
    """A column of a tidy table: its name, type and meaning."""

    name: str
    dtype: Literal["object", "float64", "int64"]
    meaning: str


SCORE_TABLE: tuple[Column, ...] = (
    Column("run", "object", "the judged labeling"),
    Column("truth", "object", "what it was compared with; empty for scores that judge one labeling alone"),
    Column("score", "object", "name of the score"),
    Column("view", "object", "the view or graph the score was computed on; empty for scores of labels alone"),
    Column("level", "object", "what an item is: cell, receptor or clone"),
    Column("value", "float64", "the score, unassigned items counted as singletons; NaN when undefined"),
    Column("value_assigned", "float64", "the score on items that are assigned; NaN when undefined"),
    Column("low", "float64", "lower end of the 95 % interval; NaN when there is none"),
    Column("high", "float64", "upper end of the 95 % interval; NaN when there is none"),
    Column("n_obs", "int64", "items the score rests on"),
    Column("n_clusters", "int64", "clusters of the run among these items"),
    Column("coverage", "float64", "share of these items that are assigned, in [0, 1]; NaN without items"),
    Column("control", "object", "which control the row is; empty for real results"),
    Column("status", "object", "ok, or undefined"),
    Column("reason", "object", "why there is no value, or no interval"),
)
"""The columns of the table of scores, in order."""


def score_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Build a table of scores from rows.

    Parameters
    ----------
    rows
        One mapping per row with exactly the columns of `SCORE_TABLE`.

    Returns
    -------
    The columns of `SCORE_TABLE`, in order.

    Raises
    ------
    UsageError
        When a row has other columns or the values do not fit their type.

    Examples
    --------
    >>> list(score_table([]).columns)[:4]
    ['run', 'truth', 'score', 'view']
    """
    names = [column.name for column in SCORE_TABLE]
    listed = list(rows)
    wrong = sorted({name for row in listed for name in set(row) ^ set(names)})
    if wrong:
        raise UsageError(f"rows lack or add columns: {', '.join(wrong)}", where="table of scores")
    try:
        frame = pd.DataFrame(
            {column.name: pd.Series([row[column.name] for row in listed], dtype=column.dtype) for column in SCORE_TABLE}
        )
    except (TypeError, ValueError) as error:
        raise UsageError(f"a value has the wrong type: {error}", where="table of scores") from error
    check_score_table(frame)
    return frame


def check_score_table(frame: pd.DataFrame) -> None:
    """Check a table of scores, `frame`, against `SCORE_TABLE`.

    Raises
    ------
    UsageError
        When columns differ in name, order or type, or an undefined row has a value or lacks a reason.

    Examples
    --------
    >>> check_score_table(score_table([]))
    """
    expected = [(column.name, column.dtype) for column in SCORE_TABLE]
    got = [(str(name), str(dtype)) for name, dtype in frame.dtypes.items()]
    if got != expected:
        differ = [f"{a} instead of {b}" for a, b in zip(got, expected, strict=False) if a != b]
        raise UsageError(
            f"the columns differ: {differ[0] if differ else f'{len(got)} instead of {len(expected)}'}",
            where="table of scores",
            expected=", ".join(column.name for column in SCORE_TABLE),
        )
    undefined = frame["status"] != "ok"
    wrong = (undefined != frame["value"].isna()) | (undefined & (frame["reason"] == ""))
    if wrong.any():
        at = frame.index[wrong][0]
        raise UsageError(
            f"row {at} says {frame.loc[at, 'status']!r} with value {frame.loc[at, 'value']}",
            where="table of scores",
            expected="'ok' with a value, or 'undefined' with NaN and a reason",
        )


def agreement(
    parts: Partitions,
    truth: Truth,
    *,
    scores: Sequence[str | Score] = ("ami", "ari", "element_centric"),
    control: str = "",
    n_pairs: int = 100,
    blocks: np.ndarray | None = None,
    rng: np.random.Generator | None = None,
) -> pd.DataFrame:
    """Compare every run with a truth.

    Items without a class in the truth are left out. Items that a run did not assign count as singletons; the value
    without them is beside. Items without a donor are in the value and in no half-sample.

    Parameters
    ----------
    parts
        The judged labelings, on the items of `truth`.
    truth
        The label definition.
    scores
        Names in `SCORES`, or records, that compare two labelings.
    control
        Which control these runs are; written into the table.
    n_pairs
        Pairs of half-samples for the intervals.
    blocks
        Donor of each item; intervals are then over donors. See `half_sample_interval`.
    rng
        Random numbers for the intervals; None: no intervals.

    Returns
    -------
    The columns of `SCORE_TABLE`, one row per run and score.

    Raises
    ------
    UsageError
        When the truth labels other items than the runs, or a score needs more than labels.

    Examples
    --------
    >>> frame = pd.DataFrame({"leiden": ["0", "0", "1", "1"]}, index=list("abcd"))
    >>> truth = Truth.from_series(pd.Series(["B", "B", "T", None], name="cell_type"))
    >>> table = agreement(Partitions.from_frame(frame), truth, scores=["ari"])
    >>> table[["run", "truth", "score", "value", "n_obs"]].values.tolist()
    [['leiden', 'cell_type', 'ari', 1.0, 3]]
    """
    same_length(parts.n_obs, truth.codes.size, where=f"partitions and truth {truth.name!r}")
    labels = np.where(truth.codes >= 0, truth.codes, MISSING).astype(np.int32)
    records = [pair_record(entry) for entry in scores]
    pairs = [(parts.labels[:, j], labels) for j in range(parts.n_runs)]
    found = [score_pair(records, a, b) for a, b in pairs]
    assigned = [score_pair(records, a, b, unassigned="left_out") for a, b in pairs]
    rows = []
    for record in records:
        values = [results[record.name].value for results in found]
        intervals = _intervals(record, pairs, values, n_pairs=n_pairs, blocks=blocks, rng=rng)
        for run, all_items, some_items, (low, high, reason) in zip(
            parts.runs["run"], found, assigned, intervals, strict=True
        ):
            result = all_items[record.name]
            rows.append(
                {
                    "run": run,
                    "truth": truth.name,
                    "score": record.name,
                    "view": "",
                    "level": parts.unit,
                    "value": result.value,
                    "value_assigned": some_items[record.name].value,
                    "low": low,
                    "high": high,
                    "n_obs": result.n_obs,
                    "n_clusters": result.n_a,
                    "coverage": result.coverage,
                    "control": control,
                    "status": result.status,
                    "reason": result.reason or reason,
                }
            )
    return score_table(rows)


def _intervals(
    record: Score,
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    values: Sequence[float],
    *,
    n_pairs: int,
    blocks: np.ndarray | None,
    rng: np.random.Generator | None,
) -> list[tuple[float, float, str]]:
    """Return (low, high, reason) for every run, all from the same half-samples."""
    if rng is None:
        if blocks is not None:
            raise UsageError("blocks are given but no rng", where="agreement", fix="pass rng= to get intervals")
        return [(np.nan, np.nan, "")] * len(pairs)
    observed = pairs[0][1] > MISSING if pairs else np.zeros(0, dtype=bool)
    if blocks is not None:
        same_length(observed.size, np.size(blocks), where="items and blocks")
    reason = too_few(observed, blocks=blocks)
    if reason:
        return [(np.nan, np.nan, reason)] * len(pairs)
    draws = half_sample_draws(record, pairs, n_pairs=n_pairs, blocks=blocks, rng=rng)
    n_units = count_units(observed, blocks=blocks)
    found = [interval_around(value, draws[:, j], n_units=n_units) for j, value in enumerate(values)]
    return [(interval.low, interval.high, interval.reason) for interval in found]
